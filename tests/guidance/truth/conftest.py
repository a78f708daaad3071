"""The program's public door for the truth tables: an intake in, the answer out, as its JSON says it."""

from __future__ import annotations

from typing import Any

import pytest

from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.shelf import Shelf
from tests.guidance.conftest import TODAY
from tests.guidance.truth.table import Advise


@pytest.fixture(scope="session")
def put(knowledge: Knowledge) -> Advise:
    """Advice without products, on the day of all these tests."""

    def asked(intake: dict[str, Any]) -> dict[str, Any]:
        return advise(Intake.from_json(intake), Shelf(()), knowledge, on=TODAY).to_json()

    return asked


@pytest.fixture(scope="session")
def put_at_shelf(knowledge: Knowledge, clinic_shelf: Shelf) -> Advise:
    """Advice from the clinic's shelf; `on` in the intake moves the day, the stock stays."""

    def asked(intake: dict[str, Any]) -> dict[str, Any]:
        return advise(Intake.from_json(intake), clinic_shelf, knowledge, on=TODAY).to_json()

    return asked
