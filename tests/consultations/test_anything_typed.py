"""Whatever is typed, nothing breaks, nothing is lost, and nothing runs as a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from counselor import knowledge
from counselor.catalog.models import Batch
from counselor.consultations.advising import advise_on
from counselor.consultations.forms import read_packages, read_sheet, read_version
from counselor.consultations.medicines import medicines_of
from counselor.consultations.presenters import SHEET_FIELDS
from counselor.consultations.sheet import Sheet
from counselor.guidance.shelf import Shelf
from counselor.patients.models import Patient

from .conftest import READY, Visit

ANYBODY = Patient(given_name="A", family_name="B", born=date(1970, 1, 1), sex="")
TEXT = st.text(max_size=60)
FORMS = st.dictionaries(st.sampled_from(sorted(SHEET_FIELDS)), TEXT, max_size=12)
TEXT_FIELDS = sorted(SHEET_FIELDS - {"sheet", "routes", "present", "experience", "current_route", "measure"})


@settings(deadline=None)
@given(FORMS)
def test_any_form_is_a_sheet_that_survives_storage_and_can_be_asked_about(form: dict[str, str]) -> None:
    sheet = read_sheet(MultiDict(form), Sheet(copied=True))
    stored = json.loads(json.dumps(sheet.to_json()))
    assert Sheet.from_json(stored) == sheet
    advised = advise_on(
        sheet,
        patient=ANYBODY,
        number="X-1",
        shelf=Shelf(),
        knowledge=knowledge.current(),
        clearances=(),
        on=date(2026, 11, 22),
    )
    assert (advised.advice is None) == bool(advised.problems)
    sheet.unfinished()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["Klonopin 0.5 mg", "oxycodone 5mg twice daily", "glorbizol", "baclofen"]),
        unique=True,
    )
)
def test_the_order_of_medicines_is_no_change(lines: list[str]) -> None:
    def told(medicines: list[str]) -> list[str]:
        advised = advise_on(
            Sheet(conditions=("ms",), medicines=tuple(medicines)),
            patient=ANYBODY,
            number="X-1",
            shelf=Shelf(),
            knowledge=knowledge.current(),
            clearances=(),
            on=date(2026, 11, 22),
        )
        assert advised.advice is not None
        return medicines_of(advised.advice)

    assert told(lines) == told(lines[::-1])


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "abc", "100", "9" * 5000, "²", "１"])
def test_packages_are_a_whole_number_from_1_to_99(typed: str) -> None:
    assert read_packages(MultiDict({"packages|A|B": typed}), "A|B") is None


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 50, "²"])
def test_a_version_that_is_no_number_is_none_at_all(typed: str) -> None:
    assert read_version(MultiDict({"version": typed})) == 0


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onfocus='alert(1)",
        "{{ 7*7 }}{% raw %}",
        "</textarea><script>alert(1)</script>",
        "\u202egnirts",
        "=1+1\x00",
    ],
)
def test_hostile_text_is_shown_as_text_on_every_page_of_the_visit(
    payload: str,
    counselor_client: Any,
    pharmacist_client: Any,
    make_patient: Callable[..., Patient],
    capsules: Batch,
    visit_of: Callable[..., Visit],
) -> None:
    patient = make_patient(given_name="Ana", family_name="Rivera", note=payload[:100].replace("\x00", ""))
    fields: dict[str, Any] = {name: payload for name in TEXT_FIELDS if not name.startswith(("topic", "news"))}
    fields |= {
        "conditions": f"ms\n{payload}",
        "medicines": f"Klonopin, oxycodone\n{payload}",
        "current_thc": "",
        "current_cbd": "",
    }
    visit = visit_of(counselor_client, patient, READY | {"topic-medicines": "yes"} | fields)
    pages = [visit.page(), counselor_client.get(f"/patients/{patient.id}").get_data(as_text=True)]
    visit.save({"baseline": "", "now": "", "weeks": "", "current_last": "", "allergies": ""})
    visit.press("ask", question=payload)
    pages += [visit.page(), pharmacist_client.get("/queue").get_data(as_text=True)]
    pages.append(pharmacist_client.get(f"/consultations/{visit.id}/clearance").get_data(as_text=True))
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page and "onfocus='alert" not in page
        assert ">49" not in page
