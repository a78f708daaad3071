"""The consultation's pages. Every button of the draft sends the whole sheet: nothing typed is ever lost."""

from __future__ import annotations

import json
from datetime import date

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock, knowledge
from counselor.consultations import (
    actions,
    clearance_views,
    forms,
    handouts,
    presenters,
    queries,
    shelf,
    signing,
    today,
)
from counselor.consultations.blueprint import bp
from counselor.consultations.models import Consultation, Outcome, State
from counselor.consultations.sheet import Problem
from counselor.patients import presenters as people
from counselor.patients import queries as patients
from counselor.recalls import queries as recalls
from counselor.web.writes import writes

__all__ = ["bp", "clearance_views"]  # the pharmacist's pages hang on the same blueprint


@bp.post("/patients/<int:patient_id>/consultations")
@writes
def start(patient_id: int) -> ResponseReturnValue:
    """Begin a visit, empty or from the last one; an open draft is gone on with."""
    patient = patients.find(patient_id) or abort(404)
    begun = queries.open_draft(patient, store_id=current_user.store_id)
    if begun is not None and "anew" not in request.form:
        return redirect(url_for(".show", consultation_id=begun.id), 303)
    previous = queries.last_signed(patient) if "again" in request.form else None
    consultation = actions.start(patient=patient, previous=previous, by=current_user, at=clock.now())
    return redirect(url_for(".show", consultation_id=consultation.id), 303)


@bp.get("/consultations/<int:consultation_id>")
def show(consultation_id: int) -> ResponseReturnValue:
    """The draft with today's advice, or the record as it was signed."""
    consultation = queries.find(consultation_id, store_id=current_user.store_id) or abort(404)
    _note_read(consultation)
    on = clock.today(current_user.store)
    if consultation.state is State.SIGNED:
        return render_template(
            "consultations/record.html",
            c=consultation,
            on=on,
            people=people,
            **presenters.record(consultation),
        )
    if consultation.state is State.ABANDONED:
        return render_template(
            "consultations/abandoned.html",
            c=consultation,
            sheet=today.sheet_of(consultation),
            on=on,
            problems=presenters.told((), request.args.get("said", "")),
        )
    return _draft_page(consultation, on)


def _draft_page(consultation: Consultation, on: date) -> ResponseReturnValue:
    sheet = today.watched(consultation, on=on, at=clock.now())
    advised = today.advised(consultation, on=on)
    in_stock = shelf.in_stock(consultation.items, store_id=consultation.store_id)
    blocked = {
        outcome.value: signing.blockers(consultation, sheet, advised, outcome, in_stock=in_stock)
        for outcome in Outcome
    }
    tried = request.args.get("try", "")
    return render_template(
        "consultations/draft.html",
        c=consultation,
        sheet=sheet,
        advised=advised,
        advice=advised.advice,
        blocked=blocked,
        problems=presenters.told(
            blocked.get(tried, ()), request.args.get("said", ""), advised.problems if tried else ()
        ),
        people=people,
        on=on,
        knowledge_version=knowledge.current().version,
        not_told=presenters.not_told_today(
            None if sheet.copied else queries.last_signed(consultation.patient), advised
        ),
        held_meanwhile=shelf.held(consultation.items),
        recalled=recalls.recalls_of_patient(consultation.patient),
        **presenters.draft(consultation, sheet, advised),
    )


def _show_conflict(consultation_id: int) -> ResponseReturnValue:
    """Somebody else was first: what is stored beside what was typed, and the way on."""
    consultation = queries.find(consultation_id, store_id=current_user.store_id) or abort(404)
    if "X-Autosave" in request.headers:
        return jsonify(conflict=url_for(".show", consultation_id=consultation.id)), 409
    _note_read(consultation)
    stored = today.sheet_of(consultation)
    mine = forms.read_sheet(request.form, stored) if "sheet" in request.form else stored
    return render_template(
        "consultations/conflict.html",
        c=consultation,
        rows=presenters.differences(stored, mine),
        typed=[
            (name, value) for name, value in request.form.items(multi=True) if name in presenters.SHEET_FIELDS
        ],
    ), 409


