"""Documents on batches: attached, shown to everybody, withdrawn with a reason, never served as a page."""

from __future__ import annotations

import pytest

from counselor.audit.models import AuditEvent
from counselor.certificates.models import Attachment, Certificate
from counselor.database import db

from .conftest import upload
from .test_content import JPEG, PDF, png


def events(kind):
    return db.session.scalars(db.select(AuditEvent).where(AuditEvent.kind == kind)).all()


def attach(client, batch, content=PDF, name="coa.pdf"):
    return client.post(
        f"/certificates/batches/{batch.id}", data=upload(content, name), content_type="multipart/form-data"
    )


def test_a_manager_attaches_a_certificate_and_the_batch_page_names_it(manager_client, batch):
    answer = attach(manager_client, batch)
    assert answer.status_code == 303
    page = manager_client.get(f"/catalog/products/{batch.product_id}").get_data(as_text=True)
    assert "coa.pdf" in page
    assert "No certificate on file" not in page
    (event,) = events("certificate.attached")
    assert event.detail["file"] == "coa.pdf"
    assert (event.subject_kind, event.subject_id) == ("batch", batch.id)


@pytest.mark.parametrize(
    ("content", "mime", "how"),
    [(PDF, "application/pdf", "attachment"), (png(), "image/png", "inline"), (JPEG, "image/jpeg", "inline")],
    ids=["pdf", "png", "jpeg"],
)
def test_a_counselor_gets_the_very_bytes_under_our_own_type_in_a_sandbox(
    manager_client, counselor_client, batch, content, mime, how
):
    attach(manager_client, batch, content, "page.html")
    answer = counselor_client.get("/certificates/1")
    assert answer.data == content
    assert answer.headers["Content-Type"] == mime
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith(how)


def test_a_web_page_called_pdf_is_refused_with_the_reason_and_nothing_is_kept(manager_client, batch):
    answer = attach(manager_client, batch, b"<!doctype html><script>alert(1)</script>")
    assert answer.status_code == 422
    assert "neither a PDF nor a picture" in answer.get_data(as_text=True)
    assert db.session.scalar(db.select(db.func.count()).select_from(Certificate)) == 0


def test_an_upload_without_a_file_says_so(manager_client, batch):
    answer = manager_client.post(f"/certificates/batches/{batch.id}")
    assert answer.status_code == 422
    assert "Choose the certificate" in answer.get_data(as_text=True)


def test_a_file_far_too_large_is_refused_before_it_is_read(manager_client, batch):
    assert attach(manager_client, batch, PDF + b"\0" * (12 * 1024 * 1024)).status_code == 413


def test_the_same_document_for_two_batches_is_kept_once(manager_client, make_batch):
    one, two = make_batch("B1"), make_batch("B2")
    attach(manager_client, one)
    attach(manager_client, two, name="copy of coa.pdf")
    assert db.session.scalar(db.select(db.func.count()).select_from(Certificate)) == 1
    page = manager_client.get("/certificates/1/read").get_data(as_text=True)
    assert "batch B1" in page
    assert "batch B2" in page


def test_a_document_is_attached_to_a_further_batch_by_its_number(manager_client, make_batch):
    attach(manager_client, make_batch("B1"))
    other = make_batch("B2")
    assert manager_client.post("/certificates/1/batches", data={"number": "B2"}).status_code == 303
    page = manager_client.get("/certificates/1/read").get_data(as_text=True)
    assert "batch B1" in page
    assert "batch B2" in page
    assert [event.subject_id for event in events("certificate.attached")][-1] == other.id


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"number": ""}, "Write the other batch"),
        ({"number": "B9"}, "No batch has the number “B9”"),
        ({"number": "B2"}, "Several products have a batch “B2”"),
        ({"number": "B2", "sku": "S9"}, "No batch has the number “B2” (with this SKU)"),
    ],
)
def test_a_number_that_names_no_single_batch_is_said_and_kept_as_typed(
    manager_client, make_batch, typed, message
):
    attach(manager_client, make_batch("B1"))
    make_batch("B2")
    make_batch("B2", sku="S2")
    answer = manager_client.post("/certificates/1/batches", data=typed)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert f'value="{typed["number"]}"' in answer.get_data(as_text=True)
    assert len(events("certificate.attached")) == 1
    assert (
        manager_client.post("/certificates/1/batches", data={"number": "B2", "sku": "S2"}).status_code == 303
    )


def test_the_same_document_twice_on_one_batch_changes_nothing(manager_client, batch):
    attach(manager_client, batch)
    attach(manager_client, batch)
    assert db.session.scalar(db.select(db.func.count()).select_from(Attachment)) == 1
    assert len(events("certificate.attached")) == 1


def test_the_newest_certificate_is_the_one_and_older_ones_are_kept(manager_client, batch):
    attach(manager_client, batch, PDF, "old.pdf")
    attach(manager_client, batch, png(), "new.png")
    page = manager_client.get(f"/catalog/products/{batch.product_id}").get_data(as_text=True)
    assert page.index("new.png") < page.index("Earlier certificates (1)") < page.index("old.pdf")


def test_withdrawing_asks_why_and_keeps_document_and_reason(manager_client, batch):
    attach(manager_client, batch)
    refused = manager_client.post("/certificates/attachments/1/withdraw", data={"reason": " "})
    assert refused.status_code == 422
    assert "Write why this certificate no longer counts." in refused.get_data(as_text=True)
    assert db.session.get(Attachment, 1).stands
    manager_client.post("/certificates/attachments/1/withdraw", data={"reason": "Other batch's"})
    page = manager_client.get(f"/catalog/products/{batch.product_id}").get_data(as_text=True)
    assert "No certificate on file" in page
    assert "Other batch&#39;s" in page
    assert manager_client.get("/certificates/1").data == PDF
    (event,) = events("certificate.withdrawn")
    assert event.note == "Other batch's"


def test_withdrawing_twice_says_that_it_was_done(manager_client, batch):
    attach(manager_client, batch)
    for reason in ("first", "second"):
        manager_client.post("/certificates/attachments/1/withdraw", data={"reason": reason})
    assert db.session.get(Attachment, 1).withdrawn_because == "first"
    assert len(events("certificate.withdrawn")) == 1


@pytest.mark.parametrize("role", ["counselor_client", "pharmacist_client"])
def test_only_managers_attach(role, batch, request):
    client = request.getfixturevalue(role)
    assert attach(client, batch).status_code == 403
    page = client.get(f"/catalog/products/{batch.product_id}").get_data(as_text=True)
    assert "No certificate on file" in page
    assert "Attach a certificate" not in page


def test_what_is_not_there_is_a_404(manager_client):
    for path in ("/certificates/9", "/certificates/9/read", "/certificates/attachments/9/confirm"):
        assert manager_client.get(path).status_code == 404
