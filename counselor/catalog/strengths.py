"""THC and CBD of every batch as numbers that can be sorted and searched.

They are worked out by the guidance's own arithmetic and stored nowhere: a stored number would go stale the
day one of its many writers (an import, a certificate, a hand) forgets it. Ten thousand batches take a third
of a second, so each process remembers the answer until the audit log tells of anything but patients, visits
and accounts: everything that changes the catalog writes there, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy import String, func, select, type_coerce

from counselor.audit.models import AuditEvent
from counselor.catalog.models import AnalyteReading, Batch, Product
from counselor.database import db
from counselor.guidance.profile import UNITS_PREFERRED, ReadAs, Reading, Unit, profile_of
from counselor.guidance.shelf import dose_grams, shelf_readings

_NEEDED = ("THC", "THCA", "CBD", "CBDA")
_ELSEWHERE = ("patient", "consultation", "staff")
"""What the log tells of without touching the catalog."""

_UNITS = {unit.value: unit for unit in Unit}
_READ_AS = {kind.value: kind for kind in ReadAs}


@dataclass(frozen=True, slots=True)
class Strength:
    """THC and CBD, acids converted: mg where `per` is "serving", percent where it is "gram".

    None: the certificate tells nothing usable. Zero: looked for and not there.
    """

    per: str
    thc: float | None
    cbd: float | None

    def of(self, analyte: str) -> float | None:
        """The amount of "thc" or "cbd"."""
        return self.thc if analyte == "thc" else self.cbd

    def mg_per_serving(self, analyte: str) -> float | None:
        """Milligrams in one serving; None where what is taken is not measured in servings, or not known."""
        return self.of(analyte) if self.per == "serving" else None


@dataclass(frozen=True)
class Strengths:
    """The strength of each batch by its id, and each product's batches by number."""

    of_batch: dict[int, Strength]
    batches: dict[int, list[int]]


@dataclass
class _Remembered:
    stamp: tuple[Any, ...] = ()
    strengths: Strengths | None = None


_lock = Lock()


def strengths() -> Strengths:
    """Strengths as the catalog stands. Two statements, four where it changed."""
    kept: _Remembered = current_app.extensions.setdefault("catalog strengths", _Remembered())
    stamp = _stamp()
    with _lock:
        if kept.strengths is not None and kept.stamp == stamp:
            return kept.strengths
    worked_out = _work_out()
    with _lock:
        kept.stamp, kept.strengths = stamp, worked_out
    return worked_out


def _stamp() -> tuple[Any, ...]:
    """Changes with everything that changes a strength. Asked before the numbers: at worst they are newer."""
    told = (
        select(AuditEvent.number, AuditEvent.hash)
        .where(AuditEvent.subject_kind.not_in(_ELSEWHERE))
        .order_by(AuditEvent.number.desc())
        .limit(1)
    )
    newest = db.session.scalar(select(func.max(Batch.id)))
    return (*(db.session.execute(told).one_or_none() or ()), newest)


def _work_out() -> Strengths:
    readings = _readings()
    rows = db.session.execute(
        select(
            Batch.id, Product.id, Product.form, Product.serving_g, Product.servings_per_package,
            Product.package_g,
        )
        .join(Product, Batch.product_id == Product.id)
        .order_by(Product.id, Batch.number)
    )  # fmt: skip
    found, batches = {}, defaultdict(list)
    for batch_id, product_id, form, serving_g, servings, package_g in rows:
        found[batch_id] = _strength(readings.get(batch_id, {}), form, serving_g, servings, package_g)
        batches[product_id].append(batch_id)
    return Strengths(found, dict(batches))


def _readings() -> dict[int, dict[str, Reading]]:
    rows = db.session.execute(
        select(
            AnalyteReading.batch_id, AnalyteReading.analyte, AnalyteReading.value, AnalyteReading.limit_value,
            type_coerce(AnalyteReading.unit, String), type_coerce(AnalyteReading.read_as, String),
        ).where(AnalyteReading.analyte.in_(_NEEDED))
    )  # fmt: skip
    found: dict[int, dict[str, Reading]] = defaultdict(dict)
    for batch_id, analyte, value, limit, unit, read_as in rows:
        reading = Reading(value, _UNITS[unit], _READ_AS[read_as], limit)
        there = found[batch_id].get(analyte)
        if there is None or _rank(reading) < _rank(there):
            found[batch_id][analyte] = reading
    return found


def _rank(reading: Reading) -> tuple[bool, int]:
    return reading.read_as is ReadAs.BLANK, UNITS_PREFERRED.index(reading.unit)


def _strength(
    readings: dict[str, Reading],
    form: str,
    serving_g: float | None,
    servings: float | None,
    package_g: float | None,
) -> Strength:
    profile = profile_of(
        shelf_readings(form, readings, package_g),
        serving_g=dose_grams(form, serving_g),
        servings_per_package=servings,
    )
    amounts = profile.mg if profile.per == "serving" else profile.percent
    thc, cbd = (None if key in profile.unknown else amounts.get(key, 0.0) for key in ("THC", "CBD"))
    return Strength(profile.per, thc, cbd)
