"""What a pharmacist or prescriber can answer on one visit: major warnings, conditions that a clinician must
agree to first, the daily ceiling, and what somebody must look at today. An emergency is never answered away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counselor.guidance.knowledge import Knowledge, Urgency

CEILING = "thc-ceiling-hard"

Asked = Mapping[str, Any]
"""A question in the form of a warning."""


def open_rules(
    advice: Mapping[str, Any], intake: Mapping[str, Any], knowledge: Knowledge
) -> tuple[Asked, ...]:
    """What needs an answer before anything is sold, worst first; empty where no answer could change the
    advice."""
    because: Sequence[str] = advice["disposition"]["because"]
    stopped = advice["disposition"]["code"] == "no-product"
    if stopped and not all(_may_be_answered(id, knowledge) for id in because):
        return ()
    warnings = [
        warning
        for warning in advice["warnings"]
        if warning["severity"] in ("major", "contraindicated")
        and warning["refer"]
        and not warning["cleared"]
        and (warning["rule"] not in knowledge.rules or _may_be_answered(warning["rule"], knowledge))
    ]
    asked = {warning["rule"] for warning in warnings}
    others = [
        *(_todays(advice, knowledge) if stopped else ()),
        *_clinician_first(advice, intake, knowledge),
    ]
    return (*warnings, *(one for one in others if one["rule"] not in asked))


def reasons(
    advice: Mapping[str, Any], intake: Mapping[str, Any], knowledge: Knowledge
) -> dict[str, set[str]]:
    """What raised each question, by rule; a recognised condition stands for itself."""
    found: dict[str, set[str]] = {}
    for one in advice["recognised"]["conditions"]:
        if not one["denied"]:
            found[one["id"]] = {one["id"]}
    rows = (
        *advice["warnings"],
        *_todays(advice, knowledge),
        *_clinician_first(advice, intake, knowledge),
    )
    for row in rows:
        found[row["rule"]] = found.get(row["rule"], set()) | set(row["because"])
    return found


def _may_be_answered(id: str, knowledge: Knowledge) -> bool:
    """Whether a recorded answer can lift this stop: never an emergency, nor what forbids any product."""
    flag = next((one for one in knowledge.red_flags if one.id == id), None)
    if flag is not None:
        return flag.urgency is Urgency.SAME_DAY
    rule = knowledge.rules.get(id)
    return rule is not None and not rule.no_product and rule.urgency < Urgency.EMERGENCY


def _todays(advice: Mapping[str, Any], knowledge: Knowledge) -> list[Asked]:
    """Red flags for which somebody must see the patient today, and nothing worse."""
    flags = {one.id: one for one in knowledge.red_flags if one.urgency is Urgency.SAME_DAY}
    found = []
    for id in advice["disposition"]["because"]:
        if id not in flags:
            continue
        flag = flags[id]
        met = [one["because"] for one in advice["referrals"] if one["reason"] == flag.reason]
        found.append(
            _question(
                id,
                title=f"To {flag.to} today",
                because=met[0] if met else [id],
                effect=flag.reason,
                action=f"Ask {flag.to} today; what was answered is recorded here.",
                sources=[cited.key for cited in flag.sources],
            )
        )
    return found


def _clinician_first(
    advice: Mapping[str, Any], intake: Mapping[str, Any], knowledge: Knowledge
) -> list[Asked]:
    """Conditions and the daily ceiling, where a clinician's word is wanted before anything is sold."""
    names = {one["id"]: one["name"] for one in advice["recognised"]["conditions"] if not one["denied"]}
    found = []
    for referral in advice["referrals"]:
        if list(referral["because"]) == [CEILING]:
            now = (intake.get("current_use") or {}).get("thc_mg_per_day")
            found.append(
                _question(
                    CEILING,
                    title="More THC a day than the usual ceiling",
                    because=[CEILING] if now is None else [f"{now:g} mg THC a day"],
                    effect=referral["reason"],
                    action="Ask the treating clinician.",
                    sources=referral["sources"],
                )
            )
    if advice["disposition"]["code"] != "refer-first":
        return found
    for id in advice["disposition"]["because"]:
        if id in names and knowledge.conditions[id].clinician_first:
            sent = next((one for one in advice["referrals"] if id in one["because"]), None)
            found.append(
                _question(
                    id,
                    title=names[id],
                    because=[id],
                    effect=f"{names[id]}: a clinician must agree first.",
                    action=sent["reason"] if sent else "Ask the treating clinician.",
                    sources=sent["sources"] if sent else [],
                )
            )
    return found


def _question(
    rule: str, *, title: str, because: Sequence[str], effect: str, action: str, sources: Sequence[str]
) -> Asked:
    return {
        "rule": rule,
        "title": title,
        "severity": "major",
        "certainty": "",
        "because": list(because),
        "cannabinoids": [],
        "effect": effect,
        "action": action,
        "mechanism": "",
        "sources": list(sources),
        "refer": True,
        "cleared": False,
    }
