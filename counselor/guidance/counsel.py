"""What to say, and what the scores say: short lines with their sources."""

from __future__ import annotations

from collections.abc import Iterable

from .advice import CounselLine, FollowUpAdvice
from .findings import HOUSE, NOT_PRESCRIBED, listed
from .intake import FollowUp
from .knowledge import Counsel, Knowledge, Measure
from .resolve import Facts

NEXT_WEEKS = (2, 4, 12)
"""When to measure again (reference: evidence (f))."""


def counsel_lines(
    facts: Facts,
    administrations: Iterable[str],
    cannabinoids: Iterable[str],
    disposition: str,
    knowledge: Knowledge,
) -> tuple[CounselLine, ...]:
    """Everything that must be said to this patient about these products, most important first.

    Per topic each sentence once; `{names}` becomes the medicines that made it so.
    """
    ways, held = set(administrations), set(cannabinoids)
    lines = []
    for piece in knowledge.counsel:
        when = piece.when
        if when.disposition and disposition not in when.disposition:
            continue
        if when.administration and not when.administration & ways:
            continue
        if when.cannabinoids and not when.cannabinoids & held:
            continue
        if not facts.holds(when):
            continue
        named = _names(piece, facts, knowledge)
        if piece.topic == "do-not-stop" and named:
            named = [name for name in named if name not in NOT_PRESCRIBED]
            if not named:
                continue  # nobody is told to go on with heroin
        names = listed(named) or "your medicines"
        lines.append(
            CounselLine(
                piece.topic,
                piece.text.replace("{names}", names),
                tuple(dict.fromkeys(cited.key for cited in piece.sources)),
                piece.handout.replace("{names}", names),
            )
        )
    noted = [
        CounselLine(
            "do-not-stop",
            knowledge.conditions[id].treatment_note,
            tuple(c.key for c in knowledge.conditions[id].sources) or (HOUSE,),
        )
        for id in facts.conditions
        if knowledge.conditions[id].treatment_note and disposition != "no-product"
    ]
    return tuple(lines + noted)


def _names(piece: Counsel, facts: Facts, knowledge: Knowledge) -> list[str]:
    """The patient's medicines that this line is about."""
    named = [
        name
        for name, classes in facts.ingredients.items()
        if name in piece.when.ingredients or piece.when.classes & set(classes)
    ]
    return named + [knowledge.name_of(name) for name in facts.class_only if name in piece.when.classes]


def follow_up_advice(said: FollowUp | None, knowledge: Knowledge) -> FollowUpAdvice | None:
    """How far a score moved from its baseline, in percent, and what the four-week rule makes of it.

    `change_percent` is (now - baseline) / baseline x 100, rounded to 0.1; None where the baseline is zero or
    a score is missing, which is never read as zero.
    """
    if said is None:
        return None
    measure = knowledge.measures[said.measure]
    change = None
    if said.baseline and said.now is not None:
        change = round((said.now - said.baseline) / said.baseline * 100, 1)
    verdict = measure.verdicts.get(_verdict(measure, said, change), "")
    return FollowUpAdvice(
        said.measure,
        change,
        verdict,
        _next_weeks(said.weeks),
        tuple(dict.fromkeys(cited.key for cited in measure.sources)),
    )


def _next_weeks(weeks: float | None) -> tuple[int, ...]:
    """When to score again, in weeks from the start: what is still ahead, then every twelve weeks."""
    if weeks is None:
        return NEXT_WEEKS
    return tuple(week for week in NEXT_WEEKS if week > weeks) or (12 * (int(weeks) // 12 + 1),)


def _verdict(measure: Measure, said: FollowUp, change: float | None) -> str:
    """Which of the measure's sentences fits: unknown, no-threshold, worse, too-early, little or useful.

    Enough is the percentage or, where the scale has one, so many points.
    """
    if said.now is None or said.baseline is None:
        return "unknown"
    if measure.useful_percent is None or measure.better == "none":
        return "no-threshold" if change is not None else "unknown"
    lower = measure.better == "lower"
    points = said.baseline - said.now if lower else said.now - said.baseline
    if points < 0:
        return "worse"
    if change is None:  # nothing to get better from
        return "unknown"
    if abs(change) >= measure.useful_percent or (measure.points is not None and points >= measure.points):
        return "useful"
    return "too-early" if said.weeks is not None and said.weeks < 4 else "little"
