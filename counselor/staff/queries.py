"""Looking up staff, stores and wrong tries."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from counselor.database import db
from counselor.staff.models import ApiToken, Role, SignInFailure, Staff, Store
from counselor.staff.sessions import key_hash


def folded(username: str) -> str:
    """A username as it is kept: Unicode NFKC, no spaces around, lower case."""
    return unicodedata.normalize("NFKC", username).strip().lower()[:64]


def find_staff(staff_id: int) -> Staff | None:
    """The account with this number."""
    return db.session.get(Staff, staff_id)


def find_by_username(username: str) -> Staff | None:
    """The account with this username, however it was typed."""
    return db.session.scalar(select(Staff).filter_by(username=folded(username)))


def all_staff(store_id: int | None = None) -> Sequence[Staff]:
    """Everybody with an account, enabled ones first, by name."""
    ask = select(Staff).order_by(Staff.disabled_at.isnot(None), Staff.display_name, Staff.id)
    if store_id is not None:
        ask = ask.where(Staff.store_id == store_id)
    return db.session.scalars(ask).all()


def count_enabled_managers(store_id: int) -> int:
    """How many managers of the store can sign in."""
    ask = (
        select(func.count())
        .select_from(Staff)
        .where(Staff.store_id == store_id, Staff.role == Role.MANAGER, Staff.disabled_at.is_(None))
    )
    return db.session.scalar(ask) or 0


def count_stores() -> int:
    """How many stores the organisation has."""
    return db.session.scalar(select(func.count()).select_from(Store)) or 0


def first_store() -> Store | None:
    """The store that was opened first: the one, in most organisations."""
    return db.session.scalar(select(Store).order_by(Store.id).limit(1))


def find_store(name: str) -> Store | None:
    """The store with this name."""
    return db.session.scalar(select(Store).filter_by(name=name))


def failures_of_name(name_key: str) -> tuple[int, datetime | None]:
    """Wrong passwords for a name since the last right one, and when the last was."""
    ask = select(func.count(), func.max(SignInFailure.at)).where(
        SignInFailure.name_key == name_key, SignInFailure.forgiven.is_(False)
    )
    count, last = db.session.execute(ask).one()
    return count, last


def failures_from(address: str, *, since: datetime) -> int:
    """Wrong passwords from an address since a moment."""
    ask = select(func.count()).where(SignInFailure.address == address, SignInFailure.at > since)
    return db.session.scalar(ask) or 0


def find_api_token(key: str) -> ApiToken | None:
    """The live API token with this key, None for a wrong or revoked one."""
    ask = select(ApiToken).where(ApiToken.key_hash == key_hash(key), ApiToken.revoked_at.is_(None))
    return db.session.scalar(ask)


def find_live_token(token_id: int) -> ApiToken | None:
    """The API token with this number, None for a revoked one."""
    return db.session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)))


MINUTE = timedelta(minutes=1)
