"""What to say, and what the scores say: short lines with their sources."""

from __future__ import annotations

from collections.abc import Iterable

from .advice import CounselLine, FollowUpAdvice
from .findings import HOUSE
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
        names = _names(piece, facts, knowledge)
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


def _names(piece: Counsel, facts: Facts, knowledge: Knowledge) -> str:
    """The patient's medicines that this line is about, or "your medicines"."""
    named = [
        name
        for name, classes in facts.ingredients.items()
        if name in piece.when.ingredients or piece.when.classes & set(classes)
    ]
    named += [knowledge.name_of(name) for name in facts.class_only if name in piece.when.classes]
    if not named:
        return "your medicines"
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + f" and {named[-1]}"


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
    verdict = measure.verdicts.get(_verdict(measure, change, said.weeks), "")
    weeks = tuple(week for week in NEXT_WEEKS if said.weeks is None or week > said.weeks) or (12,)
    return FollowUpAdvice(said.measure, change, verdict, weeks if said.weeks is not None else NEXT_WEEKS,
                          tuple(dict.fromkeys(c.key for c in measure.sources)))  # fmt: skip


def _verdict(measure: Measure, change: float | None, weeks: float | None) -> str:
    """Which of the measure's sentences fits: unknown, no-threshold, worse, too-early, little or useful."""
    if change is None:
        return "unknown"
    if measure.useful_percent is None or measure.better == "none":
        return "no-threshold"
    gain = -change if measure.better == "lower" else change
    if gain < 0:
        return "worse"
    if gain >= measure.useful_percent:
        return "useful"
    return "too-early" if weeks is not None and weeks < 4 else "little"
