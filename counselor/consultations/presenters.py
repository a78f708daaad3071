"""How a consultation is worded on the page. Advice comes in its JSON form, as it is shown and as it is
stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from counselor import knowledge
from counselor.consultations.advising import Advised
from counselor.consultations.medicines import spoken_of
from counselor.consultations.models import (
    Clearance,
    ClearanceRequest,
    Consultation,
    Outcome,
    RequestState,
    State,
)
from counselor.consultations.sheet import MEASURES, NEWS_WORDS, TOPIC_WORDS, TOPICS, Problem, Sheet
from counselor.consultations.signing import offer_limits, spellings_to_confirm
from counselor.knowledge.presenters import named, rule_words, taken_for

OUTCOMES = {
    Outcome.SOLD: "Sold",
    Outcome.REFERRED: "Referred, not sold",
    Outcome.NOTHING: "Nothing sold",
}
STATES = {
    State.DRAFT: "Draft",
    State.WAITING: "Waiting for the pharmacist",
    State.SIGNED: "Signed",
    State.ABANDONED: "Abandoned",
}
PRESENT_WORDS = (
    ("patient", "Patient"),
    ("caregiver", "Caregiver"),
    ("phone", "By phone"),
    ("interpreter", "Interpreter"),
)
EXPERIENCE_WORDS = (("none", "New to cannabis"), ("occasional", "Now and then"), ("regular", "Regularly"))
ROUTE_WORDS = (("edible", "Edible"), ("vaporized", "Vaporized"), ("smoked", "Smoked"), ("topical", "Topical"))
MEASURE_WORDS = {
    "spasticity-nrs": "Stiffness, 0 to 10",
    "pain-nrs": "Pain, 0 to 10",
    "sleep-nrs": "Sleep, 0 to 10",
    "spasm-frequency": "Spasms a day",
    "jerks-per-day": "Jerks a day",
    "global-change": "Change overall, 1 to 7",
}
REMOVAL_REASONS = (
    "The prescriber stopped it",
    "The patient stopped taking it",
    "It was written down by mistake",
    "Another reason",
)
SAID = {
    "changed": "The advice is not the one you were looking at: something changed on the sheet, the shelf "
    "or in the rules. Nothing was signed. Read it again, then sign.",
    "packages": "Packages: write a whole number from 1 to 99.",
    "gone": "That batch is no longer offered for this patient. The list below is as of now.",
    "limit": "That product goes beyond what the pharmacist or prescriber agreed to.",
    "incomplete": "Nothing was sent: the sheet cannot be read yet. See below.",
    "nothing-open": "Nothing was sent: no warning here waits for a pharmacist.",
    "not-waiting": "This visit does not wait for the pharmacist.",
    "not-signed": "Only a signed record is amended. This visit was not signed; nothing was added.",
    "unsigned": "The handout is printed from the signed record. Sign the visit first.",
}
GOOD_NEWS = {"sent": "Sent to the pharmacist. The sheet is closed until the answer is here."}
SHEET_FIELDS = frozenset(
    [
        "conditions", "routes", "medicines", "history", "symptoms", "goals", "allergies", "experience",
        "current_route", "current_thc", "current_cbd", "current_last", "present",
        "measure", "baseline", "now", "weeks", "note", "sheet",
        *(f"topic-{topic}" for topic in TOPICS), *(f"detail-{topic}" for topic in TOPICS),
        *(f"news-{one}" for one in (*NEWS_WORDS, "illness_text", "harm_text")),
    ]
)  # fmt: skip


def draft(consultation: Consultation, sheet: Sheet, advised: Advised) -> Mapping[str, Any]:
    """What the draft page shows beside the sheet and the advice themselves."""
    advice = advised.advice
    return {
        "known": known(advice, sheet.confirmed, sheet.medicines) if advice else {},
        "to_confirm": spellings_to_confirm(advice, sheet) if advice else [],
        "unchecked": unchecked(advice) if advice else [],
        "unassessed": unassessed(advice) if advice else [],
        "later": later_referrals(advice) if advice else [],
        "unread": [one for one in advice["unrecognised"] if one["field"] != "medicines"] if advice else [],
        "confirm_conditions": _to_confirm(advice) if advice else [],
        "offers": [
            (offer, offer_limits(offer, advised), _chosen(consultation, offer))
            for offer in (advice or {}).get("suggestions", [])
        ],
        "clearance_words": _words_by_rule(advised),
        "lapsed": [clearance_words(one) for one in advised.lapsed],
        "open_rules": advised.open_rules,
        "answered": _answer_that_counts(consultation, advised),
        "topic_words": TOPIC_WORDS,
        "news_words": NEWS_WORDS,
        "present_words": PRESENT_WORDS,
        "experience_words": EXPERIENCE_WORDS,
        "route_words": ROUTE_WORDS,
        "measure_words": [("", "No score today"), *((one, MEASURE_WORDS[one]) for one in MEASURES)],
        "removal_reasons": REMOVAL_REASONS,
        "good_news": GOOD_NEWS,
        "timeline": timeline(advice["suggestions"][0]) if advice and advice["suggestions"] else None,
    }


def not_told_today(last: Consultation | None, advised: Advised) -> list[str]:
    """Medicines of the last signed visit that nobody told today: stopped, or forgotten? Somebody must ask."""
    if last is None or last.advice is None:
        return []
    now = spoken_of(advised.advice)
    before = json.loads(last.advice)["recognised"]["medicines"]
    return list(
        dict.fromkeys(
            one["said"]
            for one in before
            if not one.get("denied") and not set(one["ingredients"] or one["classes"]) <= now
        )
    )


def timeline(offer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """When a dose of this offer works, in the form the picture wants; None for what acts on the skin only."""
    onset = offer.get("onset")
    if not onset or offer["administration"] == "local":
        return None
    how = {"oromucosal": "under the tongue", "transdermal": "patch"}.get(
        offer["administration"], offer["administration"]
    )
    return {
        "label": f"{offer['form'].replace('-', ' ')}, {how}",
        "onset": onset["onset_minutes"],
        "peak": onset["peak_minutes"],
        "duration": onset["lasts_minutes"],
        "wait": None,
        "text": onset["next_dose"],
    }


def told(problems: Iterable[Problem], said: str, more: Iterable[Problem] = ()) -> list[dict[str, str]]:
    """Problems in the form of an error summary, our own word first, each only once."""
    rows = [{"field": "", "message": SAID[said]}] if said in SAID else []
    for problem in (*problems, *more):
        row = {"field": problem.field, "message": problem.message}
        if row not in rows:
            rows.append(row)
    return rows


def known(
    advice: Mapping[str, Any], confirmed: Sequence[str] = (), lines: Sequence[str] = ()
) -> dict[str, list[dict[str, str]]]:
    """What each entry was taken for, by field: the chips of the page show it beside what was said.

    `lines` are the medicine lines as typed: a chip is a line's, with all the medicines that stand on it.
    """
    rows: dict[str, dict[str, dict[str, str]]] = {}
    for one in advice["recognised"]["medicines"]:
        line = one.get("line") or one["said"]
        how = "generic" if one["how"] == "spelling" and one["said"] in confirmed else one["how"]
        if how != "spelling" and one.get("unassessed") and not one["denied"]:
            how = "unassessed"
        _merge(rows.setdefault("medicines", {}), line, taken_for(one), how)
    for name in ("conditions", "history", "symptoms", "allergies", "goals"):
        for one in advice["recognised"][name]:
            meaning = one.get("name") or one["id"].replace("-", " ")
            unsure = one.get("how") == "spelling" and one["said"] not in confirmed
            words = f"no: {meaning}" if one["denied"] else meaning
            _merge(rows.setdefault(name, {}), one["said"], words, "spelling" if unsure else "generic")
    for one in advice["unrecognised"]:
        field = rows.setdefault(one["field"], {})
        line = _line_with(one["said"], lines) if one["field"] == "medicines" else one["said"]
        words = "not recognized" if line == one["said"] else f"“{one['said']}” not recognized"
        _merge(field, line, words, "unrecognised")
    return {name: list(said.values()) for name, said in rows.items()}


def unchecked(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Medicines that nobody could identify: never "no interaction"."""
    return [one for one in advice["unrecognised"] if one["field"] == "medicines"]


