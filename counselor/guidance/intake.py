"""What was said at the counter, as given. Meaning is found later; here only the shape is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .knowledge import MEASURES, TOPICS
from .shelf import ROUTES

KNOWN = frozenset(
    {
        "id", "on", "age", "sex", "conditions", "routes", "medicines", "history", "symptoms",
        "experience", "current_use", "tried", "allergies", "goals", "asked", "certification",
        "clearances", "follow_up", "exposure", "consider", "limit", "not_these",
    }
)  # fmt: skip
EXPERIENCES = ("none", "occasional", "regular")
CANNABINOIDS = ("THC", "CBD")
LONGEST_ENTRY = 5_000
MOST_ENTRIES = 300
OLDEST = 125


class IntakeError(ValueError):
    """An intake that cannot be read; `field` names where, `message` says what is needed there."""

    def __init__(self, message: str, field: str) -> None:
        self.message = message
        self.field = field
        super().__init__(f"{field}: {message}" if field else message)


@dataclass(frozen=True, slots=True)
class CurrentUse:
    """Cannabis as used now. An amount of None is not known."""

    route: str = ""
    thc_mg_per_day: float | None = None
    last: date | None = None
    cbd_mg_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A product the patient has used before, and what it did, good and bad, as said."""

    sku: str
    batch: str = ""
    benefit: str = ""
    harm: str = ""


@dataclass(frozen=True, slots=True)
class Certification:
    """The patient's certification: the state that gave it, its last day and that of the caregiver's card."""

    state: str = ""
    expires: date | None = None
    caregiver_expires: date | None = None


@dataclass(frozen=True, slots=True)
class Clearance:
    """A pharmacist's or prescriber's recorded answer to one rule.

    `because`, `routes` and `max_thc_mg` are what it was given for, where recorded: it no longer counts when a
    medicine outside `because` raises the rule, or another route is asked for.
    """

    rule: str
    by: str
    on: date
    until: date | None = None
    said: str = ""
    because: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    max_thc_mg: float | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One score at the start and now, and the weeks between. None: not known, which is never zero."""

    measure: str
    baseline: float | None
    now: float | None
    weeks: float | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """A cannabinoid and a route to check instead of products; no route means any that reaches the blood."""

    cannabinoids: tuple[str, ...]
    route: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """One visit's facts. Lists hold free text in the order it was said."""

    conditions: tuple[str, ...]
    id: str | int | float | None = None
    on: date | None = None
    age: int | None = None
    sex: str = ""
    routes: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    experience: str = ""
    current_use: CurrentUse | None = None
    tried: tuple[Tried, ...] = ()
    allergies: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    certification: Certification | None = None
    clearances: tuple[Clearance, ...] = ()
    follow_up: FollowUp | None = None
    exposure: Exposure | None = None
    consider: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    """Fields of the public form that nobody knows: said back, so that "medicnes" does not pass in silence."""
    not_these: tuple[str, ...] = ()
    """Medicines as said whose corrected spelling somebody refused: they stay unread, and so not checked."""
    limit: int = 10

    @classmethod
    def from_json(cls, data: object) -> Intake:
        """Read the public form; unknown fields are let be.

        Raises `IntakeError` naming the first field that cannot be read.
        """
        if not isinstance(data, Mapping):
            raise IntakeError("an intake is a JSON object", "")
        if "conditions" not in data:
            raise IntakeError("say at least one condition, or give an empty list", "conditions")
        id = data.get("id")
        if id is not None and not isinstance(id, str | int | float):
            raise IntakeError("is text that is echoed back", "id")
        experience = _text(data, "experience")
        if experience and experience not in EXPERIENCES:
            raise IntakeError(f"is one of {', '.join(EXPERIENCES)}", "experience")
        return cls(
            conditions=_texts(data, "conditions"),
            id=id,
            on=_date(data, "on"),
            age=_age(data.get("age")),
            sex=_text(data, "sex").strip().lower(),
            routes=_words(data, "routes", ROUTES),
            medicines=_texts(data, "medicines"),
            history=_texts(data, "history"),
            symptoms=_texts(data, "symptoms"),
            experience=experience,
            current_use=_current_use(data.get("current_use")),
            tried=tuple(_tried(row, i) for i, row in enumerate(_rows(data, "tried"))),
            allergies=_texts(data, "allergies"),
            goals=_texts(data, "goals"),
            asked=_words(data, "asked", TOPICS),
            certification=_certification(data.get("certification")),
            clearances=tuple(_clearance(row, i) for i, row in enumerate(_rows(data, "clearances"))),
            follow_up=_follow_up(data.get("follow_up")),
            exposure=_exposure(data.get("exposure")),
            consider=_texts(data, "consider"),
            ignored=tuple(sorted(str(name) for name in data if name not in KNOWN)),
            not_these=_texts(data, "not_these"),
            limit=_limit(data.get("limit")),
        )


def _text(data: Mapping[str, Any], field: str, path: str = "") -> str:
    value = data.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise IntakeError("must be text", path or field)
    if len(value) > LONGEST_ENTRY:
        raise IntakeError(f"is longer than {LONGEST_ENTRY} characters", path or field)
    return value


