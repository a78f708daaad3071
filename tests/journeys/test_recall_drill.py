"""The recall drill in a browser: three batches, forty patients, letters, calls, closing, the story."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from counselor import clock, config, create_app
from counselor.audit.queries import check_chain
from counselor.catalog.models import AnalyteReading, Batch, Product, Stock
from counselor.consultations import actions
from counselor.consultations.models import Consultation, ConsultationItem, Outcome, State
from counselor.database import db
from counselor.guidance.profile import ReadAs, Unit
from counselor.patients.models import Patient
from counselor.staff.models import Role, Staff

from .conftest import House, Walker
from .test_main_job import TOPICS, add_patient

PATIENTS = 40
NAMES = ("Alvarez", "Brown", "Chen", "Diaz", "Evans", "Fischer", "Garcia", "Hill")
GIVEN = ("Rosa", "James", "Mei", "Omar", "Ruth")


@pytest.fixture
def sold(house: House, tmp_path_factory: Any) -> Iterator[Any]:
    """In the running shop: three drill batches, and forty patients who were sold one or two of them."""
    home = sorted(Path(tmp_path_factory.getbasetemp()).glob("house*"))[-1]
    app = create_app(config.from_environment({"COUNSELOR_HOME": str(home)}))
    with app.app_context():
        seller = db.session.scalars(db.select(Staff).where(Staff.role == Role.COUNSELOR)).first()
        assert seller is not None
        if db.session.scalar(db.select(Product.id).where(Product.sku == "DRILL-1")) is None:
            batches = [_batch(number, seller) for number in (1, 2, 3)]
            for number in range(PATIENTS):
                _sell(_patient(number, seller), batches[number % 3], number, seller)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def _batch(number: int, by: Staff) -> Batch:
    at, today = clock.now(), clock.today(by.store)
    product = Product(
        sku=f"DRILL-{number}", name=f"Alder capsules {number}", brand="Alder Farms", form="capsule",
        route="edible", serving="1 capsule", servings_per_package=30, smallest_dose=1,
        ingredients="olive oil", created_at=at, updated_at=at,
    )  # fmt: skip
    batch = Batch(
        product=product, number=f"AF-26-0{number}", certificate_number=f"COA-77{number}",
        tested_on=today - timedelta(days=30), expires_on=today + timedelta(days=300), price=30.0,
    )  # fmt: skip
    batch.readings = [
        AnalyteReading(analyte=name, value=1.0, unit=Unit.MG_PER_SERVING, read_as=ReadAs.NUMBER)
        for name in ("THC", "CBD")
    ]
    db.session.add(batch)
    db.session.flush()
    db.session.add(Stock(store_id=by.store_id, batch_id=batch.id, count=6))
    return batch


def _patient(number: int, by: Staff) -> Patient:
    at = clock.now()
    patient = Patient(
        family_name=NAMES[number % 8] + "-Drill", given_name=f"{GIVEN[number % 5]}",
        born=date(1950 + number, 1 + number % 12, 3), phone=f"555-01{number:02}" if number != 7 else "",
        language="Spanish" if number in (0, 3) else "", certification_state="PA",
        certification_expires=clock.today(by.store) + timedelta(days=300),
        created_at=at, created_by_id=by.id, updated_at=at, updated_by_id=by.id,
    )  # fmt: skip
    db.session.add(patient)
    db.session.flush()
    return patient


def _sell(patient: Patient, batch: Batch, number: int, by: Staff) -> None:
    at = clock.now() - timedelta(days=5)
    visit = Consultation(
        number=actions._next_number(by.store), store_id=by.store_id, patient=patient, counselor=by,
        state=State.DRAFT, sheet={}, created_at=at, saved_at=at, saved_by=by, noted_at=at,
    )  # fmt: skip
    visit.items = [
        ConsultationItem(
            batch_id=batch.id, sku=batch.product.sku, name=batch.product.name, batch=batch.number,
            route="edible", packages=1 + number % 2, first_dose="1 capsule", added_at=at, added_by_id=by.id,
        )
    ]  # fmt: skip
    db.session.add(visit)
    db.session.flush()
    visit.state, visit.outcome, visit.knowledge_version = State.SIGNED, Outcome.SOLD, "drill"
    visit.intake = visit.advice = json.dumps({"suggestions": [], "recognised": {"medicines": []}})
    visit.signed_at, visit.signed_by = at, by
    db.session.flush()


def note(person: Walker, row: Any, kind: str, **more: str) -> None:
    """Note one contact in a patient's row."""
    row.locator("summary").click()
    row.locator("select[name=kind]").select_option(kind)
    for name, value in more.items():
        row.locator(f"[name={name}]").fill(value)
    with person.page.expect_navigation():
        row.get_by_role("button", name="Note it").click()


