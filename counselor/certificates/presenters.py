"""How certificates read on the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counselor.catalog.models import Batch
from counselor.certificates import policy
from counselor.certificates.content import Kind
from counselor.certificates.models import Attachment, Certificate
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
