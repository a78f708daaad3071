"""What the state's programme asks of this visit: cards that end, forms it does not allow, what is recorded.

A programme's rule stops nothing by itself but an expired certification or caregiver card; it leaves out
products by a route or a form that the programme does not allow, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .advice import CounselLine
from .findings import INHALED, Finding, listed
from .intake import Intake
from .knowledge import (
    Cited,
    Knowledge,
    Origin,
    Refused,
    Severity,
    StateLine,
    StateProgram,
    Urgency,
    Wording,
)
from .resolve import Facts
from .shelf import FORMS, ROUTES, Shelf, ShelfItem

REMINDERS = (60, 30)
"""Days before the end of a card at which to remind, where no state of ours says otherwise. House policy."""
ADULT = 18
LONGEST_STATE = 40
"""Characters of an unknown state that are said back."""
BOUND_BY_RULES = "drug-tested"
"""The term for somebody who is drug-tested, or bound by federal or court rules."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What the programmes say of one visit.

    `expired` ends the sale. `lines` are for reading beside the warnings; `when_stopped` are those of them
    that still matter where nothing is sold today.
    """

    expired: tuple[Finding, ...] = ()
    lines: tuple[Finding, ...] = ()
    when_stopped: tuple[Finding, ...] = ()
    state: StateProgram | None = None


def of_programs(intake: Intake, facts: Facts, shelf: Shelf, knowledge: Knowledge, on: date) -> Programs:
    """What stands in the programme's rules for this patient on this day. No certification: nothing at all."""
    card = intake.certification
    if card is None:
        return Programs()
    state = in_force(card.state, knowledge, on)
    reminders = state.reminders if state else REMINDERS
    ends = (("certification", card.expires), ("caregiver", card.caregiver_expires))
    expired = [_general(f"{whose}-expired", knowledge, stops=True) for whose, day in ends if day and day < on]
    always: list[Finding] = []
    for whose, day in ends:
        if day and 0 <= (left := (day - on).days) <= reminders[0]:
            urgent = "-soon" if left <= reminders[-1] else ""
            always.append(_general(f"{whose}-expiring{urgent}", knowledge, left=left, day=day))
    if card.state.strip() and state is None:
        named = " ".join(card.state.split())[:LONGEST_STATE]
        always.append(_general("state-unknown", knowledge, state=named))
    lines: list[Finding] = []
    if state is not None:
        if expired or always:
            always.append(_said(state, state.lines["card"]))
        if card.caregiver_expires or (intake.age is not None and intake.age < ADULT):
            always.append(_said(state, state.lines["caregiver"]))
        lines += _forms(state, intake, shelf)
        lines += [_said(state, state.lines[topic]) for topic in ("supply", "consult")]
    if card.state.strip() and BOUND_BY_RULES in facts.terms:
        always.append(_general("federal-work", knowledge))
    return Programs(tuple(expired), tuple(always + lines), tuple(always), state)


def in_force(said: str, knowledge: Knowledge, on: date) -> StateProgram | None:
    """The settings of a state as said ("PA", "pa", "Pennsylvania") that hold on this day, or None."""
    wanted = _folded(said)
    for state in knowledge.states.values():
        if wanted in (_folded(state.code), _folded(state.name)) and state.holds_on(on):
            return state
    return None


def _folded(said: str) -> str:
    """Letters only, small: "N.Y." and "New York" as "ny" and "newyork"; without "State of"."""
    letters = "".join(sign for sign in said.casefold() if sign.isalpha())
    for before in ("commonwealthof", "stateof"):
        letters = letters.removeprefix(before)
    return letters


def not_allowed(item: ShelfItem, state: StateProgram | None) -> list[str]:
    """Why the programme keeps a product from being suggested, in words; empty where it does not."""
    if state is None:
        return []
    return [
        _sentence(state, [one]) for one in state.refused if item.route in one.routes or item.form in one.forms
    ]


