"""The pharmacist's pages: the queue, one visit in a page, the answer. And the counselor's way into the
queue and back."""

from __future__ import annotations

from datetime import date, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock
from counselor.consultations import actions, clearing, forms, presenters, queries, today
from counselor.consultations.advising import Advised
from counselor.consultations.blueprint import bp
from counselor.consultations.models import Consultation, State
from counselor.consultations.sheet import Problem
from counselor.patients import presenters as people
from counselor.web.writes import writes

USUAL_TERM = timedelta(days=90)


def _already_answered(consultation_id: int) -> ResponseReturnValue:
    """Somebody answered, withdrew or changed the visit first: show it as it is now."""
    return render_template("consultations/answered.html", consultation_id=consultation_id), 409


@bp.post("/consultations/<int:consultation_id>/question")
@writes(conflict=_already_answered)
def ask(consultation_id: int) -> ResponseReturnValue:
    """Send the visit to the pharmacist."""
    consultation = _own(consultation_id)
    on = clock.today(current_user.store)
    if "sheet" in request.form and consultation.state is State.DRAFT:
        at = clock.now()
        sheet = forms.read_sheet(request.form, today.watched(consultation, on=on, at=at))
        actions.save(
            consultation=consultation,
            sheet=today.with_removals(consultation, sheet, on=on, at=at),
            version=forms.read_version(request.form),
            by=current_user,
            at=at,
        )
    if consultation.state is not State.DRAFT:
        return _to(consultation)
    advised = today.advised(consultation, on=on)
    if advised.advice is None:
        return _to(consultation, said="incomplete")
    answer = clearing.ask(
        consultation=consultation,
        advised=advised,
        question=request.form.get("question", "")[:1000],
        by=current_user,
        at=clock.now(),
    )
    return _to(consultation, said="nothing-open" if isinstance(answer, Problem) else "sent")


@bp.post("/consultations/<int:consultation_id>/withdrawal")
@writes(conflict=_already_answered)
def withdraw(consultation_id: int) -> ResponseReturnValue:
    """Take the visit back from the queue, to edit it."""
    consultation = _own(consultation_id)
    if consultation.state is State.WAITING:
        clearing.withdraw(consultation=consultation, by=current_user, at=clock.now())
    return _to(consultation)


@bp.get("/queue")
def queue() -> ResponseReturnValue:
    """Visits that wait for the pharmacist, longest wait first."""
    rows = queries.waiting(current_user.store)
    for row in rows:
        audit.record_read(
            "patient.listed",
            subject=row.consultation.patient,
            by=current_user,
            at=clock.now(),
            patient_id=row.consultation.patient_id,
        )
    return render_template(
        "consultations/queue.html", rows=[presenters.queued(row, clock.now()) for row in rows]
    )


@bp.get("/consultations/<int:consultation_id>/clearance")
def clear(consultation_id: int) -> ResponseReturnValue:
    """One visit on one page: patient, medicines, warnings with their mechanism, and the form for the
    answer."""
    consultation = _own(consultation_id)
    if consultation.state is not State.WAITING:
        return _to(consultation, said="not-waiting")
    on = clock.today(current_user.store)
    advised = today.advised(consultation, on=on)
    return _clearance_page(consultation, advised, on, {}, ())


