"""What the shelf could offer, what it can offer nobody, and what is near a product. Nothing is written."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock, knowledge
from counselor.catalog import queries as catalog
from counselor.catalog.models import Product
from counselor.guidance.coverage import BANDS, Covered
from counselor.guidance.shelf import ROUTES, Shelf, ShelfItem
from counselor.guidance.substitute import Substitute, nameless
from counselor.reports import exports, presenters, queries

bp = Blueprint("reports", __name__, url_prefix="/reports")

NEAREST = 6
MOST_LISTED = 200
"""Lines of a table on one page; how many more there are is said."""


@bp.get("/coverage")
def coverage() -> ResponseReturnValue:
    """The map: conditions by routes; all of it, or one group."""
    shelf, known = queries.shelf_of(current_user.store), knowledge.current()
    groups = queries.groups()
    group = _group(shelf, groups)
    chosen = {name: ids for name, ids in groups.items() if group in ("all", name)}
    rows = {name: queries.covered(ids, shelf, on=_today()) for name, ids in chosen.items()}
    every = [row for some in rows.values() for row in some]
    return render_template(
        "reports/coverage.html",
        rows={name: [presenters.row_of(row, known) for row in some] for name, some in rows.items()},
        orders=presenters.to_order(every, known),
        tally=presenters.tally(every),
        group=group,
        groups=groups,
        batches=len(shelf.items),
        words=presenters,
        routes=ROUTES,
        bands=BANDS,
    )


def _group(shelf: Shelf, groups: dict[str, list[str]]) -> str:
    asked = request.args.get("group", "")
    if asked == "all" or asked in groups:
        return asked
    return "all" if len(shelf.items) <= queries.ALL_AT_ONCE else next(iter(groups))


@bp.get("/coverage.csv")
def coverage_csv() -> ResponseReturnValue:
    """The map of the chosen group as a file."""
    return _csv(exports.coverage_csv(_rows_asked(), knowledge.current()), "coverage.csv")


@bp.get("/order.csv")
def order_csv() -> ResponseReturnValue:
    """What to order, as a file."""
    return _csv(exports.orders_csv(_rows_asked(), knowledge.current()), "what-to-order.csv")


def _rows_asked() -> list[Covered]:
    groups = queries.groups()
    asked = request.args.get("group", "all")
    ids = groups.get(asked) or [id for some in groups.values() for id in some]
    return queries.covered(ids, queries.shelf_of(current_user.store), on=_today())


@bp.get("/coverage/<condition>/<route>")
def cell(condition: str, route: str) -> ResponseReturnValue:
    """One condition by one route: which products for whom, why not, and what is known."""
    known = knowledge.current()
    if condition not in known.conditions or route not in ROUTES:
        abort(404)
    row = queries.covered_to_the_end(condition, queries.shelf_of(current_user.store), on=_today())
    cells = [row.cell(route, band) for band in BANDS]
    offered = presenters.offered_rows(cells)
    return render_template(
        "reports/cell.html",
        condition=known.conditions[condition],
        route=route,
        cells=cells,
        offered=offered[:MOST_LISTED],
        left=max(0, len(offered) - MOST_LISTED),
        ids=queries.product_ids(one.sku for one in offered[:MOST_LISTED]),
        evidence=[one for one in known.evidence.get(condition, ()) if one.route == route],
        orders=presenters.to_order(
            [Covered(condition, row.cells, tuple(one for one in row.wanted if one.route == route))], known
        ),
        words=presenters,
    )


@bp.get("/never")
def never() -> ResponseReturnValue:
    """Batches that nobody can be given, and why."""
    groups = _never_groups()
    here = [group for group in groups if group.packages]
    return render_template(
        "reports/never.html",
        here=here,
        gone=[group for group in groups if not group.packages],
        batches=sum(len(group.rows) for group in here),
        packages=sum(group.packages for group in here),
    )


@bp.get("/never.csv")
def never_csv() -> ResponseReturnValue:
    """The same as a file."""
    return _csv(exports.never_csv(_never_groups()), "never-suggested.csv")


def _never_groups() -> list[presenters.NeverGroup]:
    found = queries.unsold(queries.shelf_of(current_user.store), on=_today())
    return presenters.never_groups(found, queries.product_ids(one.item.sku for one in found))


@bp.get("/substitute")
def substitute_by_sku() -> ResponseReturnValue:
    """The way here for who knows only the SKU."""
    product = catalog.find_by_sku(request.args.get("sku", "")[:80])
    if product is None:
        abort(404)
    return redirect(url_for(".substitute", product_id=product.id))


@bp.get("/substitute/<int:product_id>")
def substitute(product_id: int) -> ResponseReturnValue:
    """What is near a product on this shelf today."""
    product = _product(product_id)
    items = queries.items_of(product)
    batch_id, item = _compared(items)
    found = _nearest(item)
    return render_template(
        "reports/substitute.html",
        product=product,
        item=item,
        batch_id=batch_id,
        batches=items,
        unknown=item is None or bool(nameless([item])),
        same=[one for one in found if one.same_route],
        others=[one for one in found if not one.same_route],
        ids=queries.product_ids(one.item.sku for one in found),
        sources=knowledge.current().sources,
        words=presenters,
    )


@bp.get("/substitute/<int:product_id>.csv")
def substitute_csv(product_id: int) -> ResponseReturnValue:
    """The same as a file."""
    _, item = _compared(queries.items_of(_product(product_id)))
    return _csv(exports.substitutes_csv(_nearest(item)), f"substitutes-{product_id}.csv")


def _nearest(item: ShelfItem | None) -> list[Substitute]:
    if item is None:
        return []
    shelf = queries.shelf_of(current_user.store)
    return list(queries.nearest(item, shelf, on=_today(), limit=NEAREST))


def _compared(items: dict[int, ShelfItem]) -> tuple[int | None, ShelfItem | None]:
    """The batch that is asked for, else the newest whose strength is known, else any."""
    asked = request.args.get("batch", type=int)
    if asked in items:
        return asked, items[asked]
    ordered = sorted(
        items.items(),
        key=lambda pair: (not nameless([pair[1]]), pair[1].tested_on or date.min, pair[0]),
        reverse=True,
    )
    return ordered[0] if ordered else (None, None)


def _product(product_id: int) -> Product:
    product = catalog.find_product(product_id)
    if product is None:
        abort(404)
    return product


def _csv(text: str, name: str) -> Response:
    answer = Response(text, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _today() -> date:
    return clock.today(current_user.store)
