"""What on the shelf fits, in which order, with points that add up; and why the rest does not.

Nothing counts but the patient and the batch: not price, margin, promotion, popularity, lineage or terpenes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .advice import Reason, StartingDose
from .dose import FirstDose, start
from .findings import INHALED, Finding, carrier_reason, is_thc_dominant
from .intake import Intake
from .knowledge import Evidence, Knowledge, Severity
from .programs import not_allowed
from .resolve import Resolved
from .screen import Screened
from .shelf import ROUTES, ShelfItem
from .weigh import Weight, weigh

PROFILE_MOST, DOSE_MOST, GENTLE_MOST, GOAL_MOST, BATCH_MOST = 300, 80, 60, 40, 40
EVIDENCE_POINTS = (0, 80, 160, 230, 280)
"""Thousandths for none, limited, moderate, substantial, conclusive; half if trials disagree. House policy."""
ROUTE_POINTS = (200, 150, 100, 70)
"""Thousandths by the patient's order. Smoked gets at most ALTERNATIVE_POINTS / 2: no long-term trial."""
ALTERNATIVE_POINTS = 100
OPEN_ROUTE_POINTS = {"edible": 150, "vaporized": 100, "topical": 60, "smoked": 30}
"""Thousandths where the patient named no route. House policy: nothing inhaled before what can be measured."""
RECENT_TEST_DAYS = 550
"""An older certificate says less of what is in the jar today. House policy."""
TRIED_IN_VAIN = 150
CREAM_MOST = 20
"""Most a cream gets where it cannot reach the condition: less than anything that reaches the blood."""
MOST_ALTERNATIVES = 3
"""How many products by a route that was not asked for stand beside those that were."""
LOCAL_CAPTION = "Local comfort only; no evidence for this condition"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One batch that may be suggested. Points are whole thousandths, so that they add up exactly."""

    item: ShelfItem
    weight: Weight
    dose: StartingDose | None
    reasons: tuple[Reason, ...]
    points: int
    caption: str
    warnings: tuple[str, ...]

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return self.points / 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch with everything that stands against suggesting it; empty `against` means it is a candidate."""

    item: ShelfItem
    against: tuple[str, ...]
    warnings: tuple[str, ...]
    candidate: Candidate | None = None


def offered_routes(intake: Intake, resolved: Resolved, knowledge: Knowledge) -> tuple[str, ...]:
    """Routes of which products may be shown.

    Those asked for, and by mouth beside what is only inhaled, or only rubbed in for something a cream cannot
    reach. With no wish, everything but smoking.
    """
    if intake.exposure is not None:
        return (
            (intake.exposure.route,) if intake.exposure.route else tuple(r for r in ROUTES if r != "topical")
        )
    if not intake.routes:
        return ("edible", "vaporized", "topical")
    if "edible" in intake.routes:
        return intake.routes
    inhaled_only = all(route in INHALED for route in intake.routes)
    return (*intake.routes, "edible") if inhaled_only or _is_central(resolved, knowledge) else intake.routes


def judge(
    item: ShelfItem,
    intake: Intake,
    resolved: Resolved,
    screened: Screened,
    cap: FirstDose,
    offered: Sequence[str],
    knowledge: Knowledge,
    *,
    on: date,
) -> Judged:
    """Everything for and against one batch, for this patient, today.

    What is on a route nobody asked for is looked at no further, unless the patient asks about this product.
    """
    against = list(shelf_reasons(item, on=on)) + not_allowed(item, screened.program)
    if item.route not in offered:
        against.append(
            "Not a route the patient asked for"
            if intake.routes
            else "Smoked is shown only when the patient asks for it"
        )
        if item.sku not in intake.consider:
            return Judged(item, tuple(against), ())
    warnings = tuple(f.id for f in screened.findings if applies_to(f, item, resolved, knowledge))
    against += _clinical_reasons(item, intake, resolved, screened, knowledge)
    dose: StartingDose | None = None
    if item.administration:
        dose, too_much = start(item, cap, knowledge)
        if too_much:
            against.append(too_much)
    if against:
        return Judged(item, tuple(dict.fromkeys(against)), warnings)
    weight = weigh(item, resolved.facts.conditions, knowledge)
    reasons, points, caption = _points(item, intake, resolved, weight, cap, dose, offered, knowledge, on=on)
    return Judged(item, (), warnings, Candidate(item, weight, dose, reasons, points, caption, warnings))


