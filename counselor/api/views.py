"""POST /api/v1/advice: one intake in, one advice out, for programs that hold a token."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from counselor import clock, knowledge
from counselor.api.answer import NotJson, answer, as_line, error_form, parse
from counselor.catalog import queries as catalog_queries
from counselor.guidance.intake import IntakeError
from counselor.guidance.loader import KnowledgeError
from counselor.staff.models import ApiToken
from counselor.staff.queries import find_api_token
from counselor.web.writes import reads

bp = Blueprint("api", __name__)


@bp.post("/api/v1/advice")
@reads
def advice() -> Response:
    """Answer one intake from the shelf of the token's store. Nothing of it is kept or reaches a log."""
    token = _token()
    if token is None:
        return _refuse(401, "Send an API token of this store: Authorization: Bearer ...")
    if request.mimetype != "application/json":
        return _refuse(415, "Send the intake as application/json.")
    try:
        data = parse(request.get_data(cache=False).decode("utf-8"))
    except RequestEntityTooLarge:
        return _refuse(413, "The intake is larger than this store accepts.")
    except UnicodeDecodeError:
        return _refuse(400, "The body is not UTF-8 text.")
    except NotJson as error:
        return _refuse(400, f"The body {error}.")
    try:
        answered = answer(
            data, catalog_queries.shelf_of(token.store), knowledge.current(), today=clock.today(token.store)
        )
    except IntakeError as error:
        return _refuse(422, error.message, error.field)
    except KnowledgeError:
        return _refuse(503, "The knowledge cannot be relied on at the moment: nothing was checked.")
    return Response(as_line(answered), mimetype="application/json")


def _token() -> ApiToken | None:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return find_api_token(key.strip()) if kind.lower() == "bearer" and key.strip() else None


def _refuse(status: int, message: str, field: str | None = None) -> Response:
    body: dict[str, Any] = {"error": error_form(message, field)}
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
