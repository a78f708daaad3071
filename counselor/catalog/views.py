"""The catalog for managers; everybody may read it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.catalog import actions, history, listing, presenters, queries
from counselor.catalog.bulk_presenters import KIND_WORDS
from counselor.catalog.forms import (
    HoldForm,
    ProductForm,
    ReleaseForm,
    batch_forms,
    differences,
    read_asked,
    reason_missing,
)
from counselor.catalog.models import Batch, HoldKind, Product
from counselor.catalog.presenters import ProductPresenter
from counselor.web.writes import writes

bp = Blueprint("catalog", __name__, url_prefix="/catalog")


@bp.get("")
def index() -> ResponseReturnValue:
    """Products: search, filters, order, pages. What is looked for here is no patient's secret and may stand
    in the address.
    """
    asked, typed, errors = read_asked(request.args)
    found = listing.search(asked, store=current_user.store, today=_today())
    return render_template(
        "catalog/index.html",
        asked=asked,
        typed=typed,
        errors=errors,
        found=found,
        columns=presenters.columns(asked),
        products=[_presented(product) for product in found.products],
        forms=[(form, presenters.form_words(form)) for form in listing.forms_in_use()],
        brands=listing.brands_in_use(),
        bulk_kinds=KIND_WORDS,
        words=presenters,
        page_sizes=listing.PAGE_SIZES,
        page_url=lambda number: url_for(".index", **typed | {"page": number}),
        size_url=lambda size: url_for(".index", **typed | {"per": size}),
        sort_url=lambda sort, order: url_for(".index", **typed | {"sort": sort, "order": order}),
    )


@bp.get("/products/<int:product_id>")
def show(product_id: int) -> ResponseReturnValue:
    """One product: batches, readings, holds, history."""
    return _show(_product(product_id))


def _show(product: Product, *, typed: tuple[int, str, HoldForm | ReleaseForm] | None = None) -> str:
    """The product's page; `typed` is (batch id, "hold" or "release", form) where that form has errors."""
    return render_template(
        "catalog/show.html",
        shown=_presented(product),
        history=presenters.history(queries.history_of(product)),
        words=presenters,
        typed=typed,
        hold_form=HoldForm,
        release_form=ReleaseForm,
    )


@bp.get("/products/<int:product_id>/history")
def field_history(product_id: int) -> ResponseReturnValue:
    """Each field's history: what it was and became, who, when and why. `field` narrows it to one."""
    product = _product(product_id)
    told = history.field_changes(queries.history_of(product, limit=2000), queries.imports_of(product))
    field = request.args.get("field", "")[:200]
    return render_template(
        "catalog/history.html",
        words=presenters,
        product=product,
        field=field,
        fields=history.fields(told),
        changes=[change for change in told if not field or change.field == field],
    )


@bp.get("/products/new")
def new() -> ResponseReturnValue:
    """The empty form."""
    return render_template("catalog/edit.html", form=ProductForm(formdata=None), product=None, batches=[])


@bp.post("/products")
@writes
def create() -> ResponseReturnValue:
    """Add a product by hand."""
    form = ProductForm()
    if not form.validate() or _sku_taken(form, None):
        return render_template("catalog/edit.html", form=form, product=None, batches=[]), 422
    product = actions.add_product(values=form.facts(), by=current_user, at=clock.now())
    if form.new_batch.data:
        actions.add_batch(
            product=product,
            number=form.new_batch.data,
            store=current_user.store,
            by=current_user,
            at=clock.now(),
        )
    return redirect(url_for(".show", product_id=product.id), 303)


@bp.get("/products/<int:product_id>/edit")
def edit(product_id: int) -> ResponseReturnValue:
    """The product and its batches as a form."""
    product = _product(product_id)
    forms = batch_forms(product.batches, store=current_user.store)
    return render_template(
        "catalog/edit.html", form=ProductForm(formdata=None, obj=product), product=product, batches=forms
    )


