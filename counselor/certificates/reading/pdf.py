"""The text of a PDF, fetched from a process that may fail without harm."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore, Lock

PROGRAM = Path(__file__).with_name("extract.py")
SECONDS = 8.0
WAIT_SECONDS = 2.0
AT_ONCE = 2
"""Readings at the same time. More would let a few large PDFs take the whole machine from the counters."""

_BY_HAND = "Type in what it says; the file stays attached."
_PROBLEMS = {
    "locked": f"The PDF is locked with a password, so its text could not be read. {_BY_HAND}",
    "broken": f"The PDF could not be read by a program. {_BY_HAND}",
    "slow": f"Reading the PDF took too long or too much memory and was stopped. {_BY_HAND}",
    "busy": f"Other certificates are being read just now. Load this page again in a moment. {_BY_HAND}",
    "empty": f"The PDF holds no text: it is a picture, perhaps a scan. {_BY_HAND}",
}


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of a PDF as they stand side by side on the page, or in words why there are none."""

    lines: tuple[str, ...] = ()
    problem: str = ""
    pages: int = 0
    of: int = 0


_gate = BoundedSemaphore(AT_ONCE)
_lock = Lock()
_kept: OrderedDict[str, Text] = OrderedDict()
MOST_KEPT = 32


def kept_text(digest: str) -> Text | None:
    """The text of a PDF that was read lately; None where it would have to be read."""
    with _lock:
        return _kept.get(digest)


def text_of(content: bytes, *, seconds: float = SECONDS) -> Text:
    """The text of a PDF. Never raises for what the PDF holds: a failure is a Text with its problem in words.

    What was read is kept for the next page that asks; a failure is tried again.
    """
    key = sha256(content).hexdigest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    if not _gate.acquire(timeout=WAIT_SECONDS):
        return Text(problem=_PROBLEMS["busy"])
    try:
        found = _run(content, seconds)
    finally:
        _gate.release()
    if not found.problem:
        with _lock:
            _kept[key] = found
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return found


def _run(content: bytes, seconds: float) -> Text:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, MemoryError):
        return Text(problem=_PROBLEMS["slow"])
    except OSError:
        return Text(problem=_PROBLEMS["broken"])
    if "problem" in answer:
        kind = "slow" if answer.get("kind") == "MemoryError" else answer["problem"]
        return Text(problem=_PROBLEMS[kind])
    if not answer["lines"]:
        return Text(problem=_PROBLEMS["empty"], pages=answer["pages"], of=answer["of"])
    return Text(tuple(answer["lines"]), "", answer["pages"], answer["of"])
