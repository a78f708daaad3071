"""Stock: counts, what moved and why, files in and out."""

from __future__ import annotations

import tempfile
from math import ceil
from pathlib import Path, PurePath
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.catalog import queries as catalog
from counselor.catalog.models import Batch
from counselor.imports.reading import UnreadableFile
from counselor.imports.reading.tables import MOST_BYTES
from counselor.stock import actions, presenters, queries
from counselor.stock.actions import LoadOutcome
from counselor.stock.forms import AdjustForm, LineForm
from counselor.stock.models import Why
from counselor.web.writes import takes_up_to, writes

bp = Blueprint("stock", __name__, url_prefix="/stock")
bp.add_app_template_global(presenters.basket_code)


@bp.get("")
def index() -> ResponseReturnValue:
    """This store's counts, fewest first."""
    return _index()


def _index(problem: str = "", outcome: LoadOutcome | None = None) -> str:
    q, low = request.args.get("q", "").strip()[:100], request.args.get("low") == "yes"
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    found = queries.shelved(store=current_user.store, text=q, low=low, page=page)
    file = queries.newest_file(store=current_user.store)
    kept: dict[str, Any] = {name: value for name, value in (("q", q), ("low", "yes" if low else "")) if value}
    return render_template(
        "stock/index.html",
        found=found,
        q=q,
        low=low,
        page=page,
        pages=ceil(found.found / queries.PAGE),
        page_url=lambda number: url_for(".index", page=number, **kept),
        file=file,
        old=presenters.is_old(file, at=clock.now()),
        problem=problem,
        outcome=outcome,
    )


@bp.get("/<int:batch_id>")
def show(batch_id: int) -> ResponseReturnValue:
    """One batch's count, and what moved."""
    return _show(_batch(batch_id))


def _show(
    batch: Batch, form: AdjustForm | None = None, line_form: LineForm | None = None, conflict: bool = False
) -> str:
    line = queries.line_of(batch.product, store=current_user.store)
    least = line.least if line is not None else queries.LEAST
    if line_form is None:
        line_form = LineForm(formdata=None, least=least)
    return render_template(
        "stock/show.html",
        batch=batch,
        count=queries.count_of(batch, store=current_user.store),
        least=least,
        form=form or AdjustForm(formdata=None),
        line_form=line_form,
        conflict=conflict,
        moved=queries.movements(store=current_user.store, batch=batch),
        words=presenters.WHY_WORDS,
    )


def _conflict(batch_id: int) -> ResponseReturnValue:
    return _show(_batch(batch_id), AdjustForm(), conflict=True), 409


@bp.post("/<int:batch_id>")
@writes(conflict=_conflict)
def adjust(batch_id: int) -> ResponseReturnValue:
    """Set a count, with the reason."""
    batch, form = _batch(batch_id), AdjustForm()
    if not form.validate():
        return _show(batch, form), 422
    actions.adjust(
        batch=batch,
        store=current_user.store,
        was=request.form.get("was", type=int),
        count=form.count.data or 0,
        why=Why(form.why.data),
        reason=form.reason.data or "",
        by=current_user,
        at=clock.now(),
    )
    flash("Saved.", "success")
    return redirect(url_for(".show", batch_id=batch.id), 303)


@bp.post("/<int:batch_id>/line")
@writes
def line(batch_id: int) -> ResponseReturnValue:
    """Set below how many packages the product is low."""
    batch, form = _batch(batch_id), LineForm()
    if not form.validate():
        return _show(batch, line_form=form), 422
    actions.set_line(
        product=batch.product,
        store=current_user.store,
        least=form.least.data or 0,
        by=current_user,
        at=clock.now(),
    )
    flash("Saved.", "success")
    return redirect(url_for(".show", batch_id=batch.id), 303)


@bp.post("/file")
@takes_up_to(MOST_BYTES + 4 * 1024 * 1024)
@writes
def load() -> ResponseReturnValue:
    """Check a stock file, or load it: all of it or nothing."""
    sent = request.files.get("file")
    name = PurePath((sent.filename or "").replace("\\", "/")).name if sent is not None else ""
    if sent is None or not name:
        return _index("Choose a file first: CSV or XLSX."), 422
    check = request.form.get("step") != "load"
    with tempfile.TemporaryDirectory(prefix="counselor-stock-") as folder:
        path = Path(folder) / "stock"
        path.write_bytes(sent.stream.read())
        try:
            outcome = actions.load_file(
                path,
                name=name[:255],
                store=current_user.store,
                as_of=clock.now(),
                by=current_user,
                at=clock.now(),
                check_only=check,
            )
        except UnreadableFile as error:
            return _index(str(error)), 422
    if check or outcome.refused:
        return _index(outcome=outcome), 422 if outcome.refused else 200
    left = f" {len(outcome.unknown)} lines name nothing here." if outcome.unknown else ""
    flash(f"Loaded: {outcome.rows} lines, {len(outcome.changed)} counts changed.{left}", "success")
    return redirect(url_for(".index"), 303)


@bp.get("/counts.csv")
def counts_csv() -> ResponseReturnValue:
    """Every count of this store."""
    rows: list[tuple[object, ...]] = []
    page = 1
    while (found := queries.shelved(store=current_user.store, page=page)).rows:
        rows += [
            (batch.product.sku, batch.product.name, batch.number, packages, least)
            for batch, packages, least in found.rows
        ]
        page += 1
    return _csv(presenters.csv_text(("sku", "name", "batch", "count", "least"), rows), "stock.csv")


@bp.get("/movements.csv")
def movements_csv() -> ResponseReturnValue:
    """What moved in this store, the newest ten thousand."""
    moved = queries.movements(store=current_user.store, limit=10_000)
    return _csv(presenters.movements_csv(moved), "movements.csv")


@bp.get("/basket/<number>.csv")
def basket(number: str) -> ResponseReturnValue:
    """What a signed visit sold, for the till."""
    visit = queries.signed_sale(number, store=current_user.store) or abort(404)
    prices = queries.prices_of([item.batch_id for item in visit.items])
    return _csv(presenters.basket_csv(visit, prices), f"{visit.number}.csv")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv; charset=utf-8", headers=headers)


def _batch(batch_id: int) -> Batch:
    return catalog.find_batch(batch_id) or abort(404)
