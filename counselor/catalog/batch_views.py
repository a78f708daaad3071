"""A batch by hand: adding one with its certificate's facts, changing its readings with the reason kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.catalog import actions, queries, readings
from counselor.catalog.models import Batch, Product
from counselor.catalog.presenters import analyte_words
from counselor.catalog.reading_forms import (
    UNITS,
    NewBatchForm,
    ReadingsForm,
    Row,
    empty_rows,
    faults,
    stored_rows,
    typed_rows,
)
from counselor.guidance.profile import CANNABINOIDS
from counselor.web.writes import writes

bp = Blueprint("batches", __name__, url_prefix="/catalog")


@bp.get("/products/<int:product_id>/batches/new")
def new(product_id: int) -> ResponseReturnValue:
    """The empty form of a batch."""
    return _new_page(_product(product_id), NewBatchForm(formdata=None), empty_rows(), [])


@bp.post("/products/<int:product_id>/batches")
@writes
def create(product_id: int) -> ResponseReturnValue:
    """Add a batch with its facts, count and readings."""
    product, form = _product(product_id), NewBatchForm()
    rows, made = typed_rows(request.form)
    form.validate()
    wrong = faults(rows, made)
    if form.number.data and form.number.data in {batch.number for batch in product.batches}:
        form.number.errors = [*form.number.errors, f"Batch {form.number.data} is there already."]
    if made and not form.source.data:
        form.source.errors = [*form.source.errors, "Write where the readings are from."]
    told = form.compare(product, made) if not wrong else []
    if wrong or form.errors or _date_faults(form):
        return _new_page(product, form, rows, wrong), 422
    batch = actions.add_batch(
        product=product, number=form.number.data or "", store=current_user.store, by=current_user,
        at=clock.now(), facts=form.batch_facts(), count=form.count.data or 0, readings=made,
        reason=form.source.data or "", totals=told,
    )  # fmt: skip
    flash(f"Batch {batch.number} is added.", "success")
    return redirect(url_for("catalog.show", product_id=product.id, _anchor=f"batch-{batch.id}"), 303)


@bp.get("/batches/<int:batch_id>/readings")
def edit_readings(batch_id: int) -> ResponseReturnValue:
    """The batch's readings as a form."""
    batch = _batch(batch_id)
    form = ReadingsForm(formdata=None, data={"version": batch.product.version})
    return _readings_page(batch, form, stored_rows(batch), [])


def _readings_conflict(batch_id: int) -> ResponseReturnValue:
    """What is stored now beside what was typed; the form may then be saved over it."""
    batch, form = _batch(batch_id), ReadingsForm()
    rows, made = typed_rows(request.form, batch)
    stored = readings.stored(batch)
    differing = [
        (
            f"{analyte_words(key[0])} in {readings.UNIT_SHORT[key[1]]}",
            readings.in_words(stored.get(key)),
            readings.in_words(made.get(key)),
        )
        for key in sorted({*stored, *made})
        if stored.get(key) != made.get(key)
    ]
    form.version.data, form.version.raw_data = batch.product.version, None
    return _readings_page(batch, form, rows, [], conflict=differing), 409


@bp.post("/batches/<int:batch_id>/readings")
@writes(conflict=_readings_conflict)
def change_readings(batch_id: int) -> ResponseReturnValue:
    """Save the readings, with the reason."""
    batch, form = _batch(batch_id), ReadingsForm()
    rows, made = typed_rows(request.form, batch)
    form.validate()
    wrong = faults(rows, made)
    told = form.compare(batch.product, made) if not wrong else []
    if wrong or form.errors:
        return _readings_page(batch, form, rows, wrong), 422
    changed = readings.change(
        batch=batch, readings=made, reason=form.reason.data or "", version=form.version.data or 0,
        totals=told, by=current_user, at=clock.now(),
    )  # fmt: skip
    if not changed:
        flash(" ".join(["Nothing was changed: the readings say that already.", *told]), "info")
    else:
        held = " The batch stays on hold until somebody releases it." if batch.open_holds else ""
        flash(" ".join([f"Readings saved.{held}", *told]), "success")
    return redirect(url_for("catalog.show", product_id=batch.product_id, _anchor=f"batch-{batch.id}"), 303)


def _date_faults(form: NewBatchForm) -> bool:
    today = clock.today(current_user.store)
    if form.tested_on.data and form.tested_on.data > today:
        form.tested_on.errors = [*form.tested_on.errors, "That day has not come yet."]
    if form.tested_on.data and form.expires_on.data and form.expires_on.data < form.tested_on.data:
        form.expires_on.errors = [*form.expires_on.errors, "It cannot expire before it was tested."]
    return bool(form.errors)


def _new_page(product: Product, form: NewBatchForm, rows: list[Row], wrong: list[dict[str, str]]) -> str:
    return render_template(
        "catalog/batch_new.html", product=product, form=form, rows=rows, wrong=wrong, **_choices()
    )


def _readings_page(
    batch: Batch, form: ReadingsForm, rows: list[Row], wrong: list[dict[str, str]], **more: Any
) -> str:
    return render_template(
        "catalog/readings.html", batch=batch, form=form, rows=rows, wrong=wrong, **_choices(), **more
    )


def _choices() -> dict[str, Any]:
    return {"units": UNITS, "analytes": [analyte_words(key) for key in CANNABINOIDS]}


def _product(product_id: int) -> Product:
    return queries.find_product(product_id) or abort(404)


def _batch(batch_id: int) -> Batch:
    return queries.find_batch(batch_id) or abort(404)
