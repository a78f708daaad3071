"""What a file is, its bytes say; what it is called or declared to be counts for nothing."""

from __future__ import annotations

import struct
import zlib

import pytest

from counselor.certificates.content import MOST_BYTES, Kind, Refused, disposition, kept_name, kind_of

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"
WEBP = b"RIFF" + (20).to_bytes(4, "little") + b"WEBPVP8 " + b"\x00" * 12


def png(wide: int = 1, high: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, Kind.PDF), (png(), Kind.PNG), (JPEG, Kind.JPEG), (WEBP, Kind.WEBP)],
    ids=["pdf", "png", "jpeg", "webp"],
)
def test_the_four_kinds_are_told_by_their_first_bytes(content, kind):
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"<!doctype html><title>coa</title>", "neither a PDF nor a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "neither a PDF nor a picture"),
        (b"GIF89a" + b"\0" * 40, "neither a PDF nor a picture"),
        (b"MZ\x90\x00", "neither a PDF nor a picture"),
        (b"junk first\n" + PDF, "neither a PDF nor a picture"),
        (PDF.replace(b"endobj", b"<ScRiPt>alert(1)</script>"), "two things at once"),
        (PDF + b"<html><body>", "two things at once"),
        (png() + b"PK\x05\x06" + b"\0" * 18, "two things at once"),
        (JPEG + b"<svg onload=x>", "two things at once"),
        (PDF[:-6], "cut off"),
        (png()[:-12], "cut off"),
        (WEBP[:-4], "cut off"),
        (png(60_000, 60_000), "more points"),
        (PDF + b"\0" * MOST_BYTES, "larger than 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_anything_else_is_refused_in_plain_words(content, word):
    with pytest.raises(Refused, match=word):
        kind_of(content)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\coa.pdf", "coa.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "certificate"),
    ],
)
def test_a_kept_name_has_no_folders_and_no_control_characters(sent, kept):
    assert kept_name(sent) == kept


def test_a_long_name_keeps_its_end():
    assert kept_name("x" * 400 + ".pdf") == "x" * 196 + ".pdf"


def test_a_name_is_offered_in_ascii_and_whole_and_ends_as_its_content_does():
    said = disposition('Δ9 "best".html', Kind.PDF, attachment=True)
    assert said == (
        "attachment; filename=\"9 _best_.html.pdf\"; filename*=UTF-8''%CE%949%20%22best%22.html.pdf"
    )
