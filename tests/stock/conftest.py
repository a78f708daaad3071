"""Visits and batches as the consultations' tests make them."""

from tests.consultations.conftest import capsules, make_batch, make_patient, patient, visit_of

__all__ = ["capsules", "make_batch", "make_patient", "patient", "visit_of"]
