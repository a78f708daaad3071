"""What would change a statement: derived from how sure it is, how far its sources were read and when it is
looked at again. Nothing is promised that the statement itself does not show."""

from __future__ import annotations

from datetime import date

from counselor.guidance.knowledge import Evidence, Knowledge
from counselor.knowledge.statements import Statement

HOUSE = "house-policy"


def what_would_change(one: Statement, knowledge: Knowledge, *, on: date, approved: bool) -> list[str]:
    """Sentences, the weightiest first; never empty for a statement with a review date."""
    said: list[str] = []
    if one.certainty == "C":
        said.append("A study in people: so far it rests on theory or on what similar medicines do.")
    elif one.certainty == "B":
        said.append(
            "A controlled study or a label that says more or less: so far there are cases or observation."
        )
    elif one.certainty == "A":
        said.append("A change of the label, or a larger study in people that finds otherwise.")
    if one.table == "evidence":
        said += _evidence(_find(one.id, knowledge))
    keys = [cited.key for cited in one.sources]
    if keys and all(key == HOUSE for key in keys):
        said.append("A publication on just this: it is a judgement of our own (house policy).")
    unread = [
        knowledge.sources[key].citation.rstrip(".")
        for key in keys
        if key in knowledge.sources and knowledge.sources[key].checked == "reference-list"
    ]
    if unread:
        again = "it was" if len(unread) == 1 else "they were"
        said.append(f"Reading the text of {'; '.join(unread)}: {again} not opened again for this.")
    if not approved and not one.checked_by:
        said.append("A pharmacist's review: none has put a name to it yet.")
    if one.next is not None:
        said.append(
            "Its review, which is overdue."
            if one.overdue(on)
            else f"The next look at it, by {_day(one.next)}."
        )
    return said


def _evidence(row: Evidence | None) -> list[str]:
    if row is None:
        return []
    said = []
    if row.grade == "none-or-insufficient":
        said.append("A controlled trial of just this: condition, symptom, route and profile.")
    elif row.grade == "limited":
        said.append("A larger or better controlled trial.")
    if row.direction == "mixed":
        said.append("A trial that settles where the trials so far disagree.")
    if row.extrapolated:
        said.append(f"A trial of products like those on the shelf: {row.extrapolated}.")
    return said


def _find(id: str, knowledge: Knowledge) -> Evidence | None:
    return next((row for rows in knowledge.evidence.values() for row in rows if row.id == id), None)


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
