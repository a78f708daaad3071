"""What stands against a product for this patient: warnings, referrals, and what they exclude."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .advice import AdvisedReferral, Unrecognised, Warning
from .intake import CANNABINOIDS, Clearance, Intake
from .knowledge import Cited, Knowledge, Merged, Origin, Referral, Rule, Severity, Urgency, Wording
from .resolve import Facts, Resolved
from .shelf import CONCENTRATE_FORMS, ROUTES, SWALLOW_SAFE_FORMS, Shelf, ShelfItem

HOUSE = "house-policy"
INHALED = ("smoked", "vaporized")
LOCAL_STEPS_DOWN = 2
"""On skin only, a danger that needs the blood counts two steps less, never below minor (reference: interactions 1.5)."""
CARRIER_RULE = "carrier-allergy"
CBD_RICH_MG = 5.0
"""Per serving (or per gram of flower): from here a product counts as rich in CBD. House policy."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Which cannabinoids by which routes this answer is about.

    `asked` are the routes the patient would take (all systemic ones where none was named); `considered` adds what
    else reaches the blood from this shelf. `local_only`: nothing but creams is asked about.
    """

    cannabinoids: tuple[str, ...]
    asked: tuple[str, ...]
    considered: tuple[str, ...]
    local_only: bool
    has_shelf: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired for this patient, with the severity it has here."""

    id: str
    kind: str
    origin: Origin
    direction: str
    severity: Severity
    certainty: str
    wording: Wording
    because: tuple[str, ...]
    cannabinoids: tuple[str, ...]
    routes: tuple[str, ...]
    sources: tuple[Cited, ...]
    refer: str
    refer_to: str
    urgency: Urgency
    excludes: str
    vehicle: str
    lower_first_dose: bool
    no_product: bool
    unknown_severity: Severity | None = None
    cleared_severity: Severity | None = None
    raised_by: tuple[str, ...] = ()
    cleared_by: Clearance | None = None

    @property
    def cleared(self) -> bool:
        return self.cleared_by is not None

    def covers(self, item: ShelfItem) -> bool:
        """Whether a product carries what this finding is about."""
        if self.excludes == "all" or self.no_product:
            return True
        if not item.is_systemic and (self.kind == "interaction" or (self.routes and "topical" not in self.routes)):
            return False
        if self.routes and item.route not in self.routes:
            return False
        if self.vehicle == "alcohol" and holds_alcohol(item) is False:
            return False
        return self._shares_cannabinoid(item)

    def _shares_cannabinoid(self, item: ShelfItem) -> bool:
        if not self.cannabinoids:
            return True
        profile = item.profile
        return ("THC" in self.cannabinoids and profile.may_hold_thc) or ("CBD" in self.cannabinoids and profile.may_hold_cbd)

    def excludes_item(self, item: ShelfItem) -> bool:
        """Whether this product is not suggested because of this finding."""
        profile = item.profile
        match self.excludes:
            case "all":
                return True
            case "covered":
                return self.covers(item)
            case "inhaled":
                return item.administration == "inhaled"
            case "cbd-rich":
                return item.is_systemic and ("CBD" in profile.unknown or profile.cbd >= CBD_RICH_MG)
            case "solid":
                return item.route == "edible" and item.form not in SWALLOW_SAFE_FORMS
            case "oromucosal":
                return item.administration == "oromucosal"
            case "thc-dominant":
                return is_thc_dominant(item)
            case "concentrate":
                return item.form in CONCENTRATE_FORMS
        return False


@dataclass(frozen=True, slots=True)
class Screened:
    findings: tuple[Finding, ...]
    referrals: tuple[AdvisedReferral, ...]
    unrecognised: tuple[Unrecognised, ...]
    stops: tuple[str, ...]
    """Ids because of which nothing is suggested at all."""
    stop_text: str
    clinician_first: tuple[tuple[str, str], ...]
    """Conditions a clinician must agree to first: (id, sentence)."""
    max_thc_mg: float | None
    """The smallest THC dose that a recorded clearance allows."""


