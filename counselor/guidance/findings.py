"""One danger as it stands for this patient, and what of the shelf and of the wish it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .advice import Warning
from .intake import CANNABINOIDS, Clearance, Intake
from .knowledge import Cited, Knowledge, Origin, Severity, Urgency, Wording
from .shelf import CONCENTRATE_FORMS, ROUTES, SWALLOW_SAFE_FORMS, Shelf, ShelfItem

HOUSE = "house-policy"
NOT_PRESCRIBED = frozenset(
    {
        "alcohol",
        "cannabis",
        "cocaine",
        "grapefruit",
        "heroin",
        "kratom",
        "mdma",
        "methamphetamine",
        "xylazine",
    }
)
"""What nobody is told to "keep taking as prescribed"."""
LOCAL_STEPS_DOWN = 2
INHALED = ("smoked", "vaporized")
CBD_RICH_MG = 5.0
"""Per serving (or per gram of flower): from here a product counts as rich in CBD. House policy."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Which cannabinoids by which routes this answer is about.

    `asked` are the routes the patient would take (all systemic ones where none was named); `considered` adds
    what else reaches the blood from this shelf. `local_only`: nothing but creams is asked about.
    """

    cannabinoids: tuple[str, ...]
    asked: tuple[str, ...]
    considered: tuple[str, ...]
    local_only: bool
    has_shelf: bool
    asked_outright: bool = False
    """A cannabinoid and a route were named to be checked: what forbids just these must not fall silent."""
    cbd_mg_per_day: float | None = None
    """The most CBD a day that is known of: used now, and in one serving of a product that is asked about."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired for this patient, with the severity it has here."""

    id: str
    kind: str
    origin: Origin
    direction: str
    severity: Severity
    certainty: str
    wording: Wording
    because: tuple[str, ...]
    cannabinoids: tuple[str, ...]
    routes: tuple[str, ...]
    sources: tuple[Cited, ...]
    refer: str
    refer_to: str
    urgency: Urgency
    excludes: str
    vehicle: str
    lower_first_dose: bool
    no_product: bool
    unknown_severity: Severity | None = None
    cleared_severity: Severity | None = None
    raised_by: tuple[str, ...] = ()
    cleared_by: Clearance | None = None

    @property
    def cleared(self) -> bool:
        """Whether a recorded clearance answers this finding."""
        return self.cleared_by is not None

    def covers(self, item: ShelfItem) -> bool:
        """Whether a product carries what this finding is about."""
        if self.excludes == "all" or self.no_product:
            return True
        if not item.is_systemic and self.kind == "interaction":
            return False
        if self.routes and item.route not in self.routes:
            return False
        if self.vehicle == "alcohol" and holds_alcohol(item) is False:
            return False
        return self._shares_cannabinoid(item)

    def _shares_cannabinoid(self, item: ShelfItem) -> bool:
        if not self.cannabinoids:
            return True
        profile = item.profile
        return ("THC" in self.cannabinoids and profile.may_hold_thc) or (
            "CBD" in self.cannabinoids and profile.may_hold_cbd
        )

    def excludes_item(self, item: ShelfItem) -> bool:
        """Whether this product is not suggested because of this finding."""
        profile = item.profile
        match self.excludes:
            case "all":
                return True
            case "covered":
                return self.covers(item)
            case "inhaled":
                return item.administration == "inhaled"
            case "cbd-rich":
                return item.is_systemic and ("CBD" in profile.unknown or profile.cbd >= CBD_RICH_MG)
            case "solid":
                return item.route == "edible" and item.form not in SWALLOW_SAFE_FORMS
            case "oromucosal":
                return item.administration == "oromucosal"
            case "thc-dominant":
                return is_thc_dominant(item)
            case "concentrate":
                return item.form in CONCENTRATE_FORMS
        return False


def midway(name: str) -> str:
    """A name inside a sentence: "trouble swallowing", but "MS" and "Parkinson disease" as they are."""
    proper = name.startswith(("Alzheimer", "Dravet", "Huntington", "Lennox", "Parkinson", "Tourette"))
    return name if proper or not name[1:2].islower() else name[0].lower() + name[1:]


