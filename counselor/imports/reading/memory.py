"""Reading much without being looked over."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for unreachable cycles meanwhile: a large file makes a million objects and no cycle.

    Half the time of a large import went into walking them. Everything is still freed as soon as it is let go.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
