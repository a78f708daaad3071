"""A counselor's shorthand written out: "sz x2 this am", "R arm weak", "HA, flushed", "n/v x 3d".

Only what has one meaning beside the words around it is written out. "CP" is chest pain only where it began
lately, as it may be cerebral palsy; "MI" is a heart attack only with a time, as it may be a state.
"""

from __future__ import annotations

import re

_LIMB = (
    r"(?:sided?|arm|leg|hand|foot|face|facial|calf|eye|hip|knee|shoulder|thigh|lower|upper|cheek|ankle"
    r"|elbow|wrist)"
)
_LATELY = (
    r"\s+(?:since (?!birth|child|\d{4})|today|this|x ?\d|now|at rest|on exertion|radiat|with|w/|on and off)"
)

_RULES: tuple[tuple[str, str], ...] = (
    (r"\bw/o\b", "without "),
    (r"\bw/(?=\s|[a-z])", "with "),
    (r"\bc/o\b", " "),
    (r"\bd/o\b", "disorder"),
    (r"\bdz\b", "disease"),
    (r"\bszs?\b|\bszrs?\b", "seizure"),
    (r"\bh/a\b|\b(?-i:HA)\b", "headache"),
    (r"\betoh\b", "alcohol"),
    (r"\babx\b", "antibiotic"),
    (r"\bpulm\b", "pulmonary"),
    (r"\bbilat\b|\bb/l\b", "both"),
    (r"\bincont\b", "incontinent"),
    (r"\b(?-i:AMS)\b", "altered mental status"),
    (r"\b(?-i:LOC)\b", "loss of consciousness"),
    (r"\b(?-i:DOE)\b", "short of breath on exertion"),
    (r"\b(?-i:CVA)\b", "stroke"),
    (r"\b(?:n-?)?stemi\b", "heart attack"),
    (
        r"(?<!in )(?<!to )(?<!from )\b(?-i:MI)\b(?=[^,;.]{0,25}\bago\b| in (?:19|20)\d\d| (?:last|this) )",
        "heart attack",
    ),
    (rf"\b(?-i:CP)\b(?={_LATELY})", "chest pain"),
    (r"\b(?:n/v/d|n/v|v/d|n&v|d&v|v&d)\b", "vomiting and diarrhea"),
    (r"\bn/t\b", "numbness and tingling"),
    (r"\b(?:rr|resp(?:iratory)? rate)(?: of| is|:)? ?(?:[4-9]|10)\b", "slow breathing"),
    (r"\b(?:spo2|o2 sats?|sats?)(?: of| is|:)? ?[78]\d\b", "low oxygen now"),
    (r"\bg\dp\d\b(?=[ ,]+\d+ ?(?:wk|week))", "pregnant"),
    (r"\bon hd\b|\bhd\b(?= (?:mwf|tts|tths|3x|three))", "on dialysis"),
    (r"\bs/p\b|\bp\b(?= (?:starting|start|taking|stopping|surgery|fall)\b)", "after"),
    (r"\bt(?:emp)?(?: of| is|:)? ?(10[1-6](?:\.\d)?)\b", r"fever \1"),
    (r"\bpins (?:&|n|'n'?) needles\b", "pins and needles"),
    (r"\bLBP\b", "low back pain"),
    (r"\buas\b", "urine drug tests"),
    (r"\bborderline pd\b", "borderline personality disorder"),
    (r"\b(?-i:LLE)\b", "left leg"),
    (r"\b(?-i:RLE)\b", "right leg"),
    (r"\b(?-i:LUE)\b", "left arm"),
    (r"\b(?-i:RUE)\b", "right arm"),
    (r"\b(?-i:BLE)\b", "both legs"),
    (rf"(?<![\w'])l\b\.?(?= ?{_LIMB}\b)", "left"),
    (rf"(?<![\w'])r\b\.?(?= ?{_LIMB}\b)", "right"),
    (r"\b(?:since |this |since this |in the )a\.?m\b\.?", "since this morning"),
    (r"\bq ?(night|noc|hs)\b|\bqhs\b(?= x)", "every night"),
    (r"\b1st\b(?! of| gen)", "first"),
    (r"(?<=[a-z]) ?\+{2,}|(?<=[a-z]) ?\u2191", " increased "),
    (r"\u2191 ?(?=[a-z])", "increased "),
    (r"\bincr'?d?\b", "increased"),
    (r"\bwks?\b", "week"),
    (r"\byrs?\b", "year"),
    (r"(?<=\d)mos?\b|(?<=\d )mos?\b|(?<=last )mo\b|(?<=few )mos?\b", " month"),
    (r"(?<=\d)hrs?\b|(?<=\d )hrs?\b|(?<=few )hrs?\b", " hour"),
)
_WRITTEN = tuple((re.compile(rule, re.IGNORECASE), out) for rule, out in _RULES)
_SPAN = re.compile(
    r"\bx ?(\d{1,3}) ?(?:(d|day|night|week|month|year|hour|h)s?|(wk|mo|yr|hr)s?)\b(?! ?\d)", re.IGNORECASE
)
_DAYS = re.compile(r"\b(\d{1,2}) ?d\b(?= (?:ago|after|now|post|history|since))", re.IGNORECASE)
_UNITS = {"d": "day", "h": "hour", "wk": "week", "mo": "month", "yr": "year", "hr": "hour"}


def written_out(text: str) -> str:
    """The entry with its abbreviations in words; the entry itself where it has none."""
    for rule, out in _WRITTEN:
        text = rule.sub(out, text)
    return _DAYS.sub(r"\1 days", _SPAN.sub(_as_span, text))


def _as_span(match: re.Match[str]) -> str:
    """ "x 3 days" and "x4d" as "for 3 days"; "x2" alone is how often."""
    unit = (match.group(2) or match.group(3)).lower()
    return f"for {match.group(1)} {_UNITS.get(unit, unit)}s"
