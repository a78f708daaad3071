"""The words of reactions: symptoms to tick, seriousness, where a wish for a hold stands."""

from __future__ import annotations

from counselor.reactions.models import HoldAnswer, Seriousness, Told

POISON_CONTROL = "1-800-222-1222"

SYMPTOMS = {
    "hard-to-wake": "Very sleepy, hard to wake",
    "breathing": "Trouble breathing",
    "chest-pain": "Chest pain",
    "heart": "Fast or pounding heart",
    "seizure": "Seizure",
    "fainting": "Fainted, dizzy, fell",
    "mind": "Panic, confusion, seeing or hearing things",
    "vomiting": "Vomiting again and again",
    "swelling": "Rash, hives or swelling",
    "burn": "Burn or irritation where it was used",
    "other": "Something else",
}

ALARM = frozenset({"hard-to-wake", "breathing", "chest-pain", "seizure"})
"""Symptoms for which the page says 911 first: the same four as on every handout."""

SERIOUSNESS_WORDS = {
    Seriousness.HOME: "Passed without care",
    Seriousness.CARE: "Needed care: doctor, urgent care, Poison Control",
    Seriousness.HOSPITAL: "Hospital or emergency room",
    Seriousness.LIFE: "Life-threatening",
}

TOLD_WORDS = {Told.REACTION: "Reaction", Told.RETURN: "Return"}

HOLD_ANSWER_WORDS = {
    HoldAnswer.NONE: "",
    HoldAnswer.OPEN: "A hold of this batch is asked for. A pharmacist or manager decides.",
    HoldAnswer.HELD: "The batch was put on hold.",
    HoldAnswer.LEFT: "The batch was not put on hold.",
}
