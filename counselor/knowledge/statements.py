"""Each statement of the knowledge in one shape that a page can show: what it says, how sure, by which
sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from counselor.guidance.knowledge import Cited, Evidence, Knowledge, Merged, Origin, Rule, StateProgram, When

KIND_WORDS = {
    "red-flag": "Red flags",
    "interaction": "Interactions with medicines",
    "cause": "Medicines that may cause the complaint",
    "precaution": "Precautions",
    "allergy": "Allergies",
    "program": "Program rules",
    "evidence": "Evidence",
    "condition": "Conditions",
    "dose": "First doses and ceilings",
    "onset": "Onset and duration",
    "counsel": "What to say",
    "measure": "Follow-up scores",
}
"""Every kind of statement with its heading."""

ROOMS = {
    "condition": "Conditions",
    "medicine": "Medicines",
    "interaction": "Interactions",
    "cause": "Causes",
    "precaution": "Precautions",
    "red-flag": "Red flags",
    "evidence": "Evidence",
    "dose": "First doses",
    "onset": "Onset",
    "counsel": "What to say",
    "measure": "Scores",
    "allergy": "Allergies",
    "program": "Program",
    "source": "Sources",
}
"""The doors of the reading rooms, in their order, in one or two words."""


VOICES = {
    "Do": "For the counselor",
    "Mechanism": "For the pharmacist",
    "For the patient": "For the patient",
    "Say": "For the patient",
}
"""The parts of a statement that are its wording, and who reads each."""


@dataclass(frozen=True)
class Statement:
    """One statement for reading. `parts` are label and text; empty texts are left out.

    `table` is its kind in the records of versions, where ids are unique; `key` its place in the reading room.
    """

    id: str
    kind: str
    table: str
    title: str
    severity: str
    certainty: str
    parts: tuple[tuple[str, str], ...]
    sources: tuple[Cited, ...]
    file: str
    written: date | None
    next: date | None
    checked_by: str
    key: str = ""

    @property
    def scope(self) -> tuple[tuple[str, str], ...]:
        """Whom and what it concerns: every part that is no wording."""
        return tuple(part for part in self.parts if part[0] not in VOICES)

    @property
    def grade(self) -> str:
        """For evidence, its grade and direction in words; empty for anything else."""
        grade = dict(self.parts).get("Grade", "") if self.table == "evidence" else ""
        return "none or insufficient" if grade.startswith("none or") else grade

    @property
    def wording(self) -> tuple[tuple[str, str], ...]:
        """Its words, each under whom they are for; the title is the counselor's first sentence."""
        return tuple((VOICES[label], text) for label, text in self.parts if label in VOICES)

    def overdue(self, on: date) -> bool:
        """Whether its review is due."""
        return self.next is not None and self.next < on


def statements_of(knowledge: Knowledge) -> Iterable[Statement]:
    """Every statement, room by room."""
    for flag in knowledge.red_flags:
        needs = " and ".join(" or ".join(sorted(map(knowledge.name_of, group))) for group in flag.all_of)
        yield _statement(
            flag.id,
            "red-flag",
            "red_flag",
            flag.reason,
            flag.origin,
            flag.sources,
            ("When", needs),
            ("To", f"{flag.to}, {flag.urgency.word}"),
            ("Say", flag.say),
        )
    for rule in knowledge.rules.values():
        yield _rule(knowledge, rule)
    for merged in knowledge.merged.values():
        yield _merged(merged)
    for program in knowledge.program.values():
        yield _statement(
            program.id,
            "program",
            "program",
            program.text.replace(", on {day}", "").replace("{days}", "soon").replace("{state}", "this state"),
            program.origin,
            program.sources,
            ("Read on", program.as_of.isoformat() if program.as_of else ""),
        )
    for state in knowledge.states.values():
        yield from _state(state)
    for rows in knowledge.evidence.values():
        for row in rows:
            yield _evidence(knowledge, row)
    for condition in knowledge.conditions.values():
        yield _statement(
            condition.id,
            "condition",
            "condition",
            condition.name,
            condition.origin,
            condition.sources,
            ("ICD-10-CM", ", ".join(condition.icd10)),
            ("Said as", ", ".join(getattr(condition, "synonyms", ())[:12])),
            ("To confirm", condition.to_confirm),
            ("A clinician first", condition.clinician_first),
            ("No product", condition.no_product),
            ("Treatment", condition.treatment_note),
        )
    for dose in knowledge.doses.values():
        amount = f"{dose.mg:g} mg" if dose.mg is not None else ""
        yield _statement(dose.id, "dose", "dose", dose.text, dose.origin, dose.sources, ("Amount", amount))
    for onset in knowledge.onsets.values():
        yield _statement(
            onset.administration,
            "onset",
            "onset",
            f"Taken {onset.administration}",
            onset.origin,
            onset.sources,
            ("Starts", onset.onset),
            ("Strongest", onset.peak),
            ("Lasts", onset.lasts),
            ("Next dose", onset.next_dose),
        )
    for line in knowledge.counsel:
        yield _statement(
            line.id,
            "counsel",
            "counsel",
            line.text,
            line.origin,
            line.sources,
            ("For the patient", line.handout),
        )
    for measure in knowledge.measures.values():
        yield _statement(
            measure.id, "measure", "measure", measure.ask, measure.origin, measure.sources,
            ("Useful change", f"{measure.useful_percent:g} %" if measure.useful_percent else ""),
        )  # fmt: skip


