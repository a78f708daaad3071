"""The medicines of a sheet as guidance read them: which raised a warning, which are taken, and whether the
list is still the one that a clearance was given for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from counselor.consultations.sheet import Removed, Sheet
from counselor.guidance.advise import advise
from counselor.guidance.intake import LONGEST_ENTRY, Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf
from counselor.patients.models import Patient

AT_ONCE = 60
"""Lines asked about in one question; a longer list is asked about in several."""

JOINS = frozenset({"and", "plus", "with", "also", "then", "&", "+"})
"""Words between two medicines of one line that belong to neither."""


def medicines_of(advice: Mapping[str, Any]) -> list[str]:
    """What the patient takes, sorted, each with everything that was said of it: equal lists mean that
    nothing changed.

    Only case, blanks, punctuation and how a decimal is written are let go. Any other word may be a dose, a
    release form or a direction, and so counts as a change.
    """
    read = advice["recognised"]["medicines"]
    told = [
        (" + ".join(one["ingredients"]) or " + ".join(one["classes"]) or one["said"].casefold(), words)
        for one, words in _with_their_words(read)
        if not one.get("denied")
    ]
    unread = [one["said"] for one in advice["unrecognised"] if one["field"] == "medicines"]
    told += [("not recognised", folded(said)) for said in unread]
    return sorted(f"{name}: {folded(words)}" for name, words in told)


def folded(words: str) -> str:
    """The words without case, blanks and punctuation; ".5", "0,5" and "½" are the same amount."""
    for sign, amount in (("½", " 0.5 "), ("¼", " 0.25 "), ("¾", " 0.75 ")):
        words = words.replace(sign, amount)
    plain = unicodedata.normalize("NFKC", words).casefold()
    parts = re.findall(r"\d*[.,]\d+|\d+|[^\W\d_]+|[^\w\s.,;:()\"“”]", plain)
    kept = [_amount(part) if part[-1].isdigit() else part for part in parts]
    while kept and kept[-1] in JOINS:
        kept.pop()
    return " ".join(kept)


def raised_by(advice: Mapping[str, Any]) -> dict[str, Removed]:
    """Each medicine of the sheet, as it was typed, that raised a warning of moderate severity or worse."""
    found: dict[str, Removed] = {}
    for one in advice["recognised"]["medicines"]:
        if one.get("denied"):
            continue
        reasons = {*one["ingredients"], *one["classes"]}
        rules = [
            warning["rule"]
            for warning in advice["warnings"]
            if warning["severity"] != "minor" and reasons & set(warning["because"])
        ]
        if rules:
            line = one.get("line") or one["said"]
            found[line] = joined(
                found.get(line), Removed(line, tuple(one["ingredients"] or one["classes"]), tuple(rules))
            )
    return found


def joined(before: Removed | None, one: Removed) -> Removed:
    """Two readings of one line together, each name once."""
    if before is None:
        return one
    return replace(
        one,
        ingredients=tuple(dict.fromkeys([*before.ingredients, *one.ingredients])),
        rules=tuple(dict.fromkeys([*before.rules, *one.rules])),
    )


def taken(advice: Mapping[str, Any] | None) -> set[str]:
    """Ingredients and classes that the sheet's medicines amount to: not what was denied, nor what is put on
    the skin or into the eyes and so was never checked as taken.
    """
    told = advice["recognised"]["medicines"] if advice else ()
    return _names(one for one in told if not one.get("denied") and not one.get("local"))


def spoken_of(advice: Mapping[str, Any] | None) -> set[str]:
    """Ingredients and classes that somebody spoke of, taken or denied."""
    return _names(advice["recognised"]["medicines"] if advice else ())


def raised_on(sheet: Sheet, *, patient: Patient, knowledge: Knowledge, on: date) -> dict[str, Removed]:
    """The sheet's medicines that raise a warning by some route, whatever else on the sheet cannot be read.

    A spelling somebody refused counts as it was corrected: a refusal is no reason to take it off.
    """
    found: dict[str, Removed] = {}
    for advice in _answers(replace(sheet, refused=()), patient, knowledge, on):
        for line, one in raised_by(advice).items():
            found[line] = joined(found.get(line), one)
    return found


def taken_on(sheet: Sheet, *, patient: Patient, knowledge: Knowledge, on: date) -> set[str]:
    """What the sheet's medicines amount to, whatever else on the sheet cannot be read."""
    return {name for advice in _answers(sheet, patient, knowledge, on) for name in taken(advice)}


def _answers(sheet: Sheet, patient: Patient, knowledge: Knowledge, on: date) -> Iterator[dict[str, Any]]:
    """Advice on medicines, conditions and history alone, by any route: a wrong date or an empty box
    elsewhere must not make a warning unknown."""
    for place in range(0, len(sheet.medicines), AT_ONCE):
        plain = Sheet(
            conditions=_readable(sheet.conditions),
            medicines=_readable(sheet.medicines[place : place + AT_ONCE]),
            history=_readable(sheet.history),
            topics=sheet.topics,
            details=sheet.details,
            refused=_readable(sheet.refused),
        )
        intake = plain.to_intake(patient=patient, number="", on=on)
        yield advise(Intake.from_json(intake), Shelf(), knowledge, on=on).to_json()


def _readable(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entry[:LONGEST_ENTRY] for entry in entries[:AT_ONCE])


def _names(told: Iterable[Mapping[str, Any]]) -> set[str]:
    return {name for one in told for name in (*one["ingredients"], *one["classes"])}


def _with_their_words(read: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each medicine with its part of the line: up to the next medicine, the words before the first with it.

    Where a medicine's words are not found as they stand, the whole line is taken.
    """
    lines: dict[str, list[Mapping[str, Any]]] = {}
    for one in read:
        lines.setdefault(one.get("line") or one["said"], []).append(one)
    for line, told in lines.items():
        starts, at = [], 0
        for one in told:
            at = line.find(one["said"], at)
            if at < 0:
                break
            starts.append(at)
            at += len(one["said"])
        if len(starts) < len(told):
            yield from ((one, line) for one in told)
            continue
        ends = [*starts[1:], len(line)]
        for place, (one, end) in enumerate(zip(told, ends, strict=True)):
            yield one, line[starts[place] if place else 0 : end]


def _amount(number: str) -> str:
    """A number as it is compared: a point for a comma, a nought before it, none in front."""
    written = number.replace(",", ".")
    return re.sub(r"^0+(?=\d)", "", f"0{written}")
