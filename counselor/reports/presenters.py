"""How the reports read: the map's marks, what to order, why nobody can be given a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counselor.guidance.coverage import (
    BANDS,
    COMFORT,
    KINDS,
    NOTHING,
    ONE,
    SEVERAL,
    STOPPED,
    Cell,
    Counted,
    Covered,
    Wanted,
)
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.never import Never
from counselor.guidance.shelf import ROUTES, ShelfItem
from counselor.guidance.weigh import NONE

ROUTE_WORDS = {"smoked": "Smoked", "vaporized": "Vaporized", "edible": "Edible", "topical": "Topical"}
ROUTE_ICONS = {"edible": "cookie", "vaporized": "wind", "smoked": "flame", "topical": "hand"}
BAND_WORDS = {"none": "New to it", "occasional": "Now and then", "regular": "Regular use"}
BAND_SHORT = {"none": "New", "occasional": "Some", "regular": "Reg."}
GROUP_WORDS = {
    "spasticity": "Spasticity",
    "myoclonus": "Myoclonus",
    "cramps": "Cramps and spasm",
    "pain": "Pain",
    "epilepsy": "Epilepsy",
    "movement": "Movement and tremor",
    "other": "Sleep and other",
}
STATUS_WORDS = {
    NOTHING: "no product",
    ONE: "one product",
    SEVERAL: "two or more products",
    COMFORT: "only creams, for local comfort",
    STOPPED: "no product is ever suggested",
}
STUDIED_WORDS = {
    "full": "two or more products as studied",
    "mixed": "two or more products as studied, trials disagree",
    "half": "one product as studied",
    "wanted": "no product as studied",
}
STATUS_SIGNS = {NOTHING: "0", ONE: "1", SEVERAL: "2+", COMFORT: "c", STOPPED: "–"}
GRADE_WORDS = {
    "limited": "Limited evidence",
    "moderate": "Moderate evidence",
    "substantial": "Substantial evidence",
    "conclusive": "Conclusive evidence",
}
BANDS_SAID = {
    ("none", "occasional", "regular"): "missing for everybody",
    ("none", "occasional"): "missing for who is new to it or uses it now and then",
    ("regular",): "missing for regular use",
}
KIND_WORDS = {
    "hold": ("On hold", "Settle the hold on the product's page, or send the batch back."),
    "expired": ("Expired", "Take it off the shelf."),
    "out-of-stock": ("None left", "Nothing lies on the shelf. Order it again, or leave it."),
    "untested": ("Strength unknown", "Ask the producer for the certificate: THC and CBD must be on it."),
    "certificate": ("Its certificate is in doubt", "Put the batch number and the test date right."),
    "form": ("Its form is not known, or is no route that can be advised on", "Set form and route, if known."),
    "serving-unknown": (
        "No mg in a serving",
        "Set the grams of a serving or the servings in a package: a percentage alone gives no first dose.",
    ),
    "step-unknown": (
        "Smallest measurable part not stated",
        "A whole serving is too strong. If it can be divided, set the smallest measurable part.",
    ),
    "too-strong": (
        "Too strong to begin with, even in regular use",
        "Nothing to set. Its smallest measurable part is above any first dose.",
    ),
    "concentrate": ("A concentrate", "Not for somebody new to it."),
    "nothing-measured": (
        "Neither THC nor CBD in it",
        "Nothing that is known by dose: it is never suggested.",
    ),
    "transdermal-thc": (
        "THC through the skin",
        "No published first dose was found: it goes out on a clinician's order only.",
    ),
    "condition": ("Ruled out by the condition", "See the product page and the rule."),
    "comfort": ("A cream that cannot reach the condition", "It is shown beside other products only."),
    "other": ("Another reason", "See the product page."),
}
SHORT_KINDS = {
    "hold": "on hold",
    "expired": "expired",
    "out-of-stock": "none left",
    "untested": "not tested",
    "certificate": "certificate in doubt",
    "form": "form not known",
    "serving-unknown": "mg in a serving not known",
    "step-unknown": "too strong as a whole serving, smaller part not stated",
    "too-strong": "too strong for a first dose",
    "concentrate": "concentrate, not for somebody new to it",
    "nothing-measured": "neither THC nor CBD in it",
    "transdermal-thc": "THC patch or gel, clinician's order only",
    "condition": "ruled out by the condition",
    "comfort": "cannot reach the condition",
    "other": "another reason",
}


def evidence_words(grade: str, direction: str) -> str:
    """ "Limited evidence, trials disagree"; "not studied" and "too little studied" stay apart."""
    if grade == NONE:
        return "Not studied" if direction == "none" else "Too little studied"
    said = {"mixed": ", trials disagree", "against": ": it did not help"}.get(direction, "")
    return GRADE_WORDS[grade] + said


def bands_said(bands: Sequence[str]) -> str:
    """For whom a profile is missing, in words."""
    words = " and ".join(BAND_WORDS[band].lower() for band in bands)
    return BANDS_SAID.get(tuple(bands), f"missing for {words}")


@dataclass(frozen=True)
class Strength:
    """THC and CBD alone, as a bar shows them: percent of what is inhaled, mg in a serving of the rest."""

    amounts: Mapping[str, float]
    unit: str
    per: str | None


def strength_of(item: ShelfItem) -> Strength:
    """What two products are compared by; delta-8 stays apart from delta-9."""
    by_weight = bool(item.profile.percent)
    told = item.profile.percent if by_weight else item.profile.mg
    amounts = {key: told[key] for key in ("THC", "D8THC", "CBD") if key in told}
    return Strength(amounts, "%", None) if by_weight else Strength(amounts, "mg", item.profile.per)


@dataclass(frozen=True)
class Mark:
    """One of three small marks: a sign, words that are read aloud, and a tone of its own shape."""

    sign: str
    words: str
    tone: str


@dataclass(frozen=True)
class RouteCell:
    """A condition by a route: three marks and the evidence under them."""

    route: str
    marks: tuple[Mark, ...]
    evidence: str
    studied: bool
    stopped: bool


@dataclass(frozen=True)
class Row:
    """A condition of the map."""

    condition: str
    name: str
    first: str
    cells: tuple[RouteCell, ...]


def row_of(covered: Covered, known: Knowledge) -> Row:
    """A condition as the map shows it."""
    condition = known.conditions[covered.condition]
    cells = tuple(_route_cell(route, covered) for route in ROUTES)
    return Row(covered.condition, condition.name, condition.clinician_first, cells)


def _route_cell(route: str, covered: Covered) -> RouteCell:
    cells = [covered.cell(route, band) for band in BANDS]
    wanted = [one for one in covered.wanted if one.route == route]
    best = min(cells, key=lambda cell: (cell.direction not in ("for", "mixed"), cell.grade == NONE))
    stopped = all(cell.status == STOPPED for cell in cells)
    studied = best.grade != NONE and best.direction in ("for", "mixed")
    if stopped:
        evidence = "Never suggested"
    elif not studied and wanted:
        evidence = f"{GRADE_WORDS[wanted[0].grade]}, not here"
    elif all(cell.status in (NOTHING, COMFORT) for cell in cells):
        ruled_out = any(one.kind == "condition" for cell in cells for one in cell.reasons)
        comfort = any(cell.status == COMFORT for cell in cells)
        evidence = "Local comfort only" if comfort else "Ruled out" if ruled_out else "Not studied"
    else:
        evidence = evidence_words(best.grade, best.direction)
    missing = {band for one in wanted for band in one.bands}
    marks = tuple(_mark(cell, cell.band in missing) for cell in cells)
    return RouteCell(route, marks, evidence, studied or bool(wanted), stopped)


def _mark(cell: Cell, missing: bool) -> Mark:
    """Green only for products of a studied profile; then only these are counted, for others prove nothing."""
    band, there = BAND_WORDS[cell.band], STATUS_WORDS[cell.status]
    if cell.studied:
        tone = "half" if cell.studied == 1 else "mixed" if cell.direction == "mixed" else "full"
        return Mark("1" if cell.studied == 1 else "2+", f"{band}: {STUDIED_WORDS[tone]}", tone)
    if missing:
        others = f"; {there} of another kind" if cell.status in (ONE, SEVERAL) else ""
        return Mark("0", f"{band}: {STUDIED_WORDS['wanted']}{others}", "wanted")
    return Mark(
        STATUS_SIGNS[cell.status], f"{band}: {there}", "plain" if cell.status in (ONE, SEVERAL) else "empty"
    )


@dataclass(frozen=True)
class Order:
    """One line of what to order."""

    name: str
    words: str
    whom: str
    grade: str
    statement: str
    evidence: str
    extrapolated: str
    sources: tuple[str, ...]
    first: str


@dataclass(frozen=True)
class ToOrder:
    """One product to look for, with every use that it was studied for and lacks here."""

    words: str
    whom: str
    uses: tuple[Order, ...]


def to_order(rows: Sequence[Covered], known: Knowledge) -> list[ToOrder]:
    """The lines of `orders` under the product they ask for, in the order of its best evidence."""
    grouped: dict[tuple[str, str], list[Order]] = {}
    for one in orders(rows, known):
        grouped.setdefault((one.words, one.whom), []).append(one)
    return [ToOrder(words, whom, tuple(some)) for (words, whom), some in grouped.items()]


def orders(rows: Sequence[Covered], known: Knowledge) -> list[Order]:
    """What was studied and is not on the shelf, best evidence first."""
    found = [one for row in rows for one in row.wanted]
    found.sort(key=lambda one: (one.direction != "for", -_rank(one), one.condition, one.evidence))
    return [_order(one, known) for one in found]


def _rank(one: Wanted) -> int:
    return list(GRADE_WORDS).index(one.grade)


def _order(one: Wanted, known: Knowledge) -> Order:
    return Order(
        name=known.conditions[one.condition].name,
        words=one.words,
        whom=bands_said(one.bands),
        grade=evidence_words(one.grade, one.direction),
        statement=one.statement,
        evidence=one.evidence,
        extrapolated=one.extrapolated,
        sources=one.sources,
        first=one.first,
    )


@dataclass(frozen=True)
class Tally:
    """How the uses with some evidence for them stand, each a condition by a route, for somebody new to it."""

    several: int
    one: int
    missing: int
    unstudied: int


def tally(rows: Sequence[Covered]) -> Tally:
    """Counted for somebody new to it: they are the hardest to have something for."""
    several = one = missing = unstudied = 0
    for row in rows:
        for route in ROUTES:
            cell = row.cell(route, "none")
            if cell.studied:
                several, one = several + (cell.studied > 1), one + (cell.studied == 1)
            elif any(want.route == route and "none" in want.bands for want in row.wanted):
                missing += 1
            elif cell.status in (ONE, SEVERAL):
                unstudied += 1
    return Tally(several, one, missing, unstudied)


def why_nothing(cell: Cell) -> str:
    """What keeps everything by this route away, with counts: "12 too strong for a first dose, 3 expired"."""
    if cell.status == STOPPED:
        return "No product is suggested for this condition, whatever lies on the shelf."
    if not cell.reasons:
        return "Nothing by this route is on the shelf."
    return ", ".join(f"{one.count} {SHORT_KINDS[one.kind]}" for one in _by_count(cell.reasons)) + "."


def there_words(cell: Cell) -> str:
    """ "12 products", or why there is none."""
    count = sum(1 for one in cell.products if not one.local_only)
    if cell.status in (ONE, SEVERAL):
        return f"{count} product{'s' if count != 1 else ''}"
    if cell.status == COMFORT:
        creams = len(cell.products)
        return f"{creams} cream{'s' if creams != 1 else ''} for local comfort; none reaches this condition."
    return why_nothing(cell)


def _by_count(reasons: Sequence[Counted]) -> list[Counted]:
    return sorted(reasons, key=lambda one: (-one.count, KINDS.index(one.kind)))


@dataclass(frozen=True)
class OfferedRow:
    """One product of a cell: for which bands it is there, and the evidence it may show."""

    name: str
    sku: str
    batch: str
    bands: tuple[bool, ...]
    evidence: str
    scope: str
    local_only: bool


def offered_rows(cells: Sequence[Cell]) -> list[OfferedRow]:
    """The products of one route, a line each, in the order of the first band that has them."""
    first = {one.sku: one for cell in reversed(cells) for one in reversed(cell.products)}
    order = {one.sku: place for cell in reversed(cells) for place, one in enumerate(cell.products)}
    there = [{one.sku for one in cell.products} for cell in cells]
    return [
        OfferedRow(
            one.name,
            one.sku,
            one.batch,
            tuple(one.sku in skus for skus in there),
            evidence_words(one.grade, one.direction),
            one.scope,
            one.local_only,
        )
        for one in sorted(first.values(), key=lambda one: order[one.sku])
    ]


SETTABLE = frozenset({"form", "serving-unknown", "step-unknown", "certificate"})
"""Kinds that a manager may end by filling in what is known."""


@dataclass(frozen=True)
class NeverGroup:
    """Batches that one kind of reason keeps from everybody."""

    kind: str
    title: str
    remedy: str
    rows: tuple[NeverRow, ...]
    packages: int

    @property
    def settable(self) -> bool:
        """Whether a missing fact on the product may be all that is in the way."""
        return self.kind in SETTABLE


@dataclass(frozen=True)
class NeverRow:
    """One batch, with all that stands against it."""

    sku: str
    name: str
    batch: str
    packages: int | None
    reasons: tuple[str, ...]
    product_id: int | None


def never_groups(found: Sequence[Never], ids: Mapping[str, int]) -> list[NeverGroup]:
    """Grouped by the plainest reason; most packages first, what is not there at all last."""
    rows: dict[str, list[NeverRow]] = {}
    for one in found:
        rows.setdefault(one.kinds[0], []).append(_never_row(one, ids))
    groups = [
        NeverGroup(kind, *KIND_WORDS[kind], tuple(some), sum(row.packages or 0 for row in some))
        for kind, some in rows.items()
    ]
    return sorted(groups, key=lambda group: (-group.packages, KINDS.index(group.kind)))


def _never_row(one: Never, ids: Mapping[str, int]) -> NeverRow:
    item = one.item
    said = tuple(
        reason.replace(
            "above this person's first dose of", "above the first dose, which even in regular use is"
        )
        for reason in one.reasons
    )
    return NeverRow(item.sku, item.name, item.batch, item.stock, said, ids.get(item.sku))