def _show_conflict(product_id: int) -> ResponseReturnValue:
    """What is stored now beside what was typed, and the form to save it all the same."""
    product, mine = _product(product_id), ProductForm()
    typed = batch_forms(product.batches, store=current_user.store, typed=request.form)
    differing = differences(product, mine, typed, store=current_user.store)
    page = render_template("catalog/edit.html", form=mine, product=product, batches=typed, conflict=differing)
    return page, 409


@bp.post("/products/<int:product_id>")
@writes(conflict=_show_conflict)
def update(product_id: int) -> ResponseReturnValue:
    """Change a product and the facts of its batches."""
    product, form = _product(product_id), ProductForm()
    batches = batch_forms(product.batches, store=current_user.store, typed=request.form)
    valid = [form.validate(), *(batch_form.validate() for _, batch_form in batches)]
    if (
        not all(valid)
        or _sku_taken(form, product)
        or _batch_taken(form, product)
        or reason_missing(product, form, batches)
    ):
        return render_template("catalog/edit.html", form=form, product=product, batches=batches), 422
    actions.change_product(
        product=product,
        values=form.facts(product),
        batches=[(batch, batch_form.facts(), batch_form.recount()) for batch, batch_form in batches],
        version=form.version.data or 0,
        store=current_user.store,
        by=current_user,
        at=clock.now(),
        reason=form.reason.data or "",
    )
    if form.new_batch.data:
        actions.add_batch(
            product=product,
            number=form.new_batch.data,
            store=current_user.store,
            by=current_user,
            at=clock.now(),
        )
    flash("Saved.", "success")
    return redirect(url_for(".show", product_id=product.id), 303)


@bp.post("/batches/<int:batch_id>/hold")
@writes
def hold(batch_id: int) -> ResponseReturnValue:
    """Take a batch off the shelf."""
    batch, form = _batch(batch_id), HoldForm()
    if not form.validate():
        return _show(_product(batch.product_id), typed=(batch.id, "hold", form)), 422
    actions.hold_batch(
        batch=batch, reason=form.reason.data, kind=HoldKind(form.kind.data), by=current_user, at=clock.now()
    )
    flash(f"Batch {batch.number or 'without number'} is on hold. Nobody can sell it.", "success")
    return redirect(url_for(".show", product_id=batch.product_id, _anchor=f"batch-{batch.id}"), 303)


@bp.post("/batches/<int:batch_id>/release")
@writes
def release(batch_id: int) -> ResponseReturnValue:
    """Let the chosen holds of a batch go."""
    batch, form = _batch(batch_id), ReleaseForm()
    chosen = [hold for hold in batch.open_holds if str(hold.id) in request.form.getlist("hold")]
    valid = form.validate()
    if not chosen and batch.open_holds:
        form.reason.errors = [*form.reason.errors, "Choose which holds to release."]
    if not valid or (not chosen and batch.open_holds):
        return _show(_product(batch.product_id), typed=(batch.id, "release", form)), 422
    if actions.release_batch(
        batch=batch, holds=chosen, reason=form.reason.data, by=current_user, at=clock.now()
    ):
        flash(
            f"Released. Holds left on batch {batch.number or 'without number'}: {len(batch.open_holds)}.",
            "success",
        )
    else:
        flash("Somebody released it before. Nothing was changed.", "info")
    return redirect(url_for(".show", product_id=batch.product_id, _anchor=f"batch-{batch.id}"), 303)


def _sku_taken(form: ProductForm, product: Product | None) -> bool:
    other = queries.find_by_sku(form.sku.data or "")
    if other is None or other is product:
        return False
    form.sku.errors = [f"This SKU belongs to {other.name}."]
    return True


def _batch_taken(form: ProductForm, product: Product) -> bool:
    if form.new_batch.data and form.new_batch.data in {batch.number for batch in product.batches}:
        form.new_batch.errors = [f"Batch {form.new_batch.data} is there already."]
        return True
    return False


def _presented(product: Product) -> ProductPresenter:
    return ProductPresenter(product, store=current_user.store, today=_today())


def _product(product_id: int) -> Product:
    return queries.find_product(product_id) or abort(404)


def _batch(batch_id: int) -> Batch:
    return queries.find_batch(batch_id) or abort(404)


def _today() -> date:
    return clock.today(current_user.store)
