"""Dosage forms as registries and menus spell them, as ours.

138 spellings occur in one registry alone. A spelling that could be two forms is none: "oil" is swallowed or
vaporized, and "Extracts, sprays, tinctures or oils" is three routes at once.
"""

from __future__ import annotations

import re
from functools import lru_cache

from counselor.guidance.shelf import FORMS

_EQUIVALENT = re.compile(
    r"=\s*[\d.]*\s*(g|grams?)?\s*(raw\s+)?flower.*|[;,]\s*[\d.]+\s*(g|grams?)\s*(raw\s+)?flower\s*"
    r"(equiv\w*\.?)?\s*$"
    r"|[\d.]+\s*(g|grams?)\s*(raw\s+)?flower\s+equiv.*"
)
"""How much flower a product counts as against a patient's allowance: "1 mL syringe ... = 2.94g Flower" is no
flower."""

_WORDS: tuple[tuple[str, str], ...] = (
    (r"extracts?, sprays?, tinctures? or oils?", ""),
    (r"\b(dog|cat|pet)s?\b.*(treat|biscuit|oil)|for (pets|dogs|cats)", ""),
    (r"(infused|enhanced).*(pre-?\s?roll|joint|blunt)|(pre-?\s?roll|joint|blunt).*infused",
     "infused-pre-roll"),
    (r"transdermal.*patch|\bpatch", "transdermal-patch"),
    (r"transdermal", "transdermal-gel"),
    (r"suppositor|nasal|\blube\b|lubricant", ""),
    (r"metered.*inhaler", "metered-inhaler"),
    (r"vap(e|our|or)|\bvpen\b|e-?cig|e-?liquid|cartridge|\bcarts?\b|510 thread|disposable"
     r"|\ball-?in-?one\b|\baio\b",
     "vape-cartridge"),
    (r"capsule|\bpills?\b|gel ?caps?|soft ?gel", "capsule"),
    (r"tablet", "tablet"),
    (r"oral spray|oromucosal|(sublingual|mouth|mucosal|buccal) spray", "oromucosal-spray"),
    (r"lozenge|troche|(sublingual|oral|buccal|dissolv\w+) (strip|film)", "lozenge"),
    (r"tincture|sublingual|\bdrops\b", "tincture"),
    (r"oral (solution|oil|suspension)|cooking oil", "oral-oil"),
    (r"soft chew|gumm(y|ies?)\b|gummies|gelatin|\bchews?\b", "gummy"),
    (r"ice cream", "edible"),
    (r"chocolate bar|chocolate.*cookies.*cream|cookies.*cream.*chocolate", "chocolate"),
    (r"baked|cookies?\b|brownie|cracker|cake\b|muffin|krisp(y|ie) treat|crisp(y|ie) treat|\bpie\b|\bbread\b",
     "baked-good"),
    (r"chocolate|truffle", "chocolate"),
    (r"beverage|\bdrinks?\b|\btea\b|\bsoda\b|lemonade|seltzer|\bcoffee\b(?! pop)|\bjuice\b", "beverage"),
    (r"\bmints?\b", "lozenge"),
    (r"hash powder", "concentrate"),
    (r"powder", "powder"),
    (r"body butter|\bbath\b|\brub\b|massage|ointment|liniment|roll-?\s?on\b", "topical"),
    (r"edible|ingestible|infused, solid|honey(?! badger)|cand(y|ies)\b|snack|\bspread\b|lolli(pop)?s?\b"
     r"|caramel|taffy|granola|syrup|elixir|peanut butter|cannabutter|\bjam\b|\bjelly\b|hot sauce|ketchup"
     r"|\bgum\b|\bjerky\b", "edible"),
    (r"\brso\b|rick simpson|\bfeco\b|full extract", "oral-concentrate"),
    (r"pre-?\s?rolls?|pre-?\s?rolled|\bcones?\b|cigarette|\bjoints?\b|\bblunts?\b", "pre-roll"),
    (r"\bbalm|\bsalve", "balm"),
    (r"\bcream|\bcreme", "cream"),
    (r"lotion(?!s\b)", "lotion"),
    (r"topical|lotions", "topical"),
    (r"flower pods?", "flower"),
    (r"\bpods?\b", "vape-cartridge"),
    (r"concentrate|\bwax\b|shatter|\bki?ee?i?f\b|rosin|badder|budder|\bbatter\b|crumble|\bsauce\b|resin|diamond"
     r"|\bhash(ish)?\b|dry sift|extract\b|distillate|\bisolate\b|crystalline|\bdabs?\b", "concentrate"),
    (r"flower|raw material|select grind|\bground\b|\bbuds?\b(?!')|\bshake\b|\btrim\b|\bsmalls\b"
     r"|\bnugs?\b", "flower"),
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
    said = _EQUIVALENT.sub("", said).strip() if "flower" in said else said
    for pattern, form in _COMPILED:
        if pattern.search(said):
            return form
    return ""


def route_of(form: str) -> str:
    """The route a form is asked for by; empty for an unknown form."""
    return FORMS[form].route if form in FORMS else ""
