"""Changing accounts: adding, disabling, new passwords, signing in and out.

Each adds to the caller's transaction and writes one audit event; the caller commits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, update

from counselor import audit
from counselor.config import Settings
from counselor.database import db
from counselor.staff import passwords, queries, sessions
from counselor.staff.models import ApiToken, FormToken, Role, SignInFailure, Staff, Store

MOST_TRIES = 100  # wrong passwords in a row before only a manager can open the account again
LONGEST_WAIT = timedelta(minutes=15)


class Refused(Exception):
    """An action that the rules of the house do not allow; the message is for the person who tried."""


@dataclass(frozen=True)
class TooManyTries:
    """Nobody looks at the password now; try again after `wait`. The same for names that do not exist."""

    wait: timedelta

    def __str__(self) -> str:
        seconds = max(1, round(self.wait.total_seconds()))
        when = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
        return f"Too many wrong tries. Wait {when}, then try again, or ask a manager for a new password."


@dataclass(frozen=True)
class WrongPassword:
    """Name and password do not belong together; which of the two is wrong is not said."""

    def __str__(self) -> str:
        return "Username and password do not match. Check both; capital letters count in the password."


def sign_in(
    *, username: str, password: str, address: str, at: datetime, settings: Settings
) -> Staff | TooManyTries | WrongPassword:
    """Check a name and a password, slowly for those who guess. A refusal is stored too: commit either way.

    Unknown and disabled accounts get the same answers after the same time as known ones.
    """
    name_key = _name_key(username, settings)
    wait = _wait(name_key, address, at=at, settings=settings)
    staff = queries.find_by_username(username)
    usable = staff is not None and staff.is_active and not wait
    right = passwords.matches(password, staff.password_hash if staff and usable else None, settings)
    if wait:
        return TooManyTries(wait)
    if not right or staff is None:
        db.session.add(SignInFailure(name_key=name_key, address=address[:64], at=at))
        audit.record("staff.sign-in-refused", subject=staff or "staff", by=None, at=at)
        return WrongPassword()
    forgive(username=username, settings=settings)
    _sweep(at=at)
    sessions.start(staff, at=at)
    audit.record("staff.signed-in", subject=staff, by=staff, at=at)
    return staff


def _sweep(*, at: datetime) -> None:
    """Forget what no longer protects anything: answered forms after a week, forgiven tries after a day."""
    db.session.execute(delete(FormToken).where(FormToken.at < at - timedelta(days=7)))
    db.session.execute(
        delete(SignInFailure).where(SignInFailure.forgiven, SignInFailure.at < at - timedelta(days=1))
    )


def _wait(name_key: str, address: str, *, at: datetime, settings: Settings) -> timedelta | None:
    if queries.failures_from(address[:64], since=at - queries.MINUTE) >= settings.tries_per_address:
        return queries.MINUTE
    count, last = queries.failures_of_name(name_key)
    if count < settings.tries_per_account or last is None:
        return None
    if count >= MOST_TRIES:
        return LONGEST_WAIT
    delay = min(LONGEST_WAIT, timedelta(seconds=2 ** (count - settings.tries_per_account + 1)))
    passed = at - last
    return delay - passed if timedelta(0) <= passed < delay else None


def _name_key(username: str, settings: Settings) -> str:
    return hmac.new(
        settings.secret_key.encode(), queries.folded(username).encode(), hashlib.sha256
    ).hexdigest()


def forgive(*, username: str, settings: Settings) -> None:
    """Forget the wrong tries for a name: after a right password, or because a manager says so."""
    db.session.execute(
        update(SignInFailure)
        .where(SignInFailure.name_key == _name_key(username, settings), SignInFailure.forgiven.is_(False))
        .values(forgiven=True)
    )


def knows_password(*, staff: Staff, password: str, address: str, at: datetime, settings: Settings) -> bool:
    """Whether the signed-in person typed their own password. Wrong tries count like those at the door."""
    name_key = _name_key(staff.username, settings)
    if _wait(name_key, address, at=at, settings=settings):
        return False
    if passwords.matches(password, staff.password_hash, settings):
        return True
    db.session.add(SignInFailure(name_key=name_key, address=address[:64], at=at))
    audit.record("staff.password-change-refused", subject=staff, by=staff, at=at)
    return False


def sign_out(*, by: Staff, at: datetime) -> None:
    """End the session of this browser."""
    sessions.end_this(at=at, because="signed out")
    audit.record("staff.signed-out", subject=by, by=by, at=at)


def open_store(*, name: str, zone: str, at: datetime) -> Store:
    """Open a store. Raises Refused for a time zone nobody knows."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise Refused(f"There is no time zone {zone!r}. Use a name like America/New_York.") from unknown
    store = Store(name=name, zone=zone)
    db.session.add(store)
    db.session.flush()
    audit.record("store.opened", subject=store, by=None, at=at)
    return store


