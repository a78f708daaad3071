"""What the shelf could offer: each condition by each route, for somebody new to it up to regular use.

Nothing here judges a product. Every cell is an answer of `advise` to the smallest question that asks for it:
an adult with that one condition, no medicines, that route. So map and counter cannot disagree.

The map tells a manager what is there. It recommends nothing: that a product fits is not that it helps, so the
evidence stands beside the count, and what nobody studied is never put on a list to order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .advice import Advice, Suggestion
from .advise import MOST_EXCLUDED, advise
from .dose import NAIVE_INHALED_PERCENT, mg_text
from .intake import EXPERIENCES, CurrentUse, Intake
from .knowledge import GRADES, Condition, Evidence, Knowledge
from .rank import shelf_reasons
from .resolve import resolve
from .shelf import ROUTES, Shelf, ShelfItem
from .weigh import NONE, weigh

ADULT = 40
"""An age at which no rule of age is raised; a patient's own facts only take away from what is shown here."""
BANDS = EXPERIENCES
"""none, occasional, regular: the bands the engine knows. It starts the first two equally low."""
ENOUGH = 2
"""From two products on a cell counts as several, and need not be looked through to its end."""
MOST_NAMED = 10

NOTHING, ONE, SEVERAL, COMFORT, STOPPED = "none", "one", "several", "comfort", "stopped"
"""What a cell says. COMFORT: only creams that cannot reach the condition. STOPPED: no product, any shelf."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One batch that `advise` would show in a cell; `local_only` where a cream cannot reach the condition."""

    sku: str
    batch: str
    name: str
    grade: str
    direction: str
    scope: str
    local_only: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """A kind of reason (a key of KINDS) and how many batches it keeps away."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition, by one route, for one band.

    `products` are different products, best evidence first; all of them where `whole`, else the first found.
    `grade` and `direction` are the best that one of them may show. `first`: why a clinician comes first.
    `studied` counts products of a profile that was studied with some good (2: two or more, unless `whole`).
    `reasons` tell why there is nothing, most frequent first.
    """

    condition: str
    route: str
    band: str
    status: str
    products: tuple[Offered, ...] = ()
    whole: bool = True
    grade: str = NONE
    direction: str = "none"
    scope: str = ""
    studied: int = 0
    first: str = ""
    reasons: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A profile that was studied with some good and that nothing on the shelf has, for these bands."""

    condition: str
    evidence: str
    route: str
    words: str
    bands: tuple[str, ...]
    grade: str
    direction: str
    statement: str
    extrapolated: str
    sources: tuple[str, ...]
    first: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """The map's row of one condition: its twelve cells, and what was studied and is not there."""

    condition: str
    cells: tuple[Cell, ...]
    wanted: tuple[Wanted, ...]

    def cell(self, route: str, band: str) -> Cell:
        """The cell of a route and a band. Raises `KeyError` for a route or band that does not exist."""
        for cell in self.cells:
            if (cell.route, cell.band) == (route, band):
                return cell
        raise KeyError((route, band))


KINDS = (
    "hold", "expired", "out-of-stock", "untested", "certificate", "form", "serving-unknown", "step-unknown",
    "too-strong", "concentrate", "nothing-measured", "transdermal-thc", "condition", "comfort", "other",
)  # fmt: skip
"""Every kind of reason, the plainest first. `step-unknown`: too strong, and no smaller part is known."""

_BEGINS = (
    ("Expired on ", "expired"),
    ("Out of stock", "out-of-stock"),
    ("Not tested", "untested"),
    ("Its THC was not measured", "untested"),
    ("Its certificate is dated", "certificate"),
    ("No batch and no test date", "certificate"),
    ("Its form is not one", "form"),
    ("The mg ", "serving-unknown"),
    ("A concentrate is not", "concentrate"),
    ("It holds neither", "nothing-measured"),
    ("Mostly THC: not for", "condition"),
    ("Local comfort only", "comfort"),
)

