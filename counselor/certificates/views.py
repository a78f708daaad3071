"""Certificates: shown to everybody at the counter, attached and confirmed by managers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from counselor import clock
from counselor.catalog import actions as catalog
from counselor.catalog.models import Batch
from counselor.catalog.queries import find_batch
from counselor.certificates import actions, policy, queries
from counselor.certificates.content import MOST_BYTES, SERVED, Kind, Refused, disposition
from counselor.certificates.forms import UNITS, ConfirmForm, ShareForm, WithdrawForm, analyte_choices
from counselor.certificates.labels import MOST_LABELS, LabelPresenter
from counselor.certificates.models import Attachment, Certificate
from counselor.certificates.policy import State
from counselor.certificates.presenters import (
    BatchRow,
    ConfirmPresenter,
    DocumentPresenter,
    OnBatch,
    which_batch,
)
from counselor.certificates.reading import Proposal, Text, kept_text, propose, text_of
from counselor.web.writes import takes_up_to, writes

bp = Blueprint("certificates", __name__, url_prefix="/certificates")

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@bp.app_context_processor
def _for_templates() -> dict[str, Any]:
    """What batch cards and the counter's pages ask: `certificates_of(batch)`, `certificate_links(offers)`."""
    return {"certificates_of": _of_batch, "certificate_links": _links}


def _of_batch(batch: Batch) -> OnBatch:
    return OnBatch(batch, queries.attachments_of(batch.id), today=_today())


def _links(offers: Iterable[Any]) -> Mapping[tuple[str, str], str]:
    """The address of "the" certificate of each offered batch that has one."""
    places = [
        (one["sku"], one["batch"]) if isinstance(one, Mapping) else (one.sku, one.batch) for one in offers
    ]
    return {
        place: url_for("certificates.read", certificate_id=id_)
        for place, id_ in queries.newest_of(places).items()
    }


@bp.get("/<int:certificate_id>")
def document(certificate_id: int) -> ResponseReturnValue:
    """The document's bytes, under our own type and in a sandbox.

    A PDF comes as a download: a browser's viewer may not run in a sandbox, and the sandbox stays.
    """
    certificate = _certificate(certificate_id)
    response = Response(certificate.content, content_type=SERVED[certificate.kind].mime)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = disposition(
        certificate.name, certificate.kind, attachment=certificate.kind is Kind.PDF
    )
    return response


@bp.get("/<int:certificate_id>/read")
def read(certificate_id: int) -> ResponseReturnValue:
    """The document with who attached it and where: what the counter opens."""
    certificate = _certificate(certificate_id)
    return _reading(certificate, ShareForm(formdata=None), _text(certificate))


def _reading(certificate: Certificate, form: ShareForm, text: Text | None) -> str:
    return render_template(
        "certificates/read.html", shown=DocumentPresenter(certificate), form=form, text=text
    )


@bp.post("/<int:certificate_id>/batches")
@writes
def share(certificate_id: int) -> ResponseReturnValue:
    """Attach a document to a further batch: laboratories test several packagings on one certificate."""
    certificate, form = _certificate(certificate_id), ShareForm()
    if form.validate():
        batches = queries.batches_numbered(form.number.data, sku=form.sku.data or "")
        if len(batches) == 1:
            actions.hang_certificate(
                certificate=certificate, batch=batches[0], by=current_user, at=clock.now()
            )
            flash(f"The certificate is on file for batch {batches[0].number} too.", "success")
            return redirect(url_for(".read", certificate_id=certificate.id), 303)
        form.number.errors = [which_batch(batches, form.number.data)]
    return _reading(certificate, form, kept_text(certificate.sha256)), 422


def _text(certificate: Certificate) -> Text:
    """The text of a PDF; for a picture only the words that nothing is read from it."""
    if certificate.kind is not Kind.PDF:
        return Text(problem="Nothing is read out of a picture. Type in what it says.")
    return kept_text(certificate.sha256) or text_of(certificate.content)


@bp.get("/missing")
def missing() -> ResponseReturnValue:
    """Batches without a certificate, near their expiry, or tested long ago."""
    asked = request.args.get("state", "")
    state = State(asked) if asked in set(State) else State.MISSING
    in_stock = request.args.get("stock", "here") != "all"
    found = queries.batches_in(
        state,
        in_stock=in_stock,
        page=min(request.args.get("page", 1, type=int), 100_000),
        store=current_user.store,
        today=_today(),
    )
    kept: dict[str, Any] = {"state": state.value, "stock": "here" if in_stock else "all"}
    return render_template(
        "certificates/missing.html",
        found=found,
        rows=[BatchRow(batch, store=current_user.store) for batch in found.batches],
        state=state,
        in_stock=in_stock,
        words=policy.WORDS,
        page_url=lambda number: url_for(".missing", page=number, **kept),
    )


@bp.get("/labels")
def labels() -> ResponseReturnValue:
    """A sheet of shelf labels for the batches asked for."""
    asked = [int(one) for one in request.args.getlist("batch")[:MOST_LABELS] if _is_row_number(one)]
    batches = queries.find_batches(asked)
    if not batches:
        flash("Tick at least one batch to print labels for.", "warning")
        return redirect(url_for("catalog.index"), 303)
    shown = [LabelPresenter(batch, store=current_user.store, today=_today()) for batch in batches]
    return render_template("certificates/labels.html", labels=shown, today=_today())


