"""Shelf labels: what stands on one, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import segno
from markupsafe import Markup

from counselor.catalog.models import Batch
from counselor.catalog.presenters import ROUTE_WORDS, STATE_WORDS, BatchPresenter, form_words, number
from counselor.staff.models import Store

MOST_LABELS = 200


def qr(text: str) -> Markup:
    """The text as a QR code: an SVG without inline style. segno draws it; the text is never markup."""
    return Markup(segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True))  # noqa: S704


@dataclass(frozen=True)
class Amount:
    """THC or CBD of a serving or a gram, in words; `known` is False where the certificate does not tell."""

    name: str
    words: str
    known: bool = True


class LabelPresenter:
    """One batch's shelf label."""

    def __init__(self, batch: Batch, *, store: Store, today: date) -> None:
        self.batch = batch
        self.product = batch.product
        self._shown = BatchPresenter(batch, store=store, today=today)

    @property
    def number(self) -> str:
        """The batch's number, or that it has none."""
        return self._shown.number

    @property
    def kind(self) -> str:
        """Form and route."""
        return f"{form_words(self.product.form)} · {ROUTE_WORDS[self.product.route]}"

    @property
    def not_for_sale(self) -> str:
        """Why it may not stand on the shelf; empty where it may."""
        stops = [STATE_WORDS[one] for one in self._shown.states if one in ("held", "expired", "untested")]
        return ", ".join(stops)

    @property
    def per(self) -> str:
        """What the amounts are of."""
        return "in one serving" if self._shown.profile.per == "serving" else "by weight"

    @property
    def amounts(self) -> list[Amount]:
        """THC (delta-8 beside it where there is any) and CBD, acids converted."""
        profile = self._shown.profile
        values, unit = (profile.percent, "%") if profile.percent else (profile.mg, "mg")
        found = []
        for key in ("THC", "D8THC", "CBD"):
            if key in profile.unknown:
                found.append(Amount(key, "not known", known=False))
            elif key in values:
                found.append(
                    Amount("Delta-8 THC" if key == "D8THC" else key, f"{number(values[key])} {unit}")
                )
            elif key != "D8THC":
                found.append(Amount(key, "none found"))
        return found

    @property
    def servings(self) -> str:
        """How many servings share the package."""
        many = self.product.servings_per_package
        return number(many) if many else "not stated"

    @property
    def smallest(self) -> str:
        """The smallest dose that can be measured, as part of a serving and in mg THC where that is known."""
        part = self.product.smallest_dose
        profile = self._shown.profile
        if part is None:
            return "one serving (smaller parts not stated)"
        words = "one serving" if part == 1 else f"{number(part)} of a serving"
        if profile.per == "serving" and "THC" not in profile.unknown and profile.thc:
            words += f", {number(round(part * profile.thc, 3))} mg THC"
        return words

    @property
    def code(self) -> str:
        """What the QR code says: SKU and batch number, for the scanner at the till."""
        return f"{self.product.sku} {self.batch.number}".strip()

    @property
    def picture(self) -> Markup:
        """The QR code."""
        return qr(self.code)