def with_program(
    counsel: tuple[CounselLine, ...], state: StateProgram | None, disposition: str
) -> tuple[CounselLine, ...]:
    """Counsel with the state's driving law before what is said of being impaired.

    The law comes first: where any trace of THC counts, hours alone would mislead. Nothing is added where
    nothing may be taken home.
    """
    if state is None or disposition == "no-product":
        return counsel
    lines = list(counsel)
    driving = state.lines.get("driving")
    if driving is not None:
        place = next((i for i, line in enumerate(lines) if line.topic == "driving"), len(lines))
        lines.insert(
            place,
            CounselLine("driving", driving.text, _keys(driving.sources), driving.handout),
        )
    return tuple(lines)


def _forms(state: StateProgram, intake: Intake, shelf: Shelf) -> list[Finding]:
    """What the programme does not allow of what was asked for, and what it does; or nothing.

    Moderate where it closes a route that was asked for, or leaves nothing of it on this shelf; else minor.
    """
    asked = (intake.exposure.route,) if intake.exposure and intake.exposure.route else intake.routes
    beside = (
        ("edible",) if set(asked) & set(INHALED) else ()
    )  # what is swallowed stands beside what is inhaled
    touched = [one for one in state.refused if _touches(one, (*asked, *beside) or ROUTES)]
    if not touched:
        return []
    closed = [route for route in dict.fromkeys(asked) if _closes(state, route, shelf)]
    line = state.lines["forms"]
    effect = f"{_sentence(state, touched)}."
    if closed:
        effect = f"{listed([route.capitalize() for route in closed])} was asked for. {effect}"
    wording = Wording(effect, line.do, _read_on(state), line.handout)
    severity = Severity.MODERATE if closed else Severity.MINOR
    return [_finding(line.id, wording, state.origin, line.sources, severity)]


def _closes(state: StateProgram, route: str, shelf: Shelf) -> bool:
    on_shelf = [item for item in shelf.items if item.route == route]
    return any(route in one.routes for one in state.refused) or (
        bool(on_shelf) and all(not_allowed(item, state) for item in on_shelf)
    )


def _touches(refused: Refused, routes: Iterable[str]) -> bool:
    return bool({*refused.routes, *(FORMS[form].route for form in refused.forms)} & set(routes))


def _sentence(state: StateProgram, refused: Iterable[Refused]) -> str:
    """ "Pennsylvania's program does not allow smoking"."""
    return f"{state.name}'s program does not allow {' or '.join(one.what for one in refused)}"


def _said(state: StateProgram, line: StateLine) -> Finding:
    wording = Wording(line.text, line.do, _read_on(state), line.handout)
    return _finding(line.id, wording, state.origin, line.sources, Severity.MINOR)


def _read_on(state: StateProgram) -> str:
    return f"State law as read on {state.as_of.day} {state.as_of:%B %Y}."


def _general(
    id: str,
    knowledge: Knowledge,
    *,
    stops: bool = False,
    left: int = 0,
    day: date | None = None,
    state: str = "",
) -> Finding:
    """A rule that holds whatever the state; {days}, {day} and {state} in its text are filled in."""
    rule = knowledge.program[id]
    days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    shown = f"{day.day} {day:%B %Y}" if day else ""
    text = rule.text.replace("{days}", days).replace("{day}", shown).replace("{state}", state)
    wording = Wording(text, text, "Programme rule, not a medical finding.", text)
    severity = Severity.CONTRAINDICATED if stops else Severity.MINOR
    return _finding(id, wording, rule.origin, rule.sources, severity)


def _finding(
    id: str, wording: Wording, origin: Origin, sources: tuple[Cited, ...], severity: Severity
) -> Finding:
    """A finding of kind program. Only what ends the sale names a reason: nothing the patient told made it."""
    stops = severity is Severity.CONTRAINDICATED
    return Finding(
        id=id, kind="program", origin=origin, direction="patient", severity=severity, certainty="A",
        wording=wording, because=(id,) if stops else (), cannabinoids=(), routes=(), sources=sources,
        refer="no", refer_to="pharmacist", urgency=Urgency.ROUTINE, excludes="all" if stops else "",
        vehicle="", lower_first_dose=False, no_product=False,
    )  # fmt: skip


def _keys(sources: tuple[Cited, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited.key for cited in sources))
