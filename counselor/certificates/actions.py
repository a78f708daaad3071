"""What is done with certificates: attaching, withdrawing, confirming what one says. Callers commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256

from counselor import audit
from counselor.catalog.models import AnalyteReading, Batch
from counselor.catalog.presenters import analyte_words, reading_words
from counselor.certificates import queries
from counselor.certificates.content import kept_name, kind_of
from counselor.certificates.models import Attachment, Certificate
from counselor.database import db
from counselor.guidance.profile import ReadAs, Reading
from counselor.staff.models import Staff


def attach_certificate(*, batch: Batch, content: bytes, name: str, by: Staff, at: datetime) -> Attachment:
    """Keep a document and attach it to a batch; the very same document again is kept once.

    Raises content.Refused for what is no document of ours.
    """
    kind = kind_of(content)
    digest = sha256(content).hexdigest()
    certificate = queries.find_by_content(digest)
    if certificate is None:
        certificate = Certificate(
            name=kept_name(name),
            kind=kind,
            sha256=digest,
            size=len(content),
            content=content,
            attached_at=at,
            attached_by=by,
        )
        db.session.add(certificate)
        db.session.flush()
    return hang_certificate(certificate=certificate, batch=batch, by=by, at=at)


def hang_certificate(*, certificate: Certificate, batch: Batch, by: Staff, at: datetime) -> Attachment:
    """Attach a document that is kept already to a batch; where it hangs there, nothing is changed."""
    for there in queries.attachments_of(batch.id):
        if there.certificate_id == certificate.id and there.stands:
            return there
    attachment = Attachment(certificate=certificate, batch=batch, attached_at=at, attached_by=by)
    db.session.add(attachment)
    db.session.flush()
    audit.record(
        "certificate.attached",
        subject=batch,
        by=by,
        at=at,
        detail={
            "sku": batch.product.sku,
            "batch": batch.number,
            "certificate": certificate.id,
            "file": certificate.name,
            "sha256": certificate.sha256,
        },
    )
    return attachment


def withdraw_certificate(*, attachment: Attachment, reason: str, by: Staff, at: datetime) -> bool:
    """Take a certificate off a batch with a reason; document and reason are kept. False where it was off."""
    if not attachment.stands:
        return False
    attachment.withdrawn_at, attachment.withdrawn_by, attachment.withdrawn_because = at, by, reason
    db.session.flush()
    audit.record(
        "certificate.withdrawn",
        subject=attachment.batch,
        by=by,
        at=at,
        note=reason,
        detail={
            "sku": attachment.batch.product.sku,
            "batch": attachment.batch.number,
            "certificate": attachment.certificate_id,
            "file": attachment.certificate.name,
        },
    )
    return True


def confirm_certificate(
    *,
    attachment: Attachment,
    facts: Mapping[str, str | date | None],
    readings: Sequence[tuple[str, Reading]],
    by: Staff,
    at: datetime,
) -> dict[str, list[str]]:
    """Write what a person confirmed from a certificate onto its batch; what was and became is kept.

    `facts` are fields of the batch. `readings` replace every reading of the same analytes; readings of other
    analytes stay. Returns the changes, by name: [was, became]; empty where the batch said so already.
    """
    batch = attachment.batch
    changes: dict[str, list[str]] = {}
    for name, value in facts.items():
        was = getattr(batch, name)
        if was != value:
            setattr(batch, name, value)
            changes[name.replace("_", " ")] = [str(was or ""), str(value or "")]
    for analyte in dict.fromkeys(key for key, _ in readings):
        stated = [reading for key, reading in readings if key == analyte]
        before = [row for row in batch.readings if row.analyte == analyte]
        if {row.reading for row in before} == set(stated):
            continue
        changes[analyte_words(analyte)] = [_said([row.reading for row in before]), _said(stated)]
        for row in before:
            batch.readings.remove(row)
        db.session.flush()  # the old rows go before the new ones come: an analyte has one reading in a unit
        batch.readings += [_row(analyte, reading) for reading in stated]
    attachment.confirmed_at, attachment.confirmed_by = at, by
    batch.product.updated_at, batch.product.updated_by_id = at, by.id
    db.session.flush()
    audit.record(
        "certificate.confirmed",
        subject=batch,
        by=by,
        at=at,
        note=f"from certificate {attachment.certificate_id}",
        detail={"sku": batch.product.sku, "batch": batch.number, "changes": changes},
    )
    return changes


def _row(analyte: str, reading: Reading) -> AnalyteReading:
    return AnalyteReading(
        analyte=analyte,
        value=reading.value if reading.read_as is ReadAs.NUMBER else None,
        unit=reading.unit,
        read_as=reading.read_as,
        limit_value=reading.limit,
    )


def _said(readings: Sequence[Reading]) -> str:
    return ", ".join(sorted(reading_words(one) for one in readings))
