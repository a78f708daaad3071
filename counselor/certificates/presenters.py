"""How certificates read on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from counselor.catalog.models import Batch, Hold, HoldKind
from counselor.catalog.presenters import analyte_words, reading_words
from counselor.certificates import policy
from counselor.certificates.content import Kind
from counselor.certificates.models import Attachment, Certificate
from counselor.certificates.reading import Proposal
from counselor.staff.models import Store

KIND_WORDS = {
    Kind.PDF: "PDF",
    Kind.PNG: "picture (PNG)",
    Kind.JPEG: "picture (JPEG)",
    Kind.WEBP: "picture (WebP)",
}


def size_words(size: int) -> str:
    """340 KB, 2.1 MB."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


def which_batch(batches: Sequence[Batch], number: str) -> str:
    """Why a number alone does not name one batch."""
    if not batches:
        return f"No batch has the number “{number}” (with this SKU). Look at its product's page."
    products = ", ".join(f"{batch.product.name} (SKU {batch.product.sku})" for batch in batches[:5])
    return f"Several products have a batch “{number}”: {products}. Write the SKU as well."


class DocumentPresenter:
    """A certificate document."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        self.id = certificate.id
        self.name = certificate.name

    @property
    def facts(self) -> str:
        """Kind and size in one line."""
        return f"{KIND_WORDS[self.certificate.kind]}, {size_words(self.certificate.size)}"

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it as a picture; a PDF is opened by its own program."""
        return self.certificate.kind is not Kind.PDF

    @property
    def batches(self) -> list[Attachment]:
        """Where it hangs now."""
        return [one for one in self.certificate.attachments if one.stands]


class OnBatch:
    """The certificates of one batch, as its card shows them."""

    def __init__(self, batch: Batch, attachments: Sequence[Attachment], *, today: date) -> None:
        self.batch = batch
        standing = [one for one in attachments if one.stands]
        self.newest = standing[0] if standing else None
        self.older = standing[1:]
        self.withdrawn = [one for one in attachments if not one.stands]
        self._today = today

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Words and tone of what to look at; expiry itself stands among the batch's own states."""
        states = policy.states_of(
            tested_on=self.batch.tested_on,
            expires_on=self.batch.expires_on,
            has_certificate=self.newest is not None,
            today=self._today,
        )
        return [(policy.WORDS[one], policy.TONES[one]) for one in states if one is not policy.State.EXPIRED]


class BatchRow:
    """A batch in the list of what is missing."""

    def __init__(self, batch: Batch, *, store: Store) -> None:
        self.batch = batch
        self.product = batch.product
        self.number = batch.number or "without a number"
        self.here = next((one.count for one in batch.stocks if one.store_id == store.id), None)


SETTLED_BY_CERTIFICATE = frozenset({"missing", "unit-unknown"})
"""Findings of an import that a certificate can answer. A recall or a reaction is not released here."""


class ConfirmPresenter:
    """A batch beside what a certificate says of it."""

    def __init__(self, attachment: Attachment, proposal: Proposal) -> None:
        self.attachment = attachment
        self.batch = attachment.batch
        self.proposal = proposal
        self.number = self.batch.number or "without a number"

    @property
    def is_other_batch(self) -> bool:
        """Whether the document names another batch than this one."""
        named, ours = (_bare(text) for text in (self.proposal.batch, self.batch.number))
        return bool(named and ours and named != ours)

    @property
    def stored_facts(self) -> dict[str, date | str | None]:
        """What the batch says now."""
        batch = self.batch
        return {
            "tested_on": batch.tested_on,
            "expires_on": batch.expires_on,
            "laboratory": batch.laboratory,
            "certificate_number": batch.certificate_number,
        }

    def stored(self, analyte: str) -> str:
        """What is stored of an analyte now, in words."""
        told = [reading_words(row.reading) for row in self.batch.readings if row.analyte == analyte]
        return ", ".join(told) or "nothing stored"

    @property
    def others(self) -> list[str]:
        """Analytes that are stored and that the document does not name: they stay as they are."""
        named = {one.analyte for one in self.proposal.readings}
        stay = dict.fromkeys(row.analyte for row in self.batch.readings if row.analyte not in named)
        return [analyte_words(key) for key in stay]

    @property
    def releasable(self) -> list[Hold]:
        """Holds that a certificate can settle."""
        return [
            one
            for one in self.batch.open_holds
            if one.kind is HoldKind.FINDING and one.code in SETTLED_BY_CERTIFICATE
        ]

    @property
    def staying(self) -> list[Hold]:
        """Holds that stay whatever it says."""
        return [one for one in self.batch.open_holds if one not in self.releasable]

    @property
    def seen(self) -> str:
        """A mark of what is stored now: confirming over something else is refused."""
        rows = sorted(
            (row.analyte, row.unit.value, row.read_as.value, str(row.value), str(row.limit_value))
            for row in self.batch.readings
        )
        holds = sorted(one.id for one in self.batch.open_holds)
        return sha256(repr((self.stored_facts, rows, holds)).encode()).hexdigest()[:32]


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
