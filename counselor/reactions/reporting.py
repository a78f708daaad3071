"""The report of an adverse event as a draft: facts filled in, blanks marked, the patient only as a number.

What the rules say, as read (November and December 2024 editions):

- Pennsylvania, 28 Pa. Code § 1151a.42(a): a dispensary notifies the Department and the grower/processor from
  which it obtained the product immediately upon becoming aware of a complaint by a patient, caregiver or
  practitioner who reports an adverse event. § 1161a.38 (complaints about or recall of medical marijuana
  products) is the dispensaries' own section. § 1141.21 defined an adverse event as an injury: physical harm,
  mental harm or loss of function. No form is prescribed there.
- Maryland, COMAR 14.17.14.01B: within 24 hours, to the Administration and the grower or processor.

Of other states nothing is claimed here.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime

from counselor.reactions.models import Reaction, Recipient, Told
from counselor.reactions.words import SERIOUSNESS_WORDS, SYMPTOMS

BLANK = "____________________"


@dataclass(frozen=True)
class Demand:
    """What a state asks for, and where that stands."""

    state: str
    words: str
    source: str


DEMANDS = {
    "PA": Demand(
        "Pennsylvania",
        "Notify the Department of Health and the grower/processor the product came from immediately upon "
        "becoming aware of a complaint that reports an adverse event.",
        "28 Pa. Code § 1151a.42(a), as read November 2024; see also § 1161a.38",
    ),
    "MD": Demand(
        "Maryland",
        "Report within 24 hours to the Administration and to the grower or processor.",
        "COMAR 14.17.14.01, as read December 2024",
    ),
}
"""By the state of the patient's certification."""

RECIPIENTS = {
    Recipient.DEPARTMENT: "The state's medical cannabis office",
    Recipient.PRODUCER: "The grower or processor",
}


def demand_for(reaction: Reaction) -> Demand | None:
    """What the state of the patient's certification asks; None where this program does not know."""
    return DEMANDS.get(reaction.patient.certification_state) if reaction.told is Told.REACTION else None


def draft(reaction: Reaction, recipient: Recipient, *, written_at: datetime) -> str:
    """The report as plain text, its times in the zone of `written_at`; a blank is a line to fill in."""
    store, demand = reaction.store, demand_for(reaction)
    symptoms = ", ".join(SYMPTOMS.get(one, one) for one in reaction.symptoms)
    title = "ADVERSE EVENT REPORT" if reaction.told is Told.REACTION else "PRODUCT RETURN REPORT"
    producer = reaction.batch.product.brand if reaction.batch else ""
    rows = [
        ("To", _addressee(recipient, demand, producer)),
        ("From (dispensary)", store.name),
        ("Permit or license number", ""),
        ("Telephone", store.phone),
        ("Written", f"{written_at:%Y-%m-%d %H:%M}"),
        ("Dispensary became aware", f"{reaction.recorded_at.astimezone(written_at.tzinfo):%Y-%m-%d %H:%M}"),
        None,
        ("Patient", f"patient number {reaction.patient_id} in our records (name kept by the dispensary)"),
        ("Told by", f"{BLANK} (patient, caregiver or practitioner)"),
        None,
        ("Product", reaction.name),
        ("SKU", reaction.sku),
        ("Batch or lot", reaction.batch_number),
        ("Grower or processor", producer),
        ("Certificate of analysis", reaction.batch.certificate_number if reaction.batch else ""),
        None,
        ("Day it happened", reaction.happened_on.isoformat()),
        ("Dose taken", reaction.dose_taken),
        ("Began after the dose", reaction.onset),
        ("Other medicines, changes", reaction.other_medicines),
        ("Symptoms told", symptoms),
        ("How serious", SERIOUSNESS_WORDS[reaction.seriousness] if reaction.seriousness else ""),
        None,
    ]
    width = max(len(row[0]) for row in rows if row)
    lines = [title, "DRAFT. Fill in or strike out every line marked ____ before sending.", ""]
    for row in rows:
        lines += [""] if row is None else _hanging(f"{row[0]}:", row[1] or BLANK, width + 2)
    lines += ["What happened, in the words it was told:", reaction.what, ""]
    held = {
        "held": "The batch is on hold in all our stores.",
        "open": "A hold of the batch is being decided.",
    }
    lines += [f"Action taken: {held.get(reaction.hold_answer.value, BLANK)}", ""]
    lines += [f"Name and title of the person reporting: {BLANK}", f"Signature and date: {BLANK}"]
    if demand:
        lines += ["", f"Rule: {demand.source}."]
    return "\n".join(lines) + "\n"


def _hanging(label: str, value: str, indent: int) -> list[str]:
    """Label and value, further lines below the value."""
    rest = " " * indent
    return textwrap.wrap(f"{label:<{indent}}{value}", 78, subsequent_indent=rest, break_on_hyphens=False)


def _addressee(recipient: Recipient, demand: Demand | None, producer: str) -> str:
    if recipient is Recipient.PRODUCER:
        return producer
    if demand and demand.state == "Pennsylvania":
        return "Pennsylvania Department of Health, medical marijuana program"
    return "Maryland Cannabis Administration" if demand else ""
