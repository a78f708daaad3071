"""How versions and approvals read on pages and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from counselor import knowledge
from counselor.guidance.entries import KnowledgeError
from counselor.knowledge.models import KnowledgeApproval
from counselor.knowledge.versions import Standing
from counselor.staff.models import Store

SEVERITY_TONES = {"contraindicated": "stop", "major": "stop", "moderate": "care", "minor": "plain"}
SEVERITY_WORDS = {
    "contraindicated": "Do not sell",
    "major": "Pharmacist first",
    "moderate": "With care",
    "minor": "Note",
}
CERTAINTIES = {
    "A": "certainty A: on the label, or measured in people",
    "B": "certainty B: cases or observation",
    "C": "certainty C: theory only",
}
READ = {
    "abstract": "abstract read",
    "label-text": "label text read",
    "full-text": "full text read",
    "reference-list": "not opened again; its identifier is known",
    "house": "our own",
}
"""How far a source was read."""
SHORT_WORDS = {
    word.casefold(): word
    for word in ("THC", "CBD", "CYP", "DOAC", "HIV", "MAOI", "MS", "ALS", "NSAID", "PPI", "QT", "UGT", "P-gp")
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class StandingLine:
    """One line on every page with knowledge or advice: approved by whom, or that approval is awaited."""

    text: str
    awaits: bool
    on_paper: str
    changed_since: str = ""
    """The version approved before, to link to what changed; empty where there is none."""


def named(ids: Iterable[str]) -> list[str]:
    """The words people read for what a warning or referral is because of: names of conditions, terms and
    classes; ingredients and what somebody said stay as they are. A signed record may hold an id that today's
    knowledge no longer has: it loses its hyphens.
    """
    try:
        known = knowledge.current()
    except KnowledgeError:  # what was signed can be read where nothing can be checked
        return [rule_words(id) if _ID.fullmatch(id) else id for id in ids]
    return [
        rule_words(id)
        if known.name_of(id) == id and id not in known.medicines.ingredients and _ID.fullmatch(id)
        else known.name_of(id)
        for id in ids
    ]


def rule_words(id: str) -> str:
    """A statement's id as words: "cbd-valproate" reads "CBD valproate"."""
    words = " ".join(SHORT_WORDS.get(part, part) for part in id.split("-"))
    return words[:1].upper() + words[1:]


def taken_for(medicine: Mapping[str, Any]) -> str:
    """What a recognised medicine was taken for: its ingredients, or the class where only that is known."""
    return " + ".join(medicine["ingredients"]) or ", ".join(named(medicine["classes"]))


def standing_line(standing: Standing, store: Store) -> StandingLine:
    """The line for a version in a store."""
    last = standing.last
    if standing.approval is not None:
        by, on = standing.approval.approved_by_name, day_of(standing.approval.approved_at, store)
        said = f"approved by {by}, pharmacist, on {on}"
        return StandingLine(
            f"Knowledge {standing.version}, {said}.", False, said, last.version.version if last else ""
        )
    awaited = "awaiting a pharmacist's approval"
    if last is None:
        return StandingLine(f"Knowledge {standing.version} is {awaited}.", True, awaited)
    day = day_of(last.approved_at, store)
    before = f"last approved: {last.version.version} on {day} by {last.approved_by_name}"
    return StandingLine(
        f"Knowledge {standing.version} is {awaited}; {before}.",
        True,
        f"{awaited}; {before}",
        last.version.version,
    )


def day_of(moment: datetime, store: Store) -> str:
    """22 Nov 2026, by the store's clock."""
    local = moment.astimezone(ZoneInfo(store.zone))
    return f"{local.day} {local:%b %Y}"


def approval_words(approval: KnowledgeApproval, store: Store) -> str:
    """One line of the list of approvals."""
    words = f"approved by {approval.approved_by_name} on {day_of(approval.approved_at, store)}"
    if approval.withdrawn_at is None:
        return words
    by = approval.withdrawn_by.display_name if approval.withdrawn_by else ""
    return (
        f"{words}; withdrawn by {by} on {day_of(approval.withdrawn_at, store)}: {approval.withdrawn_because}"
    )
