"""The first dose for this person: published starting ranges, and what can be measured that small."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from .advice import StartingDose
from .findings import HOUSE
from .intake import Intake
from .knowledge import Dose, Knowledge
from .resolve import Facts
from .screen import Screened
from .shelf import CONCENTRATE_FORMS, ShelfItem

TOLERANCE = 1.05
"""A 2.6 mg spray may start where 2.5 is the cap (advice contract)."""
NAIVE_INHALED_PERCENT = 10.0
"""Flower or a cartridge above this much total THC is not for someone new to it (evidence (c) rule 5)."""
BREAK_DAYS = 30
"""Days without that make regular use new again. House policy: the source says only that a break resets."""
SPOKEN = {"D8THC": "delta-8 THC"}
FRACTIONS = {0.25: "¼", 0.5: "½", 0.75: "¾"}


@dataclass(frozen=True, slots=True)
class FirstDose:
    """Caps for one first dose, mg. `careful`: the smaller; `regular_route`: where regular use counts."""

    thc: Dose
    cbd: Dose
    thc_mg: float
    cbd_mg: float
    careful: bool
    new_to_it: bool
    regular_route: str
    regular: Dose
    max_thc_mg: float | None

    def thc_cap(self, item: ShelfItem) -> float:
        """mg THC for this product. Regular use counts on its own route only: another route restarts low."""
        cap = self.thc_mg
        if not self.careful and item.route == self.regular_route:
            cap = self.regular.mg or cap
        return min(cap, self.max_thc_mg) if self.max_thc_mg is not None else cap

    def cbd_cap(self) -> float:
        """mg CBD; using THC regularly says nothing about CBD, so it lifts nothing here."""
        return self.cbd_mg

    def stated(self, item: ShelfItem) -> Dose:
        """The published statement this product's first dose rests on."""
        if item.profile.thc <= 0:
            return self.cbd
        return self.regular if not self.careful and item.route == self.regular_route else self.thc


def first_dose(
    intake: Intake, facts: Facts, screened: Screened, knowledge: Knowledge, *, on: date
) -> FirstDose:
    """Which published start applies. Careful: any rule that asks for it, or any sedating medicine."""
    careful = bool(facts.strong or facts.weak) or any(f.lower_first_dose for f in screened.findings)
    use = intake.current_use
    recent = use is None or use.last is None or (on - use.last).days <= BREAK_DAYS
    regular_route = facts.current_route if facts.experience == "regular" and recent else ""
    thc = knowledge.doses["thc-first-fragile" if careful else "thc-first"]
    cbd = knowledge.doses["cbd-first-fragile" if careful else "cbd-first"]
    return FirstDose(
        thc=thc,
        cbd=cbd,
        thc_mg=thc.mg or 0.0,
        cbd_mg=cbd.mg or 0.0,
        careful=careful,
        new_to_it=facts.experience != "regular" or not recent,
        regular_route=regular_route,
        regular=knowledge.doses["thc-first-regular"],
        max_thc_mg=screened.max_thc_mg,
    )


def start(item: ShelfItem, cap: FirstDose, knowledge: Knowledge) -> tuple[StartingDose | None, str]:
    """The starting dose of this product, or why none is small enough. A local topical has and needs none."""
    profile = item.profile
    if item.administration == "local":
        return None, ""
    if item.administration == "transdermal":
        return _transdermal(item, knowledge)
    if cap.new_to_it and item.form in CONCENTRATE_FORMS:
        return None, "A concentrate is not for someone new to cannabis"
    if profile.per == "serving" and profile.is_measured:
        dose, too_much = _measured(item, cap)
        return _in_units(dose, knowledge), too_much
    if item.administration == "inhaled":
        return _one_inhalation(item, cap, knowledge)
    if not profile.is_measured:
        return None, "The mg of THC and CBD in a serving are not known"
    return None, "The mg in a serving are not known: only a percentage is stated"


def _transdermal(item: ShelfItem, knowledge: Knowledge) -> tuple[StartingDose | None, str]:
    stated = knowledge.doses["transdermal"]
    if item.profile.may_hold_thc:
        return None, stated.text.rstrip(".")
    text = (
        f"{amount_text(item, 1)}, as the label says. "
        "How much reaches the blood is not known: ask the pharmacist first."
    )
    return StartingDose(text, {}, _keys(stated), 1.0), ""


