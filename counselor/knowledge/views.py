"""Reading rooms for what Counselor knows, and the type-ahead. No patient is in any of it."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock, knowledge
from counselor.knowledge import queries
from counselor.knowledge.statements import KIND_WORDS
from counselor.web.writes import reads

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")

LONGEST = 200


@bp.get("")
def index() -> ResponseReturnValue:
    """Every room with its statements; one room at a time."""
    known = knowledge.current()
    statements = queries.all_statements(known)
    kind = request.args.get("kind", "")
    kind = kind if kind in KIND_WORDS else "interaction"
    today = clock.today(current_user.store)
    return render_template(
        "knowledge/index.html",
        version=known.version,
        kind=kind,
        kinds=KIND_WORDS,
        counts=Counter(one.kind for one in statements.values()),
        rows=[one for one in statements.values() if one.kind == kind],
        unchecked=sum(not one.checked_by for one in statements.values()),
        overdue=sum(one.overdue(today) for one in statements.values()),
        total=len(statements),
        today=today,
    )


@bp.get("/statements/<statement_id>")
def rule(statement_id: str) -> ResponseReturnValue:
    """One statement with its sources and who checked it."""
    known = knowledge.current()
    statement = queries.find_statement(known, statement_id) or abort(404)
    return render_template(
        "knowledge/statement.html",
        version=known.version,
        one=statement,
        kinds=KIND_WORDS,
        sources=known.sources,
        today=clock.today(current_user.store),
    )


@bp.get("/sources/<key>")
def source(key: str) -> ResponseReturnValue:
    """One source, how far it was read, and what rests on it."""
    known = knowledge.current()
    found = known.sources.get(key) or abort(404)
    return render_template(
        "knowledge/source.html",
        version=known.version,
        source=found,
        rows=queries.citing(known, key),
        kinds=KIND_WORDS,
    )


@bp.post("/lookup")
@reads
def lookup() -> ResponseReturnValue:
    """Type-ahead: {"kind": "medicine", "text": "klon"} gives {"matches": [{"name": ..., "meaning": ...}]}."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, thousands deep
        asked = None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return jsonify(error={"message": "Send what was typed as text.", "field": "text"}), 400
    found = queries.lookup(knowledge.current(), str(asked.get("kind", "")), asked["text"][:LONGEST])
    return jsonify(matches=[{"name": one.name, "meaning": one.meaning} for one in found])