def order(
    candidates: Sequence[Candidate], intake: Intake, resolved: Resolved, knowledge: Knowledge
) -> tuple[list[Candidate], dict[int, str]]:
    """Best first, then SKU, then batch; and why some candidates are left out, by the identity of their batch.

    A cream never stands alone for what it cannot reach. Beside products by an asked route only the best few
    others stay.
    """
    ranked = sorted(candidates, key=lambda c: (-c.points, c.item.sku, c.item.batch))
    left_out: dict[int, str] = {}
    if _is_central(resolved, knowledge) and not any(c.item.is_systemic for c in ranked):
        return [], {id(c.item): f"{LOCAL_CAPTION}, and nothing else on this shelf fits" for c in ranked}
    if any(c.item.route in intake.routes and not c.caption for c in ranked):
        others = [c for c in ranked if c.item.route not in intake.routes]
        left_out = {
            id(c.item): "Not a route the patient asked for; the best few by mouth are shown"
            for c in others[MOST_ALTERNATIVES:]
        }
    return [c for c in ranked if id(c.item) not in left_out], left_out


def shelf_reasons(item: ShelfItem, *, on: date) -> list[str]:
    """Why a batch may not be handed over today, whoever asks."""
    reasons = list(item.holds)
    if item.expires_on is not None and item.expires_on < on:
        reasons.append(f"Expired on {item.expires_on.day} {item.expires_on:%B %Y}")
    if item.stock is not None and item.stock <= 0:
        reasons.append("Out of stock")
    if not item.profile.is_measured and not any(r.is_number for r in item.readings.values()):
        reasons.append("Not tested: no cannabinoid content is known")
    elif item.tested_on is not None and item.tested_on > on:
        reasons.append("Its certificate is dated in the future")
    if item.tested_on is None and not item.batch:
        reasons.append("No batch and no test date is stated: its content is not certified")
    if not item.administration:
        reasons.append("Its form is not one of the routes that can be advised on")
    return reasons


def applies_to(finding: Finding, item: ShelfItem, resolved: Resolved, knowledge: Knowledge) -> bool:
    """Whether a product page names this warning."""
    if finding.vehicle == "carrier":
        words = [pair for pair in resolved.allergens if pair[0] in finding.because]
        return bool(carrier_reason(item, words, knowledge))
    return finding.covers(item) or finding.excludes_item(item)


def _clinical_reasons(
    item: ShelfItem, intake: Intake, resolved: Resolved, screened: Screened, knowledge: Knowledge
) -> list[str]:
    reasons = []
    for finding in screened.findings:
        if (
            finding.excludes_item(item)
            and (
                not finding.cleared
                or finding.severity is Severity.CONTRAINDICATED
                or finding.excludes in ("inhaled", "solid")
            )
        ) or (
            finding.vehicle == "alcohol"
            and finding.severity >= 3
            and item.is_systemic
            and finding.covers(item)
        ):
            reasons.append(_excluded_because(finding, item, knowledge))
    carrier = carrier_reason(item, resolved.allergens, knowledge)
    if carrier:
        reasons.append(carrier)
    for id in resolved.facts.conditions:
        if knowledge.conditions[id].exclude == "thc-dominant" and is_thc_dominant(item):
            reasons.append(f"Mostly THC: not for {knowledge.conditions[id].name}")
    for tried in intake.tried:
        if tried.sku == item.sku and tried.harm and (not tried.batch or tried.batch == item.batch):
            reasons.append(f"Harmed this patient before: {tried.harm}")
    return reasons


