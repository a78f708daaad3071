"""The real knowledge and the medical programme's shelf, read once; the day is always the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from counselor import places
from counselor.guidance.advise import advise
from counselor.guidance.intake import Intake
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.loader import load
from counselor.guidance.shelf import Shelf
from counselor.imports.reading import read_catalog, to_shelf

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(places.seed() / "knowledge")


@pytest.fixture(scope="session")
def clinic_shelf() -> Shelf:
    return to_shelf(read_catalog(places.seed() / "catalog" / "clinic-shelf.csv").applicable, on=TODAY)


Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def ask(knowledge: Knowledge, clinic_shelf: Shelf) -> Ask:
    """Advice on an intake given field by field, from the clinic's shelf unless another is named."""

    def asked(*conditions: str, shelf: Shelf = clinic_shelf, **said: Any) -> dict[str, Any]:
        intake = Intake.from_json({"conditions": list(conditions), **said})
        return advise(intake, shelf, knowledge, on=TODAY).to_json()

    return asked
