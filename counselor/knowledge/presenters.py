"""How versions and approvals read on pages and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from counselor import knowledge
from counselor.guidance.entries import KnowledgeError
from counselor.knowledge.models import KnowledgeApproval
from counselor.knowledge.versions import Standing
from counselor.staff.models import Store

PROPER = frozenset({"Alzheimer", "Dravet", "Huntington", "Lennox-Gastaut", "Parkinson", "Tourette"})
"""Names of illnesses that keep their capital inside a line."""
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


@dataclass(frozen=True)
class StandingLine:
    """One line on every page with knowledge or advice: approved by whom, or that approval is awaited."""

    text: str
    awaits: bool
    on_paper: str
    changed_since: str = ""
    """The version approved before, to link to what changed; empty where there is none."""


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


def named(id: str) -> str:
    """The words for an id of `because`: "lung disease" for lung-disease; a medicine's name is its own."""
    try:
        name = knowledge.current().name_of(id)
    except KnowledgeError:  # a stored record is read although nothing can be checked today
        name = id
    if name == id:
        return id.replace("-", " ") if "-" in id and id.islower() else id
    return name[:1].lower() + name[1:] if name[1:2].islower() and name.split()[0] not in PROPER else name


def named_all(ids: Iterable[str]) -> str:
    """The words for what raised one warning, joined: "falls + high blood pressure + age"."""
    return " + ".join(map(named, ids))
