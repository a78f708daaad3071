"""Server-side sign-in sessions. The signed cookie carries a random id; everything else is in its row.

A session ends at sign-out, when the password changes, when the account is disabled, after the idle limit
and after the absolute limit. A cookie kept from before is worth nothing then.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import Flask, Request, current_app, g, session
from flask_login import LoginManager
from sqlalchemy import select, update

from counselor import clock
from counselor.config import Settings
from counselor.database import db
from counselor.staff.models import SignInSession, Staff

KEY = "sid"
ACTIVITY_STEP = timedelta(seconds=30)  # activity is written at most this often

login_manager = LoginManager()


def register(app: Flask) -> None:
    """Let flask-login find the signed-in person through our session rows."""
    login_manager.session_protection = None  # rows do this; a changed browser string proves nothing
    login_manager.init_app(app)
    login_manager.request_loader(_who)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["counselor"]
    return settings


def key_hash(key: str) -> str:
    """What is stored of a session's or token's key."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()


def _who(request: Request) -> Staff | None:
    """The signed-in person of this request, None where the session is missing, ended or too old."""
    key = session.get(KEY)
    if not isinstance(key, str):
        return None
    row = db.session.scalar(select(SignInSession).filter_by(key_hash=key_hash(key)))
    if row is None or not is_alive(row, at=clock.now(), settings=_settings()):
        return None
    g.sign_in_session_id = row.id
    g.sign_in_active_at = row.last_active_at
    return row.staff


def is_alive(row: SignInSession, *, at: datetime, settings: Settings) -> bool:
    """Whether the session still counts. A clock set back does not lengthen it by more than the step."""
    if row.ended_at is not None or not row.staff.is_active:
        return False
    if at - row.started_at > settings.session_limit or row.started_at - at > settings.idle_limit:
        return False
    return abs(at - row.last_active_at) <= settings.idle_limit


def start(staff: Staff, *, at: datetime) -> None:
    """Sign the person in on this browser: a new id, nothing carried over from before. The caller commits."""
    end_this(at=at, because="signed in anew")
    session.clear()
    g.pop("csrf_token", None)  # made for the session before; the next form needs one for this session
    key = secrets.token_urlsafe(32)
    db.session.add(SignInSession(key_hash=key_hash(key), staff_id=staff.id, started_at=at, last_active_at=at))
    session[KEY] = key
    g._login_user = staff


def end_this(*, at: datetime, because: str) -> None:
    """End the session of this browser, if there is one. The caller commits."""
    key = session.get(KEY)
    if isinstance(key, str):
        _end(SignInSession.key_hash == key_hash(key), at=at, because=because)


def end_all(staff: Staff, *, at: datetime, because: str) -> None:
    """End every session of the person, on every browser. The caller commits."""
    _end(SignInSession.staff_id == staff.id, at=at, because=because)


def _end(which: object, *, at: datetime, because: str) -> None:
    db.session.execute(
        update(SignInSession)
        .where(which, SignInSession.ended_at.is_(None))  # type: ignore[arg-type]
        .values(ended_at=at, ended_because=because)
    )


def activity_due(*, at: datetime) -> int | None:
    """The id of this request's session if its activity should be written now."""
    last: datetime | None = g.get("sign_in_active_at")
    if last is None or abs(at - last) < ACTIVITY_STEP:
        return None
    session_id: int = g.sign_in_session_id
    return session_id


def note_activity(session_id: int, *, at: datetime) -> None:
    """Remember that somebody is at work in the session. The caller commits."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(last_active_at=at)
    )
