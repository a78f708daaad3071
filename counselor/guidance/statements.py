"""From one TOML table to one statement, with every fault named; and the checks that need the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .knowledge import (
    DIRECTIONS,
    GRADES,
    KINDS,
    MEASURES,
    TERM_KINDS,
    TOPICS,
    Cited,
    Condition,
    Counsel,
    Dose,
    DrugClass,
    Evidence,
    Knowledge,
    Measure,
    Merged,
    Onset,
    Origin,
    Program,
    Raise,
    Ratio,
    Recency,
    RedFlag,
    Referral,
    Review,
    Rule,
    Severity,
    Source,
    Term,
    Urgency,
    When,
    Wording,
)
from .shelf import ADMINISTRATIONS, ROUTES
from .words import stems

SEVERITIES = {severity.word: severity for severity in Severity}
URGENCIES = {urgency.word: urgency for urgency in Urgency}
EXCLUDES = ("", "covered", "all", "inhaled", "cbd-rich", "solid", "thc-dominant", "concentrate", "oromucosal")
SOURCE_KINDS = ("label", "trial", "review", "guideline", "observational", "case", "law", "house")
GROUPS = ("spasticity", "myoclonus", "cramps", "pain", "epilepsy", "movement", "other")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one statement."""

    file: str
    statement: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.statement + ': ' if self.statement else ''}{self.message}"


class KnowledgeError(Exception):
    """The knowledge cannot be relied on; `faults` says why, one line each."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class Faults:
    """Collects faults so that an editor sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, file: str, statement: str, message: str) -> None:
        self.found.append(Fault(file, statement, message))

    def raise_if_any(self) -> None:
        if self.found:
            raise KnowledgeError(tuple(self.found))


class _Broken(Exception):
    """This table cannot become a statement; its fault is already noted."""


@dataclass
class Entry:
    """One TOML table, asked for its fields by name; what nobody asked for is a fault too."""

    file: str
    table: str
    id: str
    row: Mapping[str, Any]
    defaults: Mapping[str, Any]
    faults: Faults
    asked: set[str] = field(default_factory=set)

    def build(self, make: Callable[[Entry], Any]) -> Any | None:
        try:
            statement = make(self)
        except _Broken:
            return None
        for extra in sorted(set(self.row) - self.asked):
            self.fault(f"has the field {extra}, which a {self.table} does not have")
        return statement

    def fault(self, message: str) -> None:
        self.faults.add(self.file, self.id or f"a {self.table} without id", message)

    def take(self, name: str, kind: type | tuple[type, ...], default: Any = ..., among: Iterable[Any] = ()) -> Any:
        """A field of the right kind and among the allowed words; no default means it must be there."""
        self.asked.add(name)
        if name not in self.row:
            if default is ...:
                self.fault(f"lacks {name}")
                raise _Broken
            return default
        value = self.row[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(f"{name} is not a {kind.__name__ if isinstance(kind, type) else 'number'}")
            raise _Broken
        allowed = tuple(among)
        if allowed and (any(v not in allowed for v in value) if isinstance(value, list) else value not in allowed):
            self.fault(f"{name} is {value!r}, not one of {', '.join(map(str, allowed))}")
            raise _Broken
        return value

    def text(self, name: str, default: Any = ..., among: Iterable[str] = ()) -> str:
        value = self.take(name, str, default, among)
        if default is ... and not value.strip():
            self.fault(f"{name} is empty")
            raise _Broken
        return str(value)

    def words(self, name: str, default: Any = (), among: Iterable[str] = ()) -> tuple[str, ...]:
        return tuple(self.take(name, list, default if default is ... else list(default), among))

    def sources(self, *, needed: bool = True) -> tuple[Cited, ...]:
        rows = self.take("sources", list, ... if needed else [])
        cited = tuple(Cited(row, "") if isinstance(row, str) else Cited(row.get("key", ""), row.get("at", "")) for row in rows)
        if needed and not cited:
            self.fault("names no source")
            raise _Broken
        return cited

    def origin(self, *, needed: bool = True) -> Origin:
        self.asked.add("review")
        row = self.row.get("review", self.defaults.get("review", {}))
        if not needed and not row:
            return Origin(self.file)
        written, following = row.get("written"), row.get("next")
        if not isinstance(written, date) or not isinstance(following, date) or "checked_by" not in row:
            self.fault("has no review with written, checked_by and next")
            raise _Broken
        return Origin(self.file, Review(written, following, row["checked_by"]))

    def inner(self, name: str, row: Any) -> Entry:
        """A table inside this one, asked for its fields in the same way."""
        if not isinstance(row, dict):
            self.fault(f"{name} is not a table")
            raise _Broken
        return Entry(self.file, f"{self.table} {name}", self.id, row, {}, self.faults)


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
            for name in ("terms", "classes", "ingredients", "groups", "route", "current_route", "experience",
                         "administration", "cannabinoids", "disposition")
        },  # fmt: skip
        sex=entry.text("sex", ""),
        age_min=age.get("min"),
        age_max=age.get("max"),
        strong_sedatives=entry.take("strong_sedatives", int, 0),
        weak_sedatives=entry.take("weak_sedatives", int, 0),
        cbd_mg_per_day=None if dose is None else float(dose),
        always=entry.take("always", bool, False),
    )