def holds_alcohol(item: ShelfItem) -> bool | None:
    """Whether the ingredients name ethanol; None where they are not stated. A smoked or vaporized product has no vehicle."""
    if item.administration == "inhaled":
        return False
    if item.ingredients is None:
        return None
    text = " ".join(item.ingredients).casefold()
    return bool(re.search(r"\b(ethanol|alcohol|ethyl alcohol|spirit|spirits|vodka|rum)\b", text)) and not re.search(
        r"alcohol[- ]free", text
    )


def is_thc_dominant(item: ShelfItem) -> bool:
    """More THC than CBD, or THC unknown."""
    return item.is_systemic and ("THC" in item.profile.unknown or item.profile.thc > item.profile.cbd)


def setting_of(intake: Intake, shelf: Shelf) -> Setting:
    """What this answer must cover: an exposure if one was given, else every asked route and all that is on the shelf."""
    if intake.exposure is not None:
        routes = (intake.exposure.route,) if intake.exposure.route else tuple(r for r in ROUTES if r != "topical")
        return Setting(intake.exposure.cannabinoids, routes, routes, routes == ("topical",), False)
    asked = intake.routes or tuple(r for r in ROUTES if r != "topical")
    considered = tuple(r for r in ROUTES if r in asked or r in shelf.systemic_routes)
    return Setting(CANNABINOIDS, asked, considered, considered == ("topical",) and "topical" not in shelf.systemic_routes, bool(shelf.items))


def screen(intake: Intake, resolved: Resolved, shelf: Shelf, knowledge: Knowledge, *, on: date) -> Screened:
    """Apply every rule that this patient raises. Nothing here looks at what sells."""
    facts = resolved.facts
    setting = setting_of(intake, shelf)
    findings = _fired(facts, setting, knowledge)
    findings = _merge_sedation(findings, facts, knowledge)
    findings += _allergies(resolved, facts, setting, shelf, knowledge)
    findings = [_clear(finding, intake, on) for finding in findings]
    findings.sort(key=lambda f: (-f.severity, f.kind not in ("interaction", "cause"), f.id))
    referrals, stops, stop_text = _red_flags(facts, knowledge)
    expired, program_findings = _program(intake, knowledge, on)
    findings += program_findings
    stops += expired
    stop_text = stop_text or (program_findings[0].wording.effect if expired else "")
    for finding in findings:
        at_once = finding.urgency >= Urgency.SAME_DAY and finding.severity >= Severity.MAJOR
        if (finding.no_product or at_once) and not finding.cleared:
            stops.append(finding.id)
            stop_text = stop_text or finding.wording.effect
    clinician_first = []
    for id in facts.conditions:
        condition = knowledge.conditions[id]
        if condition.no_product:
            stops.append(id)
            stop_text = stop_text or condition.no_product
        if condition.clinician_first and not _agreed(id, intake, on):
            clinician_first.append((id, condition.clinician_first))
            if condition.refer is None:
                referrals.append(_referral(Referral(Urgency.THIS_WEEK, "the treating clinician", condition.clinician_first), (id,), condition.sources))
        if condition.refer is not None:
            referrals.append(_referral(condition.refer, (id,), condition.sources))
    unrecognised = _unrecognised(resolved, facts, setting, knowledge)
    referrals += _unread_referral(unrecognised)
    limits = [f.cleared_by.max_thc_mg for f in findings if f.cleared_by and f.cleared_by.max_thc_mg is not None]
    return Screened(
        tuple(findings),
        tuple(_merge_referrals(referrals)),
        unrecognised,
        tuple(dict.fromkeys(stops)),
        stop_text,
        tuple(clinician_first),
        min(limits) if limits else None,
    )


def counts_first(finding: Finding, open_exposures: frozenset[tuple[str, str]], *, reachable_products: bool) -> bool:
    """Whether this finding alone makes a clinician come first: major or worse, not cleared, and about something that
    this patient could still be offered. `reachable_products`: there is a shelf, so a vehicle is known product by product."""
    if finding.severity < Severity.MAJOR or finding.cleared or finding.refer in ("tell", "no"):
        return False
    if finding.vehicle and reachable_products:
        return False  # the products that carry it are left out, one by one
    if finding.refer == "first" and (finding.excludes or finding.kind != "interaction"):
        return True
    return any(
        (not finding.cannabinoids or cannabinoid in finding.cannabinoids) and (not finding.routes or route in finding.routes)
        for cannabinoid, route in open_exposures
    )


