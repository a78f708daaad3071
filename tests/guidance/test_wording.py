"""What the program must never say, looked for in every sentence that anybody is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from counselor.guidance.knowledge import Knowledge

NEVER = {
    "that cannabis is not addictive": r"\b(not|isn't|never|non)[- ]?(addictive|habit[- ]forming)\b",
    "that it works as well as or better than a treatment": (
        r"\b(works?|helps?|relieves?|is|are) (better|as well|as good|as effective)( than| as)\b"
        r"|\bmore effective than\b"
    ),
    "that it is safe": (
        r"\b(is|are|it's|be|quite|completely|perfectly|very) (safe|harmless)\b"
        r"|\bno (known )?(risks?|side effects?|interactions?)\b|\brisk[- ]free\b"
    ),
    "that it cures": r"\b(cures|cured|heals|miracle)\b",
    "that a medicine be stopped, cut or swapped": (
        r"(?<!never )(?<!not )(?<!don't )(?<!nobody should )"
        r"\b(stop|quit|skip|replace|swap|wean off|cut down on|reduce) (taking )?"
        r"(your|the|his|her|their) (medicines?|medications?|prescriptions?|pills?|dose of)\b"
    ),
    "that it calms spasm by fighting inflammation": (
        r"(anti-?inflammatory|fight\w*|calm\w*|reduc\w*|lower\w*) inflammation"
    ),
    "that indica or sativa predicts anything": (
        r"\b(indica|sativa)s?\b (is|are|helps?|relax\w*|energi\w*|calm\w*|for|makes?)\b"
    ),
}
ALLOWED = (
    # sentences that say the opposite, or quote a label, word for word
    "normal and harmless",
    "twitches after exercise, which are harmless",
)


def sentences(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Every text shown, with the id of its statement."""
    for condition in knowledge.conditions.values():
        for text in (
            condition.to_confirm,
            condition.clinician_first,
            condition.no_product,
            condition.treatment_note,
        ):
            yield condition.id, text
        if condition.refer:
            yield condition.id, condition.refer.reason
    for rows in knowledge.evidence.values():
        for row in rows:
            yield from ((row.id, text) for text in (row.statement, row.handout, row.extrapolated))
    for warned in [*knowledge.rules.values(), *knowledge.merged.values()]:
        wording = warned.wording
        yield from (
            (warned.id, text) for text in (wording.effect, wording.action, wording.mechanism, wording.handout)
        )
    for flag in knowledge.red_flags:
        yield from ((flag.id, text) for text in (flag.reason, flag.say))
    for dose in knowledge.doses.values():
        yield dose.id, dose.text
    for onset in knowledge.onsets.values():
        yield onset.administration, f"{onset.onset} {onset.peak} {onset.lasts} {onset.next_dose}"
    for line in knowledge.counsel:
        yield from ((line.id, text) for text in (line.text, line.handout))
    for measure in knowledge.measures.values():
        yield from ((measure.id, text) for text in (measure.ask, *measure.verdicts.values()))
    for program in knowledge.program.values():
        yield program.id, program.text
    for state in knowledge.states.values():
        for fact in state.lines.values():
            yield from ((fact.id, text) for text in (fact.text, fact.do, fact.handout))
        yield from ((state.id, refused.what) for refused in state.refused)


@pytest.mark.parametrize("claim", NEVER)
def test_no_sentence_says(knowledge: Knowledge, claim: str) -> None:
    pattern = re.compile(NEVER[claim], re.IGNORECASE)
    found = [
        (id, text)
        for id, text in sentences(knowledge)
        if (hit := pattern.search(text)) and not any(part in text for part in ALLOWED) and hit
    ]
    assert found == []


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("that cannabis is not addictive", "Cannabis is not addictive."),
        ("that it works as well as or better than a treatment", "It works better than baclofen."),
        ("that it is safe", "This product is safe."),
        ("that it cures", "CBD cures spasms."),
        ("that a medicine be stopped, cut or swapped", "You can stop taking your medicine."),
        ("that it calms spasm by fighting inflammation", "It reduces inflammation, and so spasm."),
        ("that indica or sativa predicts anything", "Indica helps you sleep."),
    ],
)
def test_the_search_finds_what_it_looks_for(claim: str, sentence: str) -> None:
    assert re.search(NEVER[claim], sentence, re.IGNORECASE)


def test_every_sentence_for_a_patient_is_short_enough_to_read_aloud(knowledge: Knowledge) -> None:
    long = [
        (rule.id, len(part.split()))
        for rule in knowledge.rules.values()
        for part in re.split(r"(?<=[.!?])\s+", rule.wording.handout)
        if len(part.split()) > 35
    ]
    assert long == []
