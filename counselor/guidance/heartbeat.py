"""A heartbeat: the engine proves itself on pairs everybody knows to be dangerous before it answers anybody.

A rule that was deleted, a class that lost its members, a word list that was cut short: each would answer
"nothing found" and look like good news. So what must be found stands here, in code and not in the files it
proves, and where it is not found nothing is answered at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .entries import Fault, KnowledgeError
from .findings import Setting, setting_of
from .intake import Exposure, Intake
from .knowledge import Knowledge, Severity
from .merging import merge
from .resolve import resolve
from .rules import fired
from .shelf import Shelf

ANY_DAY = date(2026, 1, 1)
"""The pairs are dangerous on every day: nothing here depends on the date."""


class CannotCheck(KnowledgeError):
    """The engine missed a danger it must know: nothing it would say can be relied on."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What somebody says, what it means, and how severe the worst warning about it must be at least."""

    said: str
    ingredients: frozenset[str]
    cannabinoid: str
    route: str
    at_least: Severity
    source: str


PAIRS = (
    Pair(
        "Klonopin 0.5 mg, oxycodone 5mg",
        frozenset({"clonazepam", "oxycodone"}),
        "THC",
        "edible",
        Severity.MAJOR,
        "Marinol label 7; boxed warning on opioids with benzodiazepines",
    ),
    Pair(
        "Onfi",
        frozenset({"clobazam"}),
        "CBD",
        "edible",
        Severity.MAJOR,
        "Epidiolex label 7; doi 10.1111/epi.13060",
    ),
    Pair("warfarin", frozenset({"warfarin"}), "CBD", "edible", Severity.MAJOR, "PMID 35268245"),
    Pair("Coumadin 5 mg", frozenset({"warfarin"}), "THC", "smoked", Severity.MAJOR, "PMID 35268245"),
    Pair("Prograf", frozenset({"tacrolimus"}), "CBD", "edible", Severity.MAJOR, "PMID 31012522"),
    Pair("fentanyl patch", frozenset({"fentanyl"}), "THC", "vaporized", Severity.MAJOR, "Marinol label 7"),
    Pair("clozapine", frozenset({"clozapine"}), "THC", "smoked", Severity.MAJOR, "PMID 11981356"),
)
"""The first is proved before every answer, all of them when the knowledge is read."""

NONSENSE = "qwertzol forte"
"""No medicine: it must come back as not recognised, or silence would pass for safety."""


def prove(knowledge: Knowledge) -> None:
    """Prove the first pair. Raises `CannotCheck`. Costs a fraction of the answer it goes before."""
    fault = _missed(PAIRS[0], knowledge)
    if fault:
        raise CannotCheck((Fault("heartbeat", PAIRS[0].said, fault),))


def prove_all(knowledge: Knowledge) -> Knowledge:
    """Prove every pair, and that an unknown word is not taken for a harmless one; give the knowledge back.

    Raises `CannotCheck` with one fault for each that is missed.
    """
    faults = [Fault("heartbeat", pair.said, fault) for pair in PAIRS if (fault := _missed(pair, knowledge))]
    unread = resolve(_asked(NONSENSE, PAIRS[0]), knowledge, on=ANY_DAY)
    if not any(one.field == "medicines" for one in unread.unrecognised):
        faults.append(Fault("heartbeat", NONSENSE, "is no medicine, yet it was not said to be unknown"))
    if faults:
        raise CannotCheck(tuple(faults))
    return knowledge


def _asked(said: str, pair: Pair) -> Intake:
    return Intake(conditions=(), medicines=(said,), exposure=Exposure((pair.cannabinoid,), pair.route))


def _missed(pair: Pair, knowledge: Knowledge) -> str:
    """Why the pair was not found as it must be; empty where it was."""
    intake = _asked(pair.said, pair)
    facts = resolve(intake, knowledge, on=ANY_DAY).facts
    if not pair.ingredients <= facts.ingredients.keys():
        missing = ", ".join(sorted(pair.ingredients - facts.ingredients.keys()))
        return f"was not understood: {missing} is missing"
    setting: Setting = setting_of(intake, Shelf())
    findings = merge(fired(facts, setting, knowledge), facts, setting, knowledge)
    worst = max(
        (f.severity for f in findings if f.kind == "interaction" and pair.ingredients & set(f.because)),
        default=None,
    )
    if worst is None or worst < pair.at_least:
        found = "no warning at all" if worst is None else f"only {worst.word}"
        return (
            f"with {pair.cannabinoid}, {pair.route}, must be {pair.at_least.word} ({pair.source}); "
            f"found {found}"
        )
    return ""
