"""Hold or recall, the recall's own page, its closing, and the release of holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import audit, clock
from counselor.patients import presenters as people
from counselor.recalls import actions, finding, paper_views, presenters, queries
from counselor.recalls.blueprint import bp
from counselor.recalls.forms import CloseForm, ContactForm, FindForm, OpenForm, ReleaseForm, StepForm
from counselor.recalls.models import ContactKind, Recall, Step
from counselor.recalls.queries import ToCall
from counselor.staff.permissions import Permission, may
from counselor.web.writes import reads, writes

__all__ = ["bp", "paper_views"]  # the printed pages hang on the same blueprint


@bp.get("")
def index() -> ResponseReturnValue:
    """Open recalls with what is left to do, and closed ones."""
    recalls = queries.newest()
    return render_template(
        "recalls/index.html",
        standing=[queries.standing(one) for one in recalls if one.closed_at is None],
        closed=[one for one in recalls if one.closed_at is not None],
        words=presenters,
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The empty search."""
    return _find_page(FindForm(formdata=None), None, OpenForm(formdata=None), None)


@bp.post("/find")
@reads
def find() -> ResponseReturnValue:
    """The batches that the notice names. Nothing is changed yet; 200 numbers do not fit an address."""
    form = FindForm()
    if not form.validate():
        return _find_page(form, None, OpenForm(formdata=None), None), 422
    return _find_page(form, _found(form), OpenForm(formdata=None), None)


@bp.post("")
@writes
def create() -> ResponseReturnValue:
    """Hold the ticked batches, all of them at once or none."""
    search, form = FindForm(), OpenForm()
    ticked = _numbers("batch")
    batches = finding.batches(ticked)
    valid = form.validate()
    if not batches:
        form.action.errors = [*form.action.errors, "Tick at least one batch."]
    if not valid or not batches:
        search.validate()
        return _find_page(search, _found(search), form, set(ticked)), 422
    if form.action.data == "hold":
        actions.hold_batches(batches=batches, reason=form.reason.data or "", by=current_user, at=clock.now())
        flash(f"{_batches(len(batches))} on hold. Nobody can sell them.", "success")
        return redirect(url_for(".holds"), 303)
    recall = actions.open_recall(batches=batches, notice=form.notice(), by=current_user, at=clock.now())
    flash(f"{_batches(len(batches))} recalled and on hold in every store, from now on.", "success")
    return redirect(url_for(".show", recall_id=recall.id), 303)


def _find_page(
    form: FindForm, found: finding.Found | None, open_form: OpenForm, ticked: set[int] | None
) -> str:
    return render_template(
        "recalls/new.html", form=form, found=found, open_form=open_form, ticked=ticked, words=presenters
    )


def _found(form: FindForm) -> finding.Found:
    return finding.find(
        form.numbers.data or "", producer=form.producer.data or "", product=form.product.data or ""
    )


def _batches(count: int) -> str:
    return "1 batch is" if count == 1 else f"{count} batches are"


@bp.get("/<int:recall_id>")
def show(recall_id: int) -> ResponseReturnValue:
    """One recall: what is left to do, packages, patients, the story."""
    return _show(_recall(recall_id))


def _show(recall: Recall, **typed: Any) -> str:
    """The recall's page; `typed` holds a form with errors: contact (with `called`), step or close."""
    standing = queries.standing(recall)
    note_read(standing.to_call)
    names = {one.patient.id: one.patient.name for one in standing.to_call}
    chosen = queries.chosen_now(recall)
    ours = [one for one in chosen if one.store_id == current_user.store_id]
    today = clock.today(current_user.store)
    return render_template(
        "recalls/show.html",
        recall=recall,
        standing=standing,
        story=presenters.story(queries.story(recall), names),
        chosen=ours,
        chosen_elsewhere=len(chosen) - len(ours),
        contact_form=lambda call: ContactForm(formdata=None, call=call, today=today),
        step_form=typed.pop("step_form", None) or StepForm(formdata=None, batches=_choices(recall)),
        close_form=typed.pop("close_form", None) or CloseForm(formdata=None, obj=recall),
        may_close_unfinished=may(current_user.role, Permission.CLOSE_RECALLS),
        stores=queries.count_stores(),
        here=current_user.store,
        words=presenters,
        people=people,
        **typed,
    )


@bp.post("/<int:recall_id>/contacts")
@writes
def contact(recall_id: int) -> ResponseReturnValue:
    """Note a try to reach a patient. Symptoms lead to the form for a reaction."""
    recall = _recall(recall_id)
    said = request.form.get("patient", "")
    call = next((one for one in queries.standing(recall).to_call if str(one.patient.id) == said), None)
    if call is None:
        abort(404)
    form = ContactForm(call=call, today=clock.today(current_user.store))
    if not form.validate():
        return _show(recall, called=call.patient.id, typed_contact=form), 422
    kind = ContactKind(form.kind.data)
    actions.record_contact(
        recall=recall, patient=call.patient, kind=kind, note=form.note.data or "",
        next_try=form.next_try.data, brought=form.brought(), by=current_user, at=clock.now(),
    )  # fmt: skip
    if kind is ContactKind.SYMPTOMS and may(current_user.role, Permission.SEE_PATIENTS):
        flash("Noted. Now record what happened: it goes into the patient's record and the report.", "info")
        return redirect(
            url_for("reactions.new", patient_id=call.patient.id, batch=call.given[-1].batch_id), 303
        )
    flash(f"Noted for {call.patient.name}: {presenters.CONTACT_WORDS[kind].lower()}.", "success")
    return redirect(url_for(".show", recall_id=recall.id, _anchor="patients"), 303)


