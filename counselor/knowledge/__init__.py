"""Reading rooms: what Counselor knows, statement by statement, with sources and who checked it."""

from __future__ import annotations

from functools import lru_cache

from counselor import places
from counselor.guidance.knowledge import Knowledge


@lru_cache(maxsize=1)
def current() -> Knowledge:
    """The knowledge of this installation, read once for each process. Raises KnowledgeError naming every
    fault."""
    from counselor.guidance.loader import load

    return load(places.seed() / "knowledge")


__all__ = ["current"]