def test_three_batches_are_recalled_forty_patients_called_and_the_story_told(
    walker: Callable[..., Walker], sold: Any
) -> None:
    manager, counselor = walker("manager"), walker("counselor")

    # A visit is open at the counter with one of the batches chosen.
    add_patient(counselor, given="Iris")
    counselor.press("New consultation")
    counselor.add("Condition", "multiple sclerosis")
    counselor.page.click("[data-route=edible]")
    counselor.page.get_by_label("New to cannabis").check()
    counselor.answer(*TOPICS, "medicines")
    counselor.page.get_by_label("Patient", exact=True).check()
    counselor.press("Check", "#draft-actions")
    more = counselor.page.locator("#advice button[name=more]")
    while not counselor.page.locator('button[value="DRILL-1|AF-26-01"]').count() and more.count():
        with counselor.page.expect_navigation():
            more.click()
    with counselor.page.expect_navigation():
        counselor.page.locator('button[value="DRILL-1|AF-26-01"]').click()
    visit = counselor.page.url

    # The notice comes: numbers pasted, one of them wrong.
    page = manager.page
    manager.go("/recalls")
    manager.look("recalls-none")
    manager.press("Hold or recall")
    page.fill("#numbers", "AF-26-01\nCOA-772\n\nDRILL-3\nAF-26-O4")
    manager.press("Find batches")
    assert "line 5: AF-26-O4" in page.locator("main").inner_text()
    page.get_by_label("Recall: call patients too").check()
    page.fill("#reason", "Mold was found in a sample of this lot.")
    page.fill("#reference", "MM-2026-17")
    page.fill("#recall_class", "Class II")
    page.fill("#tell_patients", "Mold can harm you even when you cannot see it, says the notice.")
    manager.look("recall-find")
    manager.press("Put on hold now")
    recall = page.url
    numbers = page.locator(".recall-numbers").first.inner_text()
    assert f"{PATIENTS}\npatients found" in numbers
    assert "Open at a counter right now" in page.locator("main").inner_text()
    manager.look("recall-opened")

    # The page that was open before cannot sign it as sold, and says which and why.
    with counselor.page.expect_navigation():
        counselor.page.get_by_role("button", name="Sign as sold").click()
    told = counselor.page.locator("main").inner_text()
    assert "On hold: do not sell" in told and "Alder capsules 1, batch AF-26-01" in told
    assert "Mold was found in a sample of this lot." in told
    counselor.look("draft-held")
    counselor.go("/")
    assert f"1 recall open, {PATIENTS} patients to call" in counselor.page.locator("main").inner_text()
    counselor.look("counter-with-recall")

    # Call sheet and letters.
    counselor.page.goto(recall)
    counselor.press("Call sheet")
    counselor.look("recall-call-sheet")
    counselor.page.goto(recall)
    counselor.press("Letters")
    assert counselor.page.locator("article.sheet").count() == PATIENTS
    counselor.page.emulate_media(media="print")
    counselor.page.locator("article.sheet").first.wait_for()
    pages = counselor.page.pdf(format="Letter")
    assert pages.count(b"/Type /Page\n") + pages.count(b"/Type /Page ") == PATIENTS, "one page for each"
    counselor.page.emulate_media(media="screen")
    counselor.look("recall-letters")
    counselor.press("Note: printed")

    # Everybody is called: two by the form, the rest as a list works through it.
    first = counselor.page.locator(".recall-patients > li").nth(0)
    note(counselor, first, "no-answer", note="Rang long")
    note(counselor, counselor.page.locator(".recall-patients > li").nth(1), "reached")
    counselor.look("recall-calling")
    _call_the_rest(counselor)

    # Packages, and closing.
    manager.page.goto(recall)
    for number in (1, 2, 3):
        for step in ("set-aside", "returned"):
            page.locator("summary", has_text="Note packages").click()
            page.locator("#batch-s").select_option(label=f"Alder capsules {number}, batch AF-26-0{number}")
            page.locator("#step-s").select_option(step)
            page.fill("#packages-s", "6")
            page.fill("#note-s", "Counted with Pat, manifest 88")
            manager.press("Note packages", "form[action$=packages]")
    manager.press("Close the recall")
    assert "Closed." in page.locator("main").inner_text()
    manager.look("recall-closed")
    story = page.locator(".recall-story").inner_text()
    for words in (
        "Opened the recall: 3 batches held in every store, 18 packages on the shelves",
        f"{PATIENTS} letters printed",
        "6 packages of batch AF-26-01 returned to the producer (stock 6 → 0)",
        f"Closed with evidence: {PATIENTS} of {PATIENTS} patients reached",
    ):
        assert words in story, words
    manager.go("/recalls")
    manager.look("recalls-closed")

    # Still held after closing; released for a reason from one screen.
    manager.go("/recalls/holds?q=drill")
    manager.look("holds")
    for box in page.locator("[name=hold]").all():
        box.check()
    page.fill("#reason", "Destroyed; kept for the record.")
    manager.press("Release the ticked holds")
    assert "Released on 3 batches." in page.locator("main").inner_text()
    counselor.page.goto(visit)
    assert "On hold: do not sell" not in counselor.page.locator("main").inner_text()
    with sold.app_context():
        assert check_chain().whole


