"""The heart: one question, one answer. Pure: no clock, no database, no network, no randomness.

resolve -> screen -> dose -> judge (weigh, rank) -> counsel -> Advice
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from . import heartbeat
from .advice import (
    Advice,
    AdvisedReferral,
    Considered,
    Disposition,
    Excluded,
    ExcludedCount,
    ProfileShown,
    SourceShown,
    Suggestion,
)
from .counsel import counsel_lines, follow_up_advice
from .dose import caps_shown, cost, first_dose
from .findings import (
    HOUSE,
    Finding,
    Setting,
    counts_first,
    listed,
    midway,
    open_exposures,
    setting_of,
    warning_of,
)
from .intake import Intake
from .knowledge import Knowledge, Onset, Urgency
from .programs import with_program
from .rank import Candidate, Judged, judge, offered_routes, order
from .resolve import Resolved, resolve
from .screen import Screened, screen
from .shelf import ROUTES, Shelf
from .weigh import NONE, evidence_shown

MOST_EXCLUDED = 50
NO_CONDITION = (
    "No condition was recognised, so no product can be matched: "
    "ask which symptom the patient wants help with."
)


def advise(intake: Intake, shelf: Shelf, knowledge: Knowledge, *, on: date) -> Advice:
    """What may be said to this patient on this day, from this shelf, by what is known.

    The same four arguments always give the same answer, byte for byte. `on` is the day as of which rules,
    expiry and clearances are read; the intake's own `on` is the caller's to honour.

    Raises `CannotCheck` where the engine no longer finds a danger it must know (see `heartbeat`): then
    nothing is said at all, since silence would read as good news.
    """
    heartbeat.prove(knowledge)
    resolved = resolve(intake, knowledge, on=on)
    screened = screen(intake, resolved, shelf, knowledge, on=on)
    setting = setting_of(intake, shelf)
    offered = offered_routes(intake, resolved, knowledge)
    cap = first_dose(intake, resolved.facts, screened, knowledge, on=on)
    items = () if intake.exposure is not None else shelf.items
    judged = [judge(item, intake, resolved, screened, cap, offered, knowledge, on=on) for item in items]
    first, referrals = _who_comes_first(screened, setting, offered, shelf)
    disposition = _disposition(resolved, screened, first, knowledge)
    ranked, left_out = order([j.candidate for j in judged if j.candidate], intake, resolved, knowledge)
    if disposition.code == "no-product" or not resolved.facts.conditions:
        why = disposition.text if disposition.code == "no-product" else NO_CONDITION
        left_out = {id(c.item): why for c in ranked} | left_out
        ranked = []
    shown = ranked[: intake.limit]
    excluded, counts = _excluded(judged, left_out)
    worst_first = sorted((*screened.findings, *screened.program_lines), key=lambda f: -f.severity)
    warnings = tuple(warning_of(f, refer=f in first) for f in worst_first)
    counsel = counsel_lines(
        resolved.facts,
        {c.item.administration for c in shown} or _ways(offered),
        {name for c in shown for name in ("THC", "CBD") if c.item.profile.mg.get(name)}
        or set(setting.cannabinoids),
        disposition.code,
        knowledge,
    )
    counsel = with_program(counsel, screened.program, disposition.code)
    evidence = evidence_shown(
        resolved.facts.conditions, intake.routes or ROUTES, knowledge, goals=resolved.facts.terms
    )
    follow_up = follow_up_advice(intake.follow_up, knowledge)
    suggestions = tuple(_suggestion(place, c, knowledge) for place, c in enumerate(shown, start=1))
    advice = Advice(
        id=intake.id,
        on=on,
        knowledge=knowledge.version,
        disposition=_in_view_of(suggestions, disposition, intake, resolved, shelf, knowledge),
        recognised=resolved.recognised,
        unrecognised=screened.unrecognised,
        not_assessed=resolved.not_assessed,
        referrals=tuple(referrals),
        warnings=warnings,
        evidence=evidence,
        suggestions=suggestions,
        more=len(ranked) - len(shown),
        considered=_considered(intake, judged, left_out, disposition),
        excluded=excluded,
        excluded_counts=counts,
        counsel=counsel,
        follow_up=follow_up,
        first_dose_cap=caps_shown(cap),
        ignored=intake.ignored,
        sources={},
    )
    return _with_sources(advice, knowledge)


def _who_comes_first(
    screened: Screened, setting: Setting, offered: tuple[str, ...], shelf: Shelf
) -> tuple[list[Finding], list[AdvisedReferral]]:
    """Findings for which a pharmacist or prescriber must speak before any sale, and everyone to refer to."""
    reachable = open_exposures(screened.findings, setting, offered)
    if setting.asked_outright:
        reachable = frozenset((c, route) for c in setting.cannabinoids for route in setting.asked)
    if setting.has_shelf:
        patches = [i for i in shelf.items if i.administration == "transdermal" and not i.profile.may_hold_thc]
        reachable = frozenset(
            pair for pair in reachable if pair[1] != "topical" or (pair[0] == "CBD" and patches)
        )
    first = [f for f in screened.findings if counts_first(f, reachable, reachable_products=setting.has_shelf)]
    order_of = {urgency.word: -urgency for urgency in Urgency}
    referrals = list(screened.referrals)
    told = [(r.urgency, set(r.because)) for r in referrals]
    for finding in first:
        if any(u == finding.urgency.word and set(finding.because) <= because for u, because in told):
            continue  # a red flag already sends the patient on for the same reason
        keys = tuple(dict.fromkeys(cited.key for cited in finding.sources))
        referrals.append(
            AdvisedReferral(
                finding.urgency.word,
                finding.refer_to,
                finding.wording.action,
                finding.because,
                keys or (HOUSE,),
            )
        )
    referrals.sort(key=lambda r: order_of[r.urgency])
    return first, referrals


def _disposition(
    resolved: Resolved, screened: Screened, first: list[Finding], knowledge: Knowledge
) -> Disposition:
    """no-product before refer-first before suggest; the text is the worst reason in plain words."""
    if screened.stops:
        return Disposition(
            "no-product", f"Suggest nothing today. {screened.stop_text}".strip(), screened.stops
        )
    unread = tuple(u.said for u in screened.unrecognised if u.field == "medicines")
    because = [f.id for f in first] + [id for id, _ in screened.clinician_first] + list(unread)
    because += resolved.unassessed
    if not because:
        return Disposition(
            "suggest", "Products may be suggested, at the first dose shown, with what there is to say.", ()
        )
    why = [_cause(finding, knowledge) for finding in first]
    why += [
        midway(knowledge.conditions[id].name)
        if id in knowledge.conditions
        else "THC at or above the usual daily limit"
        for id, _ in screened.clinician_first
    ]
    if unread:
        why.append("a medicine" if len(unread) == 1 else f"{len(unread)} medicines")
        why[-1] += " that nobody could identify, and so not checked"
    if resolved.unassessed:
        why.append(f"{listed(resolved.unassessed)}, which nobody has checked with cannabis")
    return Disposition(
        "refer-first",
        f"Pharmacist or prescriber first: do not sell yet. Because of {'; '.join(dict.fromkeys(why))}.",
        tuple(dict.fromkeys(because)),
    )


def _cause(finding: Finding, knowledge: Knowledge) -> str:
    """What makes a finding, as short as it can be said: "clonazepam and oxycodone with THC"."""
    names = [midway(knowledge.name_of(name)) for name in finding.because]
    named = listed(names)
    return f"{named} with {' or '.join(finding.cannabinoids)}" if finding.cannabinoids else named


def _in_view_of(
    suggestions: tuple[Suggestion, ...],
    disposition: Disposition,
    intake: Intake,
    resolved: Resolved,
    shelf: Shelf,
    knowledge: Knowledge,
) -> Disposition:
    """An empty list of suggestions says why; a list without any studied product says so above it."""
    if disposition.code == "no-product":
        return disposition
    if suggestions:
        if disposition.code != "suggest" or any(s.evidence_grade != NONE for s in suggestions):
            return disposition
        names = " and ".join(midway(knowledge.conditions[id].name) for id in resolved.facts.conditions)
        return Disposition(
            "suggest",
            f"No product of this kind was shown to help with {names}. {disposition.text}",
            disposition.because,
        )
    if not resolved.facts.conditions:
        why = NO_CONDITION
    elif intake.exposure is not None:
        why = "No products were looked at: a cannabinoid and a route were asked about."
    elif intake.limit == 0:
        return disposition
    elif not shelf.items:
        why = "No products were given to choose from."
    else:
        why = "Nothing on this shelf fits; the reasons stand beside each product."
    text = why if disposition.code == "suggest" else f"{disposition.text} {why}"
    return Disposition(disposition.code, text, disposition.because)


def _ways(offered: tuple[str, ...]) -> set[str]:
    ways = {
        "edible": {"swallowed", "oromucosal"},
        "smoked": {"inhaled"},
        "vaporized": {"inhaled"},
        "topical": {"local"},
    }
    return {way for route in offered for way in ways[route]}


def _suggestion(place: int, candidate: Candidate, knowledge: Knowledge) -> Suggestion:
    item, weight = candidate.item, candidate.weight
    profile = item.profile
    return Suggestion(
        rank=place,
        sku=item.sku,
        name=item.name,
        brand=item.brand,
        batch=item.batch,
        tested_on=item.tested_on,
        expires_on=item.expires_on,
        route=item.route,
        form=item.form,
        administration=item.administration,
        profile=ProfileShown(profile.per, profile.mg, profile.percent, profile.ratio),
        serving=item.serving,
        price=item.price,
        cost_per_start_dose=cost(item, candidate.dose),
        score=candidate.score,
        reasons=candidate.reasons,
        evidence_grade=weight.grade,
        evidence_direction=weight.direction,
        evidence_scope=weight.scope,
        extrapolated=weight.extrapolated,
        caption=candidate.caption,
        warnings=candidate.warnings,
        starting_dose=candidate.dose,
        onset=_onset(knowledge.onsets.get(item.administration)),
        evidence_id=weight.statement.id if weight.statement else "",
    )


def _onset(onset: Onset | None) -> dict[str, object] | None:
    if onset is None:
        return None
    return {
        "onset": onset.onset,
        "peak": onset.peak,
        "lasts": onset.lasts,
        "next_dose": onset.next_dose,
        "onset_minutes": list(onset.onset_minutes),
        "peak_minutes": list(onset.peak_minutes),
        "lasts_minutes": list(onset.lasts_minutes),
        "sources": list(dict.fromkeys(cited.key for cited in onset.sources)),
    }


def _reasons_against(judged: Judged, left_out: dict[int, str]) -> tuple[str, ...]:
    if judged.against:
        return judged.against
    return (left_out[id(judged.item)],) if id(judged.item) in left_out else ()


def _excluded(
    judged: list[Judged], left_out: dict[int, str]
) -> tuple[tuple[Excluded, ...], tuple[ExcludedCount, ...]]:
    """The first fifty with their reasons, the rest counted by their first reason."""
    rows = [
        Excluded(j.item.sku, reasons, j.item.name, j.item.batch)
        for j in judged
        if (reasons := _reasons_against(j, left_out))
    ]
    counts: dict[str, int] = {}
    for row in rows[MOST_EXCLUDED:]:
        counts[row.reasons[0]] = counts.get(row.reasons[0], 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(rows[:MOST_EXCLUDED]), tuple(ExcludedCount(reason, count) for reason, count in ordered)


def _considered(
    intake: Intake, judged: list[Judged], left_out: dict[int, str], disposition: Disposition
) -> tuple[Considered, ...]:
    """An answer for each SKU asked about, batch by batch; one that is not on the shelf says so."""
    out = []
    for sku in dict.fromkeys(intake.consider):
        batches = [j for j in judged if j.item.sku == sku]
        if not batches:
            out.append(Considered(sku, False, ("Not on this shelf",), ()))
        for j in batches:
            against = _reasons_against(j, left_out)
            if not against and j.candidate:
                dose = j.candidate.dose
                fits = tuple(reason.text for reason in j.candidate.reasons if reason.points > 0)
                reasons = ((f"First dose: {dose.text}",) if dose else ()) + fits
                suitable = disposition.code == "suggest"
                reasons = reasons if suitable else (disposition.text, *reasons)
                out.append(Considered(sku, suitable, reasons, j.warnings, j.item.name, j.item.batch))
            else:
                out.append(Considered(sku, False, against, j.warnings, j.item.name, j.item.batch))
    return tuple(out)


def _with_sources(advice: Advice, knowledge: Knowledge) -> Advice:
    """Every source that anything in the answer names, once."""
    named: set[str] = {HOUSE}
    for group in (advice.referrals, advice.warnings, advice.evidence, advice.counsel):
        for row in group:
            named.update(row.sources)
    for suggestion in advice.suggestions:
        if suggestion.starting_dose:
            named.update(suggestion.starting_dose.sources)
        if suggestion.onset:
            named.update(suggestion.onset["sources"])
    if advice.follow_up:
        named.update(advice.follow_up.sources)
    sources = {
        key: SourceShown(knowledge.sources[key].citation, knowledge.sources[key].url)
        for key in sorted(named)
        if key in knowledge.sources
    }
    return replace(advice, sources=sources)
