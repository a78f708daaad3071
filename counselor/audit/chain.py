"""How events are chained by hash, and how the chain is checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from counselor.audit.models import AuditEvent, AuditHead

START = "0" * 64


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over everything the event says, the hash before it included."""
    said = {
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "subject": [event.subject_kind, event.subject_id],
        "patient": event.patient_id,
        "by": [event.by_id, event.by_name],
        "note": event.note,
        "detail": event.detail,
        "previous": event.previous_hash,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class ChainCheck:
    """What a look along the chain found. `broken_at` is the first number that does not fit, or None."""

    events: int
    broken_at: int | None
    why: str

    @property
    def whole(self) -> bool:
        """Whether every event is as it was written and none is missing."""
        return self.broken_at is None


def check(events: Iterable[AuditEvent], head: AuditHead | None) -> ChainCheck:
    """Walk the events, oldest first, and compare the end with the head kept apart."""
    previous, seen = START, 0
    for event in events:
        if event.number != seen + 1:
            return ChainCheck(seen, seen + 1, f"event {seen + 1} is missing")
        if event.previous_hash != previous:
            return ChainCheck(seen, event.number, f"event {event.number} does not follow the one before it")
        if event.hash != hash_of(event):
            return ChainCheck(seen, event.number, f"event {event.number} was changed after it was written")
        previous, seen = event.hash, event.number
    if (head.number if head else 0) != seen or (head.hash if head else START) != previous:
        return ChainCheck(seen, seen + 1, f"the log ends at event {seen}, its head says otherwise")
    return ChainCheck(seen, None, "every event is as it was written and none is missing")
