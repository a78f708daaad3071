"""All components in all their states on one page: where a change of looks is judged before it is shipped."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Blueprint, render_template

from counselor import places

bp = Blueprint("web", __name__)


def examples() -> dict[str, Any]:
    """What the components are shown with: parts of an Advice in its JSON form, all of it invented."""
    file = places.templates() / "components" / "gallery.json"
    return cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8")))


@bp.get("/gallery")
def gallery() -> str:
    """Show every component."""
    return render_template("components/gallery.html", **examples())
