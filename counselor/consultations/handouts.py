"""What the patient takes home, from the signed record: short, in plain words, one or two pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counselor.consultations.models import Consultation, Outcome
from counselor.consultations.presenters import unassessed, unchecked
from counselor.guidance.findings import listed
from counselor.knowledge.presenters import named, taken_for

POISON_CONTROL = "1-800-222-1222"
MOST_LINES = 10
TO_THE_COUNTER = "Pharmacist or prescriber first: do not sell yet."
MOST_SOURCES = 8
WITHOUT_A_SALE = frozenset(
    {"do-not-stop", "naloxone", "self-care", "expectation", "not-a-cure", "falls", "alcohol"}
)
"""Topics for somebody who takes nothing home; the rest is about using a product."""
ONLY_WITH_ROUTE = {"smoke": "smoked", "vaporized": "vaporized", "topical-local": "topical"}


def handout(consultation: Consultation, advice: Mapping[str, Any]) -> Mapping[str, Any]:
    """Everything the handout prints."""
    sold = consultation.outcome is Outcome.SOLD
    items = [_item(item, advice) for item in consultation.items] if sold else []
    cited = [key for row in (*advice["counsel"], *advice["warnings"]) for key in row["sources"]]
    keys = [key for key in dict.fromkeys(cited) if key in advice["sources"]]
    return {
        "advice": advice,
        "sold": sold,
        "outcome": consultation.outcome,
        "items": items,
        "warnings": _warnings(advice),
        "unchecked": unchecked(advice),
        "unassessed": unassessed(advice),
        "medicines": _medicines(advice),
        "counsel": _counsel(
            advice, routes=frozenset(item.route for item in consultation.items) if sold else None
        ),
        "referrals": _next_steps(advice),
        "why_not": _why_not(advice),
        "clearances": [one for one in consultation.requests if one.state == "cleared"],
        "sources": [_short(advice["sources"][key]["citation"]) for key in keys[:MOST_SOURCES]],
        "more_sources": max(len(keys) - MOST_SOURCES, 0),
        "poison_control": POISON_CONTROL,
        "next_weeks": (advice.get("follow_up") or {}).get("next_weeks") or ([2, 4] if sold else []),
    }


def _item(item: Any, advice: Mapping[str, Any]) -> Mapping[str, Any]:
    offer: Mapping[str, Any] = next(
        (one for one in advice["suggestions"] if (one["sku"], one["batch"]) == (item.sku, item.batch)), {}
    )
    dose = offer.get("starting_dose") or {}
    return {
        "name": item.name,
        "batch": item.batch,
        "packages": item.packages,
        "form": str(offer.get("form", "")).replace("-", " "),
        "dose": dose.get("handout") or item.first_dose,
        "mg": dose.get("mg") or {},
        "onset": offer.get("onset") or {},
        "local": offer.get("administration") == "local",
    }


def _why_not(advice: Mapping[str, Any]) -> str:
    """Why nothing was sold, to the patient: the reasons as they are, without the order to the counter."""
    text: str = advice["disposition"]["text"]
    if text.startswith(TO_THE_COUNTER):
        return f"A pharmacist or your prescriber must agree first.{text.removeprefix(TO_THE_COUNTER)}"
    return text


def _next_steps(advice: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whom to see and how soon, in the order of the advice. What the sheet says in full elsewhere, under what
    not to mix or not checked, is named here only: once for each person to see.
    """
    said = {one["action"] for one in advice["warnings"] if one["severity"] in ("contraindicated", "major")}
    boxed = {one["said"] for one in unchecked(advice)}
    boxed |= {name for one in unassessed(advice) for name in one["names"]}
    steps: list[dict[str, str]] = []
    about: dict[tuple[str, str], list[str]] = {}
    for row in advice["referrals"]:
        urgent = row["urgency"] in ("emergency", "same-day")
        because = row["because"]
        told = bool(because) and (row["reason"] in said or set(because) <= boxed)
        who = row["to"][:1].upper() + row["to"][1:]
        if row.get("say") or urgent or not told:
            steps.append({"urgency": row["urgency"], "text": row.get("say") or f"{who}. {row['reason']}"})
            continue
        key = (row["urgency"], who)
        if key not in about:
            about[key] = []
            steps.append({"urgency": row["urgency"], "text": "", "who": who})
        about[key] += [name for name in named(because) if name not in about[key]]
    for step in steps:
        if who := step.pop("who", ""):
            step["text"] = f"{who}. Ask about {listed(about[step['urgency'], who])}."
    return steps


def _warnings(advice: Mapping[str, Any]) -> list[str]:
    """The patient's words of each warning, the worst first, each once; minor ones while there is room."""
    said = [
        warning.get("handout") or warning["effect"]
        for warning in advice["warnings"]
        if warning["severity"] != "minor"
    ]
    return list(dict.fromkeys(text for text in said if text))[:MOST_LINES]


def _counsel(advice: Mapping[str, Any], *, routes: frozenset[str] | None) -> list[dict[str, str]]:
    """One line of each topic first, then the next of each: four medicines must not crowd out driving or
    storage.

    `routes` are those of what was sold; None where nothing was.
    """
    topics: dict[str, list[str]] = {}
    for line in advice["counsel"]:
        text = line.get("handout") or line["text"]
        if _concerns(line["topic"], routes):
            lines = topics.setdefault(line["topic"], [])
            if text not in lines:
                lines.append(text)
    rows = [
        {"topic": topic, "text": lines[place]}
        for place in range(max(map(len, topics.values()), default=0))
        for topic, lines in topics.items()
        if place < len(lines)
    ]
    return rows[:MOST_LINES]


def _concerns(topic: str, routes: frozenset[str] | None) -> bool:
    """Whether a topic matters to somebody who takes home products of these routes, or none."""
    if routes is None:
        return topic in WITHOUT_A_SALE
    return ONLY_WITH_ROUTE.get(topic) is None or ONLY_WITH_ROUTE[topic] in routes


def _medicines(advice: Mapping[str, Any]) -> list[str]:
    """What was checked, as said and as understood; not what is known by name only."""
    rows = []
    for one in advice["recognised"]["medicines"]:
        if one.get("unassessed"):
            continue
        meaning = taken_for(one)
        same = meaning.casefold() in one["said"].casefold()
        rows.append(one["said"] if same else f"{one['said']} ({meaning})")
    return list(dict.fromkeys(rows))


def _short(citation: str) -> str:
    """A source in one line: up to the end of its title, and its year."""
    return citation if len(citation) <= 110 else citation[:107].rsplit(" ", 1)[0] + " …"