def _wording(entry: Entry) -> Wording:
    return Wording(entry.text("effect"), entry.text("action"), entry.text("mechanism"), entry.text("handout"))


def source(entry: Entry) -> Source:
    return Source(
        entry.text("key"),
        entry.text("citation"),
        entry.text("url", ""),
        entry.text("kind", among=SOURCE_KINDS),
        entry.text("checked", among=("abstract", "label-text", "full-text", "reference-list", "house")),
    )


def term(entry: Entry) -> Term:
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
        recent=None if recent is None else Recency(recent["id"], recent["within_days"], recent.get("undated", False)),
        past=entry.text("past", ""),
        ingredient=entry.text("ingredient", ""),
    )


def term_of(condition: Condition) -> Term:
    """A condition is also a term, so that rules can name it."""
    return Term(condition.id, condition.name, "condition", condition.origin)


@dataclass(frozen=True, slots=True)
class _Spoken(Condition):
    """A condition with the words that name it, as the phrase index wants them."""

    synonyms: tuple[str, ...] = ()


def condition(entry: Entry) -> Condition:
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
        becomes=tuple(sorted(entry.take("becomes", dict, {}).items())),
        to_confirm=entry.text("to_confirm", ""),
        clinician_first=entry.text("clinician_first", ""),
        no_product=entry.text("no_product", ""),
        refer=None if refer is None else _referral(entry.inner("refer", refer)),
        exclude=entry.text("exclude", "", among=EXCLUDES),
        treatment_note=entry.text("treatment_note", ""),
        synonyms=entry.words("synonyms"),
    )


