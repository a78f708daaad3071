"""Reading rooms: what Counselor knows, statement by statement, with sources and who checked it."""

from __future__ import annotations

from functools import lru_cache

from counselor import places
from counselor.guidance.knowledge import Knowledge


@lru_cache(maxsize=1)
def current() -> Knowledge:
    """The knowledge of this installation, read and proved once for each process. Raises KnowledgeError naming
    every fault."""
    from counselor.guidance.heartbeat import prove_all
    from counselor.guidance.loader import load

    return prove_all(load(places.seed() / "knowledge"))


def trouble() -> str:
    """Why nothing can be checked at the moment, one fault a line; empty where all is well."""
    from counselor.guidance.entries import KnowledgeError
    from counselor.guidance.heartbeat import prove

    try:
        prove(current())
    except KnowledgeError as error:
        return str(error)
    return ""


__all__ = ["current", "trouble"]
