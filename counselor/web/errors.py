"""Error pages in plain words: what happened, what was saved, what to do next. Nothing typed is lost."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from werkzeug.exceptions import BadRequest, Conflict, HTTPException

from counselor.database import db
from counselor.guidance.entries import KnowledgeError
from counselor.web.typed import what_was_typed

log = logging.getLogger("counselor.web")


class FormTokenMissing(BadRequest):
    """A form came without the mark that makes it count only once."""


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same row first."""


@dataclass(frozen=True)
class Words:
    """What one error page says."""

    title: str
    text: str
    next: str


WORDS: dict[int, Words] = {
    400: Words(
        "That could not be read",
        "Something in what was sent is missing or not in the form this page expects. Nothing was saved.",
        "Go back, check the page and send it again.",
    ),
    401: Words(
        "Sign in first",
        "Nobody is signed in on this screen. Nothing was saved.",
        "Sign in and send it again.",
    ),
    403: Words(
        "Not for your role",
        "Your account may not do this. Nothing was changed.",
        "Ask whose role covers it: a pharmacist clears warnings, a manager looks after stock and staff.",
    ),
    404: Words(
        "Nothing here",
        "There is no page or record at this address. It may have been mistyped.",
        "Go to the counter and look again from there.",
    ),
    405: Words(
        "Not in this way",
        "This address answers a button or form, not a typed address. Nothing was changed.",
        "Go to the counter and use the page's own button.",
    ),
    409: Words(
        "Changed in the meantime",
        "Somebody else saved a change to the same record while this page was open. Yours was not saved.",
        "What you typed is below. Open the record again, compare, and enter what is still right.",
    ),
    413: Words(
        "Too large",
        "What was sent is larger than this page accepts. Nothing was saved.",
        "Shorten the text, or send a smaller file.",
    ),
    415: Words(
        "Not a kind this page reads",
        "What was sent is of a kind this page does not read. Nothing was saved.",
        "Go back and use the page's own form.",
    ),
    422: Words(
        "That does not fit",
        "What was sent cannot be used as it is. Nothing was saved.",
        "Go back and correct it.",
    ),
    429: Words(
        "Too many tries", "There were too many tries in a short time.", "Wait a little, then try again."
    ),
    500: Words(
        "Something failed on our side",
        "The program met something it was not made for. What you sent was not saved.",
        "Try once more. If it happens again, tell your manager the time it happened.",
    ),
    503: Words(
        "Not saved: the store's memory did not answer",
        "The database is busy, full or not reachable. What you sent was NOT saved.",
        "Wait a few seconds and send it again. What you typed is below.",
    ),
}


CANNOT_CHECK = Words(
    "Cannot check",
    "What Counselor knows could not be read or did not prove itself, so no medicine was checked against"
    " anything. This is not “no interactions”. Nothing was saved.",
    "Do not sell on this screen's word: ask the pharmacist. A manager finds the reason with:"
    " counselor knowledge check",
)
"""Where the engine failed its own proof or its knowledge is broken: never an empty list of warnings."""


def error_page(code: int, *, text: str | None = None, words: Words | None = None) -> ResponseReturnValue:
    """The page for a status code; JSON where a program asked. What was typed is shown, to be sent again."""
    words = words or WORDS.get(code) or WORDS[500 if code >= 500 else 400]
    if _wants_json():
        return jsonify(error={"message": text or f"{words.title}. {words.text}", "field": None}), code
    typed = what_was_typed() if code in {400, 409, 503} else None
    return render_template(
        "errors/error.html", words=words, text=text or words.text, code=code, typed=typed
    ), code


def register(app: Flask) -> None:
    """Hang the error pages into the app."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(FormTokenMissing, _stale_form)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(IntegrityError, _clash)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(KnowledgeError, _cannot_check)
    app.register_error_handler(Exception, _surprise)


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return "X-Autosave" in request.headers or request.is_json or best == "application/json"


def _stale_form(error: HTTPException) -> ResponseReturnValue:
    """A form whose hidden marks are missing or too old: show it again, filled, with fresh ones."""
    _forget_transaction()
    if _wants_json():
        return error_page(400, text="This page was open too long. Load it again; nothing was saved.")
    return render_template("errors/send_again.html", typed=what_was_typed(), why="stale"), 400


def _refused(error: HTTPException) -> ResponseReturnValue:
    _forget_transaction()
    code = error.code or 500
    if code < 400:
        return error  # a redirect raised as an exception
    own_words = error.description if error.description != type(error).description else None
    answer = error_page(code, text=own_words)
    if error.response is not None:
        return error.response
    return answer


def _clash(error: IntegrityError) -> ResponseReturnValue:
    _forget_transaction()
    log.warning("constraint refused a write at %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(409, text="What was sent clashes with something already stored. Nothing was saved.")


def _unstorable(error: DataError) -> ResponseReturnValue:
    """Something no column can hold: a NUL, a number with fifty digits."""
    _forget_transaction()
    log.warning("unstorable value at %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(
        400, text="Something typed holds characters or numbers that cannot be stored. Nothing was saved."
    )


def _database_failed(error: DBAPIError) -> ResponseReturnValue:
    _forget_transaction()
    g._login_user = AnonymousUserMixin()  # the error page must not ask the database who this is
    log.error("database failed at %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(503)


def _cannot_check(error: KnowledgeError) -> ResponseReturnValue:
    """The log gets the faults: they name files and statements, never a patient."""
    _forget_transaction()
    log.critical("cannot check anything at %s: %s", request.endpoint, error)
    return error_page(503, words=CANNOT_CHECK)


def _surprise(error: Exception) -> ResponseReturnValue:
    """Log where it happened, never what was in the request: exception texts can carry patients' data."""
    _forget_transaction()
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("%s at %s (%s %s)", type(error).__name__, place, request.method, request.endpoint)
    return error_page(500)


def _forget_transaction() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
