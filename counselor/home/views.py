"""The counter: find a patient, go on with a draft, see who waits and what is due."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock, knowledge
from counselor.consultations import presenters, queries
from counselor.reactions import queries as reactions
from counselor.recalls import queries as recalls
from counselor.staff.permissions import Permission, may
from counselor.web.navigation import COUNTS

bp = Blueprint("home", __name__)


def _waiting_here() -> int:
    return queries.count_waiting(current_user.store_id) if current_user.is_authenticated else 0


COUNTS["queue"] = _waiting_here


@bp.get("/")
def index() -> ResponseReturnValue:
    """The counter of the signed-in person's store."""
    now, today = clock.now(), clock.today(current_user.store)
    drafts = queries.drafts_of(current_user)
    waiting = queries.waiting(current_user.store) if may(current_user.role, Permission.SEE_QUEUE) else ()
    answered = queries.answered_for(current_user, since=now - timedelta(days=7))
    signed = queries.signed_on(current_user.store, today)
    returning = queries.returning(current_user.store, day=today)
    ending = queries.running_out(current_user.store, day=today)
    named = [
        *(one.patient for one in (*drafts, *signed, *returning)),
        *(one.consultation.patient for one in (*waiting, *answered)),
        *ending,
    ]
    for patient in dict.fromkeys(named):
        audit.record_read("patient.listed", subject=patient, by=current_user, at=now, patient_id=patient.id)
    return render_template(
        "home/index.html",
        today=today,
        drafts=drafts,
        waiting=[presenters.queued(row, now) for row in waiting],
        answered=answered,
        signed=signed,
        returning=returning,
        ending=ending,
        outcomes=presenters.OUTCOMES,
        recalls=recalls.still_to_call(),
        holds_asked=reactions.count_waiting(),
        cannot_check=bool(knowledge.trouble()),
    )
