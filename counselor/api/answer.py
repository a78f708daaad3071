"""From the bytes of one intake to the bytes of its advice or of an error, the same for every outside door."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import orjson

from counselor.guidance.advice import Advice, one_step
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake, IntakeError
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf

LONGEST_INTAKE = 1_000_000
"""Bytes of one intake. The longest list of medicines that anybody takes needs a hundredth of it."""


class NotJson(ValueError):
    """The text is no JSON at all; the message says where it breaks."""


def parse(text: str) -> Any:
    """JSON without its holes: no NaN, no endless nesting, no name twice in one object. Raises `NotJson`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        raise NotJson(f"is not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise NotJson("is nested too deeply") from None
    except NotJson:
        raise
    except ValueError:  # Python reads no whole number of thousands of digits
        raise NotJson("holds a number with too many digits") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A second "medicines" would silently hide the first."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise NotJson(f"names {next(name for name in names if names.count(name) > 1)!r} twice in one object")
    return found


def _refuse_constant(name: str) -> None:
    raise NotJson(f"holds {name}, which JSON does not have")


def answer(data: Any, shelf: Shelf, knowledge: Knowledge, *, today: date) -> Advice:
    """Advice on one parsed intake. Raises `IntakeError` naming the field."""
    intake = Intake.from_json(data)
    return advise(intake, shelf, knowledge, on=intake.on or today)


def error_form(message: str, field: str | None = None) -> dict[str, Any]:
    """The one form in which errors are told."""
    return {"message": message, "field": field or None}


def error_line(data: Any, error: IntakeError | NotJson) -> dict[str, Any]:
    """An error in the place of an answer, with the id where one could be read."""
    id = data.get("id") if isinstance(data, dict) else None
    field = error.field if isinstance(error, IntakeError) else None
    message = error.message if isinstance(error, IntakeError) else str(error)
    return {"id": id if isinstance(id, str | int | float) else None, "error": error_form(message, field)}


def as_line(answered: Advice | dict[str, Any]) -> bytes:
    """One line of JSON, always the same bytes for the same answer."""
    try:
        return orjson.dumps(answered, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # half a surrogate pair or a very long number, echoed as it came
        return json.dumps(answered, default=one_step, allow_nan=False, separators=(",", ":")).encode() + b"\n"
