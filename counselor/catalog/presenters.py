"""How the catalog reads on the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from counselor.audit.models import AuditEvent
from counselor.audit.presenters import EventPresenter
from counselor.catalog import queries
from counselor.catalog.listing import Asked
from counselor.catalog.models import AnalyteReading, Batch, Hold, HoldKind, Product
from counselor.guidance.profile import CANNABINOIDS, Profile, ReadAs, Reading, Unit, profile_of, total
from counselor.guidance.shelf import FORMS, dose_grams, shelf_readings
from counselor.staff.models import Store

UNIT_WORDS = {
    Unit.PERCENT: "%",
    Unit.MG_PER_G: "mg per gram",
    Unit.MG_PER_SERVING: "mg per serving",
    Unit.MG_PER_PACKAGE: "mg per package",
    Unit.UNKNOWN: "unit not known",
}
ROUTE_WORDS = {
    "smoked": "Smoked",
    "vaporized": "Vaporized",
    "edible": "Edible",
    "topical": "Topical",
    "": "Route not known",
}
STATE_WORDS = {
    "saleable": "Can be sold",
    "held": "On hold",
    "expired": "Expired",
    "untested": "Untested",
    "out-of-stock": "None left",
}
STATE_TONES = {
    "saleable": "go",
    "held": "stop",
    "expired": "stop",
    "untested": "care",
    "out-of-stock": "plain",
}
HOLD_WORDS = {
    HoldKind.FINDING: "Found at import",
    HoldKind.MANUAL: "Put on hold",
    HoldKind.RECALL: "Recall",
    HoldKind.REACTION: "Reaction reported",
}


def number(value: float | None) -> str:
    """0.3, 2.5, 1,120: no digits that say nothing."""
    if value is None:
        return ""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def form_words(form: str) -> str:
    """vape-cartridge -> Vape cartridge; what is not known is said."""
    return form.replace("-", " ").capitalize() if form else "Form not known"


def field_words(name: str) -> str:
    """A logged field's name at the start of a line: "batch B1: THC in %" keeps its capitals."""
    return name[:1].upper() + name[1:]


def analyte_words(key: str) -> str:
    """beta_myrcene -> Beta myrcene; cannabinoids keep their letters."""
    if key == "D8THC":
        return "Delta-8 THC"
    return key if key.isupper() else key.replace("_", " ").capitalize()


def reading_words(reading: Reading) -> str:
    """The six kinds, each in words of its own."""
    unit = UNIT_WORDS[reading.unit]
    match reading.read_as:
        case ReadAs.NUMBER:
            return f"{number(reading.value)} {unit}"
        case ReadAs.NOT_DETECTED:
            return "Not detected"
        case ReadAs.BELOW_LIMIT:
            limit = f" of {number(reading.limit)} {unit}" if reading.limit is not None else " (not stated)"
            return f"Below its limit{limit}"
        case ReadAs.NOT_TESTED:
            return "Not tested"
        case ReadAs.BLANK:
            return "Left blank"
        case ReadAs.REJECTED:
            return "Could not be read"


READING_TONES = {ReadAs.NOT_TESTED: "care", ReadAs.REJECTED: "stop", ReadAs.BLANK: "plain"}


@dataclass(frozen=True)
class ReadingLine:
    """One line of the readings table."""

    analyte: str
    words: str
    tone: str
    is_number: bool


