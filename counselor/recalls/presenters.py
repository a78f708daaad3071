"""How a recall is worded: the kinds of contact, the story, the letter's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from counselor.audit.models import AuditEvent
from counselor.catalog.presenters import HOLD_WORDS
from counselor.recalls.models import ContactKind, Source, Step
from counselor.recalls.queries import Standing, ToCall

__all__ = ["HOLD_WORDS"]

POISON_CONTROL = "1-800-222-1222"

SOURCE_WORDS = {
    Source.REGULATOR: "The regulator",
    Source.PRODUCER: "The producer",
    Source.OWN: "We ourselves",
}

CONTACT_WORDS = {
    ContactKind.REACHED: "Reached",
    ContactKind.LEFT_MESSAGE: "Left a message",
    ContactKind.NO_ANSWER: "No answer",
    ContactKind.WRONG_NUMBER: "Wrong number",
    ContactKind.LETTER_PRINTED: "Letter printed",
    ContactKind.LETTER_SENT: "Letter sent",
    ContactKind.RETURNED_PRODUCT: "Brought the product back",
    ContactKind.SYMPTOMS: "Reached: tells of symptoms",
}

CONTACTS_TO_CHOOSE = tuple(
    (kind.value, words) for kind, words in CONTACT_WORDS.items() if kind is not ContactKind.LETTER_PRINTED
)

STEP_WORDS = {
    Step.ON_SHELF: "on the shelf",
    Step.SET_ASIDE: "set aside",
    Step.RETURNED: "returned to the producer",
    Step.DESTROYED: "destroyed",
}

STEPS_TO_CHOOSE = (
    (Step.SET_ASIDE.value, "Set aside"),
    (Step.RETURNED.value, "Returned to the producer"),
    (Step.DESTROYED.value, "Destroyed"),
)


def packages(count: int) -> str:
    """1 package, 2 packages."""
    return "1 package" if count == 1 else f"{count} packages"


def patients(count: int) -> str:
    """1 patient, 2 patients."""
    return "1 patient" if count == 1 else f"{count} patients"


def state_of(one: ToCall, standing: Standing) -> tuple[str, str, str]:
    """Words, tone and icon for where a patient stands."""
    if one.has(ContactKind.SYMPTOMS):
        return "Reached, has symptoms", "stop", "octagon-alert"
    if one.reached:
        return "Reached", "go", "check"
    if standing.is_done(one):
        return f"Not reached, {_tries(one.tries)}", "care", "triangle-alert"
    if one.tries:
        return f"{_tries(one.tries)} so far", "care", "phone"
    return "To call", "note", "phone"


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


@dataclass(frozen=True)
class Told:
    """One line of a recall's story."""

    at: datetime
    who: str
    words: str
    note: str = ""


def story(events: Sequence[AuditEvent], names: Mapping[int, str]) -> list[Told]:
    """The audit events in words. `names` are the patients' by id; letters of one moment are one line."""
    told = []
    for (_, by, mark), group in groupby(events, key=_same_moment):
        these = list(group)
        event = these[0]
        words = _words(event, names) if len(these) == 1 else f"{len(these)} letters {mark}"
        told.append(Told(event.at, by or "nobody signed in", words, event.note if len(these) == 1 else ""))
    return told


def _same_moment(event: AuditEvent) -> tuple[datetime | int, str, str]:
    how = str((event.detail or {}).get("how", ""))
    if event.kind == "recall.contacted" and how in ("letter-printed", "letter-sent"):
        return event.at, event.by_name, how.removeprefix("letter-")
    return event.number, event.by_name, ""


def _words(event: AuditEvent, names: Mapping[int, str]) -> str:
    detail: Mapping[str, Any] = event.detail or {}
    count = detail.get("packages", 0)
    kind = event.kind.partition(".")[2]
    if kind == "opened":
        held = len(detail.get("batches", []))
        return (
            f"Opened the recall: {held} {'batch' if held == 1 else 'batches'} held in every store, "
            f"{packages(int(detail.get('on shelf', 0)))} on the shelves"
        )
    if kind == "contacted":
        return _contact_words(event, detail, names)
    if kind in ("set-aside", "returned", "destroyed"):
        stock = detail.get("stock")
        counted = f" (stock {stock[0]} → {stock[1]})" if stock else ""
        return f"{packages(count)} of batch {detail.get('batch')} {STEP_WORDS[Step(kind)]}{counted}"
    if kind == "released":
        return f"Released a hold of {detail.get('sku')}: it may be sold again if nothing else holds it"
    if kind in ("closed", "closed-unfinished"):
        numbers = (
            f"{detail.get('reached')} of {patients(int(detail.get('patients', 0)))} reached, "
            f"{detail.get('tried enough')} not reached after enough tries; "
            f"{detail.get('returned')} returned, {detail.get('destroyed')} destroyed"
        )
        if kind == "closed":
            return f"Closed with evidence: {numbers}"
        return f"Closed with work left: {numbers}. Missing: {' '.join(detail.get('missing', []))}"
    return kind.replace("-", " ").capitalize()


def _contact_words(event: AuditEvent, detail: Mapping[str, Any], names: Mapping[int, str]) -> str:
    who = names.get(event.patient_id or 0, "a patient")
    words = CONTACT_WORDS[ContactKind(str(detail["how"]))]
    more = ""
    if detail.get("packages"):
        more = f", {packages(int(detail['packages']))} of batch {detail['batch']}"
    if detail.get("next try"):
        more += f", next try {detail['next try']}"
    return f"{who}: {words.lower()}{more}"