_RULED_OUT = re.compile(r": (?:no |nothing held |contains alcohol|may contain alcohol)")
"""How the engine ends a sentence that names what the condition rules out: "ALS: no smoked product"."""


def kind_of(reason: str, item: ShelfItem, knowledge: Knowledge) -> str:
    """Which of KINDS a reason against a batch is, by the engine's own sentence; "other" where none fits."""
    if reason in item.holds:
        return "hold"
    for begins, kind in _BEGINS:
        if reason.startswith(begins):
            return kind
    if reason.startswith("Its smallest dose, "):
        return "too-strong" if item.smallest_dose else "step-unknown"
    if "one inhalation may be too much" in reason:
        return "too-strong"
    if _RULED_OUT.search(reason):
        return "condition"
    stated = knowledge.doses.get("transdermal")
    if stated is not None and reason == stated.text.rstrip("."):
        return "transdermal-thc"
    return "other"


def cover(id: str, shelf: Shelf, knowledge: Knowledge, *, on: date, to_the_end: bool = False) -> Covered:
    """The row of one condition; `to_the_end` names every product of a cell, at the cost of a full look.

    Raises `KeyError` where the knowledge does not have the condition.
    """
    condition = knowledge.conditions[id]
    said = spoken(id, knowledge, on=on)
    cells: list[Cell] = []
    wanted: list[Wanted] = []
    systemic: list[ShelfItem] = []  # what a cream for a condition it cannot reach may stand beside
    for route in ("edible", *(r for r in ROUTES if r != "edible")):
        rows = [row for row in studied(id, knowledge) if row.route == route]
        lacking: dict[str, list[str]] = {row.id: [] for row in rows}
        parts, barred = _of_route(shelf, route, knowledge, on=on)
        for band in BANDS:
            cell, shown, missed = _cell(
                condition, said, route, band, parts, systemic, rows, knowledge, on=on, to_the_end=to_the_end
            )
            cells.append(_with_barred(cell, barred))
            systemic += shown[:1] if route == "edible" else []
            for row in missed:
                lacking[row.id].append(band)
        if not condition.no_product:
            wanted += [_wanted(row, lacking[row.id], condition, knowledge) for row in rows if lacking[row.id]]
    cells.sort(key=lambda cell: (ROUTES.index(cell.route), BANDS.index(cell.band)))
    wanted.sort(key=lambda one: (-GRADES.index(one.grade), one.direction != "for", one.evidence))
    return Covered(id, tuple(cells), tuple(wanted))


def studied(id: str, knowledge: Knowledge) -> list[Evidence]:
    """Statements on a condition that found some good of a profile a product could have."""
    return [
        row
        for row in knowledge.evidence.get(id, ())
        if row.lends and row.rank > 0 and row.direction in ("for", "mixed")
    ]


def spoken(id: str, knowledge: Knowledge, *, on: date) -> str:
    """Words for a condition that the engine reads as this condition and as nothing beside it.

    Raises `LookupError` where there are none: then the map must not pretend to have asked.
    """
    synonyms = knowledge.terms[id].synonyms if id in knowledge.terms else ()
    for said in (knowledge.conditions[id].name, id, *synonyms):
        heard = resolve(Intake((said,), age=ADULT), knowledge, on=on)
        if heard.facts.conditions == (id,) and not heard.unrecognised and not heard.unassessed:
            return said
    raise LookupError(f"{id}: no words of its own are read as this condition alone")


def intake_of(said: str, route: str, band: str, *, on: date, limit: int = MOST_EXCLUDED) -> Intake:
    """The smallest question that asks for a cell. Regular use is use by this same route, up to today."""
    use = CurrentUse(route, last=on) if band == "regular" else None
    return Intake((said,), age=ADULT, routes=(route,), experience=band, current_use=use, limit=limit, on=on)


