"""Reactions and returns: recorded at the counter, reported, settled by a pharmacist."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock
from counselor.patients import presenters as people
from counselor.patients import queries as patients
from counselor.patients.models import Patient
from counselor.reactions import actions, queries, reporting, words
from counselor.reactions.forms import OTHER, HoldDecisionForm, ReactionForm, SentForm, SettleForm
from counselor.reactions.models import HoldAnswer, Reaction, Recipient
from counselor.staff.permissions import Permission, may
from counselor.web.writes import writes

bp = Blueprint("reactions", __name__)


@bp.get("/reactions")
def index() -> ResponseReturnValue:
    """Wishes for a hold first, then what this store recorded."""
    waiting = queries.waiting_for_hold()
    recorded = queries.newest(current_user.store_id)
    for patient in dict.fromkeys(one.patient for one in (*waiting, *recorded)):
        _note_listed(patient)
    return render_template("reactions/index.html", waiting=waiting, recorded=recorded, words=words)


@bp.get("/patients/<int:patient_id>/reactions/new")
def new(patient_id: int) -> ResponseReturnValue:
    """The form, begun with the product it is about where that is known."""
    patient = _patient(patient_id)
    before = queries.given_to(patient)
    asked = request.args.get("batch", "")
    begun = {"happened_on": clock.today(current_user.store), "told": "reaction"}
    if asked in {str(one.batch_id) for one in before}:
        begun["given"] = asked
    elif not before:
        begun["given"] = OTHER
    form = ReactionForm(formdata=None, data=begun, before=before, today=clock.today(current_user.store))
    return _form_page(patient, form)


@bp.post("/patients/<int:patient_id>/reactions")
@writes
def create(patient_id: int) -> ResponseReturnValue:
    """Keep what was told."""
    patient = _patient(patient_id)
    form = ReactionForm(before=queries.given_to(patient), today=clock.today(current_user.store))
    if not form.validate():
        return _form_page(patient, form), 422
    reaction = actions.record(
        patient=patient, account=form.account(), hold_asked=bool(form.hold.data),
        may_hold=may(current_user.role, Permission.HOLD_BATCHES), by=current_user, at=clock.now(),
    )  # fmt: skip
    flash("Recorded. This product is no longer offered to this patient.", "success")
    return redirect(url_for(".show", reaction_id=reaction.id), 303)


def _form_page(patient: Patient, form: ReactionForm) -> str:
    audit.record_read(
        "patient.shown", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )
    return render_template(
        "reactions/new.html", patient=patient, form=form, today=clock.today(current_user.store),
        people=people, words=words, may_hold=may(current_user.role, Permission.HOLD_BATCHES),
    )  # fmt: skip


@bp.get("/reactions/<int:reaction_id>")
def show(reaction_id: int) -> ResponseReturnValue:
    """One of them: what was told, the hold, the reports, whether it still counts."""
    return _show(_reaction(reaction_id))


def _show(reaction: Reaction, **typed: Any) -> str:
    audit.record_read(
        "reaction.shown", subject=reaction, by=current_user, at=clock.now(), patient_id=reaction.patient_id
    )
    now = clock.local(clock.now(), current_user.store)
    return render_template(
        "reactions/show.html",
        reaction=reaction,
        demand=reporting.demand_for(reaction),
        recipients=reporting.RECIPIENTS,
        alarm=bool(words.ALARM & set(reaction.symptoms)) or reaction.seriousness == "life-threatening",
        hold_form=typed.get("hold_form") or HoldDecisionForm(
            formdata=None, data={"reason": actions.held_because(reaction)}),
        settle_form=typed.get("settle_form") or SettleForm(formdata=None),
        sent_form=typed.get("sent_form") or SentForm(
            formdata=None, data={"sent": now}, now=now, zone=current_user.store.zone),
        today=clock.today(current_user.store),
        words=words,
        people=people,
    )  # fmt: skip


@bp.get("/reactions/<int:reaction_id>/report/<to>")
def report(reaction_id: int, to: str) -> ResponseReturnValue:
    """The draft to print; with `text` in the address as a plain text file."""
    reaction = _reaction(reaction_id)
    if to not in set(Recipient):
        abort(404)
    audit.record_read(
        "reaction.report-shown", subject=reaction, by=current_user, at=clock.now(),
        patient_id=reaction.patient_id,
    )  # fmt: skip
    text = reporting.draft(reaction, Recipient(to), written_at=clock.local(clock.now(), current_user.store))
    if "text" in request.args:
        name = f"report-{reaction.id}-{to}.txt"
        return Response(
            text, mimetype="text/plain", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    return render_template("reactions/report.html", reaction=reaction, text=text, to=to)


@bp.post("/reactions/<int:reaction_id>/reports")
@writes
def sent(reaction_id: int) -> ResponseReturnValue:
    """Note that a report was sent."""
    reaction = _reaction(reaction_id)
    form = SentForm(now=clock.now(), zone=current_user.store.zone)
    if not form.validate():
        return _show(reaction, sent_form=form), 422
    actions.note_sent(
        reaction=reaction, recipient=form.to(), how=form.how.data or "", sent_at=form.sent_at(),
        note=form.note.data or "", by=current_user, at=clock.now(),
    )  # fmt: skip
    flash("Noted as sent.", "success")
    return redirect(url_for(".show", reaction_id=reaction.id, _anchor="reports"), 303)


@bp.post("/reactions/<int:reaction_id>/hold")
@writes
def decide(reaction_id: int) -> ResponseReturnValue:
    """Hold the batch for everybody, or say why not."""
    reaction, form = _reaction(reaction_id), HoldDecisionForm()
    if not form.validate():
        return _show(reaction, hold_form=form), 422
    if reaction.hold_answer is not HoldAnswer.OPEN:
        flash("Somebody decided it before. Nothing was changed.", "info")
        return redirect(url_for(".show", reaction_id=reaction.id), 303)
    held = form.answer.data == HoldAnswer.HELD.value
    actions.decide_hold(
        reaction=reaction, hold=held, reason=form.reason.data or "", by=current_user, at=clock.now()
    )
    flash("The batch is on hold. Nobody can sell it." if held else "Noted: not held.", "success")
    return redirect(url_for(".show", reaction_id=reaction.id), 303)


@bp.post("/reactions/<int:reaction_id>/settlement")
@writes
def settle(reaction_id: int) -> ResponseReturnValue:
    """A pharmacist lets the product be offered to this patient again."""
    reaction, form = _reaction(reaction_id), SettleForm()
    if not form.validate():
        return _show(reaction, settle_form=form), 422
    if reaction.settled_at is None:
        actions.settle(reaction=reaction, reason=form.because.data or "", by=current_user, at=clock.now())
        flash("It no longer counts against the product for this patient.", "success")
    return redirect(url_for(".show", reaction_id=reaction.id), 303)


def _note_listed(patient: Patient) -> None:
    audit.record_read(
        "patient.listed", subject=patient, by=current_user, at=clock.now(), patient_id=patient.id
    )


def _patient(patient_id: int) -> Patient:
    return patients.find(patient_id) or abort(404)


def _reaction(reaction_id: int) -> Reaction:
    return queries.find(reaction_id) or abort(404)
