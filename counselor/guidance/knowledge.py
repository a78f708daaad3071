"""What Counselor knows, as immutable, indexed facts. `loader` fills these from seed/knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from .medicines import Medicines
from .phrases import Phrases


class Severity(IntEnum):
    """Ordered by how firmly we step between patient and product."""

    MINOR = 1  # a line, never a pop-up
    MODERATE = 2  # may go on at the lowest dose, with counselling
    MAJOR = 3  # pause: pharmacist or prescriber first
    CONTRAINDICATED = 4  # do not sell what it covers

    @property
    def word(self) -> str:
        """The severity as people and files write it."""
        return self.name.lower()


class Urgency(IntEnum):
    """How soon somebody else must see the patient. From same-day up, nothing is suggested."""

    ROUTINE = 1
    THIS_WEEK = 2
    SAME_DAY = 3
    EMERGENCY = 4

    @property
    def word(self) -> str:
        """The urgency as people and files write it: "this-week", "same-day"."""
        return self.name.lower().replace("_", "-")


GRADES = ("none-or-insufficient", "limited", "moderate", "substantial", "conclusive")
DIRECTIONS = ("for", "against", "mixed", "none")
KINDS = ("interaction", "precaution", "allergy", "cause", "program")
TERM_KINDS = ("condition", "history", "symptom", "goal", "allergy")
TOPICS = (
    "pregnancy",
    "psychosis",
    "heart",
    "liver",
    "kidney",
    "lung",
    "substance-use",
    "medicines",
    "allergies",
)
MEASURES = ("spasticity-nrs", "pain-nrs", "sleep-nrs", "spasm-frequency", "jerks-per-day", "global-change")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source by its key, and where in it the statement stands."""

    key: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """Who checked a statement and when to look again. Empty `checked_by`: awaiting a pharmacist."""

    written: date
    next: date
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement stands, so that a fault can be named. A word list has no review of its own."""

    file: str
    review: Review | None = None

    @property
    def is_approved(self) -> bool:
        """Whether a pharmacist put a name to it."""
        return self.review is not None and bool(self.review.checked_by)


@dataclass(frozen=True, slots=True)
class Source:
    """Something published that statements rest on; `checked` says how much of it was read."""

    key: str
    citation: str
    url: str
    kind: str
    checked: str


@dataclass(frozen=True, slots=True)
class When:
    """Circumstances that must all hold; a list holds when any of its members does.

    `groups` are condition groups. `strong_sedatives` and `weak_sedatives` count the patient's *other*
    medicines of that strength; `cbd_mg_per_day` asks for that much or more and does not hold where the dose
    is unknown.
    """

    terms: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    route: frozenset[str] = frozenset()
    current_route: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    administration: frozenset[str] = frozenset()
    cannabinoids: frozenset[str] = frozenset()
    disposition: frozenset[str] = frozenset()
    sex: str = ""
    age_min: int | None = None
    age_max: int | None = None
    several: bool = False
    """Whether the rule was raised by two or more medicines."""
    strong_sedatives: int = 0
    weak_sedatives: int = 0
    cbd_mg_per_day: float | None = None
    always: bool = False


@dataclass(frozen=True, slots=True)
class Raise:
    """Circumstances in which a rule counts as more severe, and the sentence that says why."""

    when: When
    severity: Severity
    why: str


@dataclass(frozen=True, slots=True)
class Recency:
    """Which other term a dated or undated mention means: a head injury 5 days ago is not an old one.

    `dated_only`: words such as "recently" do not count, only a date within the days.
    """

    id: str
    within_days: int
    undated: bool = False
    dated_only: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """Something a person can say that is not a medicine."""

    id: str
    name: str
    kind: str
    origin: Origin
    topic: str = ""
    synonyms: tuple[str, ...] = ()
    patterns: tuple[tuple[str, ...], ...] = ()
    implies: tuple[str, ...] = ()
    recent: Recency | None = None
    past: str = ""
    ingredient: str = ""
    as_usual: str = ""
    in_family: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    misspelt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referral:
    """Who must see the patient, how soon and for what reason."""

    urgency: Urgency
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What a patient may want help with, and what evidence, referral and follow-up need to know of it."""

    id: str
    name: str
    origin: Origin
    icd10: tuple[str, ...]
    icd10_accepted: tuple[str, ...]
    group: str
    central: bool
    measure: str
    sources: tuple[Cited, ...]
    generic: bool = False
    harmless: bool = False
    """Needs no product, but does not stop one for another condition."""
    becomes: tuple[tuple[str, str], ...] = ()
    goals: tuple[tuple[str, str], ...] = ()
    """For a goal named beside it, the condition whose evidence is told as well: sleep with MS."""
    to_confirm: str = ""
    clinician_first: str = ""
    no_product: str = ""
    refer: Referral | None = None
    exclude: str = ""
    treatment_note: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """THC divided by CBD that was studied; `only` "THC" or "CBD" where the other was absent."""

    min: float = 0.0
    max: float = float("inf")
    only: str = ""
    any: bool = False

    def covers(self, thc: float, cbd: float) -> bool:
        """Whether a product with so many mg of each lies in the range. 40:1 counts as one alone."""
        if self.any:
            return True
        if self.only:
            main, other = (thc, cbd) if self.only == "THC" else (cbd, thc)
            return main > 0 and other * 40 <= main
        return thc > 0 and cbd > 0 and self.min <= thc / cbd <= self.max

    @property
    def is_scoped(self) -> bool:
        """Whether the statement speaks of some ratios only."""
        return not self.any


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is published on one condition by one route. One that does not lend gives no product a grade."""

    id: str
    condition: str
    origin: Origin
    route: str
    administration: str
    profile: str
    ratio: Ratio
    symptom: str
    grade: str
    direction: str
    statement: str
    handout: str
    lends: bool
    weight: int
    extrapolated: str
    sources: tuple[Cited, ...]

    @property
    def rank(self) -> int:
        """0 for none or insufficient, up to 4 for conclusive."""
        return GRADES.index(self.grade)


@dataclass(frozen=True, slots=True)
class Wording:
    """One danger in three voices: counselor (effect, action), pharmacist (mechanism), patient (handout)."""

    effect: str
    action: str
    mechanism: str
    handout: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One danger and whom it concerns; any class, ingredient, term or age named here raises it."""

    id: str
    kind: str
    origin: Origin
    direction: str
    severity: Severity
    certainty: str
    wording: Wording
    sources: tuple[Cited, ...]
    classes: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    age: tuple[int | None, int | None] | None = None
    only_if: When | None = None
    cannabinoids: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    raised: tuple[Raise, ...] = ()
    cleared_severity: Severity | None = None
    adds_up: str = ""
    vehicle: str = ""
    unknown_severity: Severity | None = None
    excludes: str = ""
    refer: str = "tell"
    refer_to: str = "pharmacist"
    urgency: Urgency = Urgency.THIS_WEEK
    lower_first_dose: bool = False
    no_product: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The wording of one warning that several rules of a family share. `{names}` stands for the medicines.

    `family` is what those rules name in `adds_up`; empty where the engine itself decides when to use it.
    """

    id: str
    origin: Origin
    wording: Wording
    cannabinoids: tuple[str, ...]
    refer_to: str
    cleared_severity: Severity | None
    sources: tuple[Cited, ...]
    family: str = ""
    milder_action: str = ""
    """What to do where the warning stands below major; the wording's own action where this is empty."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Signs that need somebody else's eyes: raised when one name of every set in `all_of` is met.

    Not raised where one of `unless` is met too.
    """

    id: str
    origin: Origin
    all_of: tuple[frozenset[str], ...]
    unless: frozenset[str]
    urgency: Urgency
    to: str
    reason: str
    say: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Dose:
    """A published starting dose for one purpose; `mg` None where none can be measured."""

    id: str
    purpose: str
    origin: Origin
    mg: float | None
    text: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Onset:
    """When a dose begins, peaks and ends, by the way it is taken; minutes for drawing, words for reading."""

    administration: str
    origin: Origin
    onset: str
    peak: str
    lasts: str
    next_dose: str
    onset_minutes: tuple[int, int]
    peak_minutes: tuple[int, int]
    lasts_minutes: tuple[int, int]
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Counsel:
    """A thing to tell the patient under some circumstances, for the counselor and for the handout."""

    id: str
    topic: str
    origin: Origin
    when: When
    text: str
    handout: str
    priority: int
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A score asked for at follow-up, which way is better, and the change in percent that is useful."""

    id: str
    origin: Origin
    ask: str
    better: str
    useful_percent: float | None
    points: float | None
    verdicts: Mapping[str, str]
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A programme rule that holds whatever the state, in force as read on `as_of` where that is given."""

    id: str
    origin: Origin
    text: str
    sources: tuple[Cited, ...]
    as_of: date | None = None


PROGRAM_TOPICS = ("forms", "card", "caregiver", "supply", "consult", "driving")


@dataclass(frozen=True, slots=True)
class StateLine:
    """One fact of a state's programme: what it says, what to do about it, and the patient's words for it."""

    id: str
    topic: str
    text: str
    do: str
    handout: str
    sources: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """What a programme does not allow: "smoking", by the routes or the forms that it names."""

    what: str
    routes: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateProgram:
    """A state's programme as it stands from `start` until the day before `until`, as read on `as_of`.

    `reminders`: days before the end of a certification or card at which to remind, the earliest first.
    """

    id: str
    origin: Origin
    code: str
    name: str
    start: date
    until: date | None
    as_of: date
    reminders: tuple[int, ...]
    refused: tuple[Refused, ...]
    lines: Mapping[str, StateLine]

    def holds_on(self, on: date) -> bool:
        """Whether these settings are in force on this day."""
        return self.start <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of medicines; `depressant` is strong or weak where its members sedate, else empty."""

    id: str
    name: str
    plural: str
    depressant: str


@dataclass(frozen=True)
class Knowledge:
    """Everything the engine may reason from, indexed so that a check costs look-ups, never a scan."""

    version: str
    sources: Mapping[str, Source]
    terms: Mapping[str, Term]
    conditions: Mapping[str, Condition]
    evidence: Mapping[str, tuple[Evidence, ...]]
    rules: Mapping[str, Rule]
    merged: Mapping[str, Merged]
    red_flags: tuple[RedFlag, ...]
    doses: Mapping[str, Dose]
    onsets: Mapping[str, Onset]
    counsel: tuple[Counsel, ...]
    measures: Mapping[str, Measure]
    allergens: Mapping[str, tuple[str, ...]]
    program: Mapping[str, Program]
    classes: Mapping[str, DrugClass]
    medicines: Medicines
    phrases: Phrases
    rules_by_class: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    rules_by_ingredient: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    rules_by_term: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    rules_by_age: tuple[Rule, ...] = ()
    states: Mapping[str, StateProgram] = field(default_factory=dict)

    def name_of(self, id: str) -> str:
        """The name people read for an id of `because`: a condition, a term or a class; else the id itself."""
        for table in (self.conditions, self.terms, self.classes):
            if id in table:
                return str(table[id].name)
        return id
