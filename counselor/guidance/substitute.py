"""The nearest other products on the shelf, with every difference said in numbers and in words.

Near by the same route is a matter of mg. Across routes it never is: how much of a dose reaches the blood
differs between routes and between people, so nothing here turns mg of one into mg of the other. What is said
instead is that the first dose starts again at the lowest (evidence rule: another route or form restarts low).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .dose import TOLERANCE, FirstDose, mg_text, start
from .knowledge import Knowledge
from .rank import shelf_reasons
from .shelf import Shelf, ShelfItem

THC_WEIGHT = 1.0
"""For a factor of e in THC by the same route. THC decides both effect and harm, so it is the yardstick."""
CBD_WEIGHT = 0.5
"""For a factor of e in CBD: at counter doses a patient notices a change of CBD less. House policy."""
RATIO_WEIGHT = 2.0
"""For going from CBD alone to THC alone. Studies speak of ratios, and it is all two routes have in common."""
WAY_WEIGHT = 0.5
"""For another way into the body (swallowed, held in the mouth): other onset, but the same kind of dose."""
FORM_WEIGHT = 0.25
"""For another form of the same way: taste and handling, the least that can differ."""
TRACE_MG = 0.5
"""Added to both sides before they are compared: 0.1 and 0.3 mg differ by a factor of 3 and mean the same."""
FARTHEST = 2.5
"""Beyond this nothing is near: it takes about ten times the THC to get there with all else equal."""
FARTHEST_RATIO = 0.25
"""Across routes, the most that the share of THC may differ."""
ESTIMATED = frozenset({"local", "transdermal"})
"""Ways of taking whose minutes are an estimate for a picture; of these only the words are said."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, or its absence. `about`: thc, cbd, ratio, onset, lasts, form, serving, delta-8."""

    about: str
    text: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class Substitute:
    """A product near another one; `distance` orders products by one route and means nothing across routes.

    `restart`: that and how the first dose begins again, empty only where form and way are the same.
    `caution`: why this one may be too much where the other was not. `sources` are those of onset and restart.
    """

    item: ShelfItem
    same_route: bool
    distance: float
    differences: tuple[Difference, ...]
    restart: str
    caution: str
    sources: tuple[str, ...]

    @property
    def text(self) -> str:
        """All differences in one line."""
        return "; ".join(difference.text for difference in self.differences)


def substitutes(
    item: ShelfItem, shelf: Shelf, knowledge: Knowledge, *, on: date, limit: int = 5
) -> tuple[Substitute, ...]:
    """At most `limit` products by the same route, nearest first, then as many by other routes.

    Only what may be handed over on `on`, one batch of each product, never the product itself. Nothing is near
    a product whose THC and CBD are not both known, and no product of unknown strength is near anything.
    """
    best: dict[str, Substitute] = {}
    for other in shelf.items:
        if other.sku == item.sku or shelf_reasons(other, on=on):
            continue
        far = distance(item, other)
        if far is None or far > FARTHEST:
            continue
        found = _substitute(item, other, far, knowledge)
        if found is not None and (other.sku not in best or found.distance < best[other.sku].distance):
            best[other.sku] = found
    ordered = sorted(best.values(), key=lambda one: (one.distance, one.item.sku, one.item.batch))
    same = [one for one in ordered if one.same_route][:limit]
    others = [one for one in ordered if not one.same_route][:limit]
    return (*same, *others)


def distance(one: ShelfItem, other: ShelfItem) -> float | None:
    """How far two products lie apart; the same in both directions. None: they cannot be compared.

    By the same route mg of a serving (or percent of what is inhaled) count, ratio, way and form; across them
    ratio, way and form alone. A cream that stays on the skin compares only with another such cream.
    """
    if not (_is_known(one) and _is_known(other)):
        return None
    if (one.administration == "local") != (other.administration == "local"):
        return None
    apart = abs(_share(one) - _share(other))
    far = RATIO_WEIGHT * apart
    if one.administration != other.administration:
        far += WAY_WEIGHT
    elif one.form != other.form:
        far += FORM_WEIGHT
    if one.route != other.route:
        return far if apart <= FARTHEST_RATIO else None
    if one.profile.per != other.profile.per:
        return None
    return far + sum(
        weight * abs(math.log((a + TRACE_MG) / (b + TRACE_MG)))
        for weight, a, b in zip((THC_WEIGHT, CBD_WEIGHT), _amounts(one), _amounts(other), strict=True)
    )


