"""From one TOML table to one statement of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .entries import Broken, Entry
from .knowledge import (
    DIRECTIONS,
    GRADES,
    KINDS,
    MEASURES,
    PROGRAM_TOPICS,
    TERM_KINDS,
    TOPICS,
    Condition,
    Counsel,
    Dose,
    DrugClass,
    Evidence,
    Measure,
    Merged,
    Onset,
    Program,
    Raise,
    Ratio,
    Recency,
    RedFlag,
    Referral,
    Refused,
    Rule,
    Severity,
    Source,
    StateLine,
    StateProgram,
    Term,
    Urgency,
    When,
    Wording,
)
from .shelf import ADMINISTRATIONS, FORMS, ROUTES
from .words import stems

SEVERITIES = {severity.word: severity for severity in Severity}
URGENCIES = {urgency.word: urgency for urgency in Urgency}
EXCLUDES = ("", "covered", "all", "inhaled", "cbd-rich", "solid", "thc-dominant", "concentrate", "oromucosal")
SOURCE_KINDS = ("label", "trial", "review", "guideline", "observational", "case", "law", "house")
GROUPS = ("spasticity", "myoclonus", "cramps", "pain", "epilepsy", "movement", "other")


def _id(entry: Entry) -> str:
    return entry.text("id")


def _referral(entry: Entry) -> Referral:
    return Referral(URGENCIES[entry.text("urgency", among=URGENCIES)], entry.text("to"), entry.text("reason"))


def _when(entry: Entry) -> When:
    age = entry.take("age", dict, {})
    dose = entry.take("cbd_mg_per_day", (int, float), None)
    return When(
        **{
            name: frozenset(entry.words(name))
            for name in (
                "terms",
                "classes",
                "ingredients",
                "groups",
                "route",
                "current_route",
                "experience",
                "administration",
                "cannabinoids",
                "disposition",
            )
        },
        sex=entry.text("sex", ""),
        age_min=age.get("min"),
        age_max=age.get("max"),
        several=entry.take("several", bool, False),
        strong_sedatives=entry.take("strong_sedatives", int, 0),
        weak_sedatives=entry.take("weak_sedatives", int, 0),
        cbd_mg_per_day=None if dose is None else float(dose),
        always=entry.take("always", bool, False),
    )


def _wording(entry: Entry) -> Wording:
    return Wording(entry.text("effect"), entry.text("action"), entry.text("mechanism"), entry.text("handout"))


def source(entry: Entry) -> Source:
    """A source by its key, with its kind and how much of it was read."""
    return Source(
        entry.text("key"),
        entry.text("citation"),
        entry.text("url", ""),
        entry.text("kind", among=SOURCE_KINDS),
        entry.text("checked", among=("abstract", "label-text", "full-text", "reference-list", "house")),
    )


def term(entry: Entry) -> Term:
    """A term that is not a condition. A word list of terms needs no review."""
    recent = entry.take("recent", dict, None)
    patterns = entry.take("patterns", list, [])
    return Term(
        id=_id(entry),
        name=entry.text("name"),
        kind=entry.text("kind", among=TERM_KINDS),
        origin=entry.origin(needed=False),
        topic=entry.text("topic", "", among=("", *TOPICS)),
        synonyms=entry.words("synonyms"),
        patterns=tuple(tuple(parts) for parts in patterns),
        implies=entry.words("implies"),
        recent=None
        if recent is None
        else Recency(
            recent["id"],
            recent["within_days"],
            recent.get("undated", False),
            recent.get("dated_only", False),
        ),
        past=entry.text("past", ""),
        ingredient=entry.text("ingredient", ""),
        as_usual=entry.text("as_usual", ""),
        in_family=entry.text("in_family", ""),
        beside=tuple((row["words"], row["id"]) for row in entry.take("beside", list, [])),
        misspelt=entry.words("misspelt"),
    )


def term_of(condition: Condition) -> Term:
    """A condition is also a term, so that rules can name it."""
    return Term(condition.id, condition.name, "condition", condition.origin)


@dataclass(frozen=True, slots=True)
class _Spoken(Condition):
    """A condition with the words that name it, as the phrase index wants them."""

    synonyms: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()


def condition(entry: Entry) -> Condition:
    """A condition together with the words that name it."""
    refer = entry.take("refer", dict, None)
    return _Spoken(
        id=_id(entry),
        name=entry.text("name"),
        origin=entry.origin(),
        icd10=entry.words("icd10"),
        icd10_accepted=entry.words("icd10_accepted"),
        group=entry.text("group", among=GROUPS),
        central=entry.take("central", bool),
        measure=entry.text("measure", among=MEASURES),
        sources=entry.sources(),
        generic=entry.take("generic", bool, False),
        harmless=entry.take("harmless", bool, False),
        becomes=tuple(sorted(entry.take("becomes", dict, {}).items())),
        goals=tuple(sorted(entry.take("goals", dict, {}).items())),
        to_confirm=entry.text("to_confirm", ""),
        clinician_first=entry.text("clinician_first", ""),
        no_product=entry.text("no_product", ""),
        refer=None if refer is None else _referral(entry.inner("refer", refer)),
        exclude=entry.text("exclude", "", among=EXCLUDES),
        treatment_note=entry.text("treatment_note", ""),
        synonyms=entry.words("synonyms"),
        misspelt=entry.words("misspelt"),
    )


def evidence(entry: Entry) -> Evidence:
    """An evidence statement for one condition by one route. A ratio without bounds means any with both."""
    ratio = entry.inner("ratio", entry.take("ratio", dict))
    return Evidence(
        id=_id(entry),
        condition=entry.text("condition"),
        origin=entry.origin(),
        route=entry.text("route", among=ROUTES),
        administration=entry.text("administration", among=(*ADMINISTRATIONS, "any")),
        profile=entry.text("profile"),
        ratio=Ratio(
            float(ratio.take("min", (int, float), 0.0)),
            float(ratio.take("max", (int, float), float("inf"))),
            ratio.text("only", "", among=("", "THC", "CBD")),
            ratio.take("any", bool, False),
        ),
        symptom=entry.text("symptom"),
        grade=entry.text("grade", among=GRADES),
        direction=entry.text("direction", among=DIRECTIONS),
        statement=entry.text("statement"),
        handout=entry.text("handout"),
        lends=entry.take("lends", bool, True),
        weight=entry.take("weight", int, 1),
        extrapolated=entry.text("extrapolated", ""),
        sources=entry.sources(),
    )


def rule(entry: Entry) -> Rule:
    """A rule with the circumstances that raise it. Names are checked later, against all knowledge."""
    age = entry.take("age", dict, None)
    only_if = entry.take("only_if", dict, {})
    cleared = entry.text("cleared_severity", "", among=("", *SEVERITIES))
    unknown = entry.text("unknown_severity", "", among=("", *SEVERITIES))
    raised = []
    for row in entry.take("raised", list, []):
        part = entry.inner("raised", row)
        raised.append(
            Raise(
                _when(part.inner("when", part.take("when", dict))),
                SEVERITIES[part.text("severity", among=SEVERITIES)],
                part.text("why"),
            )
        )
    return Rule(
        id=_id(entry),
        kind=entry.text("kind", among=KINDS),
        origin=entry.origin(),
        direction=entry.text(
            "direction", among=("cannabinoid-changes-drug", "drug-changes-cannabinoid", "additive", "patient")
        ),
        severity=SEVERITIES[entry.text("severity", among=SEVERITIES)],
        certainty=entry.text("certainty", among=("A", "B", "C")),
        wording=_wording(entry),
        sources=entry.sources(),
        classes=frozenset(entry.words("classes")),
        ingredients=frozenset(entry.words("ingredients")),
        excepted=frozenset(entry.words("except")),
        terms=frozenset(entry.words("terms")),
        age=None if age is None else (age.get("min"), age.get("max")),
        only_if=_when(entry.inner("only_if", only_if)) if only_if else None,
        cannabinoids=entry.words("cannabinoids", among=("THC", "CBD")),
        routes=entry.words("routes", among=ROUTES),
        raised=tuple(raised),
        cleared_severity=SEVERITIES.get(cleared),
        adds_up=entry.text("adds_up", ""),
        vehicle=entry.text("vehicle", "", among=("", "alcohol")),
        unknown_severity=SEVERITIES.get(unknown),
        excludes=entry.text("excludes", "", among=EXCLUDES),
        refer=entry.text("refer", among=("first", "if-offered", "tell", "no")),
        refer_to=entry.text("refer_to", "pharmacist"),
        urgency=URGENCIES[entry.text("urgency", "this-week", among=URGENCIES)],
        lower_first_dose=entry.take("lower_first_dose", bool, False),
        no_product=entry.take("no_product", bool, False),
    )


def merged(entry: Entry) -> Merged:
    """The shared wording of a family of rules; a `refer` in the table is let be, the severity decides."""
    entry.take("refer", str, "first")
    return Merged(
        id=_id(entry),
        origin=entry.origin(),
        wording=_wording(entry),
        cannabinoids=entry.words("cannabinoids"),
        refer_to=entry.text("refer_to", "pharmacist"),
        cleared_severity=SEVERITIES.get(entry.text("cleared_severity", "", among=("", *SEVERITIES))),
        sources=entry.sources(),
        family=entry.text("family", ""),
        milder_action=entry.text("milder_action", ""),
    )


def red_flag(entry: Entry) -> RedFlag:
    """A red flag; each inner list of `all_of` is a choice of which one must be met."""
    return RedFlag(
        id=_id(entry),
        origin=entry.origin(),
        all_of=tuple(frozenset(names) for names in entry.take("all_of", list)),
        unless=frozenset(entry.words("unless")),
        urgency=URGENCIES[entry.text("urgency", among=URGENCIES)],
        to=entry.text("to"),
        reason=entry.text("reason"),
        say=entry.text("say"),
        sources=entry.sources(),
    )


def dose(entry: Entry) -> Dose:
    """A published starting dose in mg; None where the table states none."""
    mg = entry.take("mg", (int, float), None)
    return Dose(
        _id(entry),
        entry.text("for"),
        entry.origin(),
        None if mg is None else float(mg),
        entry.text("text"),
        entry.sources(),
    )


def _minutes(entry: Entry, name: str) -> tuple[int, int]:
    low, high = entry.take(name, list)
    return int(low), int(high)


def onset(entry: Entry) -> Onset:
    """The times of one way of taking, each span as two whole numbers of minutes."""
    return Onset(
        administration=entry.text("administration", among=ADMINISTRATIONS),
        origin=entry.origin(),
        onset=entry.text("onset"),
        peak=entry.text("peak"),
        lasts=entry.text("lasts"),
        next_dose=entry.text("next_dose"),
        onset_minutes=_minutes(entry, "onset_minutes"),
        peak_minutes=_minutes(entry, "peak_minutes"),
        lasts_minutes=_minutes(entry, "lasts_minutes"),
        sources=entry.sources(),
    )


def counsel(entry: Entry) -> Counsel:
    """A counselling line; without a stated priority it stands at 50."""
    return Counsel(
        id=_id(entry),
        topic=entry.text("topic"),
        origin=entry.origin(),
        when=_when(entry.inner("when", entry.take("when", dict))),
        text=entry.text("text"),
        handout=entry.text("handout"),
        priority=entry.take("priority", int, 50),
        sources=entry.sources(),
    )


def measure(entry: Entry) -> Measure:
    """A follow-up measure. A threshold in points is kept among its verdicts, as text."""
    points = entry.take("points", (int, float), None)
    verdicts = entry.take("verdicts", dict)
    return Measure(
        id=_id(entry),
        origin=entry.origin(),
        ask=entry.text("ask"),
        better=entry.text("better", among=("lower", "higher", "none")),
        useful_percent=entry.take("useful_percent", (int, float), None),
        points=None if points is None else float(points),
        verdicts=verdicts,
        sources=entry.sources(),
    )


@dataclass(frozen=True, slots=True)
class Allergen:
    """The words by which an ingredient list would name what a patient is allergic to."""

    id: str
    words: tuple[str, ...]


def allergen(entry: Entry) -> Allergen:
    """An allergen; the term and name written beside it are for the reader of the file."""
    entry.take("sources", list, [])
    entry.origin(needed=False)
    entry.asked |= {"term", "name"}
    return Allergen(_id(entry), entry.words("words", ...))


def program(entry: Entry) -> Program:
    """A programme rule of every state, with the day it was read where that is given."""
    return Program(
        _id(entry),
        entry.origin(),
        entry.text("text"),
        entry.sources(),
        entry.take("as_of", date, None),
    )


def state_program(entry: Entry) -> StateProgram:
    """The settings of one state from one day on. Faults inside its lines are named by the state's id."""
    id = _id(entry)
    code = entry.text("code")
    if len(code) != 2 or not code.isupper():
        entry.fault(f"code is {code!r}, not two capital letters")
        raise Broken
    reminders = tuple(entry.take("reminders", list))
    if not reminders or any(type(days) is not int or days < 1 for days in reminders):
        entry.fault("reminders are not days, as whole numbers from 1")
        raise Broken
    lines: dict[str, StateLine] = {}
    for row in entry.take("lines", list):
        line = _inner(entry, "lines", row, lambda part: _state_line(id, part))
        if line.topic in lines:
            entry.fault(f"has two lines about {line.topic}")
        lines[line.topic] = line
    return StateProgram(
        id=id,
        origin=entry.origin(),
        code=code,
        name=entry.text("name"),
        start=entry.take("from", date),
        until=entry.take("until", date, None),
        as_of=entry.take("as_of", date),
        reminders=tuple(sorted(set(reminders), reverse=True)),
        refused=tuple(_inner(entry, "refused", row, _refused) for row in entry.take("refused", list, [])),
        lines=lines,
    )


