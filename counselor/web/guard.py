"""Before and after every request: who is it, may they, is the form ours; then headers and the noted reads."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError

from counselor import clock
from counselor.audit import actions as audit_log
from counselor.database import db, is_only_reading, set_reading
from counselor.staff import sessions
from counselor.staff.permissions import ENDPOINTS, Access, may
from counselor.web.errors import error_page
from counselor.web.typed import what_was_typed
from counselor.web.writes import SAFE_METHODS, kind_of, largest_of

log = logging.getLogger("counselor.web")
csrf = CSRFProtect()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
OPEN_WHILE_PASSWORD_IS_TEMPORARY = frozenset({"account.password", "session.sign_out", "static"})


def register(app: Flask) -> None:
    """Hang the guard into the app, before anything else that looks at requests."""
    csrf.init_app(app)
    app.before_request(admit)
    app.after_request(close)
    app.teardown_request(_stop_reading)


def admit() -> ResponseReturnValue | None:
    """Let the request in, or answer it: sign in, not your role, form too old."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    set_reading(request.method in SAFE_METHODS or kind_of(view) == "reads")
    if request.endpoint is None:
        return None  # no such address: Flask answers 404 or 405
    if largest_of(view) is not None:
        request.max_content_length = largest_of(view)
    access = ENDPOINTS.get(request.endpoint)
    if access is None:
        log.error("endpoint %s has no row in the permission table; refused", request.endpoint)
        abort(403)
    if access is Access.BEARER:
        return None
    if not isinstance(access, Access):
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if current_user.must_change_password and request.endpoint not in OPEN_WHILE_PASSWORD_IS_TEMPORARY:
            return redirect(url_for("account.password"), 303)
        if not may(current_user.role, access):
            log.warning("staff %s may not use %s", current_user.id, request.endpoint)
            abort(403)
    if request.method not in SAFE_METHODS:
        csrf.protect()
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if "X-Autosave" in request.headers or request.is_json:
        return jsonify(
            error={"message": "You were signed out. Sign in again; nothing here is lost.", "field": None}
        ), 401
    if request.method in SAFE_METHODS:
        return redirect(url_for("session.sign_in", next=request.path), 303)
    return render_template("session/sign_in.html", typed=what_was_typed(), form=None), 401


def close(response: Response) -> Response:
    """Write what the page read and that somebody is active, then set the headers."""
    if request.endpoint != "static":
        response = _write_notes(response)
        response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def _write_notes(response: Response) -> Response:
    """Reads noted by the page and the session's activity, in one short writing transaction."""
    reads = audit_log.take_noted_reads()
    active = None if "X-Autosave" in request.headers else sessions.activity_due(at=clock.now())
    if response.status_code >= 400 and response.status_code not in (409, 422):
        reads = []  # an error page shows nobody; a conflict or a form shown again does
    if not reads and active is None:
        return response
    try:
        if is_only_reading():
            db.session.rollback()
        set_reading(False)
        if active is not None:
            sessions.note_activity(active, at=clock.now())
        audit_log.append_noted(reads)
        db.session.commit()
    except DBAPIError as error:
        log.error("could not record reads at %s: %s", request.endpoint, type(error.orig).__name__)
        db.session.rollback()
        if reads:
            return current_app.make_response(error_page(503))
    return response


def _stop_reading(error: BaseException | None) -> None:
    set_reading(False)
