"""What only the whole knowledge can show: orphan sources, unknown names, gaps, rules that cannot fire."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from .entries import Faults
from .knowledge import Cited, Knowledge, Origin
from .shelf import ADMINISTRATIONS, ROUTES
from .statements import GROUPS

PROGRAM_NEEDED = (
    "certification-expired",
    "caregiver-expired",
    "certification-expiring",
    "certification-expiring-soon",
    "caregiver-expiring",
    "caregiver-expiring-soon",
    "state-unknown",
    "federal-work",
)
STATE_NEEDED = ("card", "caregiver", "supply", "consult")


def check(knowledge: Knowledge, faults: Faults) -> None:
    """Note every orphan source, unknown name, gap in the evidence and rule that cannot fire."""
    _check_sources(knowledge, faults)
    _check_terms(knowledge, faults)
    _check_conditions(knowledge, faults)
    _check_rules(knowledge, faults)
    for purpose in (
        "thc-first",
        "thc-first-fragile",
        "thc-first-regular",
        "cbd-first",
        "cbd-first-fragile",
        "inhaled-first",
        "transdermal",
    ):
        if purpose not in knowledge.doses:
            faults.add("doses.toml", purpose, "no dose is stated for this purpose")
    for way in ADMINISTRATIONS:
        if way not in knowledge.onsets:
            faults.add("routes.toml", way, "no onset is stated for this administration")
    for needed in PROGRAM_NEEDED:
        if needed not in knowledge.program:
            faults.add("program.toml", needed, "is missing")
    _check_states(knowledge, faults)


def _check_states(knowledge: Knowledge, faults: Faults) -> None:
    """Every state says what a counter needs, and of any day at most one table of a state holds."""
    programs = sorted(knowledge.states.values(), key=lambda one: (one.code, one.start, one.id))
    for one in programs:
        needed = [*STATE_NEEDED, *(["forms"] if one.refused else [])]
        for topic in needed:
            if topic not in one.lines:
                faults.add(one.origin.file, one.id, f"has no line about {topic}")
        if one.until is not None and one.until <= one.start:
            faults.add(one.origin.file, one.id, "ends before it begins")
    for one, following in pairwise(programs):
        if one.code == following.code and (one.until is None or one.until > following.start):
            faults.add(
                following.origin.file, following.id, f"begins before {one.id} ends: a day would have two"
            )


def _cited(knowledge: Knowledge) -> Iterable[tuple[Origin, str, tuple[Cited, ...]]]:
    tables: list[Iterable[Any]] = [
        knowledge.conditions.values(), (e for rows in knowledge.evidence.values() for e in rows),
        knowledge.rules.values(), knowledge.merged.values(), knowledge.red_flags, knowledge.doses.values(),
        knowledge.counsel,
        knowledge.measures.values(), knowledge.program.values(),
    ]  # fmt: skip
    for table in tables:
        for statement in table:
            yield statement.origin, statement.id, statement.sources
    for state in knowledge.states.values():
        for line in state.lines.values():
            yield state.origin, line.id, line.sources
    for way in knowledge.onsets.values():
        yield way.origin, way.administration, way.sources


def _check_sources(knowledge: Knowledge, faults: Faults) -> None:
    used = {"house-policy"}
    for origin, id, cited in _cited(knowledge):
        for one in cited:
            used.add(one.key)
            if one.key not in knowledge.sources:
                faults.add(origin.file, id, f"cites {one.key!r}, which no source table has", field=one.key)
    for orphan in sorted(set(knowledge.sources) - used):
        faults.add("sources", orphan, "is cited by no statement")
    if "house-policy" not in knowledge.sources:
        faults.add("sources", "house-policy", "is missing")


def _check_terms(knowledge: Knowledge, faults: Faults) -> None:
    for one in knowledge.terms.values():
        named = [*one.implies, *([one.recent.id] if one.recent else [])]
        named += [id for id in (one.past, one.as_usual, one.in_family) if id]
        named += [id for _, id in one.beside]
        for other in named:
            if other not in knowledge.terms:
                faults.add(
                    one.origin.file, one.id, f"leads to the term {other!r}, which does not exist", field=other
                )
        if one.ingredient and one.ingredient not in knowledge.medicines.ingredients:
            faults.add(
                one.origin.file,
                one.id,
                f"counts as the ingredient {one.ingredient!r}, which ingredients.csv does not know",
                field="ingredient",
            )
    for id in knowledge.allergens:
        if id not in knowledge.terms:
            faults.add("allergens.toml", id, "is no term")


def _check_conditions(knowledge: Knowledge, faults: Faults) -> None:
    for one in knowledge.conditions.values():
        told = {statement.route for statement in knowledge.evidence.get(one.id, ())}
        for route in ROUTES:
            if route not in told:
                faults.add(one.origin.file, one.id, f"no evidence statement for the route {route}")
        for goal, target in one.goals:
            if goal not in knowledge.terms or target not in knowledge.evidence:
                faults.add(
                    one.origin.file, one.id, f"with the goal {goal!r} tells of {target!r}: one does not exist"
                )
        for other, target in one.becomes:
            if other not in knowledge.terms or target not in knowledge.conditions:
                faults.add(
                    one.origin.file,
                    one.id,
                    f"becomes {target!r} with {other!r}: one of them does not exist",
                    field="becomes",
                )
        if one.measure not in knowledge.measures:
            faults.add(
                one.origin.file,
                one.id,
                f"is followed by {one.measure}, which follow-up.toml does not have",
                field="measure",
            )
    for id, rows in knowledge.evidence.items():
        if id not in knowledge.conditions:
            for row in rows:
                faults.add(
                    row.origin.file, row.id, f"is about {id!r}, which is no condition", field="condition"
                )


def _check_rules(knowledge: Knowledge, faults: Faults) -> None:
    families = {merged.family for merged in knowledge.merged.values() if merged.family}
    for one in knowledge.rules.values():
        if not (one.classes or one.ingredients or one.terms or one.age):
            faults.add(one.origin.file, one.id, "can never fire: it names no class, ingredient, term or age")
        whens = [raised.when for raised in one.raised] + ([one.only_if] if one.only_if else [])
        _check_names(
            knowledge, faults, one.origin.file, one.id,
            one.classes | (one.excepted & knowledge.classes.keys()),
            one.ingredients | (one.excepted - knowledge.classes.keys()), one.terms,
        )  # fmt: skip
        for when in whens:
            _check_names(
                knowledge, faults, one.origin.file, one.id, when.classes, when.ingredients, when.terms
            )
        if one.adds_up and one.adds_up not in families:
            faults.add(
                one.origin.file,
                one.id,
                f"adds up as {one.adds_up}, which has no merged wording",
                field="adds_up",
            )
        if one.adds_up and (one.excludes or one.no_product or one.vehicle):
            faults.add(
                one.origin.file,
                one.id,
                f"adds up as {one.adds_up}, but would lose what it excludes",
                field="adds_up",
            )
    for flag in knowledge.red_flags:
        for name in sorted(flag.unless.union(*flag.all_of)):
            plain, _, kind = name.partition(":")
            known = {
                "class": knowledge.classes,
                "ingredient": knowledge.medicines.ingredients,
                "group": dict.fromkeys(GROUPS),
            }.get(kind, knowledge.terms)
            if plain not in known:
                faults.add(flag.origin.file, flag.id, f"needs {name!r}, which does not exist", field=plain)
    for piece in knowledge.counsel:
        _check_names(
            knowledge,
            faults,
            piece.origin.file,
            piece.id,
            piece.when.classes,
            piece.when.ingredients,
            piece.when.terms,
        )


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
        for name in sorted({name for name in names if name not in known}):
            faults.add(file, id, f"names the {kind} {name!r}, which does not exist", field=name)
