"""The text of a PDF, run as a program of its own: a PDF on standard input, JSON on standard output.

A hostile PDF can make any reader loop or swell. Here it does so in a process that has little memory, little
time, no files to write and none of the web server's secrets. It imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import sys

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 8
MOST_PAGES = 12
MOST_CHARACTERS = 200_000


def limit() -> None:
    """Give up memory, time and files, where the system knows such limits (everywhere but on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes) -> dict[str, object]:
    """`{"lines": [...], "pages": read, "of": all}`, or `{"problem": "locked"}`."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"problem": "locked"}
    lines: list[str] = []
    left, pages = MOST_CHARACTERS, 0
    for page in reader.pages[:MOST_PAGES]:
        try:
            text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
        except (MemoryError, RecursionError):
            raise
        except Exception:  # the layout reader is young: plain text is better than none
            text = page.extract_text()
        text = text[:left]
        left -= len(text)
        pages += 1
        lines += [line.rstrip() for line in text.splitlines() if line.strip()]
        if left <= 0:
            break
    return {"lines": lines, "pages": pages, "of": len(reader.pages)}


def main() -> int:
    """Read, answer, and say nothing of what went wrong: the caller words that."""
    content = sys.stdin.buffer.read()
    limit()
    try:
        answer = read(content)
    except Exception as error:
        answer = {"problem": "broken", "kind": type(error).__name__}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
