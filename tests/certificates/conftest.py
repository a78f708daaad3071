"""A shelf with a batch or two, and certificates of several laboratories."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product, Stock
from counselor.database import db
from counselor.guidance.profile import ReadAs, Unit
from counselor.staff.models import Store

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def _papers() -> Any:
    found = importlib.util.spec_from_file_location("papers", Path(__file__).with_name("papers.py"))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def papers() -> Any:
    """The module that draws certificates."""
    return _papers()


@pytest.fixture
def make_batch(app: Any, store: Store) -> Callable[..., Batch]:
    """A batch on the shelf: `make_batch("QC-0417", stock=3, expires_on=...)`."""

    def make(
        number: str = "QC-0417", *, sku: str = "S1", stock: int | None = 7, held: str = "", **given: Any
    ) -> Batch:
        product = db.session.scalar(db.select(Product).where(Product.sku == sku))
        if product is None:
            product = Product(
                sku=sku, name=f"Quiet Creek {sku}", brand="Alder", form="gummy", route="edible",
                serving="1 gummy", servings_per_package=20, smallest_dose=0.5, created_at=AT, updated_at=AT,
            )  # fmt: skip
        db.session.add(product)
        batch = Batch(product=product, number=number, laboratory="", certificate_number="", **given)
        db.session.add(batch)
        batch.readings = [
            AnalyteReading(analyte="THC", value=5.0, unit=Unit.MG_PER_SERVING, read_as=ReadAs.NUMBER),
            AnalyteReading(analyte="CBD", value=None, unit=Unit.PERCENT, read_as=ReadAs.NOT_DETECTED),
            AnalyteReading(analyte="linalool", value=0.2, unit=Unit.PERCENT, read_as=ReadAs.NUMBER),
        ]
        if stock is not None:
            batch.stocks.append(Stock(store_id=store.id, count=stock))
        if held:
            batch.holds.append(Hold(kind=HoldKind.FINDING, code=held, reason=f"Found: {held}", placed_at=AT))
        db.session.commit()
        return batch

    return make


@pytest.fixture
def batch(make_batch: Callable[..., Batch]) -> Batch:
    """One batch in stock."""
    return make_batch(tested_on=date(2026, 9, 1))


def upload(content: bytes, name: str = "coa.pdf") -> dict[str, Any]:
    """The fields of the upload form."""
    return {"file": (io.BytesIO(content), name)}