def _inner(entry: Entry, name: str, row: object, make: Callable[[Entry], Any]) -> Any:
    """What `make` reads from a table inside this one; a field too many there is a fault as well."""
    made = entry.inner(name, row).build(make)
    if made is None:
        raise Broken
    return made


def _state_line(state: str, part: Entry) -> StateLine:
    topic, text = part.text("topic", among=PROGRAM_TOPICS), part.text("text")
    do, handout = part.text("do", ""), part.text("handout", "")
    return StateLine(f"{state}-{topic}", topic, text, do or text, handout or text, part.sources())


def _refused(part: Entry) -> Refused:
    refused = Refused(part.text("what"), part.words("routes", among=ROUTES), part.words("forms", among=FORMS))
    if not (refused.routes or refused.forms):
        part.fault("refuses neither a route nor a form")
    return refused


def drug_class(row: Mapping[str, str]) -> DrugClass:
    """A row of the class list; an empty name or plural is read as the id. Raises KeyError without the id."""
    return DrugClass(
        row["class"],
        row.get("name", "") or row["class"],
        row.get("plural", "") or row["class"],
        row.get("depressant", ""),
    )


def phrase_key(phrase: str) -> tuple[str, ...]:
    """A phrase as the index compares it: two phrases with one key cannot mean two things."""
    return tuple(stems(phrase))