def _cell(
    condition: Condition,
    said: str,
    route: str,
    band: str,
    parts: Sequence[Sequence[ShelfItem]],
    systemic: Sequence[ShelfItem],
    rows: Sequence[Evidence],
    knowledge: Knowledge,
    *,
    on: date,
    to_the_end: bool,
) -> tuple[Cell, list[ShelfItem], list[Evidence]]:
    """The cell, the batches it shows, and the studied profiles that none of them has.

    The shelf is asked about in parts of fifty, of which an answer names every reason. It ends early only
    where nothing can change any more: several products, and each studied profile among them.
    """
    whole = True
    shown: list[tuple[ShelfItem, Suggestion]] = []
    missed = list(rows)
    against: Counter[str] = Counter()
    first, stopped = "", False
    for number, part in enumerate(parts or [()], start=1):
        company = (
            [*systemic, *(item for item, _ in shown if item.is_systemic)][:2] if route == "topical" else []
        )
        asked = {(item.sku, item.batch): item for item in part}
        advice = advise(
            intake_of(said, route, band, on=on),
            Shelf.of([*part, *(i for i in company if (i.sku, i.batch) not in asked)]),
            knowledge,
            on=on,
        )
        stopped = advice.disposition.code == "no-product"
        first = advice.disposition.text if advice.disposition.code == "refer-first" else ""
        new = [(asked[s.sku, s.batch], s) for s in advice.suggestions if (s.sku, s.batch) in asked]
        shown += new
        missed = [row for row in missed if not any(_has(item, row, knowledge) for item, _ in new)]
        against.update(_first_kinds(advice, asked, knowledge))
        enough = _products(shown) >= ENOUGH and (not rows or _studied(shown) >= ENOUGH)
        if stopped or (enough and not missed and not to_the_end):
            whole = number == len(parts)
            break
    cell = Cell(condition.id, route, band, NOTHING, whole=whole, first=first)
    if stopped:
        return replace(cell, status=STOPPED, whole=True), [], []
    offered = _offered(suggestion for _, suggestion in shown)
    reaching = [one for one in offered if not one.local_only]
    best = reaching[0] if reaching else None
    cell = replace(
        cell,
        status=_status(len(reaching), len(offered)),
        products=tuple(offered if whole else offered[:MOST_NAMED]),
        grade=best.grade if best else NONE,
        direction=best.direction if best else "none",
        scope=best.scope if best else "",
        studied=_studied(shown),
        reasons=() if reaching else tuple(Counted(kind, count) for kind, count in against.most_common()),
    )
    return cell, [item for item, _ in shown], missed


def _of_route(
    shelf: Shelf, route: str, knowledge: Knowledge, *, on: date
) -> tuple[list[tuple[ShelfItem, ...]], Counter[str]]:
    """What a route could hand over, in parts; and of the rest, which nobody gets, the first reasons."""
    ready: list[ShelfItem] = []
    barred: Counter[str] = Counter()
    for item in shelf.items:
        if item.route == route:
            reasons = shelf_reasons(item, on=on)
            if reasons:
                barred[kind_of(reasons[0], item, knowledge)] += 1
            else:
                ready.append(item)
    ready.sort(key=lambda item: item.administration != "transdermal")  # a cream may stand beside a patch
    return list(parts_of(ready)), barred


def _with_barred(cell: Cell, barred: Counter[str]) -> Cell:
    """An empty cell with all that keeps batches away, most frequent first."""
    if cell.status not in (NOTHING, COMFORT):
        return cell
    counted = barred + Counter({one.kind: one.count for one in cell.reasons})
    return replace(cell, reasons=tuple(Counted(kind, count) for kind, count in counted.most_common()))


