"""One frozen Settings, read from the environment once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from counselor import places
from counselor.database import normal_url


class UnsafeSettings(Exception):
    """The program will not start like this; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ between two installations."""

    home: Path
    database_url: str
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 5000
    https: bool = False  # served over TLS: cookies are Secure, browsers are told to stay on https
    proxies: int = 0  # how many trusted proxies stand in front and set X-Forwarded-*
    threads: int = 8
    idle_limit: timedelta = timedelta(minutes=15)
    session_limit: timedelta = timedelta(hours=12)
    form_bytes: int = 2 * 1024 * 1024
    tries_per_account: int = 5  # wrong passwords before waiting begins
    tries_per_address: int = 20  # wrong passwords a minute from one address
    argon2_rounds: int = 3
    argon2_memory_kib: int = 64 * 1024

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None where the database is a server."""
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///"))
        return None

    def flask(self) -> dict[str, object]:
        """The same, in the words Flask and its extensions look for."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine(),
            "MAX_CONTENT_LENGTH": self.form_bytes,
            "MAX_FORM_MEMORY_SIZE": self.form_bytes,
            "SESSION_COOKIE_NAME": "__Host-counselor" if self.https else "counselor",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "WTF_CSRF_CHECK_DEFAULT": False,  # the guard asks, in its own order (web/guard.py)
            "WTF_CSRF_TIME_LIMIT": int(self.session_limit.total_seconds()),
            "PREFERRED_URL_SCHEME": "https" if self.https else "http",
        }

    def _engine(self) -> dict[str, object]:
        if self.database_url.startswith("sqlite"):
            return {"pool_size": self.threads, "max_overflow": self.threads}
        return {"pool_size": self.threads, "max_overflow": self.threads, "pool_pre_ping": True}


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; makes the home folder and, once, the secret key.

    Raises UnsafeSettings with a plain message for a value that cannot be used.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("COUNSELOR_HOME") or places.default_home()).expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = normal_url(env.get("DATABASE_URL") or f"sqlite:///{home / 'counselor.db'}")
    return Settings(
        home=home,
        database_url=url,
        secret_key=env.get("SECRET_KEY") or _own_secret(home / "secret-key"),
        host=env.get("HOST") or "127.0.0.1",
        port=_number(env, "PORT", 5000, 0, 65535),
        https=_yes(env, "COUNSELOR_HTTPS"),
        proxies=_number(env, "COUNSELOR_PROXIES", 0, 0, 5),
        threads=_number(env, "COUNSELOR_THREADS", 8, 1, 64),
        idle_limit=timedelta(minutes=_number(env, "COUNSELOR_IDLE_MINUTES", 15, 1, 60)),
        session_limit=timedelta(hours=_number(env, "COUNSELOR_SESSION_HOURS", 12, 1, 24)),
    )


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    said = env.get(name, "").strip()
    if not said:
        return default
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= most:
        raise UnsafeSettings(f"{name} is {said!r}; it must be a whole number from {least} to {most}.")
    return int(said)


def _yes(env: Mapping[str, str], name: str) -> bool:
    said = env.get(name, "").strip().lower()
    if said not in {"", "0", "no", "false", "1", "yes", "true"}:
        raise UnsafeSettings(f"{name} is {said!r}; say yes or no.")
    return said in {"1", "yes", "true"}


def _own_secret(file: Path) -> str:
    """The installation's own key, made once and whole; only its owner may read the file."""
    if not file.exists():
        draft = file.with_name(f"{file.name}-{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)  # of two processes that start together, one wins and both read its key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _read_secret(file)


def _read_secret(file: Path) -> str:
    key = file.read_text(encoding="ascii").strip()
    if not key:
        raise UnsafeSettings(f"{file} is empty. Remove it to have a new key made; everybody signs in again.")
    return key


def refuse_unsafe(settings: Settings, *, debug: bool) -> None:
    """Stop before serving with settings that would endanger patients' data; UnsafeSettings says which."""
    if len(settings.secret_key) < 32:
        raise UnsafeSettings("SECRET_KEY is shorter than 32 characters. Leave it out to have one made.")
    if debug:
        raise UnsafeSettings("Debug mode shows the program's inside to anybody. Turn FLASK_DEBUG off.")
    if settings.host not in {"127.0.0.1", "::1", "localhost"} and not settings.https:
        raise UnsafeSettings(
            f"Serving on {settings.host} without https would send patients' data in the clear. Put a TLS"
            " proxy in front and set COUNSELOR_HTTPS=yes and COUNSELOR_PROXIES=1, or keep HOST at 127.0.0.1."
        )
    for file in (settings.sqlite_file, settings.home / "secret-key"):
        if os.name == "posix" and file is not None and file.exists() and file.stat().st_mode & 0o077:
            raise UnsafeSettings(f"Others on this machine can read {file}. Run: chmod 600 {file}")
