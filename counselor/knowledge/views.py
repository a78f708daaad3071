"""Reading rooms for what Counselor knows, and the type-ahead. No patient is in any of it, so what is looked
for may stand in the address."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock, knowledge
from counselor.knowledge import approval_views, medicines, presenters, queries, search, versions
from counselor.knowledge.blueprint import bp
from counselor.knowledge.changing import what_would_change
from counselor.knowledge.statements import KIND_WORDS, ROOMS
from counselor.staff.models import Store
from counselor.web.writes import reads

__all__ = ["approval_views", "bp"]  # the pharmacist's pages hang on the same blueprint

LONGEST = 200


bp.add_app_template_filter(presenters.named)
bp.add_app_template_filter(presenters.rule_words)
bp.add_app_template_filter(presenters.taken_for)


@bp.app_context_processor
def _standing() -> dict[str, Any]:
    """For every page: `standing_of(version)` gives the line that says who approved it here, if anybody."""

    def standing_of(version: str, store: Store | None = None) -> presenters.StandingLine:
        here: Store = store or current_user.store
        return presenters.standing_line(versions.standing(here, version), here)

    return {"standing_of": standing_of}


@bp.get("")
def index() -> ResponseReturnValue:
    """The rooms, one at a time, or what a search found in all of them."""
    known = knowledge.current()
    statements = queries.all_statements(known)
    asked = " ".join(request.args.get("q", "").split())[:LONGEST]
    kind = request.args.get("kind", "")
    kind = kind if kind in ROOMS else "interaction"
    today = clock.today(current_user.store)
    drug_class = request.args.get("class", "")
    at_the_door = not request.args  # nobody has gone into a room yet: the place for news
    last = versions.standing(current_user.store, known.version).last if at_the_door else None
    changed = versions.since(last.version, known) if last else None
    return render_template(
        "knowledge/index.html",
        version=known.version,
        asked=asked,
        found=search.search(known, asked) if asked else None,
        kind=kind,
        kinds=KIND_WORDS,
        rooms=ROOMS,
        counts=Counter(one.kind for one in statements.values()),
        rows=[one for one in statements.values() if one.kind == kind],
        known=known,
        changed=changed.weightiest(3) if changed else (),
        classes=queries.classes(known) if kind == "medicine" else (),
        drug_class=known.classes.get(drug_class),
        members=queries.members_of(known, drug_class) if drug_class in known.classes else (),
        sources=sorted(known.sources.values(), key=lambda source: (source.kind, source.citation)),
        citing=queries.times_cited(known) if kind == "source" else {},
        overdue=sum(one.overdue(today) for one in statements.values()),
        today=today,
        words=presenters,
    )


@bp.get("/statements/<statement_id>")
def rule(statement_id: str) -> ResponseReturnValue:
    """One statement: scope, wording, sources, review, history, and what would change it."""
    known = knowledge.current()
    statement = queries.find_statement(known, statement_id) or abort(404)
    today = clock.today(current_user.store)
    standing = versions.standing(current_user.store, known.version)
    return render_template(
        "knowledge/statement.html",
        version=known.version,
        one=statement,
        kinds=KIND_WORDS,
        sources=known.sources,
        today=today,
        words=presenters,
        first=not versions.kept_before(known.version),
        history=versions.history_of(statement.table, statement.id, known),
        changing=what_would_change(statement, known, on=today, approved=not standing.awaits),
        related=queries.related(known, statement),
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
        words=presenters,
    )


@bp.get("/medicines")
def medicine() -> ResponseReturnValue:
    """A medicine by any name: what it is, and what is said of it with THC and CBD by each route."""
    known = knowledge.current()
    asked = " ".join(request.args.get("name", "").split())[:LONGEST]
    pages, unread = medicines.look_up(asked, known, on=clock.today(current_user.store)) if asked else ([], [])
    return render_template(
        "knowledge/medicine.html",
        version=known.version,
        asked=asked,
        pages=pages[:6],
        unread=unread,
        known=known,
        words=presenters,
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
