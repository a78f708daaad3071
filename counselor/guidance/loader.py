"""Read seed/knowledge into a `Knowledge`, or refuse with every fault named by file and statement.

With `vocabulary_files` the only module of guidance that touches files; nothing calls it while advising.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from . import consistency, statements, vocabulary_files
from .entries import Entry, Fault, Faults, KnowledgeError
from .knowledge import Condition, Knowledge, Rule, Term
from .lines import located
from .medicines import Medicines
from .phrases import Phrases
from .spelling import slips

__all__ = ["Fault", "KnowledgeError", "load"]

TABLES: Mapping[str, Callable[[Entry], Any]] = {
    "source": statements.source,
    "term": statements.term,
    "condition": statements.condition,
    "evidence": statements.evidence,
    "rule": statements.rule,
    "merged": statements.merged,
    "red_flag": statements.red_flag,
    "dose": statements.dose,
    "onset": statements.onset,
    "counsel": statements.counsel,
    "measure": statements.measure,
    "allergen": statements.allergen,
    "program": statements.program,
    "state_program": statements.state_program,
}


def load(folder: Path) -> Knowledge:
    """Everything below `folder`. Raises `KnowledgeError` with all faults found; never answers with a part."""
    faults = Faults()
    read: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
    digest = hashlib.sha256()
    name = ""
    for path in sorted(folder.rglob("*.toml")):
        content = path.read_bytes()
        shown = path.relative_to(folder).as_posix()
        digest.update(shown.encode() + b"\0" + content + b"\0")
        try:
            document = tomllib.loads(content.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.add(shown, "", f"cannot be read as TOML: {error}")
            continue
        if shown == "version.toml":
            name = str(document.get("name", ""))
            continue
        _read_document(shown, document, read, faults)
    if not name:
        faults.add("version.toml", "", "states no name")
    medicines, classes = vocabulary_files.read(folder / vocabulary_files.FOLDER, digest, faults)
    knowledge = _assemble(f"{name}+{digest.hexdigest()[:8]}", read, medicines, classes, faults)
    consistency.check(knowledge, faults)
    faults.raise_if_any(partial(located, folder))
    return knowledge


def _read_document(
    shown: str, document: dict[str, Any], read: dict[str, dict[str, Any]], faults: Faults
) -> None:
    defaults = document.pop("defaults", {})
    for table, rows in document.items():
        build = TABLES.get(table)
        if build is None or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            faults.add(shown, table, "is no table that the loader knows")
            continue
        for number, row in enumerate(rows, start=1):
            key = str(
                row.get("key" if table == "source" else "administration" if table == "onset" else "id", "")
            )
            entry = Entry(shown, table, key, row, defaults, faults, number)
            statement = entry.build(build)
            if statement is None:
                continue
            if key in read[table]:
                faults.add(shown, key, f"a second {table} with this id", table=table, number=number)
            read[table][key] = statement


def _assemble(
    version: str,
    read: dict[str, dict[str, Any]],
    medicines: Medicines,
    classes: dict[str, Any],
    faults: Faults,
) -> Knowledge:
    conditions = read["condition"]
    terms: dict[str, Term] = {**read["term"], **{c.id: statements.term_of(c) for c in conditions.values()}}
    for id in sorted(set(read["term"]) & set(conditions)):
        faults.add(read["term"][id].origin.file, id, "is both a term and a condition")
    evidence: dict[str, list[Any]] = defaultdict(list)
    for statement in read["evidence"].values():
        evidence[statement.condition].append(statement)
    rules: dict[str, Rule] = read["rule"]
    doses = {dose.purpose: dose for dose in read["dose"].values()}
    phrases = _phrases(read["term"].values(), conditions.values(), faults)
    illnesses = {key[0] for key in phrases.exact if len(key) == 1 and medicines.find(key[0]) is None}
    medicines = replace(medicines, everyday=medicines.everyday | illnesses)
    return Knowledge(
        version=version,
        sources=read["source"],
        terms=terms,
        conditions=conditions,
        evidence={
            key: tuple(sorted(rows, key=lambda e: (-e.weight, e.id))) for key, rows in evidence.items()
        },
        rules=rules,
        merged=read["merged"],
        red_flags=tuple(read["red_flag"].values()),
        doses=doses,
        onsets=read["onset"],
        counsel=tuple(sorted(read["counsel"].values(), key=lambda c: (c.priority, c.id))),
        measures=read["measure"],
        allergens={a.id: a.words for a in read["allergen"].values()},
        program=read["program"],
        classes=classes,
        medicines=medicines,
        phrases=phrases,
        rules_by_class=_indexed(rules.values(), lambda rule: rule.classes),
        rules_by_ingredient=_indexed(rules.values(), lambda rule: rule.ingredients),
        rules_by_term=_indexed(rules.values(), lambda rule: rule.terms),
        rules_by_age=tuple(rule for rule in rules.values() if rule.age is not None),
        states=read["state_program"],
    )


def _indexed(rules: Iterable[Rule], keys: Callable[[Rule], Iterable[str]]) -> dict[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for key in keys(rule):
            index[key].append(rule)
    return {key: tuple(found) for key, found in index.items()}


def _phrases(terms: Collection[Any], conditions: Iterable[Any], faults: Faults) -> Phrases:
    named: dict[str, tuple[str, str]] = {}
    pairs: list[tuple[str, str]] = []
    patterns: list[tuple[str, tuple[str, ...]]] = []
    misspelt: list[str] = []
    for entry in [*conditions, *terms]:
        # only codes read in intakes: one that is merely written in answers may belong to another condition
        dotted = [code.rstrip("-.") for code in getattr(entry, "icd10_accepted", ())]
        codes = [*dotted, *(code.replace(".", "") for code in dotted if "." in code)]
        misspelt += entry.misspelt
        if isinstance(entry, Condition):
            told = [entry.name, *getattr(entry, "synonyms", ())]
            wrong = slips([statements.phrase_key(phrase) for phrase in told])
            misspelt += [phrase for phrase in told if wrong & set(statements.phrase_key(phrase))]
        for phrase in (entry.name, entry.id, *entry.synonyms, *entry.misspelt, *codes):
            folded = " ".join(statements.phrase_key(phrase))
            if folded in named and named[folded][0] != entry.id:
                if phrase in (*entry.synonyms, *entry.misspelt):
                    faults.add(
                        entry.origin.file, entry.id, f"the words {phrase!r} already mean {named[folded][0]}"
                    )
                continue
            named[folded] = (entry.id, phrase)
            pairs.append((phrase, entry.id))
        patterns += [(entry.id, parts) for parts in getattr(entry, "patterns", ())]
    felt = {term.id for term in terms if term.kind == "symptom"}
    felt |= {term.id for term in terms if term.recent is not None and term.recent.id in felt}
    beside = {term.id: term.beside for term in terms if term.beside}
    return Phrases.of(pairs, patterns, felt, misspelt, beside)