def parts_of(items: Sequence[ShelfItem]) -> Iterator[tuple[ShelfItem, ...]]:
    """Parts of which an answer names every reason, each with something of everything."""
    count = -(-len(items) // (MOST_EXCLUDED - 2))
    for start in range(count):
        yield tuple(items[start::count])


def _products(shown: Sequence[tuple[ShelfItem, Suggestion]]) -> int:
    return len({suggestion.sku for _, suggestion in shown if not suggestion.caption})


def _studied(shown: Sequence[tuple[ShelfItem, Suggestion]]) -> int:
    """How many of them carry evidence that speaks for them, or is mixed."""
    return len(
        {
            suggestion.sku
            for _, suggestion in shown
            if suggestion.evidence_grade != NONE and suggestion.evidence_direction in ("for", "mixed")
        }
    )


def _status(reaching: int, all_shown: int) -> str:
    if reaching:
        return ONE if reaching < ENOUGH else SEVERAL
    return COMFORT if all_shown else NOTHING


def _offered(suggestions: Iterable[Suggestion]) -> list[Offered]:
    """One line for each product, the batch with the best evidence; what reaches the condition first."""
    lines = [
        Offered(
            s.sku, s.batch, s.name, s.evidence_grade, s.evidence_direction, s.evidence_scope, bool(s.caption)
        )
        for s in suggestions
    ]
    lines.sort(key=lambda one: (one.local_only, *_worth(one.grade, one.direction), one.sku, one.batch))
    return list({one.sku: one for one in reversed(lines)}.values())[::-1]


def _worth(grade: str, direction: str) -> tuple[int, int]:
    """For sorting: what speaks for a product, then what was not studied, then what speaks against it."""
    rank = GRADES.index(grade)
    sign = {"for": -1, "mixed": -1, "against": 1}.get(direction, 0)
    return sign * rank, ("for", "mixed", "none", "against").index(direction)


def _has(item: ShelfItem, row: Evidence, knowledge: Knowledge) -> bool:
    """Whether the engine would lend this statement to the product, were it the only one."""
    alone = replace(knowledge, evidence={row.condition: (row,)})
    return weigh(item, (row.condition,), alone).statement is row


def _first_kinds(
    advice: Advice, asked: dict[tuple[str, str], ShelfItem], knowledge: Knowledge
) -> Iterator[str]:
    """The kind of the first reason against each batch that was asked about."""
    for row in advice.excluded:
        item = asked.get((row.sku, row.batch))
        if item is not None:
            yield kind_of(row.reasons[0], item, knowledge)


def _wanted(row: Evidence, bands: Sequence[str], condition: Condition, knowledge: Knowledge) -> Wanted:
    return Wanted(
        condition=condition.id,
        evidence=row.id,
        route=row.route,
        words=_words(row, bands, knowledge),
        bands=tuple(bands),
        grade=row.grade,
        direction=row.direction,
        statement=row.statement,
        extrapolated=row.extrapolated,
        sources=tuple(dict.fromkeys(cited.key for cited in row.sources)),
        first=condition.clinician_first,
    )


_WAYS = {"swallowed": "swallowed", "oromucosal": "under the tongue or in the cheek", "transdermal": "patch"}


def _words(row: Evidence, bands: Sequence[str], knowledge: Knowledge) -> str:
    """ "Edible, swallowed, THC:CBD about 1:1, at most 2.5 mg THC in its smallest measurable part"."""
    way = _WAYS.get(row.administration, "")
    profile = row.profile if row.ratio.only or not row.profile[-1:].isdigit() else f"THC:CBD {row.profile}"
    words = [row.route.capitalize(), *([way] if way else []), profile]
    lowest = "none" in bands or "occasional" in bands
    if row.route in ("smoked", "vaporized"):
        words += [f"at most {NAIVE_INHALED_PERCENT:g} % THC"] if lowest else []
    elif row.administration != "local":
        thc = knowledge.doses["thc-first" if lowest else "thc-first-regular"].mg
        caps = [(thc, "THC")] if row.ratio.only != "CBD" else []
        caps += [(knowledge.doses["cbd-first"].mg, "CBD")] if row.ratio.only != "THC" else []
        most = " and ".join(f"{mg_text(mg)} {name}" for mg, name in caps if mg)
        words += [f"at most {most} in its smallest measurable part"] if most else []
    return ", ".join(words)
