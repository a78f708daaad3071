"""Looking things up in the knowledge: a statement by its id, words for type-ahead."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from counselor.guidance.knowledge import DrugClass, Knowledge
from counselor.knowledge.presenters import named
from counselor.knowledge.statements import Statement, statements_of

MOST = 8
NEAR = 82
"""How alike two words must be, of 100, before one is offered for the other."""

NAMED_IN_ADVICE = ("rule", "merged", "program", "state_line", "evidence")
"""Kinds that an advice names by their plain id, so that its links must lead to them."""

KINDS = {
    "condition": ("condition",),
    "history": ("history", "condition", "symptom"),
    "symptom": ("symptom", "history"),
    "goal": ("goal",),
    "allergy": ("allergy",),
}


@dataclass(frozen=True)
class Match:
    """One line of the type-ahead: the words to put in, and what they mean."""

    name: str
    meaning: str


_read: dict[str, dict[str, Statement]] = {}  # by version: a process reads one, tests may read more
_said: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}


def all_statements(knowledge: Knowledge) -> dict[str, Statement]:
    """Every statement by its key, in reading order.

    The key is its id. Where a rule and a condition share one, the rule keeps it, since warnings name rules,
    and the other stands under its kind: `condition-opioid-myoclonus`.
    """
    if knowledge.version not in _read:
        rows: dict[str, Statement] = {}
        every = list(statements_of(knowledge))
        for one in sorted(every, key=lambda one: one.table not in NAMED_IN_ADVICE):
            key = one.id if one.id not in rows else f"{one.kind}-{one.id}"
            rows[key] = replace(one, key=key)
        places = {(one.table, one.id): place for place, one in enumerate(every)}
        ordered = sorted(rows.values(), key=lambda one: places[one.table, one.id])
        _read[knowledge.version] = {one.key: one for one in ordered}
    return _read[knowledge.version]


def find_statement(knowledge: Knowledge, key: str) -> Statement | None:
    """The statement, or None."""
    return all_statements(knowledge).get(key)


def citing(knowledge: Knowledge, key: str) -> list[Statement]:
    """The statements that rest on this source."""
    return [
        one for one in all_statements(knowledge).values() if any(cited.key == key for cited in one.sources)
    ]


def times_cited(knowledge: Knowledge) -> Counter[str]:
    """How many statements rest on each source."""
    return Counter(
        key for one in all_statements(knowledge).values() for key in {cited.key for cited in one.sources}
    )


def related(knowledge: Knowledge, statement: Statement) -> list[Statement]:
    """What belongs to a condition: its evidence, and the rules and red flags that it raises."""
    if statement.table != "condition":
        return []
    rows = all_statements(knowledge)
    evidence = {row.id for row in knowledge.evidence.get(statement.id, ())}
    rules = {rule.id for rule in knowledge.rules_by_term.get(statement.id, ())}
    flags = {flag.id for flag in knowledge.red_flags if any(statement.id in names for names in flag.all_of)}
    wanted = {"evidence": evidence, "rule": rules, "red_flag": flags}
    return [one for one in rows.values() if one.id in wanted.get(one.table, ())]


def classes(knowledge: Knowledge) -> list[tuple[DrugClass, int, str]]:
    """Every class of medicines with how many ingredients it has and the worst severity of a rule on it."""
    members = Counter(name for one in knowledge.medicines.ingredients.values() for name in one.classes)
    rows = []
    for one in knowledge.classes.values():
        about = [rule for rule in knowledge.rules_by_class.get(one.id, ()) if rule.kind == "interaction"]
        worst = max((rule.severity for rule in about), default=None)
        rows.append((one, members[one.id], worst.word if worst else ""))
    return sorted(rows, key=lambda row: row[0].name.casefold())


def members_of(knowledge: Knowledge, drug_class: str) -> list[str]:
    """The ingredients of a class."""
    return sorted(one.name for one in knowledge.medicines.ingredients.values() if drug_class in one.classes)


def lookup(knowledge: Knowledge, kind: str, text: str) -> list[Match]:
    """What was typed so far, completed: exact and beginning first, then what is spelled alike."""
    typed = " ".join(text.casefold().split())
    if not typed:
        return []
    if kind == "medicine":
        return [
            Match(
                _written(found.name, found.how),
                "" if list(found.ingredients) == [found.name] else _meaning(found),
            )
            for found in knowledge.medicines.suggest(typed, MOST)
        ]
    words = _words(knowledge, kind)
    ranked = sorted(
        (said for said in words if said.startswith(typed) or f" {typed}" in said),
        key=lambda said: (said != typed, not said.startswith(typed), words[said][1], len(said), said),
    )
    names: dict[str, Match] = {}
    for said in ranked:
        names.setdefault(words[said][0], _match(said, words[said][0]))
    if len(names) < MOST and len(typed) >= 4:
        for said, _, _ in process.extract(
            typed, list(words), scorer=fuzz.WRatio, score_cutoff=NEAR, limit=MOST
        ):
            names.setdefault(words[said][0], _match(said, words[said][0]))
    return list(names.values())[:MOST]


def _match(said: str, name: str) -> Match:
    return Match(said if len(said) > 3 else said.upper(), "" if name.casefold() == said else name)


def _written(name: str, how: str) -> str:
    return name.capitalize() if how == "brand" else name


def _meaning(found: object) -> str:
    ingredients = getattr(found, "ingredients", ())
    return " + ".join(ingredients) or ", ".join(named(getattr(found, "classes", ())))


def _words(knowledge: Knowledge, kind: str) -> dict[str, tuple[str, int]]:
    """Everything that may be said for this kind, folded: the name people read for it, and its place among the
    synonyms, since the usual words stand first and misspellings last."""
    if (knowledge.version, kind) not in _said:
        wanted = KINDS.get(kind, ("history", "condition", "symptom", "goal", "allergy"))
        words: dict[str, tuple[str, int]] = {}
        for term in knowledge.terms.values():
            if term.kind in wanted:
                condition = knowledge.conditions.get(term.id)
                spoken = (*getattr(condition, "synonyms", ()), *term.synonyms, term.name)
                for place, said in enumerate(spoken):
                    words.setdefault(said.casefold(), (term.name, place))
        _said[knowledge.version, kind] = words
    return _said[knowledge.version, kind]