def add_staff(
    *,
    store: Store,
    username: str,
    display_name: str,
    role: Role,
    by: Staff | None,
    at: datetime,
    settings: Settings,
    password: str | None = None,
) -> tuple[Staff, str]:
    """Add an account; gives it and the password to hand over once.

    Without `password` a one-time password is made, which the person changes at the first sign-in. Raises
    Refused for a username that is taken or not usable.
    """
    name = queries.folded(username)
    if not name or any(letter.isspace() for letter in name):
        raise Refused("A username is one word, without spaces.")
    if queries.find_by_username(name) is not None:
        raise Refused(f"The username {name} is taken. Disabled accounts keep theirs.")
    given = password or passwords.one_time_password()
    staff = Staff(
        store_id=store.id,
        username=name,
        display_name=display_name.strip(),
        role=role,
        password_hash=passwords.hash_password(given, settings),
        password_changed_at=at,
        must_change_password=password is None,
        created_at=at,
    )
    db.session.add(staff)
    db.session.flush()
    audit.record("staff.added", subject=staff, by=by, at=at, detail={"role": role.value})
    return staff, given


def change_password(*, staff: Staff, new: str, at: datetime, settings: Settings) -> None:
    """Set a person's own new password; every session ends and this browser gets a new one.

    Raises Refused, with the reason, for a password that guessers would find.
    """
    reason = passwords.why_not(new, names=(staff.username, staff.display_name, staff.store.name))
    if reason is None and passwords.matches(new, staff.password_hash, settings):
        reason = "This is the password you have now. Choose another."
    if reason is not None:
        raise Refused(reason)
    staff.password_hash = passwords.hash_password(new, settings)
    staff.password_changed_at = at
    staff.must_change_password = False
    sessions.end_all(staff, at=at, because="password changed")
    sessions.start(staff, at=at)
    audit.record("staff.password-changed", subject=staff, by=staff, at=at)


def reset_password(*, staff: Staff, by: Staff | None, at: datetime, settings: Settings) -> str:
    """Give a person a one-time password, shown once; their sessions end and wrong tries are forgotten."""
    given = passwords.one_time_password()
    staff.password_hash = passwords.hash_password(given, settings)
    staff.password_changed_at = at
    staff.must_change_password = True
    forgive(username=staff.username, settings=settings)
    sessions.end_all(staff, at=at, because="password reset")
    audit.record("staff.password-reset", subject=staff, by=by, at=at)
    return given


def disable_staff(*, staff: Staff, by: Staff, at: datetime) -> None:
    """Close an account and end its sessions. Raises Refused for one's own and a store's last manager's."""
    if staff.id == by.id:
        raise Refused("You cannot disable your own account. Another manager can.")
    last = queries.count_enabled_managers(staff.store_id) == 1
    if staff.role is Role.MANAGER and staff.is_active and last:
        raise Refused("This is the last manager who can sign in. Add another manager first.")
    if not staff.is_active:
        raise Refused(f"{staff.display_name} is disabled already.")
    staff.disabled_at, staff.disabled_by_id = at, by.id
    sessions.end_all(staff, at=at, because="account disabled")
    audit.record("staff.disabled", subject=staff, by=by, at=at)


def enable_staff(*, staff: Staff, by: Staff, at: datetime) -> None:
    """Open an account again; the old password still holds. Raises Refused when it is open."""
    if staff.is_active:
        raise Refused(f"{staff.display_name} is enabled already.")
    staff.disabled_at = staff.disabled_by_id = None
    audit.record("staff.enabled", subject=staff, by=by, at=at)


def create_token(*, store: Store, name: str, at: datetime) -> tuple[ApiToken, str]:
    """Make an API token for an outside program; gives it and its key, which is kept nowhere."""
    key = "counselor-" + secrets.token_urlsafe(32)
    token = ApiToken(store_id=store.id, name=name, key_hash=sessions.key_hash(key), created_at=at)
    db.session.add(token)
    db.session.flush()
    audit.record("api-token.created", subject=token, by=None, at=at, note=name)
    return token, key


def revoke_token(*, token: ApiToken, at: datetime) -> None:
    """Make an API token worthless from now on."""
    token.revoked_at = at
    audit.record("api-token.revoked", subject=token, by=None, at=at, note=token.name)