class BatchPresenter:
    """A batch with what a manager looks for."""

    def __init__(self, batch: Batch, *, store: Store, today: date) -> None:
        self.batch = batch
        self._store = store
        self._today = today
        self._readings = queries.preferred(batch.readings)

    @property
    def number(self) -> str:
        """Its number, or that it has none."""
        return self.batch.number or "without a number"

    @property
    def stock(self) -> int | None:
        """Packages in this store; None where it never had the batch."""
        return next((stock.count for stock in self.batch.stocks if stock.store_id == self._store.id), None)

    @cached_property
    def states(self) -> list[str]:
        """Keys of STATE_WORDS: what keeps it from being sold, or that nothing does."""
        told = self._readings.get("THC")
        states = []
        if self.batch.open_holds:
            states.append("held")
        if self.batch.expires_on is not None and self.batch.expires_on < self._today:
            states.append("expired")
        if told is None or not (told.is_number or told.found_nothing):
            states.append("untested")
        if not self.stock:
            states.append("out-of-stock")
        return states or ["saleable"]

    @cached_property
    def profile(self) -> Profile:
        """What one serving, or one gram, delivers."""
        product = self.batch.product
        readings = shelf_readings(product.form, self._readings, product.package_g)
        return profile_of(
            readings,
            serving_g=dose_grams(product.form, product.serving_g),
            servings_per_package=product.servings_per_package,
        )

    @property
    def bar(self) -> tuple[Mapping[str, float], str, str | None]:
        """Amounts, unit and "per" for the profile bar."""
        profile = self.profile
        if profile.percent:
            return profile.percent, "%", None
        return profile.mg, "mg", profile.per

    @cached_property
    def short_bar(self) -> tuple[Mapping[str, float], str, str | None]:
        """The same of THC and CBD alone, for a list."""
        amounts, unit, per = self.bar
        return {key: amounts[key] for key in ("THC", "CBD") if key in amounts}, unit, per

    @property
    def unknown(self) -> tuple[str, ...]:
        """THC or CBD of which the certificate tells nothing usable."""
        return self.profile.unknown

    @property
    def lines(self) -> list[ReadingLine]:
        """Every reading in words, cannabinoids first, in the order people read them."""
        order = {key: place for place, key in enumerate(CANNABINOIDS)}
        rows = sorted(self.batch.readings, key=lambda row: (order.get(row.analyte, 99), row.analyte))
        said = {row.analyte for row in rows if row.read_as is not ReadAs.BLANK}
        return [self._line(row) for row in rows if row.read_as is not ReadAs.BLANK or row.analyte not in said]

    @staticmethod
    def _line(row: AnalyteReading) -> ReadingLine:
        reading = row.reading
        tone = READING_TONES.get(reading.read_as, "")
        if reading.unit is Unit.UNKNOWN and reading.is_number:
            tone = "care"
        return ReadingLine(analyte_words(row.analyte), reading_words(reading), tone, reading.is_number)

    @property
    def totals(self) -> list[tuple[str, str]]:
        """Total THC and CBD, acids converted."""
        found = []
        for key in ("THC", "CBD"):
            summed = total(self._readings.get(key), self._readings.get(f"{key}A"))
            if summed is not None and summed.value is not None:
                found.append((f"Total {key}", f"{number(round(summed.value, 3))} {UNIT_WORDS[summed.unit]}"))
        return found

    @property
    def open_holds(self) -> list[Hold]:
        """What keeps it from being sold now."""
        return self.batch.open_holds

    @property
    def past_holds(self) -> list[Hold]:
        """Holds that were released."""
        return [hold for hold in self.batch.holds if hold.released_at is not None]


class ProductPresenter:
    """A product with its batches."""

    def __init__(self, product: Product, *, store: Store, today: date) -> None:
        self.product = product
        self.batches = [BatchPresenter(batch, store=store, today=today) for batch in product.batches]

    @property
    def form(self) -> str:
        """The dosage form in words."""
        return form_words(self.product.form)

    @property
    def route(self) -> str:
        """The route in words."""
        return ROUTE_WORDS[self.product.route]

    @property
    def administration(self) -> str:
        """How it is taken, in words."""
        known = FORMS.get(self.product.form)
        words = {
            "swallowed": "swallowed",
            "oromucosal": "under the tongue or in the cheek",
            "inhaled": "inhaled",
            "local": "on the skin, where it hurts",
            "transdermal": "through the skin",
        }
        return words[known.administration] if known else "not known"

    @property
    def stock(self) -> int:
        """Packages of all batches in this store."""
        return sum(batch.stock or 0 for batch in self.batches)

    @property
    def expires_on(self) -> date | None:
        """The earliest day on which one of its batches expires."""
        return min((b.batch.expires_on for b in self.batches if b.batch.expires_on), default=None)

    @cached_property
    def states(self) -> list[str]:
        """Saleable as soon as one batch is; else everything that stands in the way."""
        found = dict.fromkeys(state for batch in self.batches for state in batch.states)
        if not found:
            return ["out-of-stock"]
        return ["saleable"] if "saleable" in found else list(found)

    @cached_property
    def shown_batch(self) -> BatchPresenter | None:
        """The batch whose profile stands for the product in a list: a saleable one first."""
        return min(self.batches, key=lambda batch: batch.states != ["saleable"], default=None)


COLUMNS = (
    ("name", "Product"), ("brand", "Brand"), ("form", "Form"), ("thc", "THC"), ("cbd", "CBD"),
    ("stock", "Here"), ("expiry", "Expires"),
)  # fmt: skip
FIRST_DOWN = frozenset({"thc", "cbd", "stock"})
"""Columns that people want the largest of first."""


@dataclass(frozen=True)
class Column:
    """The heading of a column that sorts."""

    key: str
    words: str
    state: str
    """ascending, descending, or empty where the list is not sorted by it."""
    next_order: str
    """What a press on it asks for: up or down."""


def columns(asked: Asked) -> dict[str, Column]:
    """The list's headings by key."""
    found = {}
    for key, words in COLUMNS:
        state = "" if asked.sort != key else "descending" if asked.down else "ascending"
        down = state == "ascending" or (not state and key in FIRST_DOWN)
        found[key] = Column(key, words, state, "down" if down else "up")
    return found


class HistoryLine(EventPresenter):
    """One thing that was done with a product, in words a manager reads."""

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What a field was and became."""
        detail = self._event.detail or {}
        return [
            (name, shown_value(was), shown_value(became))
            for name, (was, became) in detail.get("changes", {}).items()
        ]

    @property
    def reason(self) -> str:
        """The reason that was given."""
        return self._event.note


def shown_value(value: object) -> str:
    """A logged value in words: nothing for nothing."""
    if value is None or value == "":
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def history(events: Sequence[AuditEvent]) -> list[HistoryLine]:
    """Events in words."""
    return [HistoryLine(event) for event in events]
