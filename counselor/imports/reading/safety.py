"""Text in a CSV that a spreadsheet would run as a formula: written so that it does not, read back as it was.

The rule is that of OWASP's "CSV Injection": text that begins with = + - @, a tab or a carriage return gets a
single quote in front. Numbers stay numbers.
"""

from __future__ import annotations

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def safe_cell(text: str) -> str:
    """The text as it may stand in an exported file; `read_safe_cell` gives it back."""
    if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def read_safe_cell(text: str) -> str:
    """The text without the quote that `safe_cell` put in front of it."""
    return text[1:] if _QUOTED.match(text) else text