def _excluded_because(finding: Finding, item: ShelfItem, knowledge: Knowledge) -> str:
    names = ", ".join(knowledge.name_of(name) for name in finding.because)
    names = names[:1].upper() + names[1:]
    what = {
        "inhaled": "no smoked or vaporized product",
        "cbd-rich": "no CBD-rich product",
        "solid": "no form that must be chewed or swallowed whole",
        "oromucosal": "nothing held in the mouth",
        "thc-dominant": "no product that is mostly THC",
        "concentrate": "no concentrate",
        "all": "no product",
    }.get(finding.excludes, "")
    if finding.vehicle == "alcohol":
        what = (
            "contains alcohol"
            if item.ingredients is not None
            else "may contain alcohol: its ingredients are not stated"
        )
    elif not what:
        held = " and ".join(finding.cannabinoids) or "cannabinoids"
        unknown = [c for c in finding.cannabinoids if c in item.profile.unknown]
        what = f"no product with {held}" + (f" (its {unknown[0]} is not known)" if unknown else "")
    return f"{names}: {what}"


def _is_central(resolved: Resolved, knowledge: Knowledge) -> bool:
    return any(knowledge.conditions[id].central for id in resolved.facts.conditions)


def _points(
    item: ShelfItem,
    intake: Intake,
    resolved: Resolved,
    weight: Weight,
    cap: FirstDose,
    dose: StartingDose | None,
    offered: Sequence[str],
    knowledge: Knowledge,
    *,
    on: date,
) -> tuple[tuple[Reason, ...], int, str]:
    """Reasons in thousandths. A cream for a condition it cannot reach gets nothing but its route."""
    parts: list[tuple[str, int, str]] = []
    unreachable = item.administration == "local" and _is_central(resolved, knowledge)
    route_points, route_text = _route(item, intake)
    if unreachable:
        parts.append(("route", CREAM_MOST // 2, LOCAL_CAPTION))
    else:
        parts.append(("profile", *_profile(item, resolved.facts.conditions, knowledge)))
        parts.append(("evidence", *_evidence(weight)))
        parts.append(("route", route_points, route_text))
        parts.append(("dose", *_dose(item, cap, dose)))
        if cap.careful:
            parts.append(("caution", *_gentle(item)))
        goal = _goal(item, resolved, knowledge)
        if goal is not None:
            parts.append(("goal", *goal))
    batch_points, batch_text = _batch(item, on=on)
    parts.append(("batch", min(batch_points, CREAM_MOST // 2) if unreachable else batch_points, batch_text))
    total = sum(points for _, points, _ in parts)
    if any(tried.sku == item.sku and tried.benefit == "none" for tried in intake.tried):
        parts.append(("tried", -min(total, TRIED_IN_VAIN), "Tried before without benefit"))
        total -= min(total, TRIED_IN_VAIN)
    reasons = tuple(Reason(factor, points / 1000, text) for factor, points, text in parts)
    return reasons, total, LOCAL_CAPTION if unreachable else ""


def _profile(item: ShelfItem, conditions: Sequence[str], knowledge: Knowledge) -> tuple[int, str]:
    """Nearness, on a logarithmic ratio, to a profile that was studied with some good by this route."""
    studied = [
        row
        for id in conditions
        for row in knowledge.evidence.get(id, ())
        if row.lends
        and row.ratio.is_scoped
        and row.rank > 0
        and row.direction in ("for", "mixed")
        and row.route == item.route
    ]
    if not studied:
        return 0, "No profile was studied with success for this condition by this route"
    if not item.profile.is_measured:
        return 0, "Its THC and CBD could not both be read"
    distance, row = min(
        ((_distance(item, row), row) for row in studied), key=lambda pair: (pair[0], pair[1].id)
    )
    if row.administration not in ("any", item.administration):
        distance += 0.35
    points = round(PROFILE_MOST * math.exp(-distance)) if distance < 4 else 0
    ratio = item.profile.ratio
    if distance < 0.05:
        return points, f"{ratio}: the ratio that was studied ({row.profile})"
    return points, f"{ratio}: what was studied is {row.profile}, {row.administration}"


def _distance(item: ShelfItem, row: Evidence) -> float:
    """How far a ratio lies outside the studied range, in natural logarithms; 0 inside."""
    thc, cbd = item.profile.thc, item.profile.cbd
    if row.ratio.covers(thc, cbd):
        return 0.0
    ratio = math.log(max(thc, 0.001) / max(cbd, 0.001))
    if row.ratio.only:
        return abs(ratio - (math.log(100) if row.ratio.only == "THC" else -math.log(100)))
    low = math.log(max(row.ratio.min, 0.001))
    high = math.log(min(row.ratio.max, 1000.0))
    return max(low - ratio, ratio - high, 0.0)


def _evidence(weight: Weight) -> tuple[int, str]:
    points = EVIDENCE_POINTS[weight.strength]
    if weight.direction == "mixed":
        points //= 2
    grade = weight.grade.replace("-", " ")
    spoken = {"for": "", "mixed": ", trials disagree", "against": ", against it", "none": ""}[
        weight.direction
    ]
    return points, f"{grade.capitalize()} evidence{spoken}: {weight.scope}"


def _route(item: ShelfItem, intake: Intake) -> tuple[int, str]:
    if not intake.routes:
        return OPEN_ROUTE_POINTS[item.route], f"{item.route.capitalize()}; the patient named no route"
    if item.administration == "transdermal":
        return ROUTE_POINTS[
            -1
        ], "A patch on the skin that reaches the whole body; no published first dose was found"
    if item.route not in intake.routes:
        return (
            ALTERNATIVE_POINTS,
            "Not inhaled and can be measured: shown beside the route that was asked for",
        )
    if item.route == "smoked":
        return (
            ALTERNATIVE_POINTS // 2,
            "The patient's wish; smoke harms the lungs, and no trial of long-term smoking was found",
        )
    place = intake.routes.index(item.route)
    return (
        ROUTE_POINTS[place],
        "The patient's first choice of route"
        if place == 0
        else f"The patient's choice number {place + 1} of route",
    )


def _dose(item: ShelfItem, cap: FirstDose, dose: StartingDose | None) -> tuple[int, str]:
    if dose is None:
        return 0, "Used on the skin: no measured dose"
    if not dose.mg:
        return 0, "One dose cannot be measured"
    step = item.smallest_dose or 1.0
    main = "THC" if item.profile.thc > 0 else "CBD"
    limit = cap.thc_cap(item) if main == "THC" else cap.cbd_cap()
    amount = item.profile.thc if main == "THC" else item.profile.cbd
    room = amount * step / limit
    smallest = round(amount * step, 2)
    text = f"Can be measured from {smallest:g} mg {main}; first dose at most {limit:g} mg"
    return (DOSE_MOST if room <= 0.5 else DOSE_MOST * 3 // 4), text


def _gentle(item: ShelfItem) -> tuple[int, str]:
    """For someone who should take care with THC: less THC beside the CBD counts a little."""
    both = item.profile.thc + item.profile.cbd
    if both <= 0:
        return 0, "Extra care with THC: its share is not known"
    share = item.profile.thc / both
    return round(
        GENTLE_MOST * (1 - share)
    ), f"Extra care with THC: {round(share * 100)} % of what it holds is THC"


def _goal(item: ShelfItem, resolved: Resolved, knowledge: Knowledge) -> tuple[int, str] | None:
    terms = resolved.facts.terms
    long_lasting = item.administration in ("swallowed", "oromucosal", "transdermal")
    if terms & {"sleep", "sleep-problem", "insomnia-disorder", "spasms-at-night", "nocturnal-leg-cramps"}:
        return (
            (GOAL_MOST, "Lasts through much of the night")
            if long_lasting
            else (0, "Wears off within a few hours: not night-long")
        )
    if "quick-relief" in terms:
        return (
            (GOAL_MOST, "Acts within minutes")
            if item.administration == "inhaled"
            else (0, "Too slow for sudden spasms")
        )
    return None


def _batch(item: ShelfItem, *, on: date) -> tuple[int, str]:
    points, facts = 0, []
    if item.tested_on is not None:
        points += BATCH_MOST // 2 if (on - item.tested_on).days <= RECENT_TEST_DAYS else 0
        facts.append(f"own certificate of {item.tested_on.day} {item.tested_on:%b %Y}")
    if item.expires_on is not None and (item.expires_on - on).days >= 60:
        points += BATCH_MOST // 2
        facts.append("at least 60 days to expiry")
    facts += ["no expiry date stated"] * (item.expires_on is None) + ["packages not counted"] * (
        item.stock is None
    )
    return points, (f"Batch {item.batch}: " if item.batch else "") + (
        ", ".join(facts) or "no certificate date, and expiry is near"
    )
