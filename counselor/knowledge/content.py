"""What a reader of the knowledge would find wrong although it loads: reviews overdue, rules that cannot
fire, words that have no effect, claims we never make, and sentences too hard for a patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from counselor.guidance.entries import Fault
from counselor.guidance.intake import EXPERIENCES
from counselor.guidance.knowledge import GRADES, Knowledge, Rule, When
from counselor.guidance.shelf import ADMINISTRATIONS, ROUTES
from counselor.guidance.statements import GROUPS
from counselor.knowledge import readability, texts
from counselor.knowledge.claims import claims_in

SEXES = ("female", "male")
DISPOSITIONS = ("suggest", "refer-first", "no-product")


def faults_of(
    knowledge: Knowledge, *, on: date, hardest: float | None = readability.HARDEST
) -> Iterator[Fault]:
    """Every content fault as of a day; `hardest` None leaves out how hard texts are to read."""
    yield from _ids(knowledge)
    yield from _reviews(knowledge, on)
    yield from _terms(knowledge)
    for rule in knowledge.rules.values():
        yield from _rule(knowledge, rule)
    yield from _flags_and_counsel(knowledge)
    yield from _evidence(knowledge)
    yield from _claims(knowledge)
    if hardest is not None:
        yield from _reading(knowledge, hardest)


def _statements(knowledge: Knowledge) -> Iterator[tuple[str, object]]:
    tables = {
        "condition": knowledge.conditions.values(),
        "evidence": (row for rows in knowledge.evidence.values() for row in rows),
        "rule": knowledge.rules.values(),
        "merged": knowledge.merged.values(),
        "red_flag": knowledge.red_flags,
        "dose": knowledge.doses.values(),
        "counsel": knowledge.counsel,
        "measure": knowledge.measures.values(),
        "program": knowledge.program.values(),
        "state": knowledge.states.values(),
    }
    for table, rows in tables.items():
        yield from ((table, row) for row in rows)


def _ids(knowledge: Knowledge) -> Iterator[Fault]:
    """A rule and a merged wording both stand under `rule` in the advice: no two may share an id."""
    told: dict[str, str] = {}
    for table, one in _statements(knowledge):
        if table in ("rule", "merged"):
            id, file = str(one.id), one.origin.file  # type: ignore[attr-defined]
            if id in told:
                yield Fault(file, id, f"has the id of another statement, a {told[id]}", table=table)
            told[id] = table


def _reviews(knowledge: Knowledge, on: date) -> Iterator[Fault]:
    rows = [(str(row.id), row.origin) for _, row in _statements(knowledge)]  # type: ignore[attr-defined]
    rows += [(onset.administration, onset.origin) for onset in knowledge.onsets.values()]
    for id, origin in rows:
        review = origin.review
        if review is None:
            continue
        if review.next < on:
            yield Fault(origin.file, id, f"its review was due on {review.next}", field="review")
        if review.next <= review.written:
            yield Fault(
                origin.file, id, f"looks again on {review.next}, before it was written", field="review"
            )
        if review.written > on:
            yield Fault(origin.file, id, f"is dated ahead: written {review.written}", field="review")


def _terms(knowledge: Knowledge) -> Iterator[Fault]:
    sayable = set(knowledge.phrases.exact.values())
    sayable |= {term.id for term in knowledge.terms.values() if term.patterns}
    led_to = {
        other
        for term in knowledge.terms.values()
        for other in (*term.implies, term.past, term.recent.id if term.recent else "")
    }
    for term in knowledge.terms.values():
        if term.id in knowledge.conditions:
            spoken = getattr(knowledge.conditions[term.id], "synonyms", ())
            if not spoken:
                yield Fault(
                    term.origin.file, term.id, "has no synonyms: people have more than one word for it"
                )
        elif not term.synonyms and not term.patterns and term.id not in led_to:
            yield Fault(term.origin.file, term.id, "has no synonyms and no patterns, and no term leads to it")
        if term.id not in sayable and term.id not in led_to:
            yield Fault(term.origin.file, term.id, "can be said by nobody: all its words mean other terms")


def _rule(knowledge: Knowledge, rule: Rule) -> Iterator[Fault]:
    def fault(message: str, field: str = "") -> Fault:
        return Fault(rule.origin.file, rule.id, message, field=field)

    low, high = rule.age or (None, None)
    if low is not None and high is not None and low > high:
        yield fault(f"can never fire: its age runs from {low} to {high}", "age")
    if rule.classes and not (rule.ingredients or rule.terms or rule.age):
        members = [
            entry.name
            for entry in knowledge.medicines.ingredients.values()
            if rule.classes.intersection(entry.classes)
        ]
        left = [
            name
            for name in members
            if name not in rule.excepted
            and not rule.excepted.intersection(knowledge.medicines.ingredients[name].classes)
        ]
        spoken = any(rule.classes.intersection(name.classes) for name in knowledge.medicines.names.values())
        if members and not left and not spoken:  # a class word ("blood thinner") raises it all the same
            yield fault("can never fire on a medicine: every member of its classes is excepted", "except")
    for name in sorted(rule.ingredients & rule.excepted):
        yield fault(f"names {name} and excepts it", "except")
    if rule.only_if is not None:
        for words in _never(rule.only_if):
            yield fault(f"can never fire: only_if {words}", "only_if")
        if rule.age and _apart((low, high), (rule.only_if.age_min, rule.only_if.age_max)):
            yield fault("can never fire: the age of only_if lies outside its own age", "only_if")
    for step in rule.raised:
        if step.severity < rule.severity:
            yield fault(
                f"raised to {step.severity.word} when {step.why}: never has effect, it is"
                f" {rule.severity.word} already",
                "raised",
            )
        for words in _never(step.when):
            yield fault(f"raised when {step.why}: never has effect, it {words}", "raised")
    worst = max([rule.severity, *(step.severity for step in rule.raised)])
    if rule.cleared_severity is not None and rule.cleared_severity > worst:
        yield fault("counts as more severe once it is cleared", "cleared_severity")
    if bool(rule.vehicle) != (rule.unknown_severity is not None):
        yield fault("vehicle and unknown_severity belong together", "vehicle")


def _never(when: When) -> Iterator[str]:
    """Why these circumstances can never be, if so."""
    if when.age_min is not None and when.age_max is not None and when.age_min > when.age_max:
        yield f"has an age from {when.age_min} to {when.age_max}"
    if when.sex and when.sex not in SEXES:
        yield f"has the sex {when.sex!r}, not one of {', '.join(SEXES)}"
    for words, name, known in (
        (when.groups, "group", GROUPS),
        (when.route, "route", ROUTES),
        (when.current_route, "current_route", ROUTES),
        (when.experience, "experience", EXPERIENCES),
        (when.administration, "administration", ADMINISTRATIONS),
        (when.cannabinoids, "cannabinoid", ("THC", "CBD")),
        (when.disposition, "disposition", DISPOSITIONS),
    ):
        if words and not words & set(known):
            yield f"has the {name} {', '.join(sorted(words))}, not one of {', '.join(known)}"


def _apart(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    low = max(one[0] or 0, other[0] or 0)
    high = min(bound for bound in (one[1], other[1], 999) if bound is not None)
    return low > high


def _flags_and_counsel(knowledge: Knowledge) -> Iterator[Fault]:
    for flag in knowledge.red_flags:
        if not flag.all_of or not all(flag.all_of):
            yield Fault(flag.origin.file, flag.id, "can never be raised: all_of has nothing to choose from")
        elif any(group <= flag.unless for group in flag.all_of):
            yield Fault(
                flag.origin.file,
                flag.id,
                "can never be raised: unless holds all that it needs",
                field="unless",
            )
    for line in knowledge.counsel:
        for words in _never(line.when):
            yield Fault(line.origin.file, line.id, f"is never said: it {words}", field="when")


def _evidence(knowledge: Knowledge) -> Iterator[Fault]:
    for rows in knowledge.evidence.values():
        for row in rows:
            if row.ratio.min > row.ratio.max:
                yield Fault(row.origin.file, row.id, "its ratio has a min above its max", field="ratio")
            if row.direction == "none" and row.grade != GRADES[0]:
                yield Fault(
                    row.origin.file,
                    row.id,
                    f"has the grade {row.grade} and points nowhere",
                    field="direction",
                )


def _claims(knowledge: Knowledge) -> Iterator[Fault]:
    for text in texts.shown(knowledge):
        for claim, words in claims_in(text.text):
            yield Fault(text.file, text.statement, f"{text.field} says {claim}: {words!r}", field=text.text)


def _reading(knowledge: Knowledge, hardest: float) -> Iterator[Fault]:
    known = readability.medicine_words(knowledge)
    told: dict[str, set[str]] = defaultdict(set)
    for text in texts.shown(knowledge):
        if not text.for_patient or text.text in told[text.statement]:
            continue
        told[text.statement].add(text.text)
        grade = readability.grade(text.text.replace("{names}", "these medicines"), known)
        if grade > hardest:
            yield Fault(
                text.file,
                text.statement,
                f"{text.field} reads at grade {grade:g}, above {hardest:g}: shorter sentences, plainer words",
                field=text.text,
            )