def _is_known(item: ShelfItem) -> bool:
    profile = item.profile
    return bool(item.administration) and profile.is_measured and profile.thc + profile.cbd > 0


def _share(item: ShelfItem) -> float:
    """THC of THC and CBD together, from 0 to 1."""
    return item.profile.thc / (item.profile.thc + item.profile.cbd)


def _amounts(item: ShelfItem) -> tuple[float, float]:
    """THC and CBD: mg in a serving, or percent by weight where a serving is no dose."""
    per = 10 if item.profile.per == "gram" else 1
    return item.profile.thc / per, item.profile.cbd / per


def _substitute(item: ShelfItem, other: ShelfItem, far: float, knowledge: Knowledge) -> Substitute | None:
    """None where another route has no first dose that a newcomer could measure: then it is no way out."""
    same_route = item.route == other.route
    restart, sources = "", ()  # type: tuple[str, tuple[str, ...]]
    if not same_route or item.form != other.form:
        first, too_much = start(other, _newcomer(knowledge), knowledge)
        if too_much and not same_route:
            return None
        restart = _restart(item, other, first.handout or first.text if first else "", too_much)
        sources = first.sources if first else ()
    differences = _differences(item, other, knowledge)
    if item.administration != other.administration:
        for way in (item.administration, other.administration):
            onset = knowledge.onsets.get(way)
            sources += tuple(cited.key for cited in onset.sources) if onset else ()
    return Substitute(
        other,
        same_route,
        round(far, 4),
        differences,
        restart,
        _caution(item, other) if same_route else "",
        tuple(dict.fromkeys(sources)),
    )


def _newcomer(knowledge: Knowledge) -> FirstDose:
    """The caps of somebody new to it: what another route starts from, whatever was used before."""
    thc, cbd = knowledge.doses["thc-first"], knowledge.doses["cbd-first"]
    return FirstDose(
        thc=thc,
        cbd=cbd,
        thc_mg=thc.mg or 0.0,
        cbd_mg=cbd.mg or 0.0,
        careful=False,
        new_to_it=True,
        regular_route="",
        regular=knowledge.doses["thc-first-regular"],
        max_thc_mg=None,
    )


def _restart(item: ShelfItem, other: ShelfItem, first: str, too_much: str) -> str:
    what = "route" if item.route != other.route else "form"
    if item.route == other.route and item.administration != other.administration:
        what = "way of taking it"
    begins = f"Another {what}: start again at the lowest first dose, whatever was used before."
    if too_much:
        return f"{begins} No part of it is small enough for somebody new. {too_much}."
    if other.administration == "local":
        return f"{begins} It is used on the skin as its label says; no first dose is measured."
    return f"{begins} Of this one: {first.rstrip('.')}."


def _differences(item: ShelfItem, other: ShelfItem, knowledge: Knowledge) -> tuple[Difference, ...]:
    found: list[Difference] = []
    if item.route == other.route:
        found += _strength(item, other)
    found.append(_ratio(item, other))
    if item.profile.has_delta_8 != other.profile.has_delta_8:
        has = "part of its THC is delta-8" if other.profile.has_delta_8 else "none of its THC is delta-8"
        found.append(Difference("delta-8", has))
    found += _timing(item, other, knowledge)
    if item.form != other.form:
        found.append(Difference("form", f"{_form(other)} instead of {_form(item)}"))
    same_way = item.route == other.route and item.profile.per == "serving"
    if same_way and item.serving and other.serving and item.serving != other.serving:
        found.append(Difference("serving", f"a serving is {other.serving} instead of {item.serving}"))
    return tuple(found)


