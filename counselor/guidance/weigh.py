"""Which evidence speaks here: by condition, symptom, route and profile. A grade never travels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .advice import EvidenceShown
from .findings import INHALED
from .knowledge import GRADES, Evidence, Knowledge
from .shelf import ShelfItem

NONE = "none-or-insufficient"
NOT_STUDIED = "No trial of this kind of product for this condition was found."


@dataclass(frozen=True, slots=True)
class Weight:
    """The evidence one product may show: its grade, whether it speaks for or against, and about what."""

    grade: str = NONE
    direction: str = "none"
    scope: str = ""
    statement: Evidence | None = None
    extrapolated: str = ""

    @property
    def strength(self) -> int:
        """0 for nothing, up to 4; only what speaks for, or is mixed, counts."""
        return GRADES.index(self.grade) if self.direction in ("for", "mixed") else 0


def evidence_shown(
    conditions: Sequence[str],
    routes: Iterable[str],
    knowledge: Knowledge,
    *,
    goals: Collection[str] = (),
) -> tuple[EvidenceShown, ...]:
    """What is known by each asked route, and the best that needs no inhaling, for every condition.

    A goal may have evidence of its own with a condition (sleep with MS): it is told beside, and gives no
    product a grade for the condition.
    """
    asked = tuple(dict.fromkeys(routes))
    told = [target for id in conditions for goal, target in knowledge.conditions[id].goals if goal in goals]
    shown: list[Evidence] = []
    for condition in dict.fromkeys((*conditions, *told)):
        rows = knowledge.evidence.get(condition, ())
        wanted = [row for route in asked for row in rows if row.route == route]
        best = max((row for row in rows if row.route not in INHALED), key=_worth, default=None)
        if best is not None:
            wanted.append(best)
        shown += wanted
    return tuple(
        EvidenceShown(
            condition=row.condition,
            route=row.route,
            administration=row.administration,
            profile=row.profile,
            symptom=row.symptom,
            grade=row.grade,
            direction=row.direction,
            statement=row.statement,
            sources=tuple(dict.fromkeys(cited.key for cited in row.sources)),
            handout=row.handout,
            id=row.id,
        )
        for row in dict.fromkeys(shown)
    )


def _worth(row: Evidence) -> tuple[int, bool, int]:
    return (row.rank if row.direction in ("for", "mixed") else 0, row.direction == "for", row.weight)


def weigh(item: ShelfItem, conditions: Sequence[str], knowledge: Knowledge) -> Weight:
    """The grade this product may show, for the first condition that has one.

    It is that of the statement that covers its route, its way of taking and its ratio. Statements that lend
    nothing (prescription medicine, measured tone) are passed over.
    """
    if not conditions:
        return Weight()
    weights = [_weigh_one(item, id, knowledge, named=len(conditions) > 1) for id in conditions]
    return max(weights, key=lambda w: (w.strength, -weights.index(w)))


def _weigh_one(item: ShelfItem, condition: str, knowledge: Knowledge, *, named: bool) -> Weight:
    """`named`: the scope names the condition too, where the patient has several."""
    name = f"{knowledge.conditions[condition].name}: " if named else ""
    profile = item.profile
    for row in knowledge.evidence.get(condition, ()):
        if not row.lends or row.route != item.route or row.administration not in ("any", item.administration):
            continue
        if row.ratio.is_scoped and (
            not profile.is_measured or profile.has_delta_8 or not row.ratio.covers(profile.thc, profile.cbd)
        ):
            continue
        scope = f"{name}{row.symptom}, {row.profile}" if row.ratio.is_scoped else f"{name}{row.symptom}"
        return Weight(row.grade, row.direction, scope, row, row.extrapolated)
    return Weight(NONE, "none", f"{name}{NOT_STUDIED}")
