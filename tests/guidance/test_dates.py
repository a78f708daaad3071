"""When something was, read against the day of the visit: a Sunday, 2026-11-22."""

from __future__ import annotations

import pytest

from counselor.guidance.dates import told
from counselor.guidance.words import stems

from .conftest import TODAY


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("today", 0),
        ("yesterday morning", 1),
        ("last Thursday", 3),
        ("on Monday", 6),
        ("last Sunday", 7),
        ("over the weekend", 7),
        ("5 days ago", 5),
        ("a couple of weeks ago", 14),
        ("half a year ago", 182),
        ("a year and a half ago", 548),
        ("48 hours ago", 2),
        ("three weeks back", 21),
        ("in October", 22),
        ("in June", 145),
        ("back in January", 295),
        ("in November", 21),
        ("on November 3rd", 19),
        ("in December", 326),
        ("in March 2024", 966),
        ("3/14/2024", 966),
        ("in 2019", 2555),
        ("last winter", 267),
        ("two summers ago", None),
        ("as a teenager", 3650),
        ("in high school", 3650),
        ("when I was 12", 3650),
        ("when I was 44", None),
        ("a while back", 180),
        ("on the 15th", 7),
    ],
)
def test_a_time_is_read_as_days_before_the_visit(said: str, days: int | None) -> None:
    found = told(stems(said), TODAY)
    assert (found.days, found.ongoing) == (days, False)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("since Thursday", 3),
        ("since June", 145),
        ("since March 2024", 966),
        ("for two days", 2),
        ("for years", 1095),
        ("the last three weeks", 21),
        ("x3 days", 3),
        ("a 2 day history", 2),
        ("desde hace 2 semanas", 14),
    ],
)
def test_what_lasts_is_told_by_its_beginning(said: str, days: int) -> None:
    found = told(stems(said), TODAY)
    assert (found.days, found.ongoing) == (days, True)


@pytest.mark.parametrize(
    "said",
    [
        "may be pregnant",
        "march in place",
        "sat down",
        "every Monday",
        "next Thursday",
        "due in April",
        "scheduled for Friday",
        "in two weeks",
        "2000 mg",
        "lasts for a minute",
        "pain 5/10",
        "",
    ],
)
def test_what_is_no_past_time_is_not_read_as_one(said: str) -> None:
    assert told(stems(said), TODAY).days is None


def test_of_two_times_the_nearer_counts() -> None:
    assert told(stems("in 2015 and again last Tuesday"), TODAY).days == 5
    assert told(stems("hospital for two days in 2015"), TODAY).days == 11 * 365