def listed(names: Sequence[str]) -> str:
    """ "clonazepam", "clonazepam and oxycodone", "a, b and c"."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def lowered(severity: Severity) -> Severity:
    """The severity on skin only: what needs the blood counts two steps less, never below minor.

    Source: reference, interactions 1.5.
    """
    return Severity(max(Severity.MINOR, severity - LOCAL_STEPS_DOWN))


def setting_of(intake: Intake, shelf: Shelf) -> Setting:
    """What this answer must cover: an exposure if given, else every asked route and the whole shelf."""
    if intake.exposure is not None:
        routes = (
            (intake.exposure.route,) if intake.exposure.route else tuple(r for r in ROUTES if r != "topical")
        )
        return Setting(intake.exposure.cannabinoids, routes, routes, routes == ("topical",), False, True)
    asked = intake.routes or tuple(r for r in ROUTES if r != "topical")
    considered = tuple(r for r in ROUTES if r in asked or r in shelf.systemic_routes)
    return Setting(
        CANNABINOIDS,
        asked,
        considered,
        considered == ("topical",) and "topical" not in shelf.systemic_routes,
        bool(shelf.items),
        cbd_mg_per_day=_known_cbd(intake, shelf),
    )


def _known_cbd(intake: Intake, shelf: Shelf) -> float | None:
    """mg of CBD a day as far as anybody knows: what is used now, and one serving of the strongest product the
    patient asks about. None where neither is known: an unknown amount is not read as a small one or a large.

    A product that is only suggested adds nothing here: its first dose lies far below any amount a rule names.
    """
    asked_about = [
        item.profile.cbd
        for item in shelf.items
        if item.sku in intake.consider
        and item.is_systemic
        and item.profile.per == "serving"
        and "CBD" not in item.profile.unknown
    ]
    used = intake.current_use.cbd_mg_per_day if intake.current_use else None
    if used is None and not asked_about:
        return None
    return (used or 0.0) + max(asked_about, default=0.0)


def counts_first(
    finding: Finding, open_exposures: frozenset[tuple[str, str]], *, reachable_products: bool
) -> bool:
    """Whether this finding alone makes a clinician come first.

    It does when it is major or worse, not cleared, and about something that this patient could still be
    offered. `reachable_products`: there is a shelf, so a vehicle is known product by product.
    """
    if finding.severity < Severity.MAJOR or finding.cleared or finding.refer in ("tell", "no"):
        return False
    if finding.vehicle and reachable_products:
        return False  # the products that carry it are left out, one by one
    if finding.refer == "first" and (finding.excludes or finding.kind != "interaction"):
        return True
    return any(
        (not finding.cannabinoids or cannabinoid in finding.cannabinoids)
        and (not finding.routes or route in finding.routes)
        for cannabinoid, route in open_exposures
    )


def open_exposures(
    findings: Iterable[Finding], setting: Setting, offered: Iterable[str]
) -> frozenset[tuple[str, str]]:
    """(cannabinoid, route) pairs that no contraindication has closed.

    `offered`: routes of which products may be shown.
    """
    pairs = {(cannabinoid, route) for cannabinoid in setting.cannabinoids for route in offered}
    for finding in findings:
        if finding.cleared and finding.severity < Severity.CONTRAINDICATED:
            continue
        if finding.excludes == "inhaled":
            pairs = {pair for pair in pairs if pair[1] not in INHALED}
        elif finding.excludes == "covered" and not finding.vehicle:
            pairs = {
                (cannabinoid, route)
                for cannabinoid, route in pairs
                if (finding.cannabinoids and cannabinoid not in finding.cannabinoids)
                or (finding.routes and route not in finding.routes)
            }
    return frozenset(pairs)


def warning_of(finding: Finding, *, refer: bool) -> Warning:
    """The public form of a finding."""
    return Warning(
        rule=finding.id,
        severity=finding.severity.word,
        certainty=finding.certainty,
        kind=finding.kind,
        cleared=finding.cleared,
        because=finding.because,
        cannabinoids=finding.cannabinoids,
        routes=finding.routes,
        effect=finding.wording.effect,
        mechanism=finding.wording.mechanism,
        action=finding.wording.action,
        refer=refer,
        sources=tuple(dict.fromkeys(cited.key for cited in finding.sources)),
        handout=finding.wording.handout,
        direction=finding.direction,
        raised_by=finding.raised_by,
        locators={cited.key: cited.at for cited in finding.sources if cited.at},
        awaiting_review=not finding.origin.is_approved,
    )


def holds_alcohol(item: ShelfItem) -> bool | None:
    """Whether the ingredients name ethanol; None where they are not stated.

    A smoked or vaporized product has no vehicle.
    """
    if item.administration == "inhaled":
        return False
    if item.ingredients is None:
        return None
    text = " ".join(item.ingredients).casefold()
    return bool(
        re.search(r"\b(ethanol|alcohol|ethyl alcohol|spirit|spirits|vodka|rum)\b", text)
    ) and not re.search(r"alcohol[- ]free", text)


def is_thc_dominant(item: ShelfItem) -> bool:
    """More THC than CBD, or THC unknown."""
    return item.is_systemic and ("THC" in item.profile.unknown or item.profile.thc > item.profile.cbd)


def carrier_reason(
    item: ShelfItem, allergens: Iterable[tuple[str, tuple[str, ...]]], knowledge: Knowledge
) -> str:
    """Why an allergy rules a product out, or "". Inhaled flower without stated ingredients has no carrier."""
    for id, words in allergens:
        name = knowledge.name_of(id)
        if item.ingredients is None:
            if item.form in ("flower", "pre-roll"):
                continue
            return f"Ingredients are not stated: with an allergy ({name.lower()}) ask, do not assume"
        text = " ".join(item.ingredients).casefold()
        if any(re.search(rf"\b{re.escape(word.casefold())}", text) for word in words):
            return f"Contains what the patient is allergic to ({name.lower()})"
    return ""
