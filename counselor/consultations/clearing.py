"""Asking the pharmacist, and what the pharmacist answers. A counselor asks; only a pharmacist's sign-in
answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.consultations.advising import Advised
from counselor.consultations.medicines import medicines_of
from counselor.consultations.models import Clearance, ClearanceRequest, Consultation, RequestState, State
from counselor.consultations.sheet import Problem, Sheet
from counselor.database import db
from counselor.staff.models import Staff

ALL_ROUTES = ("edible", "vaporized", "smoked", "topical")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was decided about the warnings of one visit, within which limits, and by whom."""

    rules: tuple[str, ...]
    said: str
    by_name: str
    by_role: str
    max_thc_mg: float | None
    routes: tuple[str, ...]
    until: date


def ask(
    *, consultation: Consultation, advised: Advised, question: str, by: Staff, at: datetime
) -> ClearanceRequest | Problem:
    """Send the visit to the pharmacist's queue. The intake is closed until there is an answer."""
    if consultation.state is not State.DRAFT:
        raise StaleDataError()
    rules = [warning["rule"] for warning in advised.open_rules]
    if not rules and (advised.advice is None or advised.advice["disposition"]["code"] != "refer-first"):
        return Problem("disposition", "Nothing here waits for a pharmacist.")
    request = ClearanceRequest(
        consultation=consultation,
        state=RequestState.OPEN,
        rules=rules,
        asked_at=at,
        asked_by=by,
        question=question.strip(),
    )
    db.session.add(request)
    consultation.state = State.WAITING
    db.session.flush()
    audit.record(
        "consultation.sent-to-pharmacist",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={"rules": rules},
    )
    return request


def withdraw(*, consultation: Consultation, by: Staff, at: datetime) -> None:
    """Take the visit back from the queue, to edit it."""
    request = _open(consultation)
    request.state, consultation.state = RequestState.WITHDRAWN, State.DRAFT
    db.session.flush()
    audit.record(
        "consultation.taken-back", subject=consultation, by=by, at=at, patient_id=consultation.patient_id
    )


def keep_waiting(*, consultation: Consultation, note: str, by: Staff, at: datetime) -> Problem | None:
    """Leave the visit in the queue with a word on why: the prescriber was not reached."""
    request = _open(consultation)
    if not note.strip():
        return Problem("said", "Say what was tried: “called at 2, calling again at 4”.")
    request.waiting_note = note.strip()
    db.session.flush()
    audit.record(
        "consultation.still-waiting",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        note=note,
    )
    return None


def refuse(*, consultation: Consultation, said: str, by_name: str, by: Staff, at: datetime) -> Problem | None:
    """Record that the warnings were not cleared; the visit goes back to the counselor, to be signed as
    referred."""
    if not said.strip():
        return Problem("said", "Write what was said.")
    request = _open(consultation)
    _answer(request, RequestState.REFUSED, said, by_name or by.display_name, by, at)
    consultation.state = State.DRAFT
    db.session.flush()
    audit.record(
        "consultation.not-cleared",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={"rules": request.rules, "said": request.said, "said_by": request.said_by},
    )
    return None


def clearances_for(
    *, consultation: Consultation, answer: Answer, advised: Advised, on: date, by: Staff
) -> Sequence[Clearance]:
    """The clearances that an answer amounts to, not stored yet.

    `advised` is the visit's advice without them: it says for which reasons and medicines they hold.
    """
    request = _open(consultation)
    sheet = Sheet.from_json(consultation.sheet)
    reasons = {warning["rule"]: list(warning["because"]) for warning in advised.open_rules}
    return [
        Clearance(
            patient_id=consultation.patient_id,
            request_id=request.id,
            rule=rule,
            because=reasons[rule],
            medicines=medicines_of(advised.advice or {}),
            asked_routes=list(sheet.routes or ALL_ROUTES),
            routes=list(answer.routes),
            max_thc_mg=answer.max_thc_mg,
            said=answer.said,
            by_name=answer.by_name,
            by_role=answer.by_role,
            recorded_by_id=by.id,
            cleared_on=on,
            until=answer.until,
        )
        for rule in answer.rules
    ]


