"""Every sentence of the knowledge that anybody is shown, with where it stands and who reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from counselor.guidance.knowledge import Knowledge, Merged, Origin, Rule


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one statement. `for_patient`: the patient reads or hears it."""

    file: str
    statement: str
    field: str
    text: str
    for_patient: bool = False


def shown(knowledge: Knowledge) -> Iterator[Text]:
    """All of them, empty ones left out, in the order of the knowledge."""
    for text in _all(knowledge):
        if text.text.strip():
            yield text


def _of(origin: Origin, id: str, *, patient: str = "", **texts: str) -> Iterator[Text]:
    for field, text in texts.items():
        yield Text(origin.file, id, field, text, field == patient)


def _all(knowledge: Knowledge) -> Iterator[Text]:
    for condition in knowledge.conditions.values():
        yield from _of(
            condition.origin, condition.id,
            name=condition.name, to_confirm=condition.to_confirm, clinician_first=condition.clinician_first,
            no_product=condition.no_product, treatment_note=condition.treatment_note,
            refer=condition.refer.reason if condition.refer else "",
        )  # fmt: skip
    for rows in knowledge.evidence.values():
        for row in rows:
            yield from _of(
                row.origin, row.id, patient="handout",
                statement=row.statement, handout=row.handout, extrapolated=row.extrapolated,
            )  # fmt: skip
    for rule in knowledge.rules.values():
        yield from _warned(rule)
        for step in rule.raised:
            yield Text(rule.origin.file, rule.id, "raised", step.why)
    for merged in knowledge.merged.values():
        yield from _warned(merged)
    for flag in knowledge.red_flags:
        yield from _of(flag.origin, flag.id, patient="say", reason=flag.reason, say=flag.say, to=flag.to)
    for dose in knowledge.doses.values():
        yield from _of(dose.origin, dose.id, text=dose.text)
    for onset in knowledge.onsets.values():
        yield from _of(
            onset.origin, onset.administration, patient="next_dose",
            onset=onset.onset, peak=onset.peak, lasts=onset.lasts, next_dose=onset.next_dose,
        )  # fmt: skip
    for line in knowledge.counsel:
        yield from _of(line.origin, line.id, patient="handout", text=line.text, handout=line.handout)
    for measure in knowledge.measures.values():
        yield from _of(measure.origin, measure.id, ask=measure.ask)
        yield from (Text(measure.origin.file, measure.id, "verdicts", t) for t in measure.verdicts.values())
    for program in knowledge.program.values():
        yield from _of(program.origin, program.id, text=program.text)
    for state in knowledge.states.values():
        for fact in state.lines.values():
            yield from _of(
                state.origin, fact.id, patient="handout", text=fact.text, do=fact.do, handout=fact.handout
            )
        yield from (Text(state.origin.file, state.id, "refused", refused.what) for refused in state.refused)
    for term in knowledge.terms.values():
        if term.id not in knowledge.conditions:
            yield from _of(term.origin, term.id, name=term.name)


def _warned(warned: Rule | Merged) -> Iterator[Text]:
    wording = warned.wording
    return _of(
        warned.origin, warned.id, patient="handout",
        effect=wording.effect, action=wording.action, mechanism=wording.mechanism, handout=wording.handout,
    )  # fmt: skip