def evidence(entry: Entry) -> Evidence:
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
    age = entry.take("age", dict, None)
    only_if = entry.take("only_if", dict, {})
    cleared = entry.text("cleared_severity", "", among=("", *SEVERITIES))
    unknown = entry.text("unknown_severity", "", among=("", *SEVERITIES))
    raised = []
    for row in entry.take("raised", list, []):
        part = entry.inner("raised", row)
        raised.append(
            Raise(_when(part.inner("when", part.take("when", dict))), SEVERITIES[part.text("severity", among=SEVERITIES)], part.text("why"))
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
    entry.take("refer", str, "first")
    return Merged(
        id=_id(entry),
        origin=entry.origin(),
        wording=_wording(entry),
        cannabinoids=entry.words("cannabinoids"),
        refer_to=entry.text("refer_to", "pharmacist"),
        cleared_severity=SEVERITIES.get(entry.text("cleared_severity", "", among=("", *SEVERITIES))),
        sources=entry.sources(),
    )


def red_flag(entry: Entry) -> RedFlag:
    return RedFlag(
        id=_id(entry),
        origin=entry.origin(),
        all_of=tuple(frozenset(names) for names in entry.take("all_of", list)),
        urgency=URGENCIES[entry.text("urgency", among=URGENCIES)],
        to=entry.text("to"),
        reason=entry.text("reason"),
        say=entry.text("say"),
        sources=entry.sources(),
    )


def dose(entry: Entry) -> Dose:
    mg = entry.take("mg", (int, float), None)
    return Dose(_id(entry), entry.text("for"), entry.origin(), None if mg is None else float(mg), entry.text("text"), entry.sources())


def _minutes(entry: Entry, name: str) -> tuple[int, int]:
    low, high = entry.take(name, list)
    return int(low), int(high)


def onset(entry: Entry) -> Onset:
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
    points = entry.take("points", (int, float), None)
    verdicts = entry.take("verdicts", dict)
    if points is not None:
        verdicts = {**verdicts, "points": str(points)}
    return Measure(
        id=_id(entry),
        origin=entry.origin(),
        ask=entry.text("ask"),
        better=entry.text("better", among=("lower", "higher", "none")),
        useful_percent=entry.take("useful_percent", (int, float), None),
        verdicts=verdicts,
        sources=entry.sources(),
    )


@dataclass(frozen=True, slots=True)
class Allergen:
    id: str
    words: tuple[str, ...]


def allergen(entry: Entry) -> Allergen:
    entry.take("sources", list, [])
    entry.origin(needed=False)
    entry.asked |= {"term", "name"}
    return Allergen(_id(entry), entry.words("words", ...))


def program(entry: Entry) -> Program:
    return Program(
        _id(entry), entry.origin(), entry.text("text"), entry.sources(), entry.text("state", ""), entry.take("as_of", date, None)
    )


def drug_class(row: Mapping[str, str]) -> DrugClass:
    return DrugClass(row["class"], row.get("name", "") or row["class"], row.get("plural", "") or row["class"], row.get("depressant", ""))


def phrase_key(phrase: str) -> tuple[str, ...]:
    """A phrase as the index compares it: two phrases with one key cannot mean two things."""
    return tuple(stems(phrase))


def check(knowledge: Knowledge, faults: Faults) -> None:
    """What only the whole can show: orphan sources, unknown names, gaps in the evidence, rules that cannot fire."""
    _check_sources(knowledge, faults)
    _check_terms(knowledge, faults)
    _check_conditions(knowledge, faults)
    _check_rules(knowledge, faults)
    for purpose in ("thc-first", "thc-first-fragile", "thc-first-regular", "cbd-first", "cbd-first-fragile", "inhaled-first", "transdermal"):
        if purpose not in knowledge.doses:
            faults.add("doses.toml", purpose, "no dose is stated for this purpose")
    for way in ADMINISTRATIONS:
        if way not in knowledge.onsets:
            faults.add("routes.toml", way, "no onset is stated for this administration")
    for needed in ("certification-expired", "caregiver-expired"):
        if needed not in knowledge.program:
            faults.add("program.toml", needed, "is missing")


def _cited(knowledge: Knowledge) -> Iterable[tuple[Origin, str, tuple[Cited, ...]]]:
    tables: list[Iterable[Any]] = [
        knowledge.conditions.values(), (e for rows in knowledge.evidence.values() for e in rows), knowledge.rules.values(),
        knowledge.merged.values(), knowledge.red_flags, knowledge.doses.values(), knowledge.counsel,
        knowledge.measures.values(), knowledge.program.values(),
    ]  # fmt: skip
    for table in tables:
        for statement in table:
            yield statement.origin, statement.id, statement.sources
    for way in knowledge.onsets.values():
        yield way.origin, way.administration, way.sources


def _check_sources(knowledge: Knowledge, faults: Faults) -> None:
    used = {"house-policy"}
    for origin, id, cited in _cited(knowledge):
        for one in cited:
            used.add(one.key)
            if one.key not in knowledge.sources:
                faults.add(origin.file, id, f"cites {one.key!r}, which no source table has")
    for orphan in sorted(set(knowledge.sources) - used):
        faults.add("sources", orphan, "is cited by no statement")
    if "house-policy" not in knowledge.sources:
        faults.add("sources", "house-policy", "is missing")


def _check_terms(knowledge: Knowledge, faults: Faults) -> None:
    for one in knowledge.terms.values():
        named = [*one.implies, *([one.past] if one.past else []), *([one.recent.id] if one.recent else [])]
        for other in named:
            if other not in knowledge.terms:
                faults.add(one.origin.file, one.id, f"leads to the term {other!r}, which does not exist")
        if one.ingredient and one.ingredient not in knowledge.medicines.ingredients:
            faults.add(one.origin.file, one.id, f"counts as the ingredient {one.ingredient!r}, which ingredients.csv does not know")
    for id in knowledge.allergens:
        if id not in knowledge.terms:
            faults.add("allergens.toml", id, "is no term")


def _check_conditions(knowledge: Knowledge, faults: Faults) -> None:
    for one in knowledge.conditions.values():
        told = {statement.route for statement in knowledge.evidence.get(one.id, ())}
        for route in ROUTES:
            if route not in told:
                faults.add(one.origin.file, one.id, f"no evidence statement for the route {route}")
        for other, target in one.becomes:
            if other not in knowledge.terms or target not in knowledge.conditions:
                faults.add(one.origin.file, one.id, f"becomes {target!r} with {other!r}: one of them does not exist")
        if one.measure not in knowledge.measures:
            faults.add(one.origin.file, one.id, f"is followed by {one.measure}, which follow-up.toml does not have")
    for id, rows in knowledge.evidence.items():
        if id not in knowledge.conditions:
            faults.add(rows[0].origin.file, rows[0].id, f"is about {id!r}, which is no condition")


def _check_rules(knowledge: Knowledge, faults: Faults) -> None:
    for one in knowledge.rules.values():
        if not (one.classes or one.ingredients or one.terms or one.age):
            faults.add(one.origin.file, one.id, "can never fire: it names no class, ingredient, term or age")
        whens = [raised.when for raised in one.raised] + ([one.only_if] if one.only_if else [])
        _check_names(knowledge, faults, one.origin.file, one.id, one.classes | (one.excepted & knowledge.classes.keys()),
                     one.ingredients | (one.excepted - knowledge.classes.keys()), one.terms)  # fmt: skip
        for when in whens:
            _check_names(knowledge, faults, one.origin.file, one.id, when.classes, when.ingredients, when.terms)
        if one.adds_up and not any(family.id for family in knowledge.merged.values()):
            faults.add(one.origin.file, one.id, f"adds up as {one.adds_up}, which has no merged wording")
    for flag in knowledge.red_flags:
        for name in sorted(set().union(*flag.all_of)):
            plain, _, kind = name.partition(":")
            known = {"class": knowledge.classes, "ingredient": knowledge.medicines.ingredients, "group": dict.fromkeys(GROUPS)}.get(
                kind, knowledge.terms
            )
            if plain not in known:
                faults.add(flag.origin.file, flag.id, f"needs {name!r}, which does not exist")
    for piece in knowledge.counsel:
        _check_names(knowledge, faults, piece.origin.file, piece.id, piece.when.classes, piece.when.ingredients, piece.when.terms)


def _check_names(
    knowledge: Knowledge,
    faults: Faults,
    file: str,
    id: str,
    classes: Iterable[str],
    ingredients: Iterable[str],
    terms: Iterable[str],
) -> None:
    for kind, names, known in (
        ("class", classes, knowledge.classes),
        ("ingredient", ingredients, knowledge.medicines.ingredients),
        ("term", terms, knowledge.terms),
    ):
        for name in sorted(set(names) - set(known)):
            faults.add(file, id, f"names the {kind} {name!r}, which does not exist")
