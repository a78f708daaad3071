"""Dosage forms as registries and menus spell them, as ours.

138 spellings occur in one registry alone. A spelling that could be two forms is none: "oil" is swallowed or
vaporized, and "Extracts, sprays, tinctures or oils" is three routes at once.
"""

from __future__ import annotations

import re
from functools import lru_cache

from counselor.guidance.shelf import FORMS

_WORDS: tuple[tuple[str, str], ...] = (
    (r"extracts?, sprays?, tinctures? or oils?", ""),
    (r"(infused|enhanced).*(pre-?\s?roll|joint|blunt)|(pre-?\s?roll|joint|blunt).*infused",
    "infused-pre-roll"),
    (r"transdermal.*patch|\bpatch", "transdermal-patch"),
    (r"transdermal", "transdermal-gel"),
    (r"suppositor", ""),
    (r"vap(e|our|or)|\bvpen\b|e-?cig|cartridge|\bcart\b|510 thread|disposable", "vape-cartridge"),
    (r"capsule|\bpills?\b|gel caps?|softgel", "capsule"),
    (r"tablet", "tablet"),
    (r"oral spray|oromucosal|sublingual spray", "oromucosal-spray"),
    (r"tincture|sublingual|\bdrops\b", "tincture"),
    (r"lozenge|\bmints?\b|troche", "lozenge"),
    (r"oral (solution|oil)|cooking oil", "oral-oil"),
    (r"\brso\b|full extract", "oral-concentrate"),
    (r"soft chew|gumm(y|ies)|gelatin", "gummy"),
    (r"chocolate", "chocolate"),
    (r"baked|cookies?\b|brownie|cracker|cake\b", "baked-good"),
    (r"beverage|\bdrinks?\b|\btea\b|\bsoda\b|lemonade", "beverage"),
    (r"powder", "powder"),
    (r"edible|ingestible|infused, solid|honey|candy|snack|\bspread\b", "edible"),
    (r"pre-?\s?rolls?|pre-?\s?rolled|\bcones?\b|cigarette|\bjoints?\b|\bblunts?\b", "pre-roll"),
    (r"\bbalm|\bsalve", "balm"),
    (r"\bcream", "cream"),
    (r"lotion(?!s\b)", "lotion"),
    (r"topical|lotions|body butter|\bbath\b", "topical"),
    (r"concentrate|\bwax\b|shatter|\bkief\b|rosin|badder|budder|\bsauce\b|live"
    r" resin|diamond|\bhash\b|extract\b|distillate", "concentrate"),
    (r"flower|raw material|select grind|\bground\b|\bbud\b", "flower"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), form) for pattern, form in _WORDS)


@lru_cache(maxsize=4096)
def form_of(text: str) -> str:
    """Our form for a spelling; empty where it names none of ours, or more than one route."""
    said = " ".join(text.lower().replace("_", " ").split())
    if not said:
        return ""
    dashed = said.replace(" ", "-")
    if dashed in FORMS:
        return dashed
    for pattern, form in _COMPILED:
        if pattern.search(said):
            return form
    return ""


def route_of(form: str) -> str:
    """The route a form is asked for by; empty for an unknown form."""
    return FORMS[form].route if form in FORMS else ""
