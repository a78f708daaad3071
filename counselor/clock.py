"""The one place that reads the clock. Only views and commands call it; inside, time is an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class HasZone(Protocol):
    """Anything that knows its time zone: a store."""

    @property
    def zone(self) -> str:
        """An IANA name: America/New_York."""
        ...


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today(store: HasZone) -> date:
    """The date on the wall of the store."""
    return local(now(), store).date()


def local(moment: datetime, store: HasZone) -> datetime:
    """A moment as the store's clock shows it."""
    return moment.astimezone(ZoneInfo(store.zone))
