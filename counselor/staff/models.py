"""Stores, staff, their sessions, and the tokens that make a write happen exactly once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from counselor.database import Model, Versioned


class Role(StrEnum):
    """What somebody does here; each has its row in the permission table."""

    COUNSELOR = "counselor"
    PHARMACIST = "pharmacist"
    MANAGER = "manager"


class Store(Model):
    """A dispensary. Staff, stock and consultations belong to one."""

    __tablename__ = "store"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    zone: Mapped[str] = mapped_column(String(64))  # an IANA name: America/New_York
    phone: Mapped[str] = mapped_column(String(40), default="")  # printed on handouts; empty: not printed


class Staff(Versioned, Model):
    """A person with an account. Accounts are disabled, never deleted: records keep pointing at them."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("(disabled_at IS NULL) = (disabled_by_id IS NULL)", name="disabling_is_signed"),
        CheckConstraint("username = lower(username)", name="username_is_lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), index=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(
        Enum(
            Role,
            native_enum=False,
            length=20,
            name="role_is_known",
            create_constraint=True,
            values_callable=lambda roles: [role.value for role in roles],
        )
    )
    password_hash: Mapped[str] = mapped_column(String(255))
    password_changed_at: Mapped[datetime]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    store: Mapped[Store] = relationship(lazy="joined")

    # What flask-login asks of whoever is signed in.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.disabled_at is None

    def get_id(self) -> str:
        """The account's number as text, for flask-login."""
        return str(self.id)


class SignInSession(Model):
    """One signed-in browser. The cookie carries a random id; only its SHA-256 is kept here."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ending_has_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    started_at: Mapped[datetime]
    last_active_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(40))

    staff: Mapped[Staff] = relationship(lazy="joined")


class SignInFailure(Model):
    """A wrong password. Names are kept as keyed hashes: people type passwords into the wrong box."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_name", "name_key", "at"),
        Index("ix_sign_in_failure_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_key: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    forgiven: Mapped[bool] = mapped_column(default=False)  # a right password or a manager cleared it


class FormToken(Model):
    """A form that was answered. The same form sent again gets the first answer and changes nothing."""

    __tablename__ = "form_token"
    __table_args__ = (UniqueConstraint("staff_id", "action", "token", name="uq_form_token_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(200))  # the path that was posted to
    token: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(String(500))  # where the first answer led
    at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Model):
    """A key for an outside program. Only its SHA-256 is kept; the key itself was shown once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    name: Mapped[str] = mapped_column(String(120))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    store: Mapped[Store] = relationship(lazy="joined")
