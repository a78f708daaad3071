"""The doors in the head of every page: which rooms this person may enter, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, url_for
from flask_login import current_user

from counselor.staff import queries
from counselor.staff.permissions import ENDPOINTS, Access, may

ROOMS = (
    ("counter", "Counter", "home.index"),
    ("queue", "Queue", "consultations.queue"),
    ("catalog", "Catalog", "catalog.index"),
    ("recalls", "Recalls", "recalls.index"),
    ("knowledge", "Knowledge", "knowledge.index"),
    ("staff", "Staff", "staff.index"),
    ("audit", "Audit", "audit.index"),
)

# A slice that has something to count beside its door puts a function here, under the door's section.
COUNTS: dict[str, Callable[[], int]] = {}


@dataclass(frozen=True)
class Door:
    """One word of the navigation. `count` of 0 is not shown."""

    section: str
    label: str
    href: str
    count: int


@dataclass(frozen=True)
class Doors:
    """All of them, and the person's own menu. An empty address means: not for this person."""

    counter: str
    search: str
    lookup: str
    rooms: tuple[Door, ...]
    person: str
    place: str
    password: str
    sign_out: str


def navigation() -> Doors:
    """The doors for whoever is signed in."""
    known = current_user.is_authenticated
    return Doors(
        counter=url_for("home.index"),
        search=_address("patients.search"),
        lookup=_address("knowledge.lookup"),
        rooms=tuple(
            Door(section, label, url_for(endpoint), COUNTS[section]() if section in COUNTS else 0)
            for section, label, endpoint in ROOMS
            if _address(endpoint)
        ),
        person=current_user.display_name if known else "",
        place=_place() if known else "",
        password=_address("account.password"),
        sign_out=url_for("session.sign_out"),
    )


def _address(endpoint: str) -> str:
    access = ENDPOINTS[endpoint]
    if endpoint not in current_app.view_functions or not current_user.is_authenticated:
        return ""
    open_to_them = not isinstance(access, Access) and may(current_user.role, access)
    return url_for(endpoint) if open_to_them else ""


def _place() -> str:
    """Role and store; with one store nobody needs its name."""
    role: str = current_user.role.value
    return role if queries.count_stores() == 1 else f"{role}, {current_user.store.name}"