@bp.post("/<int:recall_id>/packages")
@writes
def step(recall_id: int) -> ResponseReturnValue:
    """Note packages set aside, returned or destroyed in this store."""
    recall = _recall(recall_id)
    form = StepForm(batches=_choices(recall))
    if not form.validate():
        return _show(recall, step_form=form), 422
    batch_id, done, packages = int(form.batch.data), Step(form.step.data), form.packages.data or 0
    if done is not Step.SET_ASIDE and (over := _too_many(recall, batch_id, packages)):
        form.packages.errors = [over]
        return _show(recall, step_form=form), 422
    actions.record_step(
        recall=recall, batch_id=batch_id, step=done, packages=packages, note=form.note.data or "",
        by=current_user, at=clock.now(),
    )  # fmt: skip
    flash(f"Noted: {presenters.packages(packages)} {presenters.STEP_WORDS[done]}.", "success")
    return redirect(url_for(".show", recall_id=recall.id, _anchor="packages"), 303)


def _too_many(recall: Recall, batch_id: int, packages: int) -> str:
    """What is returned or destroyed was set aside or brought back before, in this store."""
    shelf = next(
        (
            one
            for one in queries.standing(recall).shelves
            if one.batch.id == batch_id and one.store.id == current_user.store_id
        ),
        None,
    )
    waiting = shelf.waiting if shelf else 0
    if packages <= waiting:
        return ""
    return f"Only {presenters.packages(waiting)} of this batch are set aside here. Set aside first."


@bp.post("/<int:recall_id>/closing")
@writes
def close(recall_id: int) -> ResponseReturnValue:
    """Close with evidence. With work left only a manager may, and says why."""
    recall, form = _recall(recall_id), CloseForm()
    standing = queries.standing(recall)
    valid = form.validate()
    if standing.missing():
        if not may(current_user.role, Permission.CLOSE_RECALLS):
            form.because.errors = ["It is not finished. Only a manager may close it with work left."]
            return _show(recall, close_form=form), 422
        if not form.because.data:
            form.because.errors = ["Write why it is closed with this left."]
    if not valid or form.because.errors:
        return _show(recall, close_form=form), 422
    actions.close(
        recall=recall, standing=standing, version=form.version.data or 0, because=form.because.data or "",
        by=current_user, at=clock.now(),
    )  # fmt: skip
    flash("Closed. The batches stay on hold until somebody releases them with a reason.", "success")
    return redirect(url_for(".show", recall_id=recall.id), 303)


@bp.get("/holds")
def holds() -> ResponseReturnValue:
    """Every open hold, to release several at once."""
    return _holds_page(ReleaseForm(formdata=None), set())


@bp.post("/holds")
@writes
def release() -> ResponseReturnValue:
    """Release the ticked holds for one reason."""
    form = ReleaseForm()
    ticked = set(_numbers("hold"))
    chosen = [one for one in queries.holds_of(sorted(ticked)) if one.released_at is None]
    valid = form.validate()
    if not ticked:
        form.reason.errors = [*form.reason.errors, "Tick at least one hold."]
    if not valid or not ticked:
        return _holds_page(form, ticked), 422
    done = actions.release_holds(holds=chosen, reason=form.reason.data or "", by=current_user, at=clock.now())
    if done:
        flash(f"Released on {'1 batch' if done == 1 else f'{done} batches'}.", "success")
    else:
        flash("Somebody released them before. Nothing was changed.", "info")
    return redirect(url_for(".holds"), 303)


def _holds_page(form: ReleaseForm, ticked: set[int]) -> str:
    text = request.args.get("q", "").strip()[:100]
    found, total = queries.open_holds(text)
    return render_template(
        "recalls/holds.html", form=form, ticked=ticked, holds=found, total=total, text=text,
        hold_words=presenters.HOLD_WORDS,
    )  # fmt: skip


def note_read(calls: Sequence[ToCall], kind: str = "patient.listed") -> None:
    """Whoever is named on a page was seen: one event for each."""
    for one in calls:
        audit.record_read(
            kind, subject=one.patient, by=current_user, at=clock.now(), patient_id=one.patient.id
        )


def _choices(recall: Recall) -> list[tuple[str, str]]:
    return [
        (str(one.batch_id), f"{one.batch.product.name}, batch {one.batch.number or 'without number'}")
        for one in recall.batches
    ]


def _recall(recall_id: int) -> Recall:
    return queries.find(recall_id) or abort(404)


def _numbers(name: str) -> list[int]:
    """The row numbers ticked under this name; what is no number names no row."""
    typed = request.form.getlist(name)[: finding.MOST_FOUND]
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10]