def not_lifted(answer: Answer, advised: Advised) -> Problem | None:
    """What is wrong with an answer that, as advised with it, leaves its warnings standing: "no" among its
    words, a route they leave out. A recorded answer that does nothing would be a dead end.
    """
    still = [one for one in advised.open_rules if one["rule"] in answer.rules]
    if not still:
        return None
    return Problem(
        "said",
        "These words would not lift the warning: they read as a refusal, or as limits beyond what the "
        "patient asks for. Begin with what was agreed to, or choose “Not cleared”.",
    )


def clear(
    *, consultation: Consultation, answer: Answer, advised: Advised, on: date, by: Staff, at: datetime
) -> Sequence[Clearance]:
    """Record that warnings were cleared, within limits. Earlier clearances of the same rules end.

    `advised` is the visit's advice without these clearances. Check the answer with `problems_of` and
    `not_lifted` first.
    """
    request = _open(consultation)
    cleared = clearances_for(consultation=consultation, answer=answer, advised=advised, on=on, by=by)
    earlier = select(Clearance).where(
        Clearance.patient_id == consultation.patient_id,
        Clearance.rule.in_(answer.rules),
        Clearance.ended_at.is_(None),
    )
    for old in db.session.scalars(earlier):
        old.ended_at, old.ended_because = at, f"replaced by a new answer in {consultation.number}"
    db.session.add_all(cleared)
    _answer(request, RequestState.CLEARED, answer.said, answer.by_name, by, at)
    consultation.state = State.DRAFT
    db.session.flush()
    audit.record(
        "consultation.cleared",
        subject=consultation,
        by=by,
        at=at,
        patient_id=consultation.patient_id,
        detail={
            "rules": list(answer.rules),
            "said": answer.said,
            "said_by": f"{answer.by_name}, {answer.by_role}",
            "max_thc_mg": answer.max_thc_mg,
            "routes": list(answer.routes),
            "until": answer.until.isoformat(),
        },
    )
    return cleared


def problems_of(answer: Answer, advised: Advised, *, on: date) -> tuple[Problem, ...]:
    """What an answer lacks before it can be recorded."""
    found: list[Problem] = []
    open_rules = {warning["rule"]: warning for warning in advised.open_rules}
    if not answer.rules or not set(answer.rules) <= set(open_rules):
        found.append(Problem("rules", "Tick the warnings that are cleared."))
    forbidden = [
        rule for rule in answer.rules if open_rules.get(rule, {}).get("severity") == "contraindicated"
    ]
    if forbidden and answer.by_role != "prescriber":
        found.append(Problem("by_role", "A “do not sell” can only be lifted on the prescriber's word."))
    if not answer.said.strip():
        found.append(Problem("said", "Write what was said."))
    if not answer.by_name.strip():
        found.append(Problem("by_name", "Name who decided."))
    if not answer.routes:
        found.append(Problem("clear_routes", "Tick at least one route that is agreed to."))
    if not on <= answer.until:
        found.append(Problem("until", "The last day lies in the past."))
    elif (answer.until - on).days > 366:
        found.append(Problem("until", "A clearance lasts a year at most. Choose an earlier day."))
    return tuple(found)


def _open(consultation: Consultation) -> ClearanceRequest:
    request = consultation.open_request
    if consultation.state is not State.WAITING or request is None:
        raise StaleDataError()
    return request


def _answer(
    request: ClearanceRequest, state: RequestState, said: str, by_name: str, by: Staff, at: datetime
) -> None:
    request.state, request.said, request.said_by = state, said.strip(), by_name.strip()
    request.answered_at, request.answered_by = at, by
