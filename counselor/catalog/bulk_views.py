"""Changing many products at once: choose, look, make, take back."""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.catalog import bulk, listing
from counselor.catalog.bulk_forms import BulkForm
from counselor.catalog.bulk_presenters import KIND_WORDS, BulkPresenter, LinePresenter
from counselor.catalog.forms import read_asked
from counselor.catalog.models import BulkChange
from counselor.web.writes import reads, takes_up_to, writes

bp = Blueprint("bulk", __name__, url_prefix="/catalog/bulk")

_PER = 200


@bp.get("")
def index() -> ResponseReturnValue:
    """What was changed in bulk, newest first."""
    changes = bulk.recent()
    counts = bulk.counts(*changes)
    shown = [BulkPresenter(change, counts[change.id]) for change in changes]
    return render_template("catalog/bulk_index.html", changes=shown)


@bp.post("/choose")
@reads
@takes_up_to(512 * 1024)
def choose() -> ResponseReturnValue:
    """The value for the ticked products, or for all that the list found."""
    kind, products = _kind(), _chosen()
    if problem := _problem(kind, products):
        flash(problem, "warning")
        return redirect(url_for("catalog.index", **_typed()), 303)
    return _choosing(kind, products, BulkForm.of(kind, formdata=None))


@bp.post("")
@writes
@takes_up_to(512 * 1024)
def plan() -> ResponseReturnValue:
    """Work out what would change, and show it."""
    kind, products = _kind(), _chosen()
    if problem := _problem(kind, products):
        flash(problem, "warning")
        return redirect(url_for("catalog.index"), 303)
    form = BulkForm.of(kind)
    if not form.validate():
        return _choosing(kind, products, form), 422
    change = bulk.plan(
        products=products, kind=kind, values=form.wanted(), reason=form.reason.data or "", by=current_user,
        at=clock.now(),
    )  # fmt: skip
    return redirect(url_for(".show", change_id=change.id), 303)


@bp.get("/<int:change_id>")
def show(change_id: int) -> ResponseReturnValue:
    """What will change, or what became of it."""
    change = _change(change_id)
    counts = bulk.counts(change)[change.id]
    pages = ceil(sum(counts.values()) / _PER)
    page = max(1, min(request.args.get("page", 1, type=int), pages or 1))
    return render_template(
        "catalog/bulk_show.html",
        shown=BulkPresenter(change, counts),
        lines=[LinePresenter(line, change) for line in bulk.lines(change, page=page, per=_PER)],
        page=page,
        pages=pages,
        page_url=lambda number: url_for(".show", change_id=change_id, page=number),
    )


@bp.post("/<int:change_id>/make")
@writes
def make(change_id: int) -> ResponseReturnValue:
    """Make the change."""
    change = _change(change_id)
    if bulk.make(change, by=current_user, at=clock.now()):
        made = BulkPresenter(change, bulk.counts(change)[change.id])
        left = made.count("passed-over")
        told = f"{made.count('applied')} products changed."
        if left:
            told += f" {left} were left alone: somebody changed them in between. They stand first below."
        flash(told, "warning" if left else "success")
    else:
        flash("That was made before. Nothing was changed now.", "info")
    return redirect(url_for(".show", change_id=change_id), 303)


@bp.post("/<int:change_id>/undo")
@writes
def undo(change_id: int) -> ResponseReturnValue:
    """Take the change back."""
    change = _change(change_id)
    if bulk.undo(change, by=current_user, at=clock.now()):
        taken = BulkPresenter(change, bulk.counts(change)[change.id])
        left = taken.count("kept")
        told = f"Taken back for {taken.count('undone')} products."
        if left:
            told += f" {left} stay as they are: somebody changed them since. They stand first below."
        flash(told, "warning" if left else "success")
    else:
        flash("That was taken back before, or never made. Nothing was changed now.", "info")
    return redirect(url_for(".show", change_id=change_id), 303)


def _choosing(kind: str, products: list[int], form: BulkForm) -> str:
    """The form; what was chosen rides along as it came."""
    everything = request.form.get("scope") == "all"
    return render_template(
        "catalog/bulk_choose.html",
        form=form,
        kind=kind,
        kind_words=KIND_WORDS[kind],
        count=len(products),
        ticked=[] if everything else products,
        scope="all" if everything else "ticked",
        typed=_typed(),
    )


def _kind() -> str:
    kind = request.form.get("kind", "")
    return kind if kind in bulk.KINDS else ""


def _typed() -> dict[str, Any]:
    """The list's own fields, to find the way back to it."""
    return read_asked({name.removeprefix("list-"): value for name, value in request.form.items()
                       if name.startswith("list-")})[1]  # fmt: skip


def _chosen() -> list[int]:
    """The products: ticked ones, or all that fit what the list was asked for."""
    if request.form.get("scope") == "all":
        asked, _, errors = read_asked(_typed())
        if errors:
            return []
        return listing.fitting_ids(asked, store=current_user.store, today=clock.today(current_user.store))
    ticked = request.form.getlist("product")
    return list(
        dict.fromkeys(int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 10)
    )


def _problem(kind: str, products: list[int]) -> str:
    if not kind:
        return "Choose what to change."
    if not products:
        return "Nothing is ticked. Tick the products to change, or take all that the list found."
    if len(products) > bulk.MOST:
        return (
            f"{len(products):,} products are more than the {bulk.MOST:,} that one change may take."
            " Narrow the list first."
        )
    return ""


def _change(change_id: int) -> BulkChange:
    return bulk.find(change_id) or abort(404)