def _state(state: StateProgram) -> Iterable[Statement]:
    """Each setting of a state as a statement of its own, so that a warning can be looked up by its rule."""
    refused = ", ".join(
        f"{one.what} ({', '.join((*one.routes, *one.forms)).replace('-', ' ')})" for one in state.refused
    )
    for line in state.lines.values():
        yield _statement(
            line.id,
            "program",
            "state_line",
            line.text,
            state.origin,
            line.sources,
            ("State", f"{state.name} ({state.code})"),
            ("Holds from", state.start.isoformat()),
            ("Holds until the day before", state.until.isoformat() if state.until else ""),
            ("Read on", state.as_of.isoformat()),
            ("Not allowed", refused if line.topic == "forms" else ""),
            ("Reminders", f"{_days(state.reminders)} before the end" if line.topic == "card" else ""),
            ("Do", line.do if line.do != line.text else ""),
            ("For the patient", line.handout if line.handout != line.text else ""),
        )


def _days(days: Iterable[int]) -> str:
    """ "60 and 30 days"."""
    return " and ".join(map(str, days)) + " days"


def _rule(knowledge: Knowledge, rule: Rule) -> Statement:
    fires = sorted([*rule.classes, *rule.terms])
    names = [knowledge.name_of(name) for name in fires] + sorted(rule.ingredients)
    if rule.age:
        low, high = rule.age
        names.append(
            f"age {low if low is not None else 0} to {high}" if high is not None else f"age {low} and over"
        )
    return _statement(
        rule.id,
        rule.kind,
        "rule",
        rule.wording.effect,
        rule.origin,
        rule.sources,
        ("Raised by", ", ".join(names)),
        ("But not by", ", ".join(sorted(rule.excepted))),
        ("Only with", _when(knowledge, rule.only_if)),
        ("Cannabinoids", ", ".join(rule.cannabinoids) or "any"),
        ("Routes", ", ".join(rule.routes) or "every route that reaches the blood"),
        ("Do", rule.wording.action),
        ("Mechanism", rule.wording.mechanism),
        ("For the patient", rule.wording.handout),
        ("More serious when", "; ".join(f"{step.why}: {step.severity.word}" for step in rule.raised)),
        severity=rule.severity.word,
        certainty=rule.certainty,
    )


def _merged(merged: Merged) -> Statement:
    return _statement(
        merged.id,
        "interaction",
        "merged",
        merged.wording.effect.replace("{names}", "these medicines"),
        merged.origin,
        merged.sources,
        ("Raised by", "two or more sedating medicines together"),
        ("Do", merged.wording.action.replace("{names}", "these medicines")),
        ("Mechanism", merged.wording.mechanism.replace("{names}", "these medicines")),
        ("For the patient", merged.wording.handout.replace("{names}", "these medicines")),
    )


def _evidence(knowledge: Knowledge, row: Evidence) -> Statement:
    scope = " · ".join(
        part
        for part in (
            knowledge.name_of(row.condition),
            row.symptom,
            row.route,
            row.administration,
            row.profile,
        )
        if part and part != "any"  # any form, any ratio: the scope is told by what it is limited to
    )
    return _statement(
        row.id,
        "evidence",
        "evidence",
        row.statement,
        row.origin,
        row.sources,
        ("Scope", scope),
        ("Grade", f"{row.grade.replace('-', ' ')}, {row.direction}"),
        ("Lends its grade to a shelf product", "yes" if row.lends else "no"),
        ("For the patient", row.handout),
        ("Note", row.extrapolated),
    )


def _when(knowledge: Knowledge, when: When | None) -> str:
    if when is None:
        return ""
    parts = [
        " or ".join(sorted(knowledge.name_of(name) for name in names))
        for names in (when.terms, when.classes, when.ingredients, when.groups, when.route, when.current_route)
        if names
    ]
    if when.age_min is not None:
        parts.append(f"age {when.age_min} and over")
    if when.age_max is not None:
        parts.append(f"age {when.age_max} and under")
    if when.sex:
        parts.append(when.sex)
    return " and ".join(parts)


def _statement(
    id: str,
    kind: str,
    table: str,
    title: str,
    origin: Origin,
    sources: tuple[Cited, ...],
    *parts: tuple[str, str],
    severity: str = "",
    certainty: str = "",
) -> Statement:
    return Statement(
        id=id,
        kind=kind,
        table=table,
        title=title,
        severity=severity,
        certainty=certainty,
        parts=tuple((label, text) for label, text in parts if text),
        sources=sources,
        file=origin.file,
        written=origin.review.written if origin.review else None,
        next=origin.review.next if origin.review else None,
        checked_by=origin.review.checked_by if origin.review else "",
    )
