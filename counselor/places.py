"""Where our own files lie: in the repository while we work on it, inside the package once installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHIPPED = PACKAGE / "_shipped"


def project() -> Path | None:
    """The repository's folder when the package runs from it, None when it runs from an installed wheel."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "migrations").is_dir() else None


def _ours(name: str) -> Path:
    root = project()
    return (root or SHIPPED) / name


def templates() -> Path:
    """The folder of page templates."""
    return _ours("templates")


def seed() -> Path:
    """The folder of governed data: knowledge, the sample shop, practice patients."""
    return _ours("seed")


def migrations() -> Path:
    """The folder of schema migrations (Alembic's script location)."""
    return _ours("migrations")


def static() -> Path:
    """The folder of scripts, styles, fonts and pictures that browsers fetch."""
    return PACKAGE / "web" / "static"


def default_home() -> Path:
    """Where the database and the keys live unless COUNSELOR_HOME says otherwise.

    `instance/` of the repository, or the place each operating system keeps one person's program data.
    """
    root = project()
    if root is not None:
        return root / "instance"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Counselor"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "counselor"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "counselor"
