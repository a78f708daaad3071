"""A version and its approval: what changed since the one approved before, and the pharmacist's answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock, knowledge
from counselor.knowledge import actions, presenters, versions
from counselor.knowledge.blueprint import bp
from counselor.web.writes import writes

LONGEST = 1000


@bp.get("/approval")
def approval() -> ResponseReturnValue:
    """The version in use, who approved it, what changed since the last approved one."""
    return _page()


def _page(problems: tuple[dict[str, str], ...] = ()) -> str:
    known = knowledge.current()
    standing = versions.standing(current_user.store, known.version)
    last = standing.last
    return render_template(
        "knowledge/approval.html",
        version=known.version,
        standing=standing,
        differences=versions.since(last.version, known) if last else None,
        approvals=[
            (one, presenters.approval_words(one, current_user.store))
            for one in versions.approvals(current_user.store)
        ],
        problems=problems,
        typed=request.form,
    )


@bp.post("/approval")
@writes
def approve() -> ResponseReturnValue:
    """Approve the version that was read, and no other."""
    known = knowledge.current()
    if request.form.get("version") != known.version:
        words = (
            "The program was updated while you read: this is another version now. Please read what changed."
        )
        return _page(({"field": "", "message": words},)), 409
    if "read" not in request.form:
        return _page(({"field": "read", "message": "Tick that you have read it."},)), 422
    actions.approve(
        knowledge=known,
        store=current_user.store,
        note=request.form.get("note", "").strip()[:LONGEST],
        by=current_user,
        at=clock.now(),
    )
    flash(f"Version {known.version} is approved for this store.", "success")
    return redirect(url_for(".approval"), 303)


@bp.post("/approval/<int:approval_id>/withdrawal")
@writes
def withdraw(approval_id: int) -> ResponseReturnValue:
    """Take an approval of this store back, with the reason."""
    found = versions.find_approval(approval_id, current_user.store) or abort(404)
    because = request.form.get("because", "").strip()[:LONGEST]
    if not because:
        return _page(({"field": "because", "message": "Say why the approval is withdrawn."},)), 422
    actions.withdraw(approval=found, because=because, by=current_user, at=clock.now())
    flash(f"The approval of version {found.version.version} is withdrawn.", "success")
    return redirect(url_for(".approval"), 303)
