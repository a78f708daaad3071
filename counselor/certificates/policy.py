"""This house's rules about certificates and dates, as states of a batch.

The numbers are the house's own. In Pennsylvania, for one, laboratories test a kept sample again every six
months until the expiration date (35 P.S. § 10231.704(b)); no law that was read for this names an age at which
a certificate lapses. A state that names one goes before these.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

EXPIRES_SOON_DAYS = 30
OLD_TEST_MONTHS = 12


class State(StrEnum):
    """What a manager should look at. EXPIRED keeps a batch from being offered; the others do not."""

    MISSING = "missing"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires-soon"
    OLD_TEST = "old-test"


WORDS: Mapping[State, str] = {
    State.MISSING: "No certificate on file",
    State.EXPIRED: "Expired",
    State.EXPIRES_SOON: f"Expires within {EXPIRES_SOON_DAYS} days",
    State.OLD_TEST: f"Tested more than {OLD_TEST_MONTHS} months ago",
}
TONES: Mapping[State, str] = {
    State.MISSING: "care",
    State.EXPIRED: "stop",
    State.EXPIRES_SOON: "care",
    State.OLD_TEST: "care",
}


def soon(today: date) -> date:
    """The last expiry day that counts as near."""
    return today + timedelta(days=EXPIRES_SOON_DAYS)


def fresh_since(today: date) -> date:
    """The day twelve calendar months ago: a test before it is old. 29 February counts as the 28th."""
    year = today.year - OLD_TEST_MONTHS // 12
    return date(year, today.month, min(today.day, monthrange(year, today.month)[1]))


def states_of(
    *, tested_on: date | None, expires_on: date | None, has_certificate: bool, today: date
) -> list[State]:
    """What stands out. A date that is not stated raises nothing here; the batch's page says so itself."""
    found = []
    if expires_on is not None and expires_on < today:
        found.append(State.EXPIRED)
    elif expires_on is not None and expires_on <= soon(today):
        found.append(State.EXPIRES_SOON)
    if not has_certificate:
        found.append(State.MISSING)
    if tested_on is not None and tested_on < fresh_since(today):
        found.append(State.OLD_TEST)
    return found
