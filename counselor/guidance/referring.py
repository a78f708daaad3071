"""Who else must see this patient and how soon: red flags, medicines that nobody checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .advice import AdvisedReferral, Unrecognised
from .clearing import agreed
from .findings import HOUSE
from .intake import Intake
from .knowledge import Cited, Knowledge, Referral, Urgency
from .resolve import Facts


def red_flags(
    facts: Facts, intake: Intake, knowledge: Knowledge, on: date
) -> tuple[list[AdvisedReferral], list[str], str]:
    """Referrals of the flags met, most urgent first; ids that stop the visit, and the first one's reason."""
    referrals, stops, text = [], [], ""
    for flag in sorted(knowledge.red_flags, key=lambda flag: (-flag.urgency, flag.id)):
        if any(_met(name, facts, knowledge) for name in flag.unless):
            continue
        because: list[str] = []
        for names in flag.all_of:
            met = [found for name in sorted(names) for found in _met(name, facts, knowledge)]
            if not met:
                break
            because += met
        else:
            if flag.urgency is Urgency.SAME_DAY and agreed(flag.id, intake, on):
                continue  # the prescriber was asked and answered; an emergency is never answered away
            referrals.append(
                AdvisedReferral(
                    flag.urgency.word,
                    flag.to,
                    flag.reason,
                    tuple(dict.fromkeys(because)),
                    _keys(flag.sources),
                    flag.say,
                )
            )
            if flag.urgency >= Urgency.SAME_DAY:
                stops.append(flag.id)
                text = text or flag.reason
    return referrals, stops, text


def _met(name: str, facts: Facts, knowledge: Knowledge) -> list[str]:
    """What of the patient meets one requirement: a term, "statin:class", "x:ingredient" or "pain:group"."""
    plain, _, kind = name.partition(":")
    if kind == "class":
        named = [i for i, classes in facts.ingredients.items() if plain in classes]
        return named + [plain] * (plain in facts.class_only)
    if kind == "ingredient":
        return [plain] if plain in facts.ingredients else []
    if kind == "group":
        return [id for id in facts.conditions if knowledge.conditions[id].group == plain]
    return [plain] if plain in facts.terms else []


def unread_referral(unrecognised: Iterable[Unrecognised]) -> list[AdvisedReferral]:
    """To the pharmacist this week, naming the first ten medicines nobody could identify; or none."""
    said = tuple(u.said for u in unrecognised if u.field == "medicines")
    if not said:
        return []
    listed = ", ".join(f"“{name}”" for name in said[:10])
    reason = (
        f"Not checked, because nobody could identify it: {listed}. "
        "A pharmacist must say what it is before any sale."
    )
    return [AdvisedReferral(Urgency.THIS_WEEK.word, "pharmacist", reason, said, (HOUSE,))]


def unassessed_referral(ingredients: tuple[str, ...]) -> list[AdvisedReferral]:
    """To the pharmacist this week, for known medicines of which nobody judged what cannabis does; or none.

    House policy: being known by name is no check, so it weighs as much as a name nobody knows.
    """
    if not ingredients:
        return []
    reason = (
        f"Known by name, but nobody here has checked it with cannabis: {', '.join(ingredients[:10])}. "
        "A pharmacist must look it up before any sale."
    )
    return [AdvisedReferral(Urgency.THIS_WEEK.word, "pharmacist", reason, ingredients, (HOUSE,))]


def referral_of(referral: Referral, because: tuple[str, ...], sources: tuple[Cited, ...]) -> AdvisedReferral:
    """A referral as the answer shows it. One that cites nothing rests on house policy."""
    return AdvisedReferral(
        referral.urgency.word, referral.to, referral.reason, because, _keys(sources) or (HOUSE,)
    )


def _keys(sources: Iterable[Cited]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited.key for cited in sources))


def merge_referrals(referrals: Iterable[AdvisedReferral]) -> list[AdvisedReferral]:
    """Most urgent first, the same reason to the same person once."""
    order = {urgency.word: -urgency for urgency in Urgency}
    seen = {(r.to, r.reason): r for r in referrals}
    return sorted(seen.values(), key=lambda r: (order[r.urgency], r.to, r.reason))
