"""What stands between a draft and a signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counselor.consultations.advising import Advised
from counselor.consultations.models import Consultation, ConsultationItem, Outcome
from counselor.consultations.sheet import Problem, Sheet
from counselor.knowledge.presenters import taken_for

TOLERANCE = 1.05
"""A 2.6 mg spray may be sold where 2.5 mg is the limit, as in the rules of the answer."""


def blockers(
    consultation: Consultation,
    sheet: Sheet,
    advised: Advised,
    outcome: Outcome,
    *,
    in_stock: Mapping[int, int],
) -> tuple[Problem, ...]:
    """Everything that keeps this outcome from being signed, each at the field where it can be put right.

    `in_stock` counts packages by batch id. An empty answer means that it may be signed. An emergency or a
    same-day referral can be signed without the safety questions: it must not wait for a form.
    """
    if advised.advice is None:
        return advised.problems
    found = [
        Problem("removed", f"Say why “{gone.said}” is no longer on the list: it had raised a warning.")
        for gone in sheet.removed
    ]
    if outcome is Outcome.SOLD or not is_urgent(advised.advice):
        found += sheet.unfinished()
    found += [
        Problem(
            "medicines" if "ingredients" in one else "conditions",
            f"Confirm the spelling: is “{one['said']}” {_read_as(one)}?",
        )
        for one in spellings_to_confirm(advised.advice, sheet)
    ]
    if outcome is Outcome.SOLD:
        found += _sale_blockers(consultation, advised, in_stock)
    return tuple(found)


def _sale_blockers(
    consultation: Consultation, advised: Advised, in_stock: Mapping[int, int]
) -> list[Problem]:
    advice = advised.advice or {}
    if advice["disposition"]["code"] != "suggest":
        return [Problem("disposition", f"This visit cannot end with a sale. {advice['disposition']['text']}")]
    if not consultation.items:
        return [Problem("suggestions", "Choose what is sold, or sign that nothing was sold.")]
    offers = {(one["sku"], one["batch"]): one for one in advice["suggestions"]}
    found: list[Problem] = []
    for item in consultation.items:
        found += [
            Problem("chosen", said)
            for said in item_blockers(item, offers.get((item.sku, item.batch)), advised)
        ]
        left = in_stock.get(item.batch_id, 0)
        if left < item.packages:
            said = "none is" if left == 0 else f"only {left} are" if left != 1 else "only 1 is"
            found.append(Problem("chosen", f"{item.name}, batch {item.batch}: {said} left on the shelf."))
    return found


def item_blockers(item: ConsultationItem, offer: Mapping[str, Any] | None, advised: Advised) -> list[str]:
    """Why a chosen batch may not be sold today: no longer offered, above a limit, another route than
    cleared."""
    if offer is None:
        return [
            f"{item.name}, batch {item.batch}, is no longer offered for this patient. "
            f"{_why_not(item, advised)}"
        ]
    return offer_limits(offer, advised)


def offer_limits(offer: Mapping[str, Any], advised: Advised) -> list[str]:
    """How an offered product goes beyond what the pharmacist or prescriber agreed to."""
    found: list[str] = []
    if advised.allowed_routes is not None and offer["route"] not in advised.allowed_routes:
        agreed = ", ".join(sorted(advised.allowed_routes)) or "no route"
        found.append(f"{offer['name']} is {offer['route']}; the clearance is for {agreed} only.")
    limit, dose = advised.max_thc_mg, first_thc(offer)
    if limit is not None and offer["administration"] != "local":
        if dose is None:
            if "THC" in offer["profile"]["mg"] or "THC" in offer["profile"]["percent"]:
                found.append(
                    f"{offer['name']}: its dose cannot be measured, and so not kept to {limit:g} mg THC."
                )
        elif dose > limit * TOLERANCE:
            found.append(
                f"{offer['name']}: the first dose holds {dose:g} mg THC, above the cleared {limit:g} mg."
            )
    return found


def first_thc(offer: Mapping[str, Any]) -> float | None:
    """mg THC of the first dose; 0 for a measured dose without THC, None where the dose cannot be measured."""
    dose = offer.get("starting_dose")
    if not dose or not dose["mg"]:
        return None
    return float(dose["mg"].get("THC", 0.0))


def is_urgent(advice: Mapping[str, Any]) -> bool:
    """Whether somebody must see the patient today."""
    return any(one["urgency"] in ("emergency", "same-day") for one in advice["referrals"])


def spellings_to_confirm(advice: Mapping[str, Any], sheet: Sheet) -> list[Mapping[str, Any]]:
    """Medicines and other terms read through a corrected spelling that nobody has confirmed yet."""
    read = advice["recognised"]
    terms = [one for name in ("conditions", "history", "symptoms", "allergies") for one in read[name]]
    return [
        one
        for one in (*read["medicines"], *terms)
        if one.get("how") == "spelling" and one["said"] not in sheet.confirmed
    ]


def _read_as(medicine: Mapping[str, Any]) -> str:
    """What a medicine or another term was taken for."""
    return medicine.get("name") or taken_for(medicine)


def _why_not(item: ConsultationItem, advised: Advised) -> str:
    on_shelf = next(
        (one for one in advised.shelf.items if (one.sku, one.batch) == (item.sku, item.batch)), None
    )
    if on_shelf is None:
        return "It is no longer on the shelf."
    if on_shelf.holds:
        return "It is on hold: " + "; ".join(why.rstrip(".") for why in on_shelf.holds) + "."
    reasons = [one["reasons"] for one in (advised.advice or {})["excluded"] if one["sku"] == item.sku]
    return " ".join(reasons[0]) if reasons else "Look at today's list."