def _one_inhalation(item: ShelfItem, cap: FirstDose, knowledge: Knowledge) -> tuple[StartingDose | None, str]:
    """Flower or cartridge: nobody can measure the mg of one inhalation, so none is shown."""
    percent = item.profile.percent.get("THC", 0.0)
    if "THC" in item.profile.unknown:
        return None, "Its THC was not measured"
    if cap.max_thc_mg is not None:
        return (
            None,
            f"The clearance allows at most {mg_text(cap.max_thc_mg)} THC, "
            "and one inhalation cannot be measured",
        )
    if (cap.new_to_it or cap.careful) and percent > NAIVE_INHALED_PERCENT:
        return (
            None,
            f"{percent:g} % THC: above {NAIVE_INHALED_PERCENT:g} % "
            "one inhalation may be too much for this person",
        )
    stated = knowledge.doses["inhaled-first"]
    return StartingDose(stated.text, {}, _keys(stated)), ""


def _measured(item: ShelfItem, cap: FirstDose) -> tuple[StartingDose | None, str]:
    """The largest measurable part of one serving that stays at or below both caps."""
    profile = item.profile
    step = item.smallest_dose or 1.0
    thc_cap, cbd_cap = cap.thc_cap(item), cap.cbd_cap()
    if profile.thc <= 0 and profile.cbd <= 0:
        return None, "It holds neither THC nor CBD that could be measured"
    for name, per_serving, limit in (("THC", profile.thc, thc_cap), ("CBD", profile.cbd, cbd_cap)):
        if per_serving * step > limit * TOLERANCE:
            smallest = amount_text(item, step)
            return (
                None,
                f"Its smallest dose, {smallest}, is {mg_text(per_serving * step)} {name}: "
                f"above this person's first dose of {mg_text(limit)}",
            )
    steps = [
        math.floor(limit * TOLERANCE / (per * step) + 1e-9)
        for per, limit in ((profile.thc, thc_cap), (profile.cbd, cbd_cap))
        if per > 0
    ]
    servings = max(step, math.floor(min(min(steps) * step, 1.0) / step + 1e-9) * step)
    mg = {key: round(profile.mg[key] * servings, 2) for key in ("THC", "D8THC", "CBD") if profile.mg.get(key)}
    stated = cap.stated(item)
    amounts = " and ".join(f"{mg_text(value)} {SPOKEN.get(key, key)}" for key, value in mg.items())
    amount = amount_text(item, servings)
    return StartingDose(
        f"{amount}: {amounts}. {stated.text}", mg, _keys(stated), servings, f"{amount} ({amounts})"
    ), ""


def _in_units(dose: StartingDose | None, knowledge: Knowledge) -> StartingDose | None:
    """The dose with its THC also in units of 5 mg (evidence (c) rule 1). The unit knows delta-9-THC only."""
    unit = knowledge.doses.get("thc-unit")
    if dose is None or unit is None or not unit.mg or not dose.mg.get("THC"):
        return dose
    told = unit.text.replace("{units}", f"{round(dose.mg['THC'] / unit.mg, 2):g}")
    sources = tuple(dict.fromkeys((*dose.sources, *_keys(unit))))
    return replace(dose, text=f"{dose.text} {told}", sources=sources)


def amount_text(item: ShelfItem, servings: float) -> str:
    """ "¼ mL", "1 capsule", "½ gummy": so many servings in the words of the label."""
    return _amount(item.serving, servings)


@lru_cache(maxsize=10_000)
def _amount(serving: str, servings: float) -> str:
    match = re.match(r"\s*(\d+(?:\.\d+)?)\s*(.+)", serving)
    size, unit = (
        (float(match.group(1)), match.group(2).strip()) if match else (1.0, serving.strip() or "serving")
    )
    count = round(size * servings, 4)
    whole, part = int(count), round(count - int(count), 4)
    number = f"{whole or ''}{FRACTIONS[part]}" if part in FRACTIONS else f"{count:g}"
    if count > 1 and unit.isalpha() and len(unit) > 3 and not unit.endswith("s"):
        unit += "s"
    return f"{number} {unit}"


def mg_text(value: float) -> str:
    """ "2.5 mg", "1.25 mg", "5 mg": at most two decimals, no idle zeros."""
    return f"{round(value, 2):g} mg"


def cost(item: ShelfItem, dose: StartingDose | None) -> float | None:
    """Price of one starting dose; None where it cannot be counted out of the package."""
    if dose is None or dose.servings is None or not item.price or not item.servings_per_package:
        return None
    return round(item.price / item.servings_per_package * dose.servings, 2)


def caps_shown(cap: FirstDose) -> Mapping[str, float]:
    """The caps of this person's first dose in mg, by cannabinoid; a clearance can only lower THC's."""
    limit = cap.thc_mg if cap.max_thc_mg is None else min(cap.thc_mg, cap.max_thc_mg)
    return {"THC": limit, "CBD": cap.cbd_mg}


def _keys(stated: Dose) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited.key for cited in stated.sources)) or (HOUSE,)
