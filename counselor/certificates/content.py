"""What an uploaded file is, told by its bytes alone: never by its name or what the browser declared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from urllib.parse import quote

MOST_BYTES = 10 * 1024 * 1024
"""A scanned certificate of a few pages has one to three megabytes."""
MOST_PIXELS = 60_000_000
"""A picture of more pixels than any phone makes is meant to fill a tablet's memory."""

PNG = b"\x89PNG\r\n\x1a\n"
_PAGE = re.compile(rb"<script|<html|<!doctype html|<svg[\s>]|<iframe|<body[\s>]", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557
"""A zip's last record and its longest comment: further from the end no program finds an archive."""


class Kind(StrEnum):
    """What a certificate may be. Nothing else is kept, and nothing else is ever served."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Served:
    """How a kind is sent: its type is ours, whatever came in."""

    mime: str
    suffixes: tuple[str, ...]


SERVED: Mapping[Kind, Served] = {
    Kind.PDF: Served("application/pdf", (".pdf",)),
    Kind.PNG: Served("image/png", (".png",)),
    Kind.JPEG: Served("image/jpeg", (".jpg", ".jpeg")),
    Kind.WEBP: Served("image/webp", (".webp",)),
}


class Refused(Exception):
    """Not a document we keep; the message says in plain words why, and what to do."""


def kind_of(content: bytes) -> Kind:
    """The kind of a file. Raises Refused for anything that is not exactly one document."""
    if not content:
        raise Refused("The file is empty. Choose the certificate again.")
    if len(content) > MOST_BYTES:
        raise Refused(f"The file is larger than {MOST_BYTES // 1048576} MB. Save it smaller, or in parts.")
    kind = _by_magic(content)
    if kind is None:
        raise Refused(
            "This is neither a PDF nor a picture (PNG, JPEG, WebP) by its content, whatever its name says. "
            "Save or photograph the certificate as one of these."
        )
    if _PAGE.search(content) or _ZIP_END in content[-_ZIP_TAIL:]:
        raise Refused(
            "The file is two things at once: a document with a web page or an archive hidden in it. "
            "Print the certificate to a new PDF and attach that."
        )
    _whole(kind, content)
    return kind


def _by_magic(content: bytes) -> Kind | None:
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(PNG):
        return Kind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    return None


def _whole(kind: Kind, content: bytes) -> None:
    """Raise Refused for a file that was cut off on its way."""
    match kind:
        case Kind.PDF:
            whole = b"%%EOF" in content[-2048:]
        case Kind.PNG:
            whole = b"IEND" in content[-16:]
        case Kind.JPEG:
            whole = b"\xff\xd9" in content
        case Kind.WEBP:
            whole = len(content) >= int.from_bytes(content[4:8], "little") + 8
    if not whole:
        raise Refused("The file stops in the middle: it was cut off on its way. Download it again.")
    if kind is Kind.PNG:
        wide, high = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
        if not 0 < wide * high <= MOST_PIXELS:
            raise Refused("The picture has more points than a camera makes. Save it smaller.")


def kept_name(sent: str) -> str:
    """A file's name as it is kept: without folders and control characters, at most 200 characters."""
    name = PurePath(sent.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = " ".join(name.split())
    if len(name) <= 200:
        return name or "certificate"
    tail = PurePath(name).suffix[:12]
    return name[: 200 - len(tail)] + tail


def disposition(name: str, kind: Kind, *, attachment: bool) -> str:
    """The Content-Disposition header: a name in ASCII for old programs and the whole one for the rest.

    The name ends as its content is: `coa.html` of a PDF is offered as `coa.html.pdf`.
    """
    suffixes = SERVED[kind].suffixes
    if not name.lower().endswith(suffixes):
        name += suffixes[0]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).strip() or f"certificate{suffixes[0]}"
    how = "attachment" if attachment else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
