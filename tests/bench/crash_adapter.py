"""How the crash harness speaks to the real program: sign in, save a consultation, count what is stored.

    python crash.py --home SCRATCH --cycles 20 --adapter tests/bench/crash_adapter.py \\
        --start 'python tests/bench/crash_house.py {port}'

One write is a visit begun and its sheet saved with the token as the note. Both forms carry the token as their
form token, so that a retry after a lost answer finds the same visit and saves it once.
"""

from __future__ import annotations

import re
from typing import Any

USERNAME, PASSWORD = "crash", "harmless teapot orbit 9"
PATIENT = 1
WAIT = 10  # seconds


def _mark(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None, page[:500]
    return found.group(1)


def login(session: Any, url: str) -> None:
    """Sign in; the session keeps the mark that its forms carry."""
    mark = _mark(session.get(url + "/sign-in", timeout=WAIT).text)
    form = {"csrf_token": mark, "username": USERNAME, "password": PASSWORD}
    answer = session.post(url + "/sign-in", data=form, timeout=WAIT, allow_redirects=False)
    assert answer.status_code == 303, answer.status_code
    session.mark = _mark(session.get(url + "/", timeout=WAIT).text)


def write(session: Any, url: str, token: str) -> bool:
    """Begin a visit and save its sheet; True once both are acknowledged."""
    marks = {"csrf_token": session.mark, "form_token": token}
    begun = session.post(
        f"{url}/patients/{PATIENT}/consultations",
        data=marks | {"anew": "yes"},
        timeout=WAIT,
        allow_redirects=False,
    )
    if begun.status_code != 303 or "/consultations/" not in begun.headers["Location"]:
        return False
    visit = begun.headers["Location"].split("?")[0]
    visit = visit if visit.startswith("http") else url + visit
    sheet = {
        "sheet": "1",
        "version": "1",
        "conditions": "multiple sclerosis",
        "routes": "edible",
        "note": token,
    }
    saved = session.post(visit + "/intake", data=marks | sheet, timeout=WAIT, allow_redirects=False)
    return bool(saved.status_code == 303)


def stored(session: Any, url: str) -> list[str]:
    """Every token that the program has kept."""
    tokens: list[str] = session.get(url + "/bench/tokens", timeout=60).json()
    return tokens
