"""What the recall's tests have, for reactions."""

from __future__ import annotations

from tests.recalls.conftest import (  # noqa: F401
    make_batch,
    make_patient,
    patient,
    sell,
    visit_of,
)
