"""How a page changes something: once, whole, or not at all.

`@writes` goes around every POST view that changes something, below the route decorator:

    @bp.post("/patients")
    @writes
    def create(): ...

In one transaction it claims the hidden `form_token` (made by the template global `form_token()`, unique
with the signed-in person and the path), runs the view, keeps where the answer leads, and commits. The same
form sent again (a double click, the back button, a retry after a lost connection) gets the first answer's
redirect and changes nothing. What counts as done, and is committed:

- a redirect (the usual end of a view);
- JSON with a status below 300;
- a page with a `Content-Location` header, for what may be shown only once (a new password); sent again, the
  form leads there.

Anything else (a form shown again with its errors, answered with 422; a conflict page, 409) is rolled back,
and the token stays free for the corrected form. A request with the header `X-Autosave` needs no token and
keeps none: it may repeat; the row's version guards it.

Somebody else's change in between (StaleDataError) rolls back and answers with the view's own conflict page:
`@writes(conflict=show_conflict)`, called with the view's arguments; without one, a general page that shows
what was typed.

`@reads` goes around a POST view that changes nothing: searches and type-ahead, which are POST only to keep
what was typed out of addresses and logs.

`@takes_up_to(20 * 1024 * 1024)` lifts the limit of a form's size for an upload.

One address with GET and POST is one view; `@writes` lets its GET through untouched.

Pages (GET) never write. One that shows a patient says so with `audit.record_read(...)`; the guard writes
that in a short transaction of its own before the page is sent, and sends no page if it cannot.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Response, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from counselor import clock
from counselor.database import db, reading
from counselor.staff.models import FormToken
from counselor.web.errors import ChangedMeanwhile, FormTokenMissing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., ResponseReturnValue]


def form_token() -> str:
    """A fresh token for a form; a template global. Nothing is stored until the form is answered."""
    return secrets.token_urlsafe(16)


def writes(view: View | None = None, *, conflict: View | None = None) -> Any:
    """Make a POST view one transaction that happens exactly once; see the module's text."""
    if view is None:
        return lambda inner: writes(inner, conflict=conflict)
    inner: View = view

    @wraps(inner)
    def answer(**arguments: Any) -> ResponseReturnValue:
        if request.method in SAFE_METHODS:
            return inner(**arguments)
        token = None if "X-Autosave" in request.headers else _token_sent()
        try:
            if token is not None:
                claimed, before = _claim(token)
                if before is not None:
                    return redirect(before, 303)
            response = make_response(inner(**arguments))
            if not _is_done(response):
                _undo(claimed if token is not None else None)
                return response
            if token is not None:
                claimed.location = (
                    response.location or response.headers.get("Content-Location") or request.path
                )
            db.session.commit()
        except StaleDataError as stale:
            db.session.rollback()
            if conflict is None:
                raise ChangedMeanwhile() from stale
            return make_response(conflict(**arguments))
        return response

    answer.counselor_kind = "writes"  # type: ignore[attr-defined]
    return answer


def reads(view: View) -> View:
    """Mark a POST view that changes nothing, so that it takes no write lock."""
    view.counselor_kind = "reads"  # type: ignore[attr-defined]
    return view


def prepares(prepare: Callable[..., Any]) -> Callable[[View], View]:
    """Do slow work (reading a large file) before the view's transaction, and nobody waits.

    Goes above `@writes`. What `prepare` (called with the view's arguments) gives is `prepared()`. It
    may read the database; whatever it locked is let go before the view begins.
    """

    def around(view: View) -> View:
        @wraps(view)
        def answer(**arguments: Any) -> ResponseReturnValue:
            if request.method not in SAFE_METHODS:
                db.session.rollback()  # whoever signed in was looked up under the write lock
                with reading():
                    g.prepared = prepare(**arguments)
                    db.session.rollback()
            return view(**arguments)

        return answer

    return around


def prepared() -> Any:
    """What was prepared for this view."""
    return g.prepared


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let this address take a body of up to `size` bytes (an upload); all others keep the form limit."""

    def mark(view: View) -> View:
        view.counselor_largest = size  # type: ignore[attr-defined]
        return view

    return mark


def largest_of(view: View | None) -> int | None:
    """The view's own limit in bytes, None where the form limit holds."""
    return cast("int | None", getattr(view, "counselor_largest", None))


def kind_of(view: View | None) -> str:
    """`writes`, `reads`, or nothing for a view that carries neither mark."""
    return cast(str, getattr(view, "counselor_kind", ""))


def keep_though_refused() -> None:
    """Keep what this view wrote although it answers with a refusal: a wrong password that must count."""
    g.keep_though_refused = True


def commit() -> None:
    """Commit where no form token can be: at the door, before anybody is signed in."""
    db.session.commit()


def _undo(claimed: FormToken | None) -> None:
    """Take back what a refused form wrote; its token is free again either way."""
    if not g.pop("keep_though_refused", False):
        db.session.rollback()
        return
    if claimed is not None:
        db.session.delete(claimed)
    db.session.commit()


def _token_sent() -> str:
    token = request.form.get("form_token", "") or request.headers.get("X-Form-Token", "")
    if not token or len(token) > 64:
        raise FormTokenMissing()
    return token


def _claim(token: str) -> tuple[FormToken, str | None]:
    """Take the token for this answer, or give where its first answer led.

    Two requests with one token meet here: the second waits for the first one's commit, on SQLite at BEGIN
    IMMEDIATE, on PostgreSQL at the unique constraint.
    """
    who, action = current_user.id, request.path
    same = select(FormToken).filter_by(staff_id=who, action=action, token=token)
    first = db.session.scalar(same)
    if first is None:
        claimed = FormToken(staff_id=who, action=action, token=token, location="", at=clock.now())
        db.session.add(claimed)
        try:
            db.session.flush()
            return claimed, None
        except IntegrityError:
            db.session.rollback()
            first = db.session.scalars(same).one()
    return first, first.location


def _is_done(response: Response) -> bool:
    if response.status_code >= 400:
        return False
    return bool(response.status_code >= 300 or response.is_json or response.headers.get("Content-Location"))
