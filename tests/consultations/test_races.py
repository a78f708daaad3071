"""Several people at once, each in a thread of their own, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from counselor.audit import queries as log
from counselor.catalog.models import Batch
from counselor.consultations.models import Consultation, Outcome, State
from counselor.database import db
from counselor.patients.models import Patient
from counselor.staff.models import Staff

from .conftest import READY, Visit, left

Begin = Callable[..., Visit]


def all_at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Start every deed at the same moment and give what each one answered."""
    start = threading.Barrier(len(deeds))

    def go(deed: Callable[[], Any]) -> Any:
        start.wait()
        return deed()

    db.session.commit()
    db.session.remove()
    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, deeds))


def signing(visit: Visit, form: dict[str, Any]) -> Callable[[], int]:
    """Press "Sign as sold" in this visit's browser."""
    path, data = f"/consultations/{visit.id}/signature", form | {"outcome": "sold"}
    return lambda: int(visit.client.post(path, data=data).status_code)


def test_the_last_package_goes_to_one_of_six_counselors(
    make_staff: Callable[..., Staff],
    client_of: Callable[..., Any],
    make_patient: Callable[..., Patient],
    make_batch: Callable[..., Batch],
    visit_of: Begin,
) -> None:
    batch = make_batch(count=1)
    batch_id = batch.id
    deeds = []
    for number in range(6):
        client = client_of(make_staff("counselor"))
        visit = visit_of(client, make_patient(given_name=f"P{number}"), READY)
        visit.press("choose", choose="CAP-1|B-1")
        deeds.append((visit, visit.form()))
    answers = all_at_once([signing(visit, form) for visit, form in deeds])
    assert set(answers) <= {303}
    sold = db.session.scalar(
        select(func.count()).select_from(Consultation).where(Consultation.outcome == Outcome.SOLD)
    )
    assert sold == 1
    assert left(db.session.get(Batch, batch_id) or batch) == 0


def test_one_draft_signed_in_five_windows_at_once_sells_once(
    counselor_client: Any,
    client_of: Callable[..., Any],
    patient: Patient,
    capsules: Batch,
    visit_of: Begin,
) -> None:
    batch_id = capsules.id
    visit = visit_of(counselor_client, patient, READY)
    visit.press("choose", choose="CAP-1|B-1")
    form = visit.form()
    windows = [Visit(client_of(counselor_client.staff), visit.id) for _ in range(5)]
    answers = all_at_once([signing(window, form) for window in windows])
    assert set(answers) <= {303, 409}
    assert visit.row.state is State.SIGNED
    assert left(db.session.get(Batch, batch_id) or capsules) == 4


def test_the_same_form_sent_many_times_at_once_begins_one_visit(
    make_staff: Callable[..., Staff], client_of: Callable[..., Any], patient: Patient
) -> None:
    staff = make_staff("counselor")
    windows = [client_of(staff) for _ in range(6)]
    path = f"/patients/{patient.id}/consultations"
    form = {"form_token": "only-once", "anew": "yes"}
    answers = all_at_once([lambda w=window: w.post(path, data=form) for window in windows])
    assert [answer.status_code for answer in answers] == [303] * 6
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert db.session.scalar(select(func.count()).select_from(Consultation)) == 1


def test_visits_begun_at_once_have_numbers_of_their_own(
    make_staff: Callable[..., Staff], client_of: Callable[..., Any], make_patient: Callable[..., Patient]
) -> None:
    clients = [client_of(make_staff("counselor")) for _ in range(5)]
    paths = [f"/patients/{make_patient(given_name=f'P{n}').id}/consultations" for n in range(5)]
    all_at_once(
        [lambda c=c, p=p: c.post(p, data={}).status_code for c, p in zip(clients, paths, strict=True)]
    )
    numbers = db.session.scalars(select(Consultation.number)).all()
    assert len(set(numbers)) == len(numbers) == 5
    assert log.check_chain().whole
