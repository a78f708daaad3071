"""The manager's pages: who works here, in the manager's own store."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.staff import actions, queries
from counselor.staff.forms import StaffForm
from counselor.staff.models import Role, Staff
from counselor.web.writes import writes

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("")
def index() -> ResponseReturnValue:
    """Everybody with an account in this store."""
    return render_template("staff/index.html", people=queries.all_staff(current_user.store_id))


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Ask for a new account."""
    return render_template("staff/new.html", form=StaffForm())


@bp.post("")
@writes
def create() -> ResponseReturnValue:
    """Add an account and show its one-time password, once."""
    form = StaffForm()
    if not form.validate():
        return render_template("staff/new.html", form=form), 422
    try:
        staff, password = actions.add_staff(
            store=current_user.store,
            username=form.username.data or "",
            display_name=form.display_name.data or "",
            role=Role(form.role.data),
            by=current_user,
            at=clock.now(),
            settings=current_app.extensions["counselor"],
        )
    except actions.Refused as refused:
        form.username.errors = [str(refused)]
        return render_template("staff/new.html", form=form), 422
    return _show_once(staff, password)


@bp.post("/<int:staff_id>/disable")
@writes
def disable(staff_id: int) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    staff = _find(staff_id)
    try:
        actions.disable_staff(staff=staff, by=current_user, at=clock.now())
    except actions.Refused as refused:
        return _refuse(refused)
    flash(f"{staff.display_name} can no longer sign in and was signed out everywhere.", "success")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:staff_id>/enable")
@writes
def enable(staff_id: int) -> ResponseReturnValue:
    """Open an account again."""
    staff = _find(staff_id)
    try:
        actions.enable_staff(staff=staff, by=current_user, at=clock.now())
    except actions.Refused as refused:
        return _refuse(refused)
    flash(f"{staff.display_name} can sign in again.", "success")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:staff_id>/password")
@writes
def reset(staff_id: int) -> ResponseReturnValue:
    """Make a one-time password for somebody and show it, once."""
    staff = _find(staff_id)
    password = actions.reset_password(
        staff=staff, by=current_user, at=clock.now(), settings=current_app.extensions["counselor"]
    )
    return _show_once(staff, password)


def _find(staff_id: int) -> Staff:
    """An account of the manager's own store; another store's is none of hers, as if it did not exist."""
    staff = queries.find_staff(staff_id)
    if staff is None or staff.store_id != current_user.store_id:
        abort(404)
    return staff


def _refuse(refused: actions.Refused) -> ResponseReturnValue:
    people = queries.all_staff(current_user.store_id)
    return render_template("staff/index.html", people=people, refused=str(refused)), 409


def _show_once(staff: Staff, password: str) -> ResponseReturnValue:
    answer = make_response(render_template("staff/password_once.html", person=staff, password=password))
    answer.headers["Content-Location"] = url_for(".index")
    return answer
