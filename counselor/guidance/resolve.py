"""From words to ids: what was said, what we take it to be, and what nobody could make out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from .advice import Recognised, RecognisedMedicine, RecognisedTerm, Unrecognised
from .contradictions import OF_WOMEN, with_questions
from .intake import Intake
from .knowledge import TOPICS, Knowledge, When
from .medicine_lines import read_line
from .medicines import MedicineList
from .named_aside import named_aside
from .phrases import Heard, Mention
from .words import fold

TOLD_WITH_MEDICINES = frozenset(
    {"ran-out-of-medicine", "ran-out-once", "new-medicine", "baclofen-pump", "pump-problem"}
)
"""Terms beside "stopped-...", whose patterns are looked for in lines of medicines too."""
NEW_MEDICINE, RAN_OUT = "new-medicine", "ran-out-of-medicine"
ANYBODYS = frozenset({"not-wakeable", "slow-breathing"})
"""Signs on which help is called whoever has them: "my husband cannot be woken"."""
BAD_REACTION = "bad-reaction-to-dose-once"
HEARD_AT_MOST = 60_000
"""Characters of free text that one visit reads, about thirty pages; the rest is said back as not read."""
LONGEST_MEDICINE_ASIDE = 400
"""Characters without a comma, outside the list of medicines, in which a medicine is still looked for."""
SAID_AS_PAST = re.compile(r"\b(clean|sober|recovery|former|used to|quit|stopped|years? ago|past)\b")
TERM_FIELDS = ("conditions", "history", "symptoms", "allergies", "goals")


@dataclass(frozen=True)
class Facts:
    """The patient as the rules see them. Every id is present (not denied) and was said, implied or counted.

    `ingredients` maps each medicine taken to its classes; `class_only` are classes said without a name.
    `strong` and `weak` are the sedating ones, by the name that `because` shows.
    """

    age: int | None
    sex: str
    experience: str
    routes: tuple[str, ...]
    current_route: str
    terms: frozenset[str]
    conditions: tuple[str, ...]
    groups: frozenset[str]
    ingredients: dict[str, tuple[str, ...]]
    class_only: tuple[str, ...]
    classes: frozenset[str]
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    said_as: dict[str, str] = field(default_factory=dict)
    """For a term that was only implied, the term that was said."""

    def holds(
        self, when: When, *, about: str = "", raised_by: int = 1, cbd_mg_per_day: float | None = None
    ) -> bool:
        """Whether all of `when` is so. `about`: a rule's own medicine, which is not its "other sedative".

        `cbd_mg_per_day`: the CBD of a day as far as it is known; what asks for an amount does not hold
        without one.
        """
        if when.terms and not when.terms & self.terms:
            return False
        if when.classes and not when.classes & self.classes:
            return False
        if when.ingredients and not when.ingredients & self.ingredients.keys():
            return False
        if when.groups and not when.groups & self.groups:
            return False
        if when.route and not (when.route & set(self.routes) if self.routes else True):
            return False
        if when.current_route and self.current_route not in when.current_route:
            return False
        if when.experience and self.experience not in when.experience:
            return False
        if when.sex and self.sex and self.sex != when.sex:
            return False
        if not self._age_within(when.age_min, when.age_max):
            return False
        if when.several and raised_by < 2:
            return False
        others = [name for name in self.strong if name != about]
        if len(others) < when.strong_sedatives:
            return False
        if len([name for name in self.weak if name != about]) < when.weak_sedatives:
            return False
        if when.cbd_mg_per_day is None:
            return True
        return cbd_mg_per_day is not None and cbd_mg_per_day >= when.cbd_mg_per_day

    def _age_within(self, low: int | None, high: int | None) -> bool:
        if low is None and high is None:
            return True
        if self.age is None:
            return False
        return (low is None or self.age >= low) and (high is None or self.age <= high)

    def of_age(self, bounds: tuple[int | None, int | None]) -> bool:
        """Whether the age is within (lowest, highest) years, both included; with a bound, not if unknown."""
        return self._age_within(*bounds)


@dataclass(frozen=True)
class Resolved:
    """The intake as understood, what was not, and the facts that rules reason from."""

    recognised: Recognised
    unrecognised: tuple[Unrecognised, ...]
    not_assessed: tuple[str, ...]
    facts: Facts
    allergens: tuple[tuple[str, tuple[str, ...]], ...]
    """What the patient is allergic to, each with the words an ingredient list would use for it."""

    @property
    def unassessed(self) -> tuple[str, ...]:
        """Ingredients taken of which nobody has judged what they do with cannabis, each once."""
        taken = (m for m in self.recognised.medicines if not m.denied)
        return tuple(dict.fromkeys(name for m in taken for name in m.unassessed))


def resolve(intake: Intake, knowledge: Knowledge, *, on: date) -> Resolved:
    """Read every entry. Each comes back recognised, or unrecognised with what is nearest: none is dropped."""
    said = _Said(knowledge, on, frozenset(intake.not_these))
    for field_name in TERM_FIELDS:
        for entry in getattr(intake, field_name):
            said.hear(field_name, entry)
    for line in intake.medicines:
        said.hear_medicines("medicines", line, read_line(knowledge.medicines, line))
    for tried in intake.tried:
        said.hear_harm(tried.harm)
    said.settle_conditions()
    return said.resolved(intake)


class _Said:
    """Gathers what the entries gave, in the order they were said."""

    def __init__(self, knowledge: Knowledge, on: date, refused: frozenset[str] = frozenset()) -> None:
        self.knowledge = knowledge
        self.on = on
        self.refused = refused
        self.terms: dict[str, list[RecognisedTerm]] = {name: [] for name in TERM_FIELDS}
        self.medicines: list[RecognisedMedicine] = []
        self.unrecognised: list[Unrecognised] = []
        self.said_no_medicines = False
        self.allergen_words: list[tuple[str, tuple[str, ...]]] = []
        self.told: set[str] = set()
        self.of_others: set[tuple[str, str]] = set()
        """What was said, and the id, where a relative has it."""
        self.heard_characters = 0
        self.told_with_medicines = frozenset(
            id for id in knowledge.terms if id.startswith("stopped-") or id in TOLD_WITH_MEDICINES
        )

    def hear(self, field_name: str, entry: str) -> None:
        self.heard_characters += len(entry)
        if self.heard_characters > HEARD_AT_MOST:
            self.unrecognised.append(Unrecognised(field_name, entry))
            return
        heard = self.knowledge.phrases.hear(entry, on=self.on, known=self.knowledge.medicines.first_words)
        rows = self.terms[field_name]
        for mention in heard.mentions:
            if field_name == "allergies" and mention.days_ago is None:
                mention = replace(mention, past=not mention.recent)  # "penicillin: throat closing" was then
            id, denied = self._meant(mention)
            if mention.whose:
                self.of_others.add((entry, id))
            twin = next((i for i, row in enumerate(rows) if row.said == entry and row.id == id), None)
            if twin is None or (rows[twin].denied and not denied and id in OF_WOMEN):
                rows.append(self._term(entry, id, mention, denied))
            elif rows[twin].denied and not denied:  # "no asthma, COPD": one of the two is there
                rows[twin] = self._term(entry, id, mention, denied)
        if field_name == "allergies":
            self._hear_allergy(entry, heard.unread, bool(heard.mentions))
            return
        self._hear_asides(field_name, entry, heard)
        if not heard.mentions and fold(entry).strip(" .") in (
            "none",
            "no",
            "nothing",
            "n/a",
            "na",
            "nil",
            "none known",
        ):
            return
        for part in heard.unread:
            self._hear_elsewhere(field_name, entry, part)

    def _hear_asides(self, field_name: str, entry: str, heard: Heard) -> None:
        """Medicines named in a sentence about something else are heard, and whether one of them is new."""
        if field_name == "goals":
            return
        vocabulary = self.knowledge.medicines
        for aside in named_aside(vocabulary, heard.plain, on=self.on, taken=heard.taken):
            known = [vocabulary.ingredients[i] for i in aside.name.ingredients if i in vocabulary.ingredients]
            local = bool(known) and (aside.name.local or not any(i.systemic for i in known))
            classes = () if local else (*aside.name.classes, *vocabulary.classes_of(aside.name.ingredients))
            self.medicines.append(
                RecognisedMedicine(
                    aside.said,
                    entry,
                    tuple(sorted(aside.name.ingredients)),
                    tuple(sorted(set(classes))),
                    aside.name.how,
                    denied=not aside.taken,
                    local=local,
                )
            )
            for id, holds in ((NEW_MEDICINE, aside.new), (RAN_OUT, aside.gone)):
                if holds and id in self.knowledge.terms:
                    self._keep(entry, [Mention(id, 0)])

    def _hear_elsewhere(self, field_name: str, entry: str, part: str) -> None:
        """A medicine among conditions counts as one if its name is exact; anything else is said back."""
        if len(part) > LONGEST_MEDICINE_ASIDE:
            self.unrecognised.append(Unrecognised(field_name, part))
            return
        as_medicine = read_line(self.knowledge.medicines, part)
        if any(m.line == entry and m.said in part for m in self.medicines):
            as_medicine = replace(as_medicine, medicines=())  # heard in the sentence already
            if not as_medicine.unread:
                return
        exact = [
            m for m in as_medicine.medicines if m.how != "spelling" and not SAID_AS_PAST.search(fold(entry))
        ]
        if exact and not as_medicine.unread:
            self.hear_medicines(field_name, entry, as_medicine)
        else:
            self.unrecognised.append(Unrecognised(field_name, part, self._nearest_terms(part)))

    def _nearest_terms(self, part: str) -> tuple[str, ...]:
        words = {word for word in fold(part).split() if len(word) > 3}
        names = [c.name for c in self.knowledge.conditions.values() if words & set(fold(c.name).split())]
        return tuple(sorted(names)[:5])

    def _hear_allergy(self, entry: str, unread: Iterable[str], any_known: bool) -> None:
        if fold(entry).strip(" .") in (
            "none",
            "no",
            "nothing",
            "n/a",
            "nil",
            "nkda",
            "none known",
            "no allergies",
            "no known allergies",
        ):
            self.told.add("allergies")
            return
        for row in self.terms["allergies"]:
            if row.said == entry and not row.denied:
                words = self.knowledge.allergens.get(row.id)
                if words:
                    self.allergen_words.append((row.id, words))
        for part in unread:
            id = self._allergy_named(part)
            if id:
                self.terms["allergies"].append(RecognisedTerm(entry, id, self.knowledge.name_of(id)))
                self.allergen_words.append((id, self.knowledge.allergens.get(id, (fold(part).strip(),))))
                continue
            known = self.knowledge.medicines.find(part)
            if known is not None:
                self.terms["allergies"].append(
                    RecognisedTerm(
                        entry, known.ingredients[0] if known.ingredients else known.name, known.name
                    )
                )
                continue
            self.unrecognised.append(Unrecognised("allergies", part))
            self.allergen_words.append((part, (fold(part).strip(),)))

    def _allergy_named(self, part: str) -> str:
        """The allergy that a bare word means in a list of allergies: "cannabis", "MCT oil"; or ""."""
        id = self.knowledge.phrases.find(f"{part} allergy") or self.knowledge.phrases.find(
            f"allergic to {part}"
        )
        if id is not None and self.knowledge.terms[id].kind == "allergy":
            return id
        word = fold(part).strip()
        return next((id for id, words in self.knowledge.allergens.items() if word in words), "")

    def hear_medicines(self, field_name: str, line: str, heard: MedicineList) -> None:
        """Keep what a line of medicines gave and said beside: why one is taken, that one was stopped."""
        self.said_no_medicines = self.said_no_medicines or heard.said_none
        for m in heard.medicines:
            if m.how == "spelling" and m.said in self.refused:
                self.unrecognised.append(Unrecognised(field_name, m.said, m.ingredients))
                continue
            self.medicines.append(
                RecognisedMedicine(
                    m.said,
                    line,
                    m.ingredients,
                    m.classes,
                    m.how,
                    denied=m.denied,
                    local=m.local,
                    unassessed=m.unassessed,
                )
            )
        for unread in heard.unread:
            understood = self.knowledge.phrases.understand(unread.said, on=self.on)
            if understood is not None:
                self._keep(unread.said, understood.mentions)
            else:
                self.unrecognised.append(Unrecognised(field_name, unread.said, unread.nearest))
        for reason in heard.reasons:
            self._keep(
                line,
                [m for m in self.knowledge.phrases.hear(reason, on=self.on).mentions if self._matters(m.id)],
            )
        misspelt = [name for m in heard.medicines if m.how == "spelling" for name in m.ingredients]
        named = " ".join((line, *misspelt))  # so that "baclfen ran out" is heard as baclofen's
        self._keep(line, self.knowledge.phrases.patterns_in(named, self.told_with_medicines, on=self.on))

    def hear_harm(self, harm: str) -> None:
        """A product that did harm: a bad reaction, and the illness it may have shown. Symptoms are past."""
        if not harm.strip():
            return
        if BAD_REACTION in self.knowledge.terms:
            term = self.knowledge.terms[BAD_REACTION]
            self.terms["history"].append(RecognisedTerm(harm, BAD_REACTION, term.name))
        heard = self.knowledge.phrases.hear(harm, on=self.on)
        self._keep(
            harm,
            [
                self._as_past(m)
                for m in heard.mentions
                if self.knowledge.terms[m.id].kind == "history" and m.id != BAD_REACTION
            ],
        )

    def _as_past(self, mention: Mention) -> Mention:
        """ "heard voices for a day": what a product did then is no symptom of today."""
        recent = self.knowledge.terms[mention.id].recent
        if recent is None or self.knowledge.terms[recent.id].kind != "symptom":
            return mention
        return replace(mention, past=True, recent=False, days_ago=None)

    def _matters(self, id: str) -> bool:
        """Whether a medicine's reason is an illness rules look at; a treated pain needs no second entry."""
        condition = self.knowledge.conditions.get(id)
        if condition is not None:
            return bool(condition.clinician_first or condition.no_product) or condition.group in (
                "myoclonus",
                "epilepsy",
            )
        return self.knowledge.terms[id].kind in ("history", "symptom")

    def _keep(self, said: str, mentions: Iterable[Mention]) -> None:
        """Terms heard in a list of medicines count as history."""
        rows = self.terms["history"]
        for mention in mentions:
            id, denied = self._meant(mention)
            if not any(row.said == said and row.id == id for row in rows):
                rows.append(self._term(said, id, mention, denied))

    def _meant(self, mention: Mention) -> tuple[str, bool]:
        """The term meant, once it is known when and whose it is; and whether the patient is without it."""
        term = self.knowledge.terms[mention.id]
        if mention.whose == "blood" and term.in_family:
            return term.in_family, False
        id = self._dated(mention)
        if mention.whose and id in ANYBODYS and not mention.past:
            return id, False
        return id, mention.denied

    def _dated(self, mention: Mention) -> str:
        """The term meant, once it is known how long ago it was, and whether it is an old companion."""
        term = self.knowledge.terms[mention.id]
        if term.as_usual and mention.usual:
            return term.as_usual
        if term.recent is not None:
            dated = mention.days_ago
            if dated is not None:
                if dated <= term.recent.within_days:
                    return term.recent.id
            elif (mention.recent and not term.recent.dated_only) or (
                term.recent.undated and not mention.past
            ):
                return term.recent.id
        if term.past and mention.past:
            return term.past
        return term.id

    def _term(self, said: str, id: str, mention: Mention, denied: bool) -> RecognisedTerm:
        condition = self.knowledge.conditions.get(id)
        how = "spelling" if mention.respelled else ""
        return RecognisedTerm(
            said=said,
            id=id,
            name=self.knowledge.name_of(id),
            icd10=condition.icd10 if condition else (),
            denied=denied,
            how=how,
            to_confirm=condition.to_confirm if condition and not denied else "",
        )

    def settle_conditions(self) -> None:
        """A general condition gives way to an exact one of its group, and some become another in company."""
        conditions = self.knowledge.conditions
        present = [r.id for rows in self.terms.values() for r in rows if not r.denied]
        exact = {
            conditions[id].group: id
            for id in reversed(present)
            if id in conditions and not conditions[id].generic
        }
        swap: dict[str, str] = {}
        for id in dict.fromkeys(present):
            condition = conditions.get(id)
            if condition is None:
                continue
            turned = next((target for other, target in condition.becomes if other in present), "")
            if turned:
                swap[id] = turned
            elif condition.generic and condition.group in exact:
                swap[id] = exact[condition.group]
        for name, rows in self.terms.items():
            self.terms[name] = [
                RecognisedTerm(
                    r.said,
                    swap[r.id],
                    conditions[swap[r.id]].name,
                    conditions[swap[r.id]].icd10,
                    r.denied,
                    r.how,
                )
                if r.id in swap and not r.denied
                else r
                for r in rows
            ]

    def resolved(self, intake: Intake) -> Resolved:
        facts = self._facts(intake)
        rows = {
            name: tuple(told) for name, told in with_questions(intake, self.terms, self.of_others).items()
        }
        return Resolved(
            Recognised(medicines=tuple(self.medicines), **rows),
            tuple(self.unrecognised),
            self._not_assessed(intake),
            facts,
            tuple(self.allergen_words),
        )

    def _facts(self, intake: Intake) -> Facts:
        knowledge = self.knowledge
        present: dict[str, str] = {}
        waiting = [(r.id, r.id) for rows in self.terms.values() for r in rows if not r.denied]
        while waiting:
            id, said = waiting.pop(0)
            if id in knowledge.terms and id not in present:
                present[id] = said
                waiting += [(implied, said) for implied in knowledge.terms[id].implies]
        ingredients: dict[str, tuple[str, ...]] = {}
        for m in self.medicines:
            for name in () if m.denied or m.local else m.ingredients:  # a cream does not reach the blood
                ingredients[name] = knowledge.medicines.classes_of([name])
        for id in present:
            counted = knowledge.terms[id].ingredient
            if counted:
                ingredients.setdefault(counted, knowledge.medicines.classes_of([counted]))
        class_only = tuple(
            dict.fromkeys(c for m in self.medicines if not m.denied and not m.ingredients for c in m.classes)
        )
        conditions = tuple(id for id in present if id in knowledge.conditions)
        strengths = {id: c.depressant for id, c in knowledge.classes.items()}

        def of_strength(strength: str) -> tuple[str, ...]:
            named = [
                n for n, classes in ingredients.items() if any(strengths.get(c) == strength for c in classes)
            ]
            return tuple(named + [c for c in class_only if strengths.get(c) == strength])

        strong = of_strength("strong")
        return Facts(
            age=intake.age,
            sex=intake.sex,
            experience=intake.experience or "none",
            routes=intake.routes,
            current_route=intake.current_use.route if intake.current_use else "",
            terms=frozenset(present),
            conditions=conditions,
            groups=frozenset(knowledge.conditions[id].group for id in conditions),
            ingredients=ingredients,
            class_only=class_only,
            classes=frozenset(c for classes in ingredients.values() for c in classes) | frozenset(class_only),
            strong=strong,
            weak=tuple(name for name in of_strength("weak") if name not in strong),
            said_as=present,
        )

    def _not_assessed(self, intake: Intake) -> tuple[str, ...]:
        """Topics neither asked about nor told of. A denied mention tells as much as a present one."""
        told = set(intake.asked) | self.told
        told |= {
            self.knowledge.terms[r.id].topic
            for rows in self.terms.values()
            for r in rows
            if r.id in self.knowledge.terms
        }
        if self.medicines or self.said_no_medicines or any(u.field == "medicines" for u in self.unrecognised):
            told.add("medicines")
        if intake.allergies:
            told.add("allergies")
        if intake.sex == "male":
            told.add("pregnancy")
        return tuple(topic for topic in TOPICS if topic not in told)
