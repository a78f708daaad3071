"""What is asked for around certificates: a reason to withdraw one, and what is confirmed from one."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from counselor.web.forms import RoomForm


class WithdrawForm(RoomForm):
    """Take a certificate off a batch."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        [DataRequired("Write why this certificate no longer counts."), Length(max=1000)],
    )
