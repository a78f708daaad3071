"""Uploading a catalog file, seeing what it would change, applying it."""

from __future__ import annotations

from pathlib import PurePath

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.imports import actions, queries
from counselor.imports.forms import ApplyForm
from counselor.imports.models import ImportRun
from counselor.imports.presenters import RunPresenter
from counselor.imports.reading import UnreadableFile
from counselor.imports.reading.tables import MOST_BYTES
from counselor.web.writes import takes_up_to, writes

bp = Blueprint("imports", __name__, url_prefix="/catalog/imports")


@bp.get("")
def index() -> ResponseReturnValue:
    """Upload a file; earlier uploads and imports."""
    return _index()


def _index(problem: str = "") -> str:
    runs = [RunPresenter(run) for run in queries.newest_runs(store=current_user.store)]
    return render_template("imports/index.html", runs=runs, problem=problem, most=MOST_BYTES // 1048576)


@bp.post("")
@takes_up_to(MOST_BYTES + 4 * 1024 * 1024)
@writes
def upload() -> ResponseReturnValue:
    """Read an uploaded file and keep it with its report until somebody applies it."""
    sent = request.files.get("file")
    name = PurePath((sent.filename or "").replace("\\", "/")).name if sent is not None else ""
    if sent is None or not name:
        return _index("Choose a file first: CSV or XLSX."), 422
    content = sent.stream.read()
    try:
        catalog = actions.read_content(content, name=name)
    except UnreadableFile as error:
        return _index(str(error)), 422
    run = actions.receive_upload(
        content=content, name=name, catalog=catalog, by=current_user, at=clock.now(), store=current_user.store
    )
    return redirect(url_for(".show", run_id=run.id), 303)


@bp.get("/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """What a file holds, what will change, and what was applied."""
    return _page(_run(run_id), ApplyForm(formdata=None))


def _page(run: ImportRun, form: ApplyForm) -> str:
    return render_template("imports/show.html", shown=RunPresenter(run), form=form)


def _apply_conflict(run_id: int) -> ResponseReturnValue:
    flash("This upload was applied or set aside in the meantime. Nothing was changed now.", "warning")
    return redirect(url_for(".show", run_id=run_id), 303)


@bp.post("/<int:run_id>/apply")
@writes(conflict=_apply_conflict)
def apply(run_id: int) -> ResponseReturnValue:
    """Apply a waiting upload, whole or not at all."""
    run, form = _run(run_id), ApplyForm()
    if not form.validate():
        return _page(run, form), 422
    outcome = actions.apply_upload(
        run=run, by=current_user, at=clock.now(), store=current_user.store, count=form.count.data or 0
    )
    if outcome.again is not None:
        flash("This very file was imported before. Nothing was changed.", "info")
        return redirect(url_for(".show", run_id=outcome.again.id), 303)
    flash("Imported. All of it is in the catalog now.", "success")
    return redirect(url_for(".show", run_id=run.id), 303)


def _run(run_id: int) -> ImportRun:
    return queries.find_run(run_id, store=current_user.store) or abort(404)
