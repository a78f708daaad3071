"""The forms of the stock pages."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from counselor.stock.models import Why
from counselor.stock.presenters import WHY_WORDS
from counselor.web.forms import Count, RoomForm

BY_HAND = (Why.COUNTED, Why.RECEIVED, Why.DAMAGED, Why.RETURNED, Why.DESTROYED, Why.TRANSFER)


class AdjustForm(RoomForm):
    """A new count and why."""

    count = Count("Packages now on the shelf", [InputRequired("Write how many packages there are now.")])
    why = SelectField("Why", choices=[(why.value, WHY_WORDS[why]) for why in BY_HAND])
    reason = TextAreaField("Reason", [DataRequired("Write what happened."), Length(max=1000)])


class LineForm(RoomForm):
    """Below how many packages the product is low here."""

    least = Count("Low below this many packages", [InputRequired("Write a whole number, 0 for never.")])