def unassessed(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Medicines known by name of which nobody has judged what they do with cannabis: never "no interaction".
    Each once, as said, with the ingredients in question. Records of before had no such mark.
    """
    rows = {
        one["said"]: {"said": one["said"], "names": list(one["unassessed"])}
        for one in advice["recognised"]["medicines"]
        if one.get("unassessed") and not one.get("denied")
    }
    return list(rows.values())


def later_referrals(advice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Referrals that can wait a day, those to the same person as soon together: one visit, several reasons.
    What a warning on the page already says in full is not said again.
    """
    said_in_full = {warning["action"] for warning in advice["warnings"]}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in advice["referrals"]:
        if one["urgency"] in ("emergency", "same-day"):
            continue
        row = rows.setdefault(
            (one["urgency"], one["to"]),
            {"urgency": one["urgency"], "to": one["to"], "because": [], "reasons": [], "sources": []},
        )
        about = ", ".join(named(one["because"]))
        again = bool(about) and one["reason"] in said_in_full
        row["reasons"].append(f"For {about}: see the warning." if again else one["reason"])
        row["sources"] = list(dict.fromkeys([*row["sources"], *one["sources"]]))
    return list(rows.values())


def clearance_words(clearance: Clearance) -> str:
    """One line: who agreed to what, within which limits, until when."""
    limit = f", at most {clearance.max_thc_mg:g} mg THC a dose" if clearance.max_thc_mg is not None else ""
    routes = ", ".join(clearance.routes)
    return (
        f"{clearance.by_name} ({clearance.by_role}), {_day(clearance.cleared_on)}: “{clearance.said}” "
        f"({routes}{limit}; until {_day(clearance.until)})"
    )


def queued(request: ClearanceRequest, now: datetime) -> Mapping[str, Any]:
    """One row of the queue."""
    minutes = max(int((now - request.asked_at).total_seconds() // 60), 0)
    return {
        "request": request,
        "consultation": request.consultation,
        "patient": request.consultation.patient,
        "minutes": minutes,
        "waited": waited(minutes),
        "long": minutes >= 15,
    }


def waited(minutes: int) -> str:
    """How long somebody has waited, in words."""
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"


def for_clearance(consultation: Consultation, advised: Advised) -> Mapping[str, Any]:
    """What the pharmacist sees: what is asked, the patient's medicines, the warnings with their mechanism."""
    advice = advised.advice or {}
    open_rules = [warning["rule"] for warning in advised.open_rules]
    return {
        "request": consultation.open_request,
        "open_rules": advised.open_rules,
        "rule_choices": [
            (
                warning["rule"],
                warning.get("title") or " + ".join(named(warning["because"])) or rule_words(warning["rule"]),
            )
            for warning in advised.open_rules
        ],
        "others": [one for one in advice.get("warnings", []) if one["rule"] not in open_rules],
        "medicines": advice.get("recognised", {}).get("medicines", []),
        "unchecked": unchecked(advice) if advice else [],
        "unassessed": unassessed(advice) if advice else [],
        "told": [
            (one.get("name") or one["id"].replace("-", " "), one["said"], one["denied"])
            for name in ("conditions", "history", "symptoms", "allergies")
            for one in advice.get("recognised", {}).get(name, [])
        ],
        "answer_choices": _answer_choices(advised),
        "topic_words": TOPIC_WORDS,
        "route_words": ROUTE_WORDS,
        "asked_routes": advised.intake.get("routes") or [route for route, _ in ROUTE_WORDS],
    }


def _answer_choices(advised: Advised) -> tuple[tuple[str, str], ...]:
    """What can be decided: where nothing can be cleared, the visit goes back with a word."""
    back = (
        ("refused", "Not cleared")
        if advised.open_rules
        else ("refused", "Sent back: what the counselor should do")
    )
    clear = (("cleared", "Cleared, within limits"),) if advised.open_rules else ()
    return (*clear, back, ("waiting", "Prescriber not reached yet"))


def record(consultation: Consultation) -> Mapping[str, Any]:
    """A signed record, read from what was signed and from nothing else."""
    advice = json.loads(consultation.advice or "{}")
    intake = json.loads(consultation.intake or "{}")
    return {
        "advice": advice,
        "intake": intake,
        "outcome": OUTCOMES[Outcome(consultation.outcome)] if consultation.outcome else "",
        "unchecked": unchecked(advice),
        "unassessed": unassessed(advice),
        "later": later_referrals(advice) if advice else [],
        "sheet": Sheet.from_json(consultation.sheet),
        "answers": [
            asked
            for asked in consultation.requests
            if asked.state in (RequestState.CLEARED, RequestState.REFUSED)
        ],
        "present": ", ".join(
            words.lower() for key, words in PRESENT_WORDS if key in consultation.sheet.get("present", ())
        ),
        "topic_words": TOPIC_WORDS,
    }


def differences(stored: Sheet, mine: Sheet) -> list[tuple[str, str, str]]:
    """Where two versions of a sheet differ: the field in words, what is stored, what was typed."""
    rows = []
    theirs, own = stored.to_json(), mine.to_json()
    for name in theirs:
        if name in ("removed", "limit", "consider", "confirmed", "refused", "copied", "tried"):
            continue
        if theirs[name] != own[name]:
            rows.append((name.replace("_", " ").capitalize(), _shown(theirs[name]), _shown(own[name])))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {said}" for name, said in value.items())
    return "\n".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _line_with(said: str, lines: Sequence[str]) -> str:
    """The typed line on which a medicine stands, where it is not a line of its own."""
    if said in lines:
        return said
    word = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)")
    return next((line for line in lines if word.search(line)), said)


def _merge(rows: dict[str, dict[str, str]], said: str, meaning: str, how: str) -> None:
    """Several medicines on one line: their meanings together, the least certain reading wins."""
    before = rows.get(said)
    if before is None:
        rows[said] = {"said": said, "meaning": meaning, "how": how}
        return
    order = ("generic", "brand", "synonym", "class", "spelling", "unassessed", "unrecognised")
    before["meaning"] = (
        f"{before['meaning']}, {meaning}" if meaning not in before["meaning"] else before["meaning"]
    )
    before["how"] = max(before["how"], how, key=lambda word: order.index(word) if word in order else 0)


def _chosen(consultation: Consultation, offer: Mapping[str, Any]) -> Any:
    return next(
        (item for item in consultation.items if (item.sku, item.batch) == (offer["sku"], offer["batch"])),
        None,
    )


def _last_answer(consultation: Consultation) -> ClearanceRequest | None:
    done: Sequence[ClearanceRequest] = [
        asked
        for asked in consultation.requests
        if asked.state in (RequestState.CLEARED, RequestState.REFUSED)
    ]
    return done[-1] if done else None


def _answer_that_counts(consultation: Consultation, advised: Advised) -> ClearanceRequest | None:
    """The last answer, unless it cleared something and no longer counts: then only that is said."""
    answer = _last_answer(consultation)
    if answer is None or answer.state is RequestState.REFUSED:
        return answer
    holds = any(one.request_id == answer.id for one in advised.holding)
    lapsed = any(one.request_id == answer.id for one in advised.lapsed)
    return answer if holds and not lapsed else None


def _words_by_rule(advised: Advised) -> dict[str, str]:
    """Under each cleared warning: how severe it stays, and who agreed to what."""
    severities = {one["rule"]: one["severity"] for one in (advised.advice or {}).get("warnings", [])}
    return {
        one.rule: f"{severities.get(one.rule, 'major').capitalize()}, cleared by {clearance_words(one)}"
        for one in advised.holding
    }


def _to_confirm(advice: Mapping[str, Any]) -> list[str]:
    """What to ask of the conditions as they were read, and of what contradicts something else."""
    conditions = knowledge.current().conditions
    told = [
        one["id"]
        for one in advice["recognised"]["conditions"]
        if not one["denied"] and one["id"] in conditions
    ]
    asked = [conditions[id].to_confirm for id in dict.fromkeys(told) if conditions[id].to_confirm]
    asked += [
        one["to_confirm"]
        for field in ("conditions", "history", "symptoms", "allergies", "goals")
        for one in advice["recognised"][field]
        if one.get("to_confirm") and not any(one["to_confirm"] == words for words in asked)
    ]
    return list(dict.fromkeys(asked))


def _day(value: Any) -> str:
    return f"{value.day} {value:%b %Y}"
