"""How long ago something was, where a sentence says so: "5 days ago", "last Thursday", "in June".

Read against the day of the visit. Where a sentence leaves a span open ("in June"), its end counts, because
the nearer day is the safer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .words import words_of

NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "couple": 2, "few": 3,
    "several": 4, "many": 10, "un": 1, "una": 1, "dos": 2, "tres": 3,
}  # fmt: skip
UNIT_DAYS = {
    "day": 1, "night": 1, "week": 7, "month": 30, "year": 365, "yr": 365, "wk": 7, "mo": 30, "decade": 3650,
    "dia": 1, "semana": 7, "mes": 30, "ano": 365,
}  # fmt: skip
HOURS = frozenset({"hour", "hr", "minute", "min", "hora"})
WEEKDAYS = {
    "monday": 0, "mon": 0, "tuesday": 1, "tue": 1, "wednesday": 2, "wed": 2, "thursday": 3, "thu": 3,
    "thur": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sep": 9, "sept": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
SEASON_STARTS = {"winter": 12, "spring": 3, "summer": 6, "autumn": 9, "fall": 9}
LONG_AGO_DAYS = 3650
"""A life stage of an adult ("in high school", "as a kid") counts as ten years ago."""

_TODAY = frozenset({"today", "tonight", "hoy"})
_NAMES_A_TIME = words_of(
    """
    in on since last this back by early mid late of around about during from before after until past every
    starting beginning through end
    """
)
_ONLY_IF_NAMED = frozenset({"may", "march", "mar", "sat", "sun", "mon", "wed", "jan", "fri", "dec", "sep"})
"""Also verbs, names or everyday words; a time only behind one of `_NAMES_A_TIME`."""
_AHEAD = words_of("next coming due scheduled until till upcoming planned booked appointment every each")
_SPANS = words_of("last past")
_AMOUNTS = words_of("mg mcg ml unit iu step calorie cal g")
_LIFE_STAGES = re.compile(
    r"\bas an? (?:\w+ )?(?:kid|child|teen|teenager|baby|infant|toddler|adolescent|student|boy|girl)\b"
    r"|\bin (?:(?:high|middle|grade) school|college|childhood|infancy|(?:my|his|her) (?:teen|youth))\b"
    r"|\bwhen (?:i|he|she) was (?:a (?:\w+ )?(?:kid|child|teen|teenager|baby|boy|girl)|little|young)\b"
    r"|\bgrowing up\b|\b(?:long|long time|age) ago\b|\bway back\b|\bdecade (?:ago|back)\b"
)
_YOUNGER = re.compile(
    r"\bin (?:my|his|her) (?:early |late |mid )?(?:twentie|thirtie|fortie|fiftie|[2-6]0s)\b"
)
"""A decade of life that people name once it is over."""
_A_WHILE_AGO = re.compile(r"\b(?:a )?(?:good )?while (?:ago|back)\b")
_AT_AGE = re.compile(r"\b(?:at age|at the age of|when (?:i|he|she) was|age) (\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Told:
    """`days` before the visit, or None; `ongoing` where that is when it began ("since", "for two days")."""

    days: int | None = None
    ongoing: bool = False


def told(words: Sequence[str], on: date) -> Told:
    """When these words (stems) place what they tell of. The nearest of several dates counts."""
    events: list[Told] = []
    spans: list[Told] = []
    for i, word in enumerate(words):
        days = _named_day(words, i, on)
        if days is not None:
            events.append(Told(days, "since" in words[max(i - 3, 0) : i]))
            continue
        if word in HOURS or word in UNIT_DAYS:
            found = _counted(words, i)
            if found is not None:
                (spans if found.ongoing else events).append(found)
    if not events:
        events += _stages(" ".join(words))
    known = [found for found in events or spans if found.days is not None]
    return min(known, key=lambda found: found.days or 0) if known else Told()


def _named_day(words: Sequence[str], i: int, on: date) -> int | None:
    """Days since the day, month, season or year that word `i` names; None if it names none or one to come."""
    word = words[i]
    before = words[i - 1] if i else ""
    if word in _TODAY or (word == "now" and before == "right"):
        return 0
    if word in ("yesterday", "ayer"):
        return 1
    if word in ("morning", "afternoon", "evening", "noon", "breakfast", "lunch") and before in (
        "this",
        "since",
    ):
        return 0
    if word == "weekend" and before in ("last", "this", "the", "all", "past"):
        return on.isoweekday() % 7 or 7
    if _AHEAD & set(words[max(i - 2, 0) : i]):
        return None
    if len(word) == 4 and word.isdigit() and on.year - 100 <= int(word) <= on.year:
        following = words[i + 1] if i + 1 < len(words) else ""
        return None if following in _AMOUNTS else _in_year(words, i, on)
    named = before in _NAMES_A_TIME or (before == "the" and i > 1 and words[i - 2] in _NAMES_A_TIME)
    if word in _ONLY_IF_NAMED and not named:
        return None
    if word in WEEKDAYS:
        days = (on.weekday() - WEEKDAYS[word]) % 7
        return days or (7 if before == "last" else 0)
    if word in MONTHS:
        following = words[i + 1] if i + 1 < len(words) else ""
        if not named and not re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", following):
            return None
        if any(len(w) == 4 and w.isdigit() for w in words[i + 1 : i + 4]):
            return None  # the year that follows carries the month
        return _since_month(MONTHS[word], following, on)
    if word in SEASON_STARTS and before in ("last", "this", "since", "the", "early", "late"):
        return _since_season(word, before, on)
    if before == "the" and re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", word):
        return _since_day_of_month(int(re.sub(r"\D", "", word)), on)
    return None


def _in_year(words: Sequence[str], i: int, on: date) -> int:
    """The end of "March 2024", "March of 2024", "3/2024" or "3 14 2024"; of "2019" the whole years since."""
    year = int(words[i])
    near = words[max(i - 3, 0) : i]
    month = next((MONTHS[w] for w in reversed(near) if w in MONTHS), None)
    if month is None:
        numbers = [int(w) for w in near[-2:] if w.isdigit() and len(w) <= 2]
        month = numbers[0] if numbers and 1 <= numbers[0] <= 12 else None
    if month is None:
        return (on.year - year) * 365
    return max((on - _month_end(year, month)).days, 0)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _since_month(month: int, following: str, on: date) -> int:
    """To the end of that month, or the day in it; of the running month to its first day."""
    year = on.year if month <= on.month else on.year - 1
    day = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", following)
    if day and 1 <= int(day.group(1)) <= _month_end(year, month).day:
        then = date(year, month, int(day.group(1)))
        if then > on:
            then = date(year - 1, month, min(then.day, _month_end(year - 1, month).day))
        return (on - then).days
    if (year, month) == (on.year, on.month):
        return on.day - 1
    return (on - _month_end(year, month)).days


def _since_season(season: str, before: str, on: date) -> int | None:
    """To the end of the season that is over, or to the start of the running one."""
    first = SEASON_STARTS[season]
    for year in (on.year, on.year - 1, on.year - 2):
        start = date(year, first, 1)
        end = _month_end(year + (first + 2 > 12), (first + 1) % 12 + 1)
        if start <= on <= end and before != "last":
            return (on - start).days
        if end < on:
            return (on - end).days
    return None


def _since_day_of_month(day: int, on: date) -> int | None:
    if not 1 <= day <= 31:
        return None
    return on.day - day if day <= on.day else on.day + 30 - day


def _counted(words: Sequence[str], i: int) -> Told | None:
    """ "3 days ago", "last week", "the last two days", "for a year", "x3 days", "a 2 day history"."""
    following = words[i + 1] if i + 1 < len(words) else ""
    before = words[i - 1] if i else ""
    at = i - 2 if before == "of" else i - 1
    count = _number(words[at]) if at >= 0 else None
    unit = 0.0 if words[i] in HOURS else float(UNIT_DAYS[words[i]])
    if words[i] in ("hour", "hr", "hora") and count is not None:
        unit = 1 / 24
    if words[i] in ("mes", "ano", "dia", "semana") and "hace" in words[max(i - 3, 0) : i]:
        return Told(round(unit * (count or 3)), True)
    if following == "and" and "half" in words[i + 2 : i + 4] and words[i + 3 : i + 5] == ["half", "ago"]:
        return Told(round(unit * (count or 1) * 1.5))
    if following in ("ago", "back", "earlier", "prior"):
        more = bool({"over", "than", "longer"} & set(words[max(at - 2, 0) : max(at, 0)]))
        half = at > 0 and words[at - 1] == "half"
        return Told(round(unit * (count if count is not None else 3) / (2 if half else 1)) + more)
    if before == "this" and words[i] == "year":
        return Told(180)  # open: half of it, so that what counts for six months counts
    if before in ("last", "this", "past"):
        span = bool({"over", "for", "in", "during", "within", "since"} & set(words[max(i - 3, 0) : i - 1]))
        return Told(round(unit), span)
    lead = words[max(at - 3, 0) : at] if count is not None and at >= 0 else words[max(i - 2, 0) : i]
    if count is not None and _SPANS & set(lead[-1:]):
        return Told(round(unit * count), True)
    if words[i] in HOURS:
        return None  # "for a minute": how long it lasts, not since when
    if (
        "for" in lead
        or "since" in lead
        or following in ("history", "now", "straight")
        or before.startswith("x")
    ):
        if count is None and "for" in lead:
            return Told(round(unit * 3), True)  # "for days", "for years"
        return Told(round(unit * count), True) if count is not None else None
    return None


def _number(word: str) -> int | None:
    bare = word.removeprefix("x")
    if bare.isdigit() and len(bare) < 4:
        return int(bare)
    return NUMBER_WORDS.get(word)


def _stages(sentence: str) -> list[Told]:
    """ "as a teenager", "in high school", "when I was 12", "a while back"."""
    if _LIFE_STAGES.search(sentence):
        return [Told(LONG_AGO_DAYS)]
    if _YOUNGER.search(sentence):
        return [Told(400)]
    age = _AT_AGE.search(sentence)
    if age and int(age.group(1)) <= 17:
        return [Told(LONG_AGO_DAYS)]
    return [Told(180)] if _A_WHILE_AGO.search(sentence) else []
