"""What somebody typed into a form, kept through a sign-in or an error so that it can be sent again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

NEVER_SHOWN = ("password", "csrf_token", "form_token", "secret")
KEPT = "kept:"  # prefix of fields that ride along through the sign-in form
KEPT_ACTION = "kept_action"
MARKS = frozenset({"version", "sheet", "seen"})
"""Fields that a page sends for itself: they go along, and nobody has typed them."""


@dataclass(frozen=True)
class Typed:
    """One form's address and fields, in the order they came; passwords and hidden marks are left out."""

    action: str
    fields: tuple[tuple[str, str], ...]
    form_token: str = ""

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What a person typed or chose: name and value."""
        return tuple((name, value) for name, value in self.fields if value and name not in MARKS)

    @property
    def unseen(self) -> tuple[tuple[str, str], ...]:
        """What goes along without being shown: a page's own marks, and fields left empty."""
        return tuple((name, value) for name, value in self.fields if not value or name in MARKS)


def words_for(name: str) -> str:
    """A field's name as a label: "topic-heart" reads "Heart"."""
    plain = name.removeprefix("topic-").removeprefix("detail-").replace("_", " ").replace("-", " ")
    more = ", what exactly" if name.startswith("detail-") else ""
    return f"{plain[:1].upper()}{plain[1:]}{more}"


def what_was_typed() -> Typed | None:
    """The fields of the form in this request, None where there was none or it cannot be read."""
    if request.method != "POST":
        return None
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large or torn: there is nothing to show
        return None
    fields = tuple((name, value) for name, value in sent if not _is_secret(name))
    return Typed(request.path, fields, request.form.get("form_token", "")) if fields else None


def what_was_kept() -> Typed | None:
    """The form that rode along through the sign-in page, None where there was none."""
    action = request.form.get(KEPT_ACTION, "")
    if not action or not _takes_forms(action):
        return None
    fields = tuple(
        (name.removeprefix(KEPT), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(KEPT) and not _is_secret(name)
    )
    return Typed(action, fields, request.form.get("kept_token", "")) if fields else None


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in NEVER_SHOWN)


def _takes_forms(path: str) -> bool:
    """Whether the path is one of our own addresses that answers POST."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return False
    try:
        current_app.url_map.bind("").match(path, method="POST")
    except (HTTPException, RequestRedirect):
        return False
    return True