def _strength(item: ShelfItem, other: ShelfItem) -> list[Difference]:
    """mg in a serving, or percent; only ever between two products of one route."""
    percent = item.profile.per == "gram"
    where = "by weight" if percent else "in a serving"
    found = []
    for name, was, now in zip(("THC", "CBD"), _amounts(item), _amounts(other), strict=True):
        shown, before = _amount(now, percent), _amount(was, percent)
        if shown == before:
            if now > 0:
                found.append(Difference(name.lower(), f"the same {name} {where} ({shown})", same=True))
            continue
        more = "more" if now > was else "less"
        by = f"{round(abs(now - was), 2):g} percentage points" if percent else mg_text(abs(now - was))
        found.append(Difference(name.lower(), f"{by} {more} {name} {where} ({shown} instead of {before})"))
    return found


def _amount(value: float, percent: bool) -> str:
    if value <= 0:
        return "none found"
    if round(value, 2) == 0:
        return "a trace"
    return f"{round(value, 2):g} %" if percent else mg_text(value)


def _ratio(item: ShelfItem, other: ShelfItem) -> Difference:
    was, now = item.profile.ratio, other.profile.ratio
    if was == now:
        said = f"the same ratio {now}" if ":" in now else f"also {now}"
        return Difference("ratio", said, same=True)
    return Difference("ratio", f"{_ratio_words(now)} instead of {_ratio_words(was)}")


def _ratio_words(ratio: str) -> str:
    return f"THC:CBD {ratio}" if ":" in ratio else ratio


def _timing(item: ShelfItem, other: ShelfItem, knowledge: Knowledge) -> list[Difference]:
    """Onset and duration as the knowledge words them. The same way of taking acts alike, and is said so."""
    was, now = knowledge.onsets.get(item.administration), knowledge.onsets.get(other.administration)
    if was is None or now is None:
        return []
    if item.administration == other.administration:
        if other.administration == "local":
            return []
        return [Difference("onset", f"acts alike ({now.onset}, lasts {now.lasts})", same=True)]
    return [
        Difference("onset", f"acts {_in(now.onset)} instead of {was.onset}"),
        Difference("lasts", f"lasts {now.lasts} instead of {was.lasts}")
        if now.lasts != was.lasts
        else Difference("lasts", f"lasts as long ({now.lasts})", same=True),
    ]


def _in(onset: str) -> str:
    return f"in {onset}" if onset[:1].isdigit() else f"after {onset}" if onset == "hours" else onset


def _form(item: ShelfItem) -> str:
    return item.form.replace("-", " ") or "a form that is not known"


def _caution(item: ShelfItem, other: ShelfItem) -> str:
    """More THC than before that cannot be measured away, by the same route."""
    if item.profile.per == "gram":
        was, now = _amounts(item)[0], _amounts(other)[0]
        if now > was * TOLERANCE and now - was >= TRACE_MG:
            return (
                f"Stronger: {_amount(now, True)} THC instead of {_amount(was, True)}, "
                "and nobody can measure the THC of one inhalation."
            )
        return ""
    smallest, before = (_smallest(one) for one in (other, item))
    if smallest > before * TOLERANCE and smallest - before >= TRACE_MG / 2:
        unknown = (
            "" if other.smallest_dose else " Its smallest measurable part is not stated, so it is a serving."
        )
        return (
            f"More THC than before: the smallest part that can be measured holds {_amount(smallest, False)}, "
            f"instead of {_amount(before, False)}.{unknown}"
        )
    return ""


def _smallest(item: ShelfItem) -> float:
    return item.profile.thc * (item.smallest_dose or 1.0)


def nameless(items: Sequence[ShelfItem]) -> tuple[ShelfItem, ...]:
    """Those of a product's batches that can be compared with nothing: THC or CBD is not known, or no form."""
    return tuple(item for item in items if not _is_known(item))