@bp.post("/consultations/<int:consultation_id>/intake")
@writes(conflict=_show_conflict)
def save(consultation_id: int) -> ResponseReturnValue:
    """Keep the sheet; asked for by autosave, tell when it was kept."""
    consultation = _own(consultation_id)
    autosave = "X-Autosave" in request.headers
    _take_in(consultation, autosave=autosave)
    if autosave:
        kept = clock.local(consultation.saved_at, current_user.store)
        return jsonify(saved_at=f"{kept:%H:%M}", version=consultation.version)
    return _back(consultation, anchor=request.form.get("anchor", "advice"))


@bp.post("/consultations/<int:consultation_id>/removal")
@writes(conflict=_show_conflict)
def explain(consultation_id: int) -> ResponseReturnValue:
    """Why a medicine that had raised a warning is no longer on the list."""
    consultation = _own(consultation_id)
    _take_in(consultation)
    at = request.form.get("explain", "0")
    removed = today.sheet_of(consultation).removed
    place = int(at) if at.isascii() and at.isdigit() else len(removed)
    if place < len(removed):
        reason = request.form.get(f"why-{place}", "").strip()
        more = request.form.get(f"why-more-{place}", "").strip()
        answer = actions.explain_removal(
            consultation=consultation,
            said=removed[place].said,
            reason=": ".join(part for part in (reason, more) if part)[:1000],
            by=current_user,
            at=clock.now(),
        )
        if isinstance(answer, Problem):
            return _back(consultation, tried="nothing-sold")
    return _back(consultation)


@bp.post("/consultations/<int:consultation_id>/items")
@writes(conflict=_show_conflict)
def choose(consultation_id: int) -> ResponseReturnValue:
    """Choose an offered batch, change its packages, or take it off again."""
    consultation = _own(consultation_id)
    _take_in(consultation)
    if drop := request.form.get("drop", ""):
        item = next((one for one in consultation.items if str(one.id) == drop), None)
        if item is not None:
            actions.drop(consultation=consultation, item=item, by=current_user, at=clock.now())
        return _back(consultation, anchor="chosen")
    place = request.form.get("choose", "")
    sku, _, number = place.partition("|")
    advised = today.advised(consultation, on=clock.today(current_user.store))
    offers = (advised.advice or {}).get("suggestions", [])
    offer = next((one for one in offers if (one["sku"], one["batch"]) == (sku, number)), None)
    batch = shelf.find_batch(sku=sku, number=number)
    packages = forms.read_packages(request.form, place)
    if packages is None:
        return _back(consultation, said="packages", anchor="chosen")
    if offer is None or batch is None:
        return _back(consultation, said="gone")
    if signing.offer_limits(offer, advised):
        return _back(consultation, said="limit")
    actions.choose(
        consultation=consultation,
        batch=batch,
        offer=offer,
        packages=packages,
        by=current_user,
        at=clock.now(),
    )
    return _back(consultation, anchor="chosen")


@bp.post("/consultations/<int:consultation_id>/signature")
@writes(conflict=_show_conflict)
def sign(consultation_id: int) -> ResponseReturnValue:
    """Sign the visit as it was shown. Advice that changed since is shown again instead."""
    consultation = _own(consultation_id)
    said = request.form.get("outcome", "")
    if consultation.state is State.SIGNED or said not in set(Outcome):
        return _back(consultation)
    outcome = Outcome(said)
    if consultation.state is State.DRAFT:
        _take_in(consultation)
    on_day = clock.today(current_user.store)
    advised = today.advised(consultation, on=on_day)
    if request.form.get("seen", "") != advised.digest:
        return _back(consultation, tried=outcome.value, said="changed")
    in_stock = shelf.in_stock(consultation.items, store_id=consultation.store_id)
    sheet = today.watched(consultation, on=on_day, at=clock.now())
    problems = signing.blockers(consultation, sheet, advised, outcome, in_stock=in_stock) or actions.sign(
        consultation=consultation, outcome=outcome, advised=advised, by=current_user, at=clock.now()
    )
    if problems:
        return _back(consultation, tried=outcome.value)
    return _back(consultation)


