"""How an event reads on the page."""

from __future__ import annotations

import json
import re
from datetime import datetime

from counselor.audit.models import AuditEvent


class EventPresenter:
    """One line of the log, in words."""

    def __init__(self, event: AuditEvent) -> None:
        self._event = event

    @property
    def number(self) -> int:
        """Its place in the log."""
        return self._event.number

    @property
    def at(self) -> datetime:
        """When, in UTC; the page shows the store's clock."""
        return self._event.at

    @property
    def who(self) -> str:
        """Who did it, as they were called then."""
        return self._event.by_name or "nobody signed in"

    @property
    def what(self) -> str:
        """`consultation.signed` as 'consultation signed'."""
        return self._event.kind.replace(".", " ").replace("-", " ")

    @property
    def about(self) -> str:
        """Which row it was about."""
        number = f" {self._event.subject_id}" if self._event.subject_id is not None else ""
        return self._event.subject_kind.replace("_", " ") + number

    @property
    def patient_id(self) -> int | None:
        """The patient concerned, if one was."""
        return self._event.patient_id

    @property
    def note(self) -> str:
        """The reason given, and details."""
        detail = self._event.detail
        more = (
            "; ".join(f"{name}: {_plain(value)}" for name, value in sorted(detail.items())) if detail else ""
        )
        return "; ".join(part for part in (self._event.note, more) if part)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    if isinstance(value, str):
        return f"{value[:12]}…" if re.fullmatch(r"[0-9a-f]{40,}", value) else value
    return json.dumps(value)
