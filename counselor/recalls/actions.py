"""What is done in a recall. One verb each; the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from counselor import audit
from counselor.catalog.actions import hold_batch, release_batch
from counselor.catalog.models import Batch, Hold, HoldKind, Stock
from counselor.database import db
from counselor.patients.models import Patient
from counselor.recalls.models import (
    ContactKind,
    Recall,
    RecallBatch,
    RecallContact,
    RecallStep,
    Source,
    Step,
)
from counselor.recalls.queries import Standing
from counselor.staff.models import Staff
from counselor.stock import movements
from counselor.stock.models import Why


@dataclass(frozen=True)
class Notice:
    """What the notice says, and what the store decided about it."""

    source: Source
    reason: str
    reference: str = ""
    recall_class: str = ""
    tell_patients: str = ""
    least_tries: int = 3


def open_recall(*, batches: Sequence[Batch], notice: Notice, by: Staff, at: datetime) -> Recall:
    """Call batches back: each is held in every store at once, and what lies on the shelves is noted.

    The stock rows are locked first, so that a signature either took its packages before this, and its patient
    is on the list, or finds the hold.
    """
    shelves = _locked_stock(batches)
    recall = Recall(
        store_id=by.store_id,
        source=notice.source,
        reference=notice.reference,
        recall_class=notice.recall_class,
        reason=notice.reason,
        tell_patients=notice.tell_patients,
        least_tries=notice.least_tries,
        opened_at=at,
        opened_by=by,
        unfinished_because="",
    )
    db.session.add(recall)
    for batch in batches:
        hold = hold_batch(batch=batch, reason=_hold_words(notice), by=by, at=at, kind=HoldKind.RECALL)
        recall.batches.append(RecallBatch(batch=batch, hold=hold))
    for stock in shelves:
        if stock.count:
            recall.steps.append(
                RecallStep(
                    batch_id=stock.batch_id, store_id=stock.store_id, step=Step.ON_SHELF,
                    packages=stock.count, note="", at=at, by=by,
                )
            )  # fmt: skip
    db.session.flush()
    audit.record(
        "recall.opened",
        subject=recall,
        by=by,
        at=at,
        note=notice.reason,
        detail={
            "source": notice.source.value,
            "reference": notice.reference,
            "class": notice.recall_class,
            "batches": [[batch.product.sku, batch.number] for batch in batches],
            "on shelf": sum(stock.count for stock in shelves),
        },
    )
    return recall


def hold_batches(*, batches: Sequence[Batch], reason: str, by: Staff, at: datetime) -> list[Hold]:
    """Hold several batches for one reason that is no recall."""
    _locked_stock(batches)
    return [hold_batch(batch=batch, reason=reason, by=by, at=at) for batch in batches]


def release_holds(*, holds: Sequence[Hold], reason: str, by: Staff, at: datetime) -> int:
    """Release holds of several batches for one reason; how many batches had one that was still open."""
    by_batch: dict[Batch, list[Hold]] = {}
    for hold in holds:
        by_batch.setdefault(hold.batch, []).append(hold)
    return sum(
        release_batch(batch=batch, holds=these, reason=reason, by=by, at=at)
        for batch, these in by_batch.items()
    )


def record_step(
    *, recall: Recall, batch_id: int, step: Step, packages: int, note: str, by: Staff, at: datetime
) -> RecallStep:
    """Note packages set aside, sent back or destroyed in the person's own store.

    What goes back or is destroyed leaves the store's stock, as far as the stock still counts it.
    """
    taken = RecallStep(
        batch_id=batch_id, store_id=by.store_id, step=step, packages=packages, note=note, at=at, by=by
    )
    recall.steps.append(taken)
    detail: dict[str, object] = {"packages": packages, "batch": _number(recall, batch_id)}
    if step in (Step.RETURNED, Step.DESTROYED):
        detail["stock"] = was, left = _take_from_stock(batch_id, by.store_id, packages)
        movements.note(
            store_id=by.store_id, batch_id=batch_id, change=left - was, why=Why.RECALL, at=at, by_id=by.id,
            note=f"{step.value}: {recall.reason}",
        )  # fmt: skip
    db.session.flush()
    audit.record(f"recall.{step.value}", subject=recall, by=by, at=at, note=note, detail=detail)
    return taken


def record_contact(
    *,
    recall: Recall,
    patient: Patient,
    kind: ContactKind,
    note: str = "",
    next_try: date | None = None,
    brought: tuple[int, int] | None = None,
    by: Staff,
    at: datetime,
) -> RecallContact:
    """Note one try to reach a patient. `brought` is the batch and the packages they gave back."""
    contact = RecallContact(
        patient=patient,
        store_id=by.store_id,
        kind=kind,
        note=note,
        next_try=next_try,
        batch_id=brought[0] if brought else None,
        packages=brought[1] if brought else None,
        at=at,
        by=by,
    )
    recall.contacts.append(contact)
    db.session.flush()
    detail: dict[str, object] = {"how": kind.value}
    if next_try:
        detail["next try"] = next_try.isoformat()
    if brought:
        detail |= {"packages": brought[1], "batch": _number(recall, brought[0])}
    audit.record(
        "recall.contacted", subject=recall, by=by, at=at, patient_id=patient.id, note=note, detail=detail
    )
    return contact


def note_letters(
    *, recall: Recall, patients: Sequence[Patient], kind: ContactKind, by: Staff, at: datetime
) -> int:
    """Note that the letters of these patients were printed or sent: one contact and one event for each."""
    for patient in patients:
        record_contact(recall=recall, patient=patient, kind=kind, by=by, at=at)
    return len(patients)


def close(
    *, recall: Recall, standing: Standing, version: int, because: str = "", by: Staff, at: datetime
) -> bool:
    """Close a recall with its evidence; with work left only for the reason given. The holds stay.

    False, and nothing is changed, where work is left and no reason is given. Raises StaleDataError where
    somebody else closed it.
    """
    if recall.version != version or recall.closed_at is not None:
        raise StaleDataError()
    missing = standing.missing()
    if missing and not because:
        return False
    recall.closed_at, recall.closed_by = at, by
    recall.unfinished_because = because if missing else ""
    recall.evidence = dict(standing.counts()) | {"missing": missing}
    db.session.flush()
    audit.record(
        "recall.closed-unfinished" if missing else "recall.closed",
        subject=recall,
        by=by,
        at=at,
        note=recall.unfinished_because,
        detail=recall.evidence,
    )
    return True


def _hold_words(notice: Notice) -> str:
    """What every counter reads: why, and where it stands written."""
    mark = " ".join(part for part in (notice.recall_class, notice.reference) if part)
    return f"Recall{f' ({mark})' if mark else ''}: {notice.reason}"


def _locked_stock(batches: Sequence[Batch]) -> Sequence[Stock]:
    """The batches' stock in all stores, locked in the order in which signatures lock it."""
    return db.session.scalars(
        select(Stock)
        .where(Stock.batch_id.in_([batch.id for batch in batches]))
        .order_by(Stock.batch_id, Stock.store_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _take_from_stock(batch_id: int, store_id: int, packages: int) -> list[int]:
    """Take packages off the count, at most as many as there are; the count before and after."""
    stock = db.session.scalar(
        select(Stock)
        .where(Stock.batch_id == batch_id, Stock.store_id == store_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if stock is None:
        return [0, 0]
    was, left = stock.count, max(0, stock.count - packages)
    db.session.execute(update(Stock).where(Stock.id == stock.id).values(count=left))
    db.session.expire(stock)
    return [was, left]


def _number(recall: Recall, batch_id: int) -> str:
    numbers: Mapping[int, str] = {one.batch_id: one.batch.number for one in recall.batches}
    return numbers[batch_id]
