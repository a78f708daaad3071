"""The manager's page of the log."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from counselor.audit import queries
from counselor.audit.presenters import EventPresenter

bp = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 100


@bp.get("")
def index() -> ResponseReturnValue:
    """Newest events first, a hundred a page, and whether the chain is whole."""
    before = request.args.get("before", "")
    if before and (not before.isascii() or not before.isdigit() or len(before) > 9):
        abort(400)
    events = queries.newest(before=int(before) if before else None, limit=PAGE + 1)
    return render_template(
        "audit/index.html",
        events=[EventPresenter(event) for event in events[:PAGE]],
        older=events[PAGE - 1].number if len(events) > PAGE else None,
        check=queries.check_chain() if not before else None,
    )
