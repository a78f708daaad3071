"""What templates can use everywhere: who is signed in, what they may do, the store's clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map

from counselor.staff.permissions import Permission, may
from counselor.web.navigation import navigation
from counselor.web.typed import words_for
from counselor.web.writes import form_token


def register(app: Flask) -> None:
    """Hang globals and filters into the template environment."""
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(form_token=form_token, allowed=allowed, navigation=navigation)
    app.jinja_env.filters.update(words_for=words_for, day=day, clock_time=clock_time, moment=moment)


class RowNumber(IntegerConverter):
    """A number in an address: one that no row can have is no address (404), not a fault of the database."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **({"max": 2**31 - 1} | options))


def allowed(permission: str) -> bool:
    """Whether the signed-in person may: `allowed('MANAGE_STAFF')`. False for nobody."""
    return bool(current_user.is_authenticated) and may(current_user.role, Permission[permission])


def day(value: date | datetime | None) -> str:
    """22 Nov 2026; a moment is turned to the store's date first; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = _here(value)
    return f"{value.day} {value:%b %Y}"


def clock_time(value: datetime | None) -> str:
    """14:05, by the store's clock; nothing for None."""
    return "" if value is None else f"{_here(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """22 Nov 2026, 14:05, by the store's clock; nothing for None."""
    return "" if value is None else f"{day(value)}, {clock_time(value)}"


def _here(value: datetime) -> datetime:
    zone = current_user.store.zone if current_user.is_authenticated else "UTC"
    return value.astimezone(ZoneInfo(zone))
