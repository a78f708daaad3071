"""What is printed for a recall: the call sheet and the letters. Looking notes only that it was read."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock
from counselor.recalls import actions, presenters, queries
from counselor.recalls.blueprint import bp
from counselor.recalls.models import ContactKind, Recall
from counselor.recalls.queries import Standing, ToCall
from counselor.web.writes import writes


@bp.get("/<int:recall_id>/call-sheet")
def call_sheet(recall_id: int) -> ResponseReturnValue:
    """A table to call from: who, phone, what they got, room to write."""
    standing = _standing(recall_id)
    wanted = _wanted(standing)
    _note_read(wanted, "recall.call-sheet-shown")
    return render_template(
        "recalls/call_sheet.html", recall=standing.recall, standing=standing, wanted=wanted,
        only=request.args.get("only", ""), stores=queries.count_stores(), words=presenters,
        today=clock.today(current_user.store),
    )  # fmt: skip


@bp.get("/<int:recall_id>/letters")
def letters(recall_id: int) -> ResponseReturnValue:
    """A page for each patient."""
    standing = _standing(recall_id)
    wanted = _wanted(standing)
    _note_read(wanted, "recall.letter-shown")
    return render_template(
        "recalls/letters.html", recall=standing.recall, wanted=wanted, only=request.args.get("only", ""),
        words=presenters, today=clock.today(current_user.store),
    )  # fmt: skip


@bp.post("/<int:recall_id>/letters")
@writes
def note_letters(recall_id: int) -> ResponseReturnValue:
    """Note for each letter on the page that it was printed, or that it was sent."""
    standing = _standing(recall_id)
    kind = {"printed": ContactKind.LETTER_PRINTED, "sent": ContactKind.LETTER_SENT}.get(
        request.form.get("what", "")
    )
    chosen = set(request.form.getlist("patient"))
    patients = [one.patient for one in standing.to_call if str(one.patient.id) in chosen]
    if kind is None or not patients:
        abort(400)
    done = actions.note_letters(
        recall=standing.recall, patients=patients, kind=kind, by=current_user, at=clock.now()
    )
    flash(f"Noted: {'1 letter' if done == 1 else f'{done} letters'} {request.form['what']}.", "success")
    return redirect(url_for(".show", recall_id=standing.recall.id, _anchor="patients"), 303)


def _wanted(standing: Standing) -> list[ToCall]:
    """Everybody, or only whom `only` in the address asks for: to-call, here (this store's own)."""
    only = request.args.get("only", "")
    return [
        one
        for one in standing.to_call
        if (only != "to-call" or not standing.is_done(one))
        and (only != "here" or one.store.id == current_user.store_id)
    ]


def _note_read(calls: list[ToCall], kind: str) -> None:
    for one in calls:
        audit.record_read(
            kind, subject=one.patient, by=current_user, at=clock.now(), patient_id=one.patient.id
        )


def _standing(recall_id: int) -> Standing:
    recall: Recall = queries.find(recall_id) or abort(404)
    return queries.standing(recall)
