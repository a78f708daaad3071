"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.staff import actions
from counselor.staff.forms import SignInForm
from counselor.staff.models import Staff
from counselor.web.typed import Typed, what_was_kept
from counselor.web.writes import commit

bp = Blueprint("session", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask who it is, and check it."""
    if request.method == "POST":
        return _check_in()
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    return _ask(SignInForm(next=_local(request.args.get("next", ""))), None, 200)


def _check_in() -> ResponseReturnValue:
    """Check who it is; a form that was sent while signed out is shown again, to be sent."""
    form, kept = SignInForm(), what_was_kept()
    if not form.validate():
        return _ask(form, kept, 422)
    outcome = actions.sign_in(
        username=form.username.data or "",
        password=form.password.data or "",
        address=request.remote_addr or "",
        at=clock.now(),
        settings=current_app.extensions["counselor"],
    )
    commit()
    if not isinstance(outcome, Staff):
        return _ask(form, kept, 429 if isinstance(outcome, actions.TooManyTries) else 401, str(outcome))
    if kept is not None and not outcome.must_change_password:
        return render_template("errors/send_again.html", typed=kept, why="signed-in")
    return redirect(_local(form.next.data or "") or url_for("home.index"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session and say so."""
    if current_user.is_authenticated:
        actions.sign_out(by=current_user, at=clock.now())
        commit()
    return redirect(url_for(".sign_in"), 303)


def _ask(form: SignInForm, kept: Typed | None, status: int, refused: str = "") -> ResponseReturnValue:
    return render_template("session/sign_in.html", form=form, typed=kept, refused=refused), status


def _local(address: str) -> str:
    """The address if it is a path of ours, nothing otherwise: nobody is sent elsewhere from here."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if ours and not parts.scheme and not parts.netloc and address.isprintable() else ""
