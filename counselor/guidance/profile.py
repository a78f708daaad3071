"""Cannabinoid arithmetic: what a batch holds, in units that are never mixed.

A reading keeps how it was stated. "Not detected", "below limit", "not tested", "blank", "rejected"
and the number zero are six different things, and stay apart until a question is asked of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ACID_TO_NEUTRAL = 0.877
"""Mass kept when THCA or CBDA loses its carboxyl group: 314.45 / 358.46 g/mol, rounded as laboratories do."""

CANNABINOIDS = (
    "THC", "THCA", "THCV", "THCVA", "CBD", "CBDA", "CBDV", "CBDVA",
    "CBG", "CBGA", "CBC", "CBCA", "CBN", "D8THC",
)  # fmt: skip
"""Every cannabinoid key that a reading may carry, in the order in which people read them."""

ACID_OF = {"THC": "THCA", "THCV": "THCVA", "CBD": "CBDA", "CBDV": "CBDVA", "CBG": "CBGA", "CBC": "CBCA"}


class Unit(StrEnum):
    """How a reading counts. Percent is by mass: 1 % is 10 mg per gram."""

    PERCENT = "percent"
    MG_PER_G = "mg_per_g"
    MG_PER_SERVING = "mg_per_serving"
    MG_PER_PACKAGE = "mg_per_package"
    UNKNOWN = "unknown"


UNITS_PREFERRED = (Unit.MG_PER_SERVING, Unit.MG_PER_PACKAGE, Unit.MG_PER_G, Unit.PERCENT, Unit.UNKNOWN)
"""Of an analyte stated in several units, the first of these is used: the nearer to a dose, the better."""


class ReadAs(StrEnum):
    """What a certificate's cell says, as it says it."""

    NUMBER = "number"
    NOT_DETECTED = "not-detected"
    BELOW_LIMIT = "below-limit"
    NOT_TESTED = "not-tested"
    BLANK = "blank"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reading:
    """One analyte of one batch. `value` is set only for a number, `limit` only for below-limit."""

    value: float | None
    unit: Unit
    read_as: ReadAs
    limit: float | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is a number at all."""
        return self.read_as is ReadAs.NUMBER

    @property
    def found_nothing(self) -> bool:
        """Looked for and not there: not detected, below its limit, or a stated zero."""
        return self.read_as in (ReadAs.NOT_DETECTED, ReadAs.BELOW_LIMIT) or (
            self.is_number and self.value == 0
        )


def total(neutral: Reading | None, acid: Reading | None) -> Reading | None:
    """The neutral cannabinoid after all acid is converted: neutral + 0.877 x acid, in the readings' own unit.

    None where the neutral form has no number, or the acid was measured in another unit. An acid
    that was not detected or is below its limit adds nothing; one that was never tested adds nothing either,
    which makes the total a lower bound.
    """
    if neutral is None or not neutral.is_number or neutral.value is None:
        return None
    value = neutral.value
    if acid is not None and acid.is_number and acid.value:
        if acid.unit is not neutral.unit:
            return None
        value += ACID_TO_NEUTRAL * acid.value
    return Reading(value, neutral.unit, ReadAs.NUMBER)


def acid_as_neutral(acid: Reading) -> Reading:
    """What an acid becomes when all of it is heated: 0.877 of its mass, its qualifier and limit kept."""
    return _scaled(acid, acid.unit, ACID_TO_NEUTRAL)


def neutral_as_acid(neutral: Reading) -> Reading:
    """The acid that a neutral cannabinoid came from, the other way round; its qualifier and limit kept."""
    return _scaled(neutral, neutral.unit, 1 / ACID_TO_NEUTRAL)


@dataclass(frozen=True, slots=True)
class Measures:
    """How a product is divided, as far as that is stated. None: nobody knows."""

    serving_g: float | None = None
    package_g: float | None = None
    servings_per_package: float | None = None
    density: float | None = None
    """g/mL. Nobody may assume 1: oils are lighter, syrups heavier."""

    @property
    def grams_per_package(self) -> float | None:
        """Grams in a package, from its servings where nothing states them."""
        if self.package_g:
            return self.package_g
        if self.serving_g and self.servings_per_package:
            return self.serving_g * self.servings_per_package
        return None

    @property
    def grams_per_serving(self) -> float | None:
        """Grams in a serving, from the package where nothing states them."""
        if self.serving_g:
            return self.serving_g
        if self.package_g and self.servings_per_package:
            return self.package_g / self.servings_per_package
        return None


def convert(reading: Reading, to: Unit, measures: Measures) -> Reading | str:
    """The reading in another unit with its qualifier kept, or in words why that cannot be known.

    Percent is by mass: 1 % is 10 mg per gram. Nothing is assumed: without grams no mass becomes a dose.
    """
    if reading.unit is to:
        return reading
    if Unit.UNKNOWN in (reading.unit, to):
        return "The unit is not known."
    if {reading.unit, to} == {Unit.MG_PER_SERVING, Unit.MG_PER_PACKAGE} and measures.servings_per_package:
        servings = measures.servings_per_package
        return _scaled(reading, to, servings if to is Unit.MG_PER_PACKAGE else 1 / servings)
    factor, back = _factor(reading.unit, measures), _factor(to, measures)
    if factor is None or back is None:
        lacking = next(unit for unit, known in ((reading.unit, factor), (to, back)) if known is None)
        what = "serving" if lacking is Unit.MG_PER_SERVING else "package"
        return f"How many grams a {what} has is not stated."
    return _scaled(reading, to, factor / back)


def mg_per_ml(reading: Reading, measures: Measures) -> float | str:
    """Milligrams in a millilitre, or in words why that cannot be known: it needs the density."""
    per_gram = convert(reading, Unit.MG_PER_G, measures)
    if isinstance(per_gram, str):
        return per_gram
    if not measures.density:
        return "The density is not stated, so mg per gram cannot be mg per mL."
    if per_gram.value is None:
        return f"The reading is no number ({per_gram.read_as.value})."
    return per_gram.value * measures.density


def from_mg_per_ml(value: float, measures: Measures) -> Reading | str:
    """Milligrams per millilitre as mg per gram, or in words why that cannot be known."""
    if not measures.density:
        return "The density is not stated, so mg per mL cannot be mg per gram."
    return Reading(value / measures.density, Unit.MG_PER_G, ReadAs.NUMBER)


def _factor(unit: Unit, measures: Measures) -> float | None:
    """How many mg per gram one of the unit is; None where nothing states the grams."""
    if unit is Unit.MG_PER_G:
        return 1.0
    if unit is Unit.PERCENT:
        return 10.0
    grams = measures.grams_per_serving if unit is Unit.MG_PER_SERVING else measures.grams_per_package
    return 1 / grams if grams else None


def _scaled(reading: Reading, unit: Unit, factor: float) -> Reading:
    return Reading(
        None if reading.value is None else reading.value * factor,
        unit,
        reading.read_as,
        None if reading.limit is None else reading.limit * factor,
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """What one serving (or one gram) delivers, acids converted.

    `mg` per serving or gram, rounded to 0.001; what was not detected is left out. `percent` by mass, for
    forms that are measured so. `unknown` names cannabinoids of which the batch tells nothing that can be
    used.
    """

    per: str
    mg: Mapping[str, float] = field(default_factory=dict)
    percent: Mapping[str, float] = field(default_factory=dict)
    ratio: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def thc(self) -> float:
        """mg of THC, delta-8 counted with it: both intoxicate, and a first dose is a dose of both."""
        return self.mg.get("THC", 0.0) + self.mg.get("D8THC", 0.0)

    @property
    def has_delta_8(self) -> bool:
        """Whether delta-8 is more than a trace of the THC: trials of THC say nothing of it."""
        return self.mg.get("D8THC", 0.0) > 0.1 * self.thc

    @property
    def cbd(self) -> float:
        """Milligrams of CBD, acids converted; 0.0 where none is known."""
        return self.mg.get("CBD", 0.0)

    @property
    def may_hold_thc(self) -> bool:
        """False only where a laboratory looked for THC and found none (delta-8 counts as THC)."""
        return self.thc > 0 or "THC" in self.unknown

    @property
    def may_hold_cbd(self) -> bool:
        """False only where a laboratory looked for CBD and found none."""
        return self.cbd > 0 or "CBD" in self.unknown

    @property
    def is_measured(self) -> bool:
        """Whether THC and CBD could both be read: without that no dose and no ratio is known."""
        return not self.unknown


def ratio_text(thc: float, cbd: float) -> str:
    """THC:CBD as people say it: "1:1", "1:20", "THC only". Sides within 15 % of equal count as equal."""
    if thc <= 0 and cbd <= 0:
        return ""
    if thc <= 0:
        return "CBD only"
    if cbd <= 0:
        return "THC only"
    larger, smaller = max(thc, cbd), min(thc, cbd)
    parts = larger / smaller
    if parts >= 100:
        return "THC only" if thc > cbd else "CBD only"
    shown = f"{round(parts)}" if abs(parts - round(parts)) <= 0.15 * parts else f"{parts:.1f}"
    return f"{shown}:1" if thc >= cbd else f"1:{shown}"


def profile_of(
    readings: Mapping[str, Reading],
    *,
    serving_g: float | None = None,
    servings_per_package: float | None = None,
) -> Profile:
    """Bring a batch's readings to mg per serving where that is possible, else to mg per gram.

    `serving_g`: grams in one serving, where stated; `servings_per_package`: how many servings share the
    package. Units that cannot be converted leave their cannabinoid in `unknown`: nothing is guessed.
    """

    def per_serving(key: str) -> float | str:
        return _per_serving(readings, key, serving_g, servings_per_package)

    by_serving = _collect(readings, "serving", per_serving)
    if by_serving.is_measured:
        return by_serving
    by_gram = _collect(readings, "gram", lambda key: _per_gram(readings, key))
    if not by_serving.mg.keys() & {"THC", "CBD"}:
        return by_gram
    return by_serving  # one of the two is known as a dose: its mg per gram would read as a far smaller one


def _collect(readings: Mapping[str, Reading], per: str, amount) -> Profile:  # type: ignore[no-untyped-def]
    mg: dict[str, float] = {}
    unknown: list[str] = []
    for key in CANNABINOIDS:
        if key in ACID_OF.values():
            continue
        answer = amount(key)
        if answer == "unknown":
            if key in ("THC", "CBD"):
                unknown.append(key)
        elif answer > 0:
            mg[key] = round(answer, 3) or answer  # a trace is not nothing
    percent = {key: round(value / 10, 3) for key, value in mg.items()} if per == "gram" else {}
    return Profile(
        per,
        mg,
        percent,
        ratio_text(mg.get("THC", 0) + mg.get("D8THC", 0), mg.get("CBD", 0)) if not unknown else "",
        tuple(unknown),
    )


def _neutral_total(readings: Mapping[str, Reading], key: str) -> Reading | None:
    """The total, where an acid alone was found (raw flower: THC not detected, THCA 20 %) counts from
    nothing.
    """
    neutral, acid = readings.get(key), readings.get(ACID_OF.get(key, ""))
    if neutral is not None and neutral.found_nothing:
        unit = acid.unit if acid is not None and acid.is_number else neutral.unit
        neutral = Reading(0.0, unit, ReadAs.NUMBER)
    return total(neutral, acid)


def _per_serving(
    readings: Mapping[str, Reading], key: str, serving_g: float | None, servings: float | None
) -> float | str:
    found = _neutral_total(readings, key)
    if found is None or found.value is None:
        return "unknown"
    if found.value == 0 and found.unit is not Unit.UNKNOWN:
        return 0.0
    if found.unit is Unit.MG_PER_SERVING:
        return found.value
    if found.unit is Unit.MG_PER_PACKAGE and servings:
        return found.value / servings
    if found.unit in (Unit.PERCENT, Unit.MG_PER_G) and serving_g:
        return found.value * serving_g * (10 if found.unit is Unit.PERCENT else 1)
    return "unknown"


def _per_gram(readings: Mapping[str, Reading], key: str) -> float | str:
    found = _neutral_total(readings, key)
    if found is None or found.value is None:
        return "unknown"
    if found.value == 0 and found.unit is not Unit.UNKNOWN:
        return 0.0
    if found.unit is Unit.PERCENT:
        return found.value * 10
    if found.unit is Unit.MG_PER_G:
        return found.value
    return "unknown"
