"""Uploading a catalog file, seeing what it would change, applying it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.imports import actions, queries
from counselor.imports.actions import Prepared
from counselor.imports.annotating import annotated_copy
from counselor.imports.forms import ApplyForm, UndoForm, decisions_of_form, mapping_of_form
from counselor.imports.models import ImportRun
from counselor.imports.presenters import MappingPresenter, RunPresenter
from counselor.imports.reading import CatalogFile, UnknownHeaders, UnreadableFile
from counselor.imports.reading.tables import MOST_BYTES
from counselor.imports.undoing import undo_import
from counselor.web.writes import prepared, prepares, takes_up_to, writes

bp = Blueprint("imports", __name__, url_prefix="/catalog/imports")


@bp.get("")
def index() -> ResponseReturnValue:
    """Upload a file; earlier uploads and imports."""
    return _index()


def _index(problem: str = "") -> str:
    runs = [RunPresenter(run) for run in queries.newest_runs(store=current_user.store)]
    return render_template("imports/index.html", runs=runs, problem=problem, most=MOST_BYTES // 1048576)


Sent = tuple[
    str, bytes, Mapping[str, Any] | None, CatalogFile | UnreadableFile | None, Mapping[str, Any] | None
]


def _read_sent() -> Sent:
    """The file that was sent: name, bytes, the mapping it is read by, its rows or why there are none, and
    what has to be decided about them.
    """
    sent = request.files.get("file")
    name = PurePath((sent.filename or "").replace("\\", "/")).name if sent is not None else ""
    if sent is None or not name:
        return "", b"", None, None, None
    content, mapping = sent.stream.read(), None
    try:
        known = actions.mapping_for(content, name=name, store=current_user.store)
        mapping = known.mapping if known is not None else None
        catalog = actions.read_content(content, name=name, known=known)
        asked = actions.questions_of(content, name=name, catalog=catalog, mapping=mapping)
    except UnreadableFile as error:
        return name, content, mapping, error, None
    return name, content, mapping, catalog, asked


@bp.post("")
@takes_up_to(MOST_BYTES + 4 * 1024 * 1024)
@prepares(_read_sent)
@writes
def upload() -> ResponseReturnValue:
    """Keep an uploaded file with its report until somebody applies it."""
    name, content, known, catalog, asked = prepared()
    if not name:
        return _index("Choose a file first: CSV or XLSX."), 422
    if isinstance(catalog, UnknownHeaders):
        run = actions.receive_unmapped(
            content=content, name=name, by=current_user, at=clock.now(), store=current_user.store
        )
        return redirect(url_for(".columns", run_id=run.id), 303)
    if isinstance(catalog, UnreadableFile):
        return _index(str(catalog)), 422
    run = actions.receive_upload(
        content=content,
        name=name,
        catalog=catalog,
        by=current_user,
        at=clock.now(),
        store=current_user.store,
        mapping=known,
        asked=asked,
    )
    return redirect(url_for(".show", run_id=run.id), 303)


@bp.get("/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """What a file holds, what will change, and what was applied."""
    run = _run(run_id)
    if run.report.get("unmapped"):
        return redirect(url_for(".columns", run_id=run.id), 303)
    return _page(run, ApplyForm(formdata=None))


def _page(run: ImportRun, form: ApplyForm, *, undo: UndoForm | None = None, problem: str = "") -> str:
    return render_template(
        "imports/show.html",
        shown=RunPresenter(run),
        form=form,
        undo=undo or UndoForm(formdata=None),
        problem=problem,
    )


@bp.get("/<int:run_id>/columns")
def columns(run_id: int) -> ResponseReturnValue:
    """A file of no known format: what is each of its columns?"""
    run = _run(run_id)
    if not run.report.get("unmapped"):
        return redirect(url_for(".show", run_id=run.id), 303)
    return _columns(run)


def _columns(
    run: ImportRun, *, typed: dict[str, str] | None = None, source: str = "", problem: str = ""
) -> str:
    table, proposed = actions.upload_of(run).proposals()
    shown = MappingPresenter(table, proposed, typed)
    return render_template("imports/columns.html", run=run, shown=shown, source=source, problem=problem)


@bp.post("/<int:run_id>/columns")
@writes(conflict=lambda run_id: _apply_conflict(run_id))
def map_columns(run_id: int) -> ResponseReturnValue:
    """Keep what the columns mean, for this file and the next of the same source."""
    run = _run(run_id)
    typed = {name: value for name, value in request.form.items() if name.startswith("column-")}
    source = request.form.get("source", "").strip()[:120]
    if not source:
        return _columns(run, typed=typed, problem="Name the source: whose files look like this?"), 422
    try:
        mapping = mapping_of_form(actions.upload_of(run).table(), typed)
        actions.map_columns(
            run=run, mapping=mapping, source=source, by=current_user, at=clock.now(), store=current_user.store
        )
    except UnreadableFile as error:
        return _columns(run, typed=typed, source=source, problem=str(error)), 422
    return redirect(url_for(".show", run_id=run.id), 303)


@bp.post("/<int:run_id>/decide")
@writes(conflict=lambda run_id: _apply_conflict(run_id))
def decide(run_id: int) -> ResponseReturnValue:
    """Keep what was decided about the findings, and show the file read so."""
    run = _run(run_id)
    try:
        decisions = decisions_of_form(run, request.form)
        actions.decide(
            run=run, decisions=decisions, by=current_user, at=clock.now(), store=current_user.store
        )
    except UnreadableFile as error:
        return _page(run, ApplyForm(formdata=None), problem=str(error)), 422
    flash("Kept. Below stands how the file is read now; nothing is in the catalog yet.", "success")
    return redirect(url_for(".show", run_id=run.id, _anchor="findings"), 303)


@bp.get("/<int:run_id>/annotated.csv")
def annotated(run_id: int) -> ResponseReturnValue:
    """The file with our notes beside each row, to send back to whoever made it."""
    run = _run(run_id)
    if run.content is None or run.report.get("unmapped"):
        abort(404)
    made = annotated_copy(actions.upload_of(run))
    name = f"{PurePath(run.file).stem}-annotated.csv"
    return Response(
        made, mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )  # fmt: skip


@bp.post("/<int:run_id>/undo")
@writes(conflict=lambda run_id: _apply_conflict(run_id))
def undo(run_id: int) -> ResponseReturnValue:
    """Take a whole import back."""
    run, form = _run(run_id), UndoForm()
    if not form.validate():
        return _page(run, ApplyForm(formdata=None), undo=form), 422
    outcome = undo_import(run=run, reason=form.reason.data or "", by=current_user, at=clock.now())
    kept = f" Kept, because somebody used or changed it since: {len(outcome.kept)}." if outcome.kept else ""
    flash(
        f"Undone. Removed: {outcome.removed_products} products, {outcome.removed_batches} batches."
        f" Set back: {outcome.restored}.{kept}",
        "success",
    )
    return redirect(url_for(".show", run_id=run.id), 303)


def _apply_conflict(run_id: int) -> ResponseReturnValue:
    flash("This upload was applied or set aside in the meantime. Nothing was changed now.", "warning")
    return redirect(url_for(".show", run_id=run_id), 303)


def _read_waiting(run_id: int) -> Prepared | None:
    """The waiting file read as it was decided; nothing where it does not wait any more."""
    return actions.prepare_upload(_run(run_id))


@bp.post("/<int:run_id>/apply")
@prepares(_read_waiting)
@writes(conflict=_apply_conflict)
def apply(run_id: int) -> ResponseReturnValue:
    """Apply a waiting upload, whole or not at all."""
    run, form = _run(run_id), ApplyForm()
    if not form.validate():
        return _page(run, form), 422
    outcome = actions.apply_upload(
        run=run,
        by=current_user,
        at=clock.now(),
        store=current_user.store,
        count=form.count.data or 0,
        prepared=prepared(),
    )
    if outcome.again is not None:
        flash("This very file was imported before. Nothing was changed.", "info")
        return redirect(url_for(".show", run_id=outcome.again.id), 303)
    flash("Imported. All of it is in the catalog now.", "success")
    return redirect(url_for(".show", run_id=run.id), 303)


def _run(run_id: int) -> ImportRun:
    return queries.find_run(run_id, store=current_user.store) or abort(404)
