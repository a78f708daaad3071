"""Find, add, read and change a patient. What is searched for never stands in an address."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock
from counselor.consultations import queries as consultations
from counselor.patients import actions, presenters, queries
from counselor.patients.forms import PatientForm
from counselor.patients.models import Patient
from counselor.reactions import queries as reactions
from counselor.recalls import queries as recalls
from counselor.web.writes import reads, writes

bp = Blueprint("patients", __name__, url_prefix="/patients")


@bp.post("/search")
@reads
def search() -> ResponseReturnValue:
    """Patients by name, card number or scanned code; the text comes in the body.

    A whole card number opens the patient at once: a scan is one movement.
    """
    text = " ".join(request.form.get("text", "").split())[:200]
    found = queries.search(text)
    if found.by_card and len(found.patients) == 1:
        return redirect(url_for(".show", patient_id=found.patients[0].id), 303)
    for patient in found.patients:
        audit.record_read(
            "patient.listed", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
        )
    today = clock.today(current_user.store)
    return render_template(
        "patients/search.html", text=text, found=found, today=today, presenters=presenters,
        last_seen=consultations.last_seen([patient.id for patient in found.patients]),
    )  # fmt: skip


@bp.post("/new")
@reads
def new_from_search() -> ResponseReturnValue:
    """The empty form, begun with what was searched for."""
    form = PatientForm(
        formdata=None, data=presenters.guess_names(request.form.get("text", "")), today=_today()
    )
    return render_template("patients/edit.html", form=form, patient=None)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The empty form."""
    return render_template(
        "patients/edit.html", form=PatientForm(formdata=None, today=_today()), patient=None
    )


@bp.post("")
@writes
def create() -> ResponseReturnValue:
    """Add a patient."""
    form = PatientForm(today=_today())
    if not form.validate() or _clashes(form, None):
        twin = _twin(form)
        if twin is not None:
            _note_listed(twin)
        return render_template("patients/edit.html", form=form, patient=None, twin=twin), 422
    patient = actions.add(values=form.values(), by=current_user, at=clock.now())
    return redirect(url_for(".show", patient_id=patient.id), 303)


@bp.get("/<int:patient_id>")
def show(patient_id: int) -> ResponseReturnValue:
    """The patient's record and earlier consultations."""
    patient = _get(patient_id)
    audit.record_read(
        "patient.shown", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )
    return render_template(
        "patients/show.html",
        patient=patient,
        today=_today(),
        presenters=presenters,
        consultations=consultations.of_patient(patient, store_id=current_user.store_id),
        clearances=consultations.clearances_of(patient),
        reactions=reactions.of_patient(patient),
        recalled=recalls.recalls_of_patient(patient),
        twins=queries.look_alikes([patient]),
    )


@bp.get("/<int:patient_id>/edit")
def edit(patient_id: int) -> ResponseReturnValue:
    """The record as a form."""
    patient = _get(patient_id)
    audit.record_read(
        "patient.shown", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )
    return render_template(
        "patients/edit.html", form=PatientForm(formdata=None, obj=patient, today=_today()), patient=patient
    )


def _show_conflict(patient_id: int) -> ResponseReturnValue:
    """What is stored now beside what was typed."""
    patient, mine = _get(patient_id), PatientForm(today=_today())
    stored = PatientForm(formdata=None, obj=patient, today=_today())
    audit.record_read(
        "patient.shown", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )
    pairs = [
        (theirs, next(own for own in mine if own.name == theirs.name))
        for theirs in stored
        if theirs.name != "version"
    ]  # fmt: skip
    return render_template("patients/conflict.html", patient=patient, pairs=pairs), 409


@bp.post("/<int:patient_id>")
@writes(conflict=_show_conflict)
def update(patient_id: int) -> ResponseReturnValue:
    """Change the record."""
    patient, form = _get(patient_id), PatientForm(today=_today())
    if not form.validate() or _clashes(form, patient):
        audit.record_read(
            "patient.shown", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
        )
        return render_template("patients/edit.html", form=form, patient=patient), 422
    actions.change(
        patient=patient, values=form.values(), version=form.version.data or 0, by=current_user, at=clock.now()
    )
    return redirect(url_for(".show", patient_id=patient.id), 303)


def _clashes(form: PatientForm, patient: Patient | None) -> bool:
    """Say at the field when another patient has this card, or the same name and birth date."""
    number = form.card_number.data or ""
    holder = queries.has_card(number, but=patient)
    if holder is not None:
        _note_listed(holder)
        form.card_number.errors = [
            f"This card belongs to {holder.name}, born {presenters.on_day(holder.born)}."
        ]
        return True
    if number and not any(letter.isalnum() for letter in number):
        form.card_number.errors = ["A card number has letters or digits."]
        return True
    if patient is None and _twin(form) is not None and "add_anyway" not in request.form:
        form.born.errors = ["A patient with this name and birth date is already here. See below."]
        return True
    return False


def _twin(form: PatientForm) -> Patient | None:
    if form.born.data is None or not form.family_name.data:
        return None
    return queries.same_person(form.family_name.data, form.given_name.data or "", form.born.data)


def _note_listed(patient: Patient) -> None:
    """Whoever is named on a page was seen, also where the page only says that somebody is here already."""
    audit.record_read(
        "patient.listed", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )


def _get(patient_id: int) -> Patient:
    return queries.find(patient_id) or abort(404)


def _today() -> date:
    return clock.today(current_user.store)