def _texts(data: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = data.get(field)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise IntakeError("must be a list of texts", field)
    if len(value) > MOST_ENTRIES:
        raise IntakeError(f"holds more than {MOST_ENTRIES} entries", field)
    out = []
    for i, entry in enumerate(value):
        if not isinstance(entry, str):
            raise IntakeError("must be text", f"{field}[{i}]")
        if len(entry) > LONGEST_ENTRY:
            raise IntakeError(f"is longer than {LONGEST_ENTRY} characters", f"{field}[{i}]")
        if entry.strip():
            out.append(entry.strip())
    return tuple(out)


def _words(data: Mapping[str, Any], field: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Known words in the order given, each once."""
    out: dict[str, None] = {}
    for i, word in enumerate(_texts(data, field)):
        if word.lower() not in allowed:
            raise IntakeError(f"{word!r} is not one of {', '.join(allowed)}", f"{field}[{i}]")
        out[word.lower()] = None
    return tuple(out)


def _rows(data: Mapping[str, Any], field: str) -> list[Any]:
    value = data.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        raise IntakeError(f"must be a list of at most {MOST_ENTRIES} objects", field)
    return value


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise IntakeError("must be an object", path)
    return value


def _number(value: Any, path: str, *, low: float = 0.0, high: float = 1e6) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IntakeError("must be a number", path)
    if not low <= value <= high:
        raise IntakeError(f"must lie between {low:g} and {high:g}", path)
    return float(value)


def _age(value: Any) -> int | None:
    years = _number(value, "age", low=0, high=OLDEST)
    if years is None:
        return None
    return int(years)


def _limit(value: Any) -> int:
    if value is None:
        return 10
    count = _number(value, "limit", low=0, high=1000)
    if count is None or count != int(count):
        raise IntakeError("must be a whole number", "limit")
    return int(count)


def _date(data: Mapping[str, Any], field: str, path: str = "") -> date | None:
    value = data.get(field)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise IntakeError("must be a day written as 2026-11-22", path or field) from None


def _current_use(value: Any) -> CurrentUse | None:
    if value is None:
        return None
    row = _object(value, "current_use")
    route = _text(row, "route", "current_use.route")
    if route and route not in ROUTES:
        raise IntakeError(f"is one of {', '.join(ROUTES)}", "current_use.route")
    return CurrentUse(
        route,
        _number(row.get("thc_mg_per_day"), "current_use.thc_mg_per_day"),
        _date(row, "last", "current_use.last"),
        _number(row.get("cbd_mg_per_day"), "current_use.cbd_mg_per_day"),
    )


def _tried(value: Any, index: int) -> Tried:
    path = f"tried[{index}]"
    row = _object(value, path)
    sku = _text(row, "sku", f"{path}.sku")
    return Tried(
        sku,
        _text(row, "batch", f"{path}.batch"),
        _text(row, "benefit", f"{path}.benefit"),
        _text(row, "harm", f"{path}.harm"),
    )


def _certification(value: Any) -> Certification | None:
    if value is None:
        return None
    row = _object(value, "certification")
    return Certification(
        _text(row, "state", "certification.state"),
        _date(row, "expires", "certification.expires"),
        _date(row, "caregiver_expires", "certification.caregiver_expires"),
    )


def _clearance(value: Any, index: int) -> Clearance:
    path = f"clearances[{index}]"
    row = _object(value, path)
    rule, on = _text(row, "rule", f"{path}.rule"), _date(row, "on", f"{path}.on")
    if not rule:
        raise IntakeError("names the rule that was cleared", f"{path}.rule")
    if on is None:
        raise IntakeError("says on which day", f"{path}.on")
    return Clearance(
        rule=rule,
        by=_text(row, "by", f"{path}.by"),
        on=on,
        until=_date(row, "until", f"{path}.until"),
        said=_text(row, "said", f"{path}.said"),
        because=_texts(row, "because"),
        routes=_words(row, "routes", ROUTES),
        max_thc_mg=_number(row.get("max_thc_mg"), f"{path}.max_thc_mg", high=1000),
    )


def _follow_up(value: Any) -> FollowUp | None:
    if value is None:
        return None
    row = _object(value, "follow_up")
    measure = _text(row, "measure", "follow_up.measure")
    if measure not in MEASURES:
        raise IntakeError(f"is one of {', '.join(MEASURES)}", "follow_up.measure")
    most = 10.0 if measure.endswith("-nrs") else 7.0 if measure == "global-change" else 1e6
    return FollowUp(
        measure,
        _number(row.get("baseline"), "follow_up.baseline", high=most),
        _number(row.get("now"), "follow_up.now", high=most),
        _number(row.get("weeks"), "follow_up.weeks", high=5200),
    )


def _exposure(value: Any) -> Exposure | None:
    if value is None:
        return None
    row = _object(value, "exposure")
    named = []
    for i, word in enumerate(_texts(row, "cannabinoids")):
        if word.upper() not in CANNABINOIDS:
            raise IntakeError("is THC or CBD", f"exposure.cannabinoids[{i}]")
        named.append(word.upper())
    route = _text(row, "route", "exposure.route")
    if route and route not in ROUTES:
        raise IntakeError(f"is one of {', '.join(ROUTES)}", "exposure.route")
    return Exposure(tuple(dict.fromkeys(named)) or CANNABINOIDS, route)