@bp.post("/consultations/<int:consultation_id>/clearance")
@writes(conflict=_already_answered)
def answer(consultation_id: int) -> ResponseReturnValue:
    """Record what was decided: cleared within limits, not cleared, or still waiting for the prescriber."""
    consultation = _own(consultation_id)
    on = clock.today(current_user.store)
    said = request.form.get("said", "").strip()[:2000]
    kind = request.form.get("answer", "")
    if consultation.state is not State.WAITING:
        return _to(consultation, said="not-waiting")
    advised = today.advised(consultation, on=on)
    problems: tuple[Problem, ...]
    if kind == "waiting":
        problem = clearing.keep_waiting(consultation=consultation, note=said, by=current_user, at=clock.now())
        done, problems = url_for(".queue"), (problem,) if problem else ()
    elif kind == "refused":
        problem = clearing.refuse(
            consultation=consultation, said=said, by_name=_decided_by(), by=current_user, at=clock.now()
        )
        done, problems = url_for(".queue"), (problem,) if problem else ()
    elif kind == "cleared":
        decided, problems = _read_answer(said, on)
        problems = problems or clearing.problems_of(decided, advised, on=on)
        problems = problems or _not_lifted(consultation, decided, advised, on)
        done = url_for(".queue")
        if not problems:
            clearing.clear(
                consultation=consultation,
                answer=decided,
                advised=advised,
                on=on,
                by=current_user,
                at=clock.now(),
            )
    else:
        done, problems = (
            "",
            (Problem("answer", "Say what was decided: cleared, not cleared, or still waiting."),),
        )
    if problems:
        return _clearance_page(consultation, advised, on, request.form.to_dict(flat=False), problems), 422
    return redirect(done, 303)


def _not_lifted(
    consultation: Consultation, decided: clearing.Answer, advised: Advised, on: date
) -> tuple[Problem, ...]:
    """Ask guidance with the answer before it is recorded: does it do what it is meant to?"""
    drafted = clearing.clearances_for(
        consultation=consultation, answer=decided, advised=advised, on=on, by=current_user
    )
    problem = clearing.not_lifted(decided, today.advised(consultation, on=on, also=drafted))
    return (problem,) if problem else ()


def _clearance_page(
    consultation: Consultation,
    advised: Advised,
    on: date,
    typed: dict[str, list[str]],
    problems: tuple[Problem, ...],
) -> str:
    audit.record_read(
        "consultation.shown-for-clearance",
        subject=consultation,
        by=current_user,
        at=clock.now(),
        patient_id=consultation.patient_id,
    )
    return render_template(
        "consultations/clearance.html",
        c=consultation,
        sheet=today.sheet_of(consultation),
        advised=advised,
        advice=advised.advice,
        on=on,
        until=on + USUAL_TERM,
        typed=typed,
        problems=problems,
        people=people,
        **presenters.for_clearance(consultation, advised),
    )


def _read_answer(said: str, on: date) -> tuple[clearing.Answer, tuple[Problem, ...]]:
    found: list[Problem] = []
    limit = request.form.get("max_thc_mg", "").strip().replace(",", ".")
    try:
        max_thc = float(limit) if limit else None
        if max_thc is not None and not 0 <= max_thc <= 100:
            raise ValueError
    except ValueError:
        max_thc = None
        found.append(
            Problem("max_thc_mg", f"“{limit}” is not an amount. Write mg of THC for one dose, from 0 to 100.")
        )
    try:
        until = date.fromisoformat(request.form.get("until", "").strip())
    except ValueError:
        until = on
        found.append(Problem("until", "Write the last day it holds, like 2027-02-20."))
    decided = clearing.Answer(
        rules=tuple(dict.fromkeys(request.form.getlist("rules"))),
        said=said,
        by_name=_decided_by(),
        by_role="prescriber" if request.form.get("by_role") == "prescriber" else "pharmacist",
        max_thc_mg=max_thc,
        routes=tuple(route for route in clearing.ALL_ROUTES if route in request.form.getlist("clear_routes")),
        until=until,
    )
    return decided, tuple(found)


def _decided_by() -> str:
    name = " ".join(request.form.get("by_name", "").split())[:200]
    if request.form.get("by_role") == "prescriber":
        return name
    return name or current_user.display_name


def _own(consultation_id: int) -> Consultation:
    return queries.find_own(consultation_id, store_id=current_user.store_id) or abort(404)


def _to(consultation: Consultation, said: str = "") -> ResponseReturnValue:
    return redirect(
        url_for("consultations.show", consultation_id=consultation.id, said=said or None),
        303,
    )