def open_exposures(screened: Screened, setting: Setting, offered: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(cannabinoid, route) pairs that no contraindication has closed. `offered`: routes of which products may be shown."""
    pairs = {(cannabinoid, route) for cannabinoid in setting.cannabinoids for route in offered}
    for finding in screened.findings:
        if finding.cleared:
            continue
        if finding.excludes == "inhaled":
            pairs = {pair for pair in pairs if pair[1] not in INHALED}
        elif finding.excludes == "covered" and not finding.vehicle:
            pairs = {
                (cannabinoid, route)
                for cannabinoid, route in pairs
                if (finding.cannabinoids and cannabinoid not in finding.cannabinoids) or (finding.routes and route not in finding.routes)
            }
    return frozenset(pairs)


def warning_of(finding: Finding, *, refer: bool) -> Warning:
    """The public form of a finding."""
    return Warning(
        rule=finding.id,
        severity=finding.severity.word,
        certainty=finding.certainty,
        kind=finding.kind,
        cleared=finding.cleared,
        because=finding.because,
        cannabinoids=finding.cannabinoids,
        routes=finding.routes,
        effect=finding.wording.effect,
        mechanism=finding.wording.mechanism,
        action=finding.wording.action,
        refer=refer,
        sources=tuple(dict.fromkeys(cited.key for cited in finding.sources)),
        handout=finding.wording.handout,
        direction=finding.direction,
        raised_by=finding.raised_by,
        locators={cited.key: cited.at for cited in finding.sources if cited.at},
        awaiting_review=not finding.origin.is_approved,
    )


def _fired(facts: Facts, setting: Setting, knowledge: Knowledge) -> list[Finding]:
    """Each rule once, with everything that raised it."""
    raised: dict[str, list[str]] = {}
    rules: dict[str, Rule] = {}

    def add(rule: Rule, because: str) -> None:
        rules[rule.id] = rule
        names = raised.setdefault(rule.id, [])
        if because not in names:
            names.append(because)

    for ingredient, classes in facts.ingredients.items():
        for rule in knowledge.rules_by_ingredient.get(ingredient, ()):
            add(rule, ingredient)
        for name in classes:
            for rule in knowledge.rules_by_class.get(name, ()):
                if ingredient not in rule.excepted and not rule.excepted.intersection(classes):
                    add(rule, ingredient)
    for name in facts.class_only:
        for rule in knowledge.rules_by_class.get(name, ()):
            add(rule, name)
    for term in sorted(facts.terms):
        for rule in knowledge.rules_by_term.get(term, ()):
            if rule.id != CARRIER_RULE:  # judged by the products' ingredients, see _allergies
                add(rule, facts.said_as.get(term, term))
    for rule in knowledge.rules_by_age:
        if rule.age is not None and facts.of_age(rule.age):
            add(rule, "age")
    found = [_finding(rules[id], tuple(names), facts, setting) for id, names in raised.items()]
    return [finding for finding in found if finding is not None]


def _finding(rule: Rule, because: tuple[str, ...], facts: Facts, setting: Setting) -> Finding | None:
    """The rule as it stands for this patient; None where what it is about is not asked about."""
    if rule.only_if is not None and not facts.holds(rule.only_if):
        return None
    if rule.cannabinoids and not set(rule.cannabinoids) & set(setting.cannabinoids):
        return None
    severity, raised_by = rule.severity, []
    about = because[0] if len(because) == 1 else ""
    for step in rule.raised:
        if facts.holds(step.when, about=about):
            if step.severity > severity:
                severity = step.severity
            raised_by.append(step.why)
    routes = rule.routes
    if not routes and rule.kind == "interaction":
        routes = tuple(route for route in setting.considered if route != "topical" or not setting.local_only)
        if setting.local_only:
            routes = ("topical",)
            severity = Severity(max(Severity.MINOR, severity - LOCAL_STEPS_DOWN))
    elif routes and not set(routes) & set(setting.considered):
        return None
    elif not routes and setting.local_only and rule.excludes not in ("all",) and not rule.no_product and rule.cannabinoids:
        severity = Severity(max(Severity.MINOR, severity - LOCAL_STEPS_DOWN))
    if rule.vehicle and not setting.has_shelf and rule.unknown_severity is not None:
        severity = rule.unknown_severity
    return Finding(
        id=rule.id,
        kind=rule.kind,
        origin=rule.origin,
        direction=rule.direction,
        severity=severity,
        certainty=rule.certainty,
        wording=rule.wording,
        because=because,
        cannabinoids=rule.cannabinoids,
        routes=routes,
        sources=rule.sources,
        refer=rule.refer if severity < Severity.MAJOR or rule.refer != "tell" else "first",
        refer_to=rule.refer_to,
        urgency=rule.urgency,
        excludes=rule.excludes if severity == Severity.CONTRAINDICATED or rule.severity != Severity.CONTRAINDICATED else "",
        vehicle=rule.vehicle,
        lower_first_dose=rule.lower_first_dose,
        no_product=rule.no_product,
        unknown_severity=rule.unknown_severity,
        cleared_severity=rule.cleared_severity,
        raised_by=tuple(raised_by),
    )


def _merge_sedation(findings: list[Finding], facts: Facts, knowledge: Knowledge) -> list[Finding]:
    """Two or more sedating medicines give one warning: strong with any other is major; two weak ones are
    moderate, major at 65 or over or with lung disease or sleep apnoea (reference: interactions 1.11)."""
    family = [f for f in findings if (rule := knowledge.rules.get(f.id)) and rule.adds_up]
    names = tuple(dict.fromkeys((*facts.strong, *facts.weak)))
    merged = next(iter(knowledge.merged.values()), None)
    if len(names) < 2 or not family or merged is None:
        return findings
    frail = (facts.age is not None and facts.age >= 65) or bool(facts.terms & {"lung-disease", "sleep-apnea"})
    severity = Severity.MAJOR if facts.strong or frail else Severity.MODERATE
    lowered = min(f.routes == ("topical",) for f in family)
    if lowered:
        severity = Severity(max(Severity.MINOR, severity - LOCAL_STEPS_DOWN))
    severity = max([severity, *(f.severity for f in family)])
    rest = [f for f in findings if f not in family]
    because = tuple(sorted(dict.fromkeys(n for f in family for n in f.because) | dict.fromkeys(names)))
    return [*rest, _merged_finding(merged, family, because, severity, knowledge)]


def _merged_finding(
    merged: Merged, family: list[Finding], because: tuple[str, ...], severity: Severity, knowledge: Knowledge
) -> Finding:
    shown = [knowledge.name_of(name) for name in because]
    names = ", ".join(shown[:-1]) + f" and {shown[-1]}"

    def fill(text: str) -> str:
        filled = text.replace("{names}", names)
        return filled[:1].upper() + filled[1:]

    wording = merged.wording
    sources = tuple(dict.fromkeys((*merged.sources, *(cited for f in family for cited in f.sources))))
    routes = tuple(route for route in ROUTES if any(route in f.routes for f in family))
    return Finding(
        id=merged.id,
        kind="interaction",
        origin=merged.origin,
        direction="additive",
        severity=severity,
        certainty=min(f.certainty for f in family),
        wording=Wording(fill(wording.effect), fill(wording.action), fill(wording.mechanism), fill(wording.handout)),
        because=because,
        cannabinoids=merged.cannabinoids,
        routes=routes,
        sources=sources,
        refer="first" if severity >= Severity.MAJOR else "tell",
        refer_to=merged.refer_to,
        urgency=Urgency.THIS_WEEK,
        excludes="",
        vehicle="",
        lower_first_dose=True,
        no_product=False,
        cleared_severity=merged.cleared_severity,
        raised_by=tuple(dict.fromkeys(why for f in family for why in f.raised_by)),
    )


def _allergies(resolved: Resolved, facts: Facts, setting: Setting, shelf: Shelf, knowledge: Knowledge) -> list[Finding]:
    """One finding for all carrier allergies; each product's own reason is `carrier_reason`."""
    concerned = [
        pair for pair in resolved.allergens if not shelf.items or any(carrier_reason(item, (pair,), knowledge) for item in shelf.items)
    ]
    rule = knowledge.rules.get(CARRIER_RULE)
    if not concerned or rule is None:
        return []
    finding = _finding(rule, tuple(dict.fromkeys(id for id, _ in concerned)), facts, setting)
    return [] if finding is None else [replace(finding, vehicle="carrier")]


def carrier_reason(item: ShelfItem, allergens: Iterable[tuple[str, tuple[str, ...]]], knowledge: Knowledge) -> str:
    """Why a product is out for an allergy, or "". Inhaled flower without stated ingredients has no carrier."""
    for id, words in allergens:
        name = knowledge.name_of(id)
        if item.ingredients is None:
            if item.form in ("flower", "pre-roll"):
                continue
            return f"Ingredients are not stated: with an allergy ({name.lower()}) ask, do not assume"
        text = " ".join(item.ingredients).casefold()
        if any(re.search(rf"\b{re.escape(word.casefold())}", text) for word in words):
            return f"Contains what the patient is allergic to ({name.lower()})"
    return ""


def _clear(finding: Finding, intake: Intake, on: date) -> Finding:
    """Mark a finding as cleared where a recorded answer still holds for just these medicines and routes."""
    for clearance in intake.clearances:
        if clearance.rule != finding.id or clearance.on > on or (clearance.until is not None and clearance.until < on):
            continue
        if clearance.because and not set(finding.because) <= set(clearance.because):
            continue
        if clearance.routes and intake.routes and not set(intake.routes) <= set(clearance.routes):
            continue
        if finding.no_product:
            continue
        limit = clearance.max_thc_mg if clearance.max_thc_mg is not None else limit_said(clearance.said)
        severity = finding.severity if finding.cleared_severity is None else min(finding.severity, finding.cleared_severity)
        return replace(finding, severity=severity, cleared_by=replace(clearance, max_thc_mg=limit))
    return finding


def _agreed(condition: str, intake: Intake, on: date) -> bool:
    """Whether a clinician's agreement to this condition is on record and still holds."""
    return any(c.rule == condition and c.on <= on and (c.until is None or on <= c.until) for c in intake.clearances)


def limit_said(said: str) -> float | None:
    """The most mg a recorded answer allows: "2.5 mg oral at most" is 2.5; None where it names no limit."""
    match = re.search(r"(\d+(?:[.,]\d+)?)\s*mg\b(?=.*\b(?:most|max|maximum|limit|less|below|exceed)\b)", said, re.IGNORECASE)
    match = match or re.search(r"\b(?:most|max(?:imum)?|limit|up to|no more than|not more than)\D{0,20}?(\d+(?:[.,]\d+)?)\s*mg\b", said, re.I)
    return float(match.group(1).replace(",", ".")) if match else None


def _red_flags(facts: Facts, knowledge: Knowledge) -> tuple[list[AdvisedReferral], list[str], str]:
    referrals, stops, text = [], [], ""
    for flag in sorted(knowledge.red_flags, key=lambda flag: (-flag.urgency, flag.id)):
        because: list[str] = []
        for names in flag.all_of:
            met = [found for name in sorted(names) for found in _met(name, facts)]
            if not met:
                break
            because += met
        else:
            referrals.append(
                AdvisedReferral(flag.urgency.word, flag.to, flag.reason, tuple(dict.fromkeys(because)), _keys(flag.sources), flag.say)
            )
            if flag.urgency >= Urgency.SAME_DAY:
                stops.append(flag.id)
                text = text or flag.reason
    return referrals, stops, text


def _met(name: str, facts: Facts) -> list[str]:
    """What of the patient meets one requirement of a red flag: a term, or "statin:class", "x:ingredient", "pain:group"."""
    plain, _, kind = name.partition(":")
    if kind == "class":
        named = [i for i, classes in facts.ingredients.items() if plain in classes]
        return named + [plain] * (plain in facts.class_only)
    if kind == "ingredient":
        return [plain] if plain in facts.ingredients else []
    if kind == "group":
        return [plain] if plain in facts.groups else []
    return [plain] if plain in facts.terms else []


def _program(intake: Intake, knowledge: Knowledge, on: date) -> tuple[list[str], list[Finding]]:
    """An expired certification or caregiver card stops the sale; one that ends soon is said."""
    card = intake.certification
    if card is None:
        return [], []
    stops, findings = [], []
    for id, day in (("certification-expired", card.expires), ("caregiver-expired", card.caregiver_expires)):
        if day is None:
            continue
        program = knowledge.program[id]
        if day < on:
            stops.append(id)
            findings.append(_program_finding(id, program.text, program.origin, program.sources, Severity.CONTRAINDICATED))
        elif (day - on).days <= 60 and id == "certification-expired" and "certification-expiring" in knowledge.program:
            soon = knowledge.program["certification-expiring"]
            findings.append(_program_finding(soon.id, soon.text, soon.origin, soon.sources, Severity.MINOR))
    return stops, findings


def _program_finding(id: str, text: str, origin: Origin, sources: tuple[Cited, ...], severity: Severity) -> Finding:
    return Finding(
        id=id, kind="program", origin=origin, direction="patient", severity=severity, certainty="A",
        wording=Wording(text, text, "Programme rule, not a medical finding.", text), because=(id,), cannabinoids=(), routes=(),
        sources=sources, refer="no", refer_to="pharmacist", urgency=Urgency.ROUTINE,
        excludes="all" if severity is Severity.CONTRAINDICATED else "", vehicle="", lower_first_dose=False, no_product=False,
    )  # fmt: skip


def _unrecognised(resolved: Resolved, facts: Facts, setting: Setting, knowledge: Knowledge) -> tuple[Unrecognised, ...]:
    """Say of each unclear medicine how bad its worst candidate would be."""
    out = []
    for unread in resolved.unrecognised:
        worst: Severity | None = None
        for name in unread.nearest if unread.field == "medicines" else ():
            entry = knowledge.medicines.find(name)
            if entry is None:
                continue
            also = {i: knowledge.medicines.classes_of([i]) for i in entry.ingredients}
            supposed = replace(
                facts,
                ingredients={**facts.ingredients, **also},
                classes=facts.classes | {c for classes in also.values() for c in classes} | set(entry.classes),
            )
            for finding in _fired(supposed, setting, knowledge):
                if set(finding.because) & set(also):
                    worst = finding.severity if worst is None else max(worst, finding.severity)
        out.append(replace(unread, worst=worst.word) if worst is not None else unread)
    return tuple(out)


def _unread_referral(unrecognised: Iterable[Unrecognised]) -> list[AdvisedReferral]:
    said = tuple(u.said for u in unrecognised if u.field == "medicines")
    if not said:
        return []
    listed = ", ".join(f"“{name}”" for name in said[:10])
    reason = f"Not checked, because nobody could identify it: {listed}. A pharmacist must say what it is before any sale."
    return [AdvisedReferral(Urgency.THIS_WEEK.word, "pharmacist", reason, said, (HOUSE,))]


def _referral(referral: Referral, because: tuple[str, ...], sources: tuple[Cited, ...]) -> AdvisedReferral:
    return AdvisedReferral(referral.urgency.word, referral.to, referral.reason, because, _keys(sources) or (HOUSE,))


def _keys(sources: Iterable[Cited]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited.key for cited in sources))


def _merge_referrals(referrals: Iterable[AdvisedReferral]) -> list[AdvisedReferral]:
    """Most urgent first, the same reason to the same person once."""
    order = {urgency.word: -urgency for urgency in Urgency}
    seen = {(r.to, r.reason): r for r in referrals}
    return sorted(seen.values(), key=lambda r: (order[r.urgency], r.to, r.reason))
