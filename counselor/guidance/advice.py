"""The answer: plain frozen facts, in the public form that every rendering shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Disposition:
    """suggest, refer-first or no-product, with one plain sentence and the ids behind it."""

    code: str
    text: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedTerm:
    said: str
    id: str
    name: str = ""
    icd10: tuple[str, ...] = ()
    denied: bool = False
    how: str = ""
    to_confirm: str = ""


@dataclass(frozen=True, slots=True)
class RecognisedMedicine:
    said: str
    line: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    how: str
    rxcui: tuple[str, ...] = ()
    denied: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    conditions: tuple[RecognisedTerm, ...] = ()
    medicines: tuple[RecognisedMedicine, ...] = ()
    history: tuple[RecognisedTerm, ...] = ()
    symptoms: tuple[RecognisedTerm, ...] = ()
    allergies: tuple[RecognisedTerm, ...] = ()
    goals: tuple[RecognisedTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """`worst`: the worst severity that one of the nearest names would raise, empty where none would."""

    field: str
    said: str
    nearest: tuple[str, ...] = ()
    worst: str = ""


@dataclass(frozen=True, slots=True)
class AdvisedReferral:
    urgency: str
    to: str
    reason: str
    because: tuple[str, ...]
    sources: tuple[str, ...]
    say: str = ""


@dataclass(frozen=True, slots=True)
class Warning:
    """One danger for this patient. `routes` or `cannabinoids` empty means all."""

    rule: str
    severity: str
    certainty: str
    kind: str
    cleared: bool
    because: tuple[str, ...]
    cannabinoids: tuple[str, ...]
    routes: tuple[str, ...]
    effect: str
    mechanism: str
    action: str
    refer: bool
    sources: tuple[str, ...]
    handout: str = ""
    direction: str = ""
    raised_by: tuple[str, ...] = ()
    locators: Mapping[str, str] = field(default_factory=dict)
    awaiting_review: bool = True


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    condition: str
    route: str
    administration: str
    profile: str
    symptom: str
    grade: str
    direction: str
    statement: str
    sources: tuple[str, ...]
    handout: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    factor: str
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class StartingDose:
    """`mg` is empty where the dose cannot be measured; `servings` is the part of a serving it takes."""

    text: str
    mg: Mapping[str, float]
    sources: tuple[str, ...]
    servings: float | None = None
    handout: str = ""


@dataclass(frozen=True, slots=True)
class ProfileShown:
    per: str
    mg: Mapping[str, float]
    percent: Mapping[str, float]
    ratio: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    rank: int
    sku: str
    name: str
    brand: str
    batch: str
    tested_on: date | None
    expires_on: date | None
    route: str
    form: str
    administration: str
    profile: ProfileShown
    serving: str
    price: float | None
    cost_per_start_dose: float | None
    score: float
    reasons: tuple[Reason, ...]
    evidence_grade: str
    evidence_direction: str
    evidence_scope: str
    extrapolated: str
    caption: str
    warnings: tuple[str, ...]
    starting_dose: StartingDose | None
    onset: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Considered:
    sku: str
    suitable: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    name: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    sku: str
    reasons: tuple[str, ...]
    name: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class ExcludedCount:
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CounselLine:
    topic: str
    text: str
    sources: tuple[str, ...]
    handout: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpAdvice:
    measure: str
    change_percent: float | None
    verdict: str
    next_weeks: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceShown:
    citation: str
    url: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What may be said to this patient today, and why. See the advice contract for the meaning of each part."""

    id: str | None
    on: date
    knowledge: str
    disposition: Disposition
    recognised: Recognised
    unrecognised: tuple[Unrecognised, ...]
    not_assessed: tuple[str, ...]
    referrals: tuple[AdvisedReferral, ...]
    warnings: tuple[Warning, ...]
    evidence: tuple[EvidenceShown, ...]
    suggestions: tuple[Suggestion, ...]
    more: int
    considered: tuple[Considered, ...]
    excluded: tuple[Excluded, ...]
    excluded_counts: tuple[ExcludedCount, ...]
    counsel: tuple[CounselLine, ...]
    follow_up: FollowUpAdvice | None
    first_dose_cap: Mapping[str, float]
    sources: Mapping[str, SourceShown]

    def to_json(self) -> dict[str, Any]:
        """The public form: only JSON's own types, in a fixed order."""
        shown = _plain(self)
        assert isinstance(shown, dict)
        return shown


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


_FIELDS: dict[type, tuple[str, ...]] = {}
"""Field names of each class that was written once; looked up a thousand times for every answer."""


def _names(kind: type) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(f.name for f in fields(kind))
    return names


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple or kind is list:
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if kind is date:
        return value.isoformat()
    return {name: _plain(getattr(value, name)) for name in _names(kind)}