@bp.post("/consultations/<int:consultation_id>/amendments")
@writes
def amend(consultation_id: int) -> ResponseReturnValue:
    """Add to a signed record, with a reason."""
    consultation = _own(consultation_id)
    if consultation.state is not State.SIGNED:
        return _back(consultation, said="not-signed")
    typed = {name: request.form.get(name, "").strip()[:4000] for name in ("reason", "text")}
    answer = actions.amend(consultation=consultation, **typed, by=current_user, at=clock.now())
    if isinstance(answer, Problem):
        _note_read(consultation)
        page = render_template(
            "consultations/record.html",
            c=consultation,
            on=clock.today(current_user.store),
            people=people,
            amend_problem=answer,
            amend_typed=typed,
            **presenters.record(consultation),
        )
        return page, 422
    return _back(consultation, anchor="amendments")


@bp.post("/consultations/<int:consultation_id>/abandonment")
@writes
def abandon(consultation_id: int) -> ResponseReturnValue:
    """Close a draft that will not be signed."""
    consultation = _own(consultation_id)
    if consultation.state in (State.DRAFT, State.WAITING):
        actions.abandon(consultation=consultation, by=current_user, at=clock.now())
    return redirect(url_for("patients.show", patient_id=consultation.patient_id), 303)


@bp.get("/consultations/<int:consultation_id>/handout")
def handout(consultation_id: int) -> ResponseReturnValue:
    """What the patient takes home, from the signed record."""
    consultation = queries.find(consultation_id, store_id=current_user.store_id) or abort(404)
    if consultation.state is not State.SIGNED or consultation.advice is None:
        return _back(consultation, said="unsigned")
    audit.record_read(
        "consultation.handout-shown",
        subject=consultation,
        by=current_user,
        at=clock.now(),
        patient_id=consultation.patient_id,
    )
    return render_template(
        "consultations/handout.html",
        c=consultation,
        **handouts.handout(consultation, json.loads(consultation.advice)),
    )


def _own(consultation_id: int) -> Consultation:
    return queries.find_own(consultation_id, store_id=current_user.store_id) or abort(404)


def _take_in(consultation: Consultation, *, autosave: bool = False) -> None:
    """Keep the sheet that came with the button, if one came."""
    if "sheet" not in request.form:
        return
    on, at = clock.today(current_user.store), clock.now()
    sheet = forms.read_sheet(request.form, today.watched(consultation, on=on, at=at))
    actions.save(
        consultation=consultation,
        sheet=today.with_removals(consultation, sheet, on=on, at=at),
        version=forms.read_version(request.form),
        by=current_user,
        at=at,
        autosave=autosave,
    )


def _back(
    consultation: Consultation, *, tried: str = "", said: str = "", anchor: str | None = None
) -> ResponseReturnValue:
    """To the consultation's page; `tried` and `said` are our own words, never the patient's."""
    more = {name: value for name, value in (("try", tried), ("said", said)) if value}
    return redirect(url_for(".show", consultation_id=consultation.id, **more, _anchor=anchor or None), 303)  # type: ignore[arg-type]


def _note_read(consultation: Consultation) -> None:
    """One event each time a page is opened; the advice that an autosave fetches is part of the same look."""
    if "X-Autosave" in request.headers and consultation.saved_by_id == current_user.id:
        return
    audit.record_read(
        "consultation.shown",
        subject=consultation,
        by=current_user,
        at=clock.now(),
        patient_id=consultation.patient_id,
    )