def _is_row_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


@bp.post("/batches/<int:batch_id>")
@takes_up_to(MOST_BYTES + 1024 * 1024)
@writes
def attach(batch_id: int) -> ResponseReturnValue:
    """Attach an uploaded document to a batch."""
    batch = find_batch(batch_id) or abort(404)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _refused(batch, "Choose the certificate's file first: a PDF or a picture.")
    try:
        attachment = actions.attach_certificate(
            batch=batch, content=sent.stream.read(), name=sent.filename, by=current_user, at=clock.now()
        )
    except Refused as error:
        return _refused(batch, str(error))
    flash("The certificate is on file. Nothing of the batch was changed.", "success")
    return redirect(url_for(".read", certificate_id=attachment.certificate_id), 303)


def _refused(batch: Batch, problem: str) -> ResponseReturnValue:
    return render_template("certificates/refused.html", batch=batch, problem=problem), 422


@bp.post("/attachments/<int:attachment_id>/withdraw")
@writes
def withdraw(attachment_id: int) -> ResponseReturnValue:
    """Take a certificate off a batch, with the reason."""
    attachment, form = _attachment(attachment_id), WithdrawForm()
    if not form.validate():
        return render_template("certificates/withdraw.html", attachment=attachment, form=form), 422
    if actions.withdraw_certificate(
        attachment=attachment, reason=form.reason.data, by=current_user, at=clock.now()
    ):
        flash("Withdrawn. The document and your reason are kept.", "success")
    else:
        flash("Somebody withdrew it before. Nothing was changed.", "info")
    return _to_batch(attachment.batch)


@bp.route("/attachments/<int:attachment_id>/confirm", methods=["GET", "POST"])
@writes
def confirm(attachment_id: int) -> ResponseReturnValue:
    """What a certificate says beside what is stored; sent, what is ticked is written onto the batch.

    The PDF is read for the page that is looked at, never while something is written: a slow one would hold up
    every counter.
    """
    attachment = _attachment(attachment_id)
    if not attachment.stands:
        flash("This certificate was withdrawn. Nothing can be confirmed from it.", "warning")
        return _to_batch(attachment.batch)
    if request.method == "GET":
        text = _text(attachment.certificate)
        shown = ConfirmPresenter(attachment, propose(text.lines))
        stored = shown.stored_facts
        form = ConfirmForm.of(shown.proposal, stored=stored, doubtful=shown.is_other_batch, seen=shown.seen)
        return _confirming(shown, form, text)
    form, kept = ConfirmForm.sent(request.form), kept_text(attachment.certificate.sha256)
    shown = ConfirmPresenter(attachment, propose(kept.lines) if kept else Proposal())
    if form.seen != shown.seen:
        form.seen = shown.seen
        form.errors.append(
            {
                "field": "",
                "message": "The batch was changed in the meantime. What is stored"
                " now stands beside each line; look again, then confirm.",
            }
        )
        return _confirming(shown, form, kept), 409
    if not form.validate(today=_today()):
        return _confirming(shown, form, kept), 422
    _write(attachment, shown, form)
    return _to_batch(attachment.batch)


def _write(attachment: Attachment, shown: ConfirmPresenter, form: ConfirmForm) -> None:
    """What was ticked: facts and readings, then holds, each an action with an event of its own."""
    batch, by, at = attachment.batch, current_user, clock.now()
    released = [one for one in shown.releasable if one.id in form.release]
    changes = actions.confirm_certificate(
        attachment=attachment, facts=form.said_facts, readings=form.said_readings, by=by, at=at
    )
    if released:
        reason = f"From certificate {attachment.certificate_id}: {form.reason}"
        catalog.release_batch(batch=batch, holds=released, reason=reason, by=by, at=at)
    if form.hold:
        reason = f"Certificate {attachment.certificate_id} says it failed"
        catalog.hold_batch(batch=batch, reason=reason, by=by, at=at)
    what = ", ".join(changes) if changes else "nothing: the batch said so already"
    flash(f"Confirmed. Changed: {what}.", "success")


def _confirming(shown: ConfirmPresenter, form: ConfirmForm, text: Text | None) -> str:
    return render_template(
        "certificates/confirm.html",
        shown=shown,
        document_shown=DocumentPresenter(shown.attachment.certificate),
        form=form,
        text=text,
        units=UNITS,
        analytes=analyte_choices(),
    )


def _to_batch(batch: Batch) -> ResponseReturnValue:
    return redirect(url_for("catalog.show", product_id=batch.product_id, _anchor=f"batch-{batch.id}"), 303)


def _certificate(certificate_id: int) -> Certificate:
    return queries.find_certificate(certificate_id) or abort(404)


def _attachment(attachment_id: int) -> Attachment:
    return queries.find_attachment(attachment_id) or abort(404)


def _today() -> date:
    return clock.today(current_user.store)
