"""The working sheet of a consultation: what was typed, kept as it was typed, and the Intake it amounts to.

A sheet may be half filled or wrong: a draft loses nothing. `problems` says what stands in the way of advice,
at its field; `to_intake` builds the public form of `contract` (a dict) that guidance reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from counselor.patients.models import Patient

ROUTES = ("edible", "vaporized", "smoked", "topical")
TOPICS = (
    "medicines",
    "allergies",
    "pregnancy",
    "psychosis",
    "heart",
    "liver",
    "kidney",
    "lung",
    "substance-use",
)
EXPERIENCES = ("none", "occasional", "regular")
PRESENT = ("patient", "caregiver", "phone", "interpreter")
MEASURES = ("spasticity-nrs", "pain-nrs", "sleep-nrs", "spasm-frequency", "jerks-per-day", "global-change")
BENEFITS = ("none", "little", "good")
NEWS = ("medicines", "illness", "harm", "benefit")

GENERAL_TERM = {
    "pregnancy": "pregnant",
    "psychosis": "psychosis",
    "heart": "heart disease",
    "liver": "liver disease",
    "kidney": "kidney disease",
    "lung": "lung disease",
    "substance-use": "substance use disorder",
}
"""What "yes" amounts to until somebody says what it is: the plain term, so that silence is never the
milder reading."""

FEW = 5
"""Products shown at first; "more" shows the rest. Nobody compares ten at a counter."""

MAX_ENTRIES = 60
MAX_LENGTH = 300


@dataclass(frozen=True)
class Problem:
    """Something on the sheet that stops advice or a signature, at the field where it can be put right."""

    field: str
    message: str


@dataclass(frozen=True)
class Removed:
    """A medicine taken off the sheet after it had raised a warning; nobody has said why yet."""

    said: str
    ingredients: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything on the intake page. Texts are as typed; a blank answer means that nobody asked."""

    conditions: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    medicines: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    experience: str = ""
    current_route: str = ""
    current_thc: str = ""
    current_cbd: str = ""
    current_last: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    present: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()
    limit: int = FEW
    measure: str = ""
    baseline: str = ""
    now: str = ""
    weeks: str = ""
    copied: bool = False
    tried: tuple[str, ...] = ()
    news: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    note: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored sheet; fields it does not have keep their blank."""
        known = {one.name for one in fields(cls)}
        kept: dict[str, Any] = {}
        for name, value in stored.items():
            if name == "removed":
                kept[name] = tuple(
                    Removed(one["said"], tuple(one["ingredients"]), tuple(one["rules"])) for one in value
                )
            elif name in known:
                kept[name] = tuple(value) if isinstance(value, list) else value
        return cls(**kept)

    def to_json(self) -> dict[str, Any]:
        """The stored form: lists for tuples, blanks kept."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @property
    def unasked(self) -> tuple[str, ...]:
        """Safety topics that nobody has asked about, in the page's order."""
        return tuple(topic for topic in TOPICS if not self._is_asked(topic))

    def _is_asked(self, topic: str) -> bool:
        if topic in ("medicines", "allergies") and getattr(self, topic):
            return True
        return self.topics.get(topic, "") in ("yes", "no")

    def to_intake(
        self,
        *,
        patient: Patient,
        number: str,
        on: date,
        clearances: tuple[Mapping[str, Any], ...] = (),
        not_understood: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The Intake of the contract. No name, card or contact of the patient is in it.

        `not_understood` are details that guidance did not recognise: their topic's plain term goes along
        with them.
        """
        told = [*self.history]
        for topic, general in GENERAL_TERM.items():
            if self.topics.get(topic) == "yes":
                detail = self.details.get(topic, "").strip()
                told += [part for part in [detail] if part]
                if not detail or detail in not_understood:
                    told.append(general)
        if self.news.get("illness") == "yes" and self.news.get("illness_text", "").strip():
            told.append(self.news["illness_text"].strip())
        intake: dict[str, Any] = {
            "id": number,
            "on": on.isoformat(),
            "age": patient.age_on(on),
            "conditions": list(self.conditions),
            "routes": list(self.routes),
            "medicines": list(self.medicines),
            "history": told,
            "symptoms": list(self.symptoms),
            "goals": list(self.goals),
            "allergies": list(self.allergies),
            "experience": self.experience or "none",
            "asked": [topic for topic in TOPICS if self._is_asked(topic)],
            "limit": self.limit,
        }
        if patient.sex in ("female", "male"):
            intake["sex"] = patient.sex
        if self.current_route:
            intake["current_use"] = {
                "route": self.current_route,
                "thc_mg_per_day": _number(self.current_thc),
                "cbd_mg_per_day": _number(self.current_cbd),
                "last": _day(self.current_last),
            }
        if patient.certification_state:
            intake["certification"] = {
                "state": patient.certification_state,
                "expires": patient.certification_expires.isoformat()
                if patient.certification_expires
                else None,
                "caregiver_expires": patient.caregiver_expires.isoformat()
                if patient.caregiver_expires and "caregiver" in self.present
                else None,
            }
        if clearances:
            intake["clearances"] = [dict(one) for one in clearances]
        if self.measure and _number(self.baseline) is not None and _number(self.now) is not None:
            intake["follow_up"] = {
                "measure": self.measure,
                "baseline": _number(self.baseline),
                "now": _number(self.now),
                "weeks": _number(self.weeks),
            }
        if self.refused:
            intake["not_these"] = list(self.refused)
        if self.consider:
            intake["consider"] = list(self.consider)
        if self.tried and self.news.get("benefit"):
            harm = self.news.get("harm_text", "").strip() if self.news.get("harm") == "yes" else ""
            intake["tried"] = [
                {"sku": sku, "batch": None, "benefit": self.news["benefit"], "harm": harm or None}
                for sku in self.tried
            ]
        return intake

    def problems(self) -> tuple[Problem, ...]:
        """What stops the advice: nothing to advise on, or a figure that cannot be one."""
        found: list[Problem] = []
        if not self.conditions:
            found.append(
                Problem("conditions", "Say at least one condition: what does the patient want help with?")
            )
        for name in ("conditions", "medicines", "history", "symptoms", "goals", "allergies"):
            entries = getattr(self, name)
            if len(entries) > MAX_ENTRIES:
                found.append(
                    Problem(name, f"{len(entries)} lines are more than the {MAX_ENTRIES} that can be read.")
                )
            if any(len(entry) > MAX_LENGTH for entry in entries):
                found.append(
                    Problem(name, f"One line is longer than {MAX_LENGTH} characters. Break it into several.")
                )
        for name, words, low, high in (
            ("current_thc", "THC a day", 0, 5000),
            ("current_cbd", "CBD a day", 0, 5000),
            ("baseline", "The score at the start", 0, 1000),
            ("now", "The score now", 0, 1000),
            ("weeks", "The number of weeks", 0, 520),
        ):
            typed = getattr(self, name).strip()
            if typed and (value := _number(typed)) is None:
                found.append(Problem(name, f"{words} is “{typed}”. Write a number, like 5 or 2.5."))
            elif typed and value is not None and not low <= value <= high:
                found.append(Problem(name, f"{words} is {typed}. It can be from {low} to {high}."))
        if self.current_last.strip() and _day(self.current_last) is None:
            found.append(
                Problem("current_last", f"“{self.current_last}” is not a date. Write it as 2026-11-20.")
            )
        if (self.current_thc or self.current_cbd or self.current_last) and not self.current_route:
            found.append(Problem("current_route", "Say how the patient uses cannabis now."))
        if self.topics.get("medicines") == "no" and self.medicines:
            found.append(
                Problem(
                    "topic-medicines",
                    "You answered that no medicine is taken, but medicines are listed. Which is it?",
                )
            )
        if self.topics.get("allergies") == "no" and self.allergies:
            found.append(
                Problem(
                    "topic-allergies",
                    "You answered that there is no allergy, but allergies are listed. Which is it?",
                )
            )
        return tuple(found)

    def unfinished(self) -> tuple[Problem, ...]:
        """What a signature needs beyond advice: every topic asked and every yes explained."""
        found = [
            Problem(f"topic-{topic}", f"Ask about {TOPIC_WORDS[topic]}, and note the answer.")
            for topic in self.unasked
        ]
        for topic in TOPICS:
            if self.topics.get(topic) != "yes":
                continue
            if topic in ("medicines", "allergies"):
                if not getattr(self, topic):
                    found.append(Problem(topic, f"You answered yes to {TOPIC_WORDS[topic]}: list them."))
            elif not self.details.get(topic, "").strip():
                found.append(
                    Problem(f"detail-{topic}", f"You answered yes to {TOPIC_WORDS[topic]}: say what it is.")
                )
        if not self.present:
            found.append(Problem("present", "Say who is here: the patient, a caregiver, somebody by phone."))
        if self.copied:
            found += [
                Problem(f"news-{one}", NEWS_WORDS[one])
                for one in NEWS
                if not self.news.get(one) and (one not in ("harm", "benefit") or self.tried)
            ]
            if self.news.get("illness") == "yes" and not self.news.get("illness_text", "").strip():
                found.append(
                    Problem("news-illness_text", "You noted a new illness or event: say what it is.")
                )
            if self.news.get("harm") == "yes" and not self.news.get("harm_text", "").strip():
                found.append(Problem("news-harm_text", "You noted a side effect: say which."))
        return tuple(found)

    def as_next_time(self, skus: tuple[str, ...]) -> Sheet:
        """The sheet a later visit may start from.

        Symptoms, who was here, scores and pregnancy are of the day and are asked again; `skus` were sold.
        """
        return replace(
            self,
            symptoms=(),
            present=(),
            topics={topic: said for topic, said in self.topics.items() if topic != "pregnancy"},
            details={topic: said for topic, said in self.details.items() if topic != "pregnancy"},
            consider=(),
            limit=FEW,
            baseline=self.baseline,
            now="",
            weeks="",
            current_last="",
            copied=True,
            tried=skus,
            news={},
            removed=(),
            note="",
        )


TOPIC_WORDS = {
    "medicines": "medicines",
    "allergies": "allergies",
    "pregnancy": "pregnancy and breastfeeding",
    "psychosis": "psychosis or bipolar disorder, own or in the family",
    "heart": "the heart",
    "liver": "the liver",
    "kidney": "the kidneys",
    "lung": "the lungs",
    "substance-use": "alcohol, drugs and dependence",
}

NEWS_WORDS = {
    "medicines": "Ask whether any medicine, dose or supplement changed since last time.",
    "illness": "Ask about new illness, hospital stays and falls since last time.",
    "harm": "Ask about side effects of what was bought last time.",
    "benefit": "Ask whether what was bought last time helped.",
}


def lines(typed: str) -> tuple[str, ...]:
    """The entries of a box with one on each line; blanks left out, twins kept once."""
    kept = (" ".join(line.split()) for line in typed.splitlines())
    return tuple(dict.fromkeys(line for line in kept if line))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _number(typed: str) -> float | None:
    said = typed.strip().replace(",", ".")
    return float(said) if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", said) else None


def _day(typed: str) -> str | None:
    try:
        return date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        return None