def _call_the_rest(person: Walker) -> None:
    """Everybody is reached now, by the page's own forms."""
    forms = person.page.locator(".recall-patients > li form")
    assert forms.count() == PATIENTS
    sent = forms.evaluate_all(
        "forms => forms.map(form => [form.action, Object.fromEntries(new FormData(form))])"
    )
    for address, fields in sent:
        answer = person.page.request.post(address, form=fields | {"kind": "reached"}, max_redirects=0)
        assert answer.status == 303, answer.status


def test_a_reaction_is_recorded_reported_and_settled(walker: Callable[..., Walker], sold: Any) -> None:
    counselor, pharmacist = walker("counselor"), walker("pharmacist")
    page = counselor.page
    counselor.go("/")
    page.fill("#find", "Rosa Alvarez-Drill")
    counselor.press("Find", "main")
    if page.locator("a", has_text="Alvarez-Drill").count():
        counselor.press("Alvarez-Drill, Rosa", "main")
    counselor.look("patient-with-reactions")
    counselor.press("Record one")
    counselor.look("reaction-new")
    page.locator("[name=given]").first.check()
    page.fill("#what", "Heart raced for two hours, and she was afraid.")
    page.get_by_label("Fast or pounding heart").check()
    page.get_by_label("Chest pain").check()
    page.get_by_label("Needed care").check()
    page.get_by_label("This batch should not be sold").check()
    counselor.press("Record it")
    counselor.look("reaction")
    reaction = page.url
    counselor.press("Draft for the state")
    assert "patient number" in page.locator("pre").inner_text()
    counselor.look("reaction-report")
    page.goto(reaction)
    page.locator("summary", has_text="Note that a report").click()
    page.fill("#how", "Telephone, the office's line")
    counselor.press("Note it", "form[action$=reports]")
    assert "the office's line" in page.locator("main").inner_text()

    pharmacist.go("/reactions")
    pharmacist.look("reactions")
    pharmacist.page.goto(reaction)
    pharmacist.page.get_by_label("Do not hold it").check()
    pharmacist.page.fill("#reason", "A known effect at this dose.")
    pharmacist.press("Decide")
    pharmacist.page.locator("summary", has_text="Offer it again").click()
    pharmacist.page.fill("#because", "She took four at once.")
    pharmacist.press("Offer it again", "form[action$=settlement]")
    pharmacist.look("reaction-settled")
    assert "It no longer counts." in pharmacist.page.locator("main").inner_text()
