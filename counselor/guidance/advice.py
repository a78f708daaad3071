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
    """One condition, symptom, event, allergy or goal, as said and as understood.

    `how` is "spelling" where it was respelled, else empty; `icd10` is filled for conditions only.
    """

    said: str
    id: str
    name: str = ""
    icd10: tuple[str, ...] = ()
    denied: bool = False
    how: str = ""
    to_confirm: str = ""


@dataclass(frozen=True, slots=True)
class RecognisedMedicine:
    """One medicine as said and as understood. `local`: on skin, eye or ear only, so no class counts.

    `unassessed`: its ingredients of which nobody has judged what they do with cannabis.
    """

    said: str
    line: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    how: str
    rxcui: tuple[str, ...] = ()
    denied: bool = False
    local: bool = False
    unassessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """Everything that was understood, sorted by what it is rather than by the field it was said in."""

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
    """Who else must see the patient, how soon and why; `say` is the sentence to say at the counter."""

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
    """What is published about a condition by one route: the grade, and whether it speaks for or against."""

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
    """One factor of a score. The points of all reasons of a suggestion add up to its score."""

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
    """What the batch was tested to hold: mg per serving, or percent by weight, as `per` says."""

    per: str
    mg: Mapping[str, float]
    percent: Mapping[str, float]
    ratio: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One batch that may be handed over, best first. Prices in the store's currency, score from 0 to 1."""

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
    evidence_id: str = ""
    """The statement the grade was taken from; empty where none speaks for this product."""


@dataclass(frozen=True, slots=True)
class Considered:
    """The answer for one batch the patient asked about: suitable or not, with the reasons either way."""

    sku: str
    suitable: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    name: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """One batch that is not suggested, with every reason against it."""

    sku: str
    reasons: tuple[str, ...]
    name: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class ExcludedCount:
    """How many further batches were left out for the same first reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class CounselLine:
    """One thing to tell the patient; `handout` is the same in words to take home."""

    topic: str
    text: str
    sources: tuple[str, ...]
    handout: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpAdvice:
    """How far a score moved from its baseline, in percent, what that means, and the weeks to ask again."""

    measure: str
    change_percent: float | None
    verdict: str
    next_weeks: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A source as it is cited under the answer; `url` is empty where it has none."""

    citation: str
    url: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What may be said to this patient today, and why. The advice contract gives the meaning of each part."""

    id: str | int | float | None
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
    ignored: tuple[str, ...]
    sources: Mapping[str, SourceShown]

    def to_json(self) -> dict[str, Any]:
        """The public form: only JSON's own types, in a fixed order."""
        return {name: _plain(value) for name, value in one_step(self).items()}


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
_FIELDS: dict[type, tuple[str, ...]] = {}
"""Field names of each class that was written once; looked up a thousand times for every answer."""


def _names(kind: type) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(f.name for f in fields(kind))
    return names


def one_step(value: Any) -> Any:
    """A value that JSON does not know, one step nearer: for `json.dumps(advice, default=one_step)`."""
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return {name: getattr(value, name) for name in _names(type(value))}


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple or kind is list:
        return [_plain(item) for item in value]
    if kind is dict:
        return {key: _plain(item) for key, item in value.items()}
    return _plain(one_step(value))
