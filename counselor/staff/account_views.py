"""One's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.staff import actions, passwords
from counselor.staff.forms import PasswordForm
from counselor.web.writes import keep_though_refused, writes

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.route("/password", methods=["GET", "POST"])
@writes
def password() -> ResponseReturnValue:
    """Ask for a new password, set it, and end every other session of this person."""
    form, settings = PasswordForm(), current_app.extensions["counselor"]
    if request.method == "GET":
        return render_template("account/password.html", form=form)
    if form.validate():
        if form.new.data != form.again.data:
            form.again.errors = ["The two new passwords differ. Type them again."]
        elif not actions.knows_password(
            staff=current_user,
            password=form.current.data or "",
            address=request.remote_addr or "",
            at=clock.now(),
            settings=settings,
        ):
            keep_though_refused()
            form.current.errors = ["This is not the password you have now."]
        else:
            return _set(form)
    return render_template("account/password.html", form=form), 422


def _set(form: PasswordForm) -> ResponseReturnValue:
    try:
        actions.change_password(
            staff=current_user._get_current_object(),
            new=form.new.data or "",
            at=clock.now(),
            settings=current_app.extensions["counselor"],
        )
    except actions.Refused as refused:
        form.new.errors = [str(refused)]
        return render_template("account/password.html", form=form, shortest=passwords.SHORTEST), 422
    flash("Your password is changed. You were signed out everywhere else.", "success")
    return redirect(url_for("home.index"), 303)
