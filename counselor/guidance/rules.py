"""Which rules this patient raises, and how severe each is here."""

from __future__ import annotations

from dataclasses import replace

from .findings import Finding, Setting, lowered
from .knowledge import Knowledge, Rule, Severity
from .merging import merged_finding
from .resolve import Facts

UNNAMED = "class-unnamed"
CARRIER_RULE = "carrier-allergy"


def fired(facts: Facts, setting: Setting, knowledge: Knowledge) -> list[Finding]:
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
    found = [finding_of(rules[id], tuple(names), facts, setting) for id, names in raised.items()]
    unnamed = []
    for name in facts.class_only:
        spoken_for = {
            cannabinoid
            for id, names in raised.items()
            if name in names and rules[id].kind == "interaction"
            for cannabinoid in rules[id].cannabinoids or setting.cannabinoids
        }
        about = tuple(c for c in setting.cannabinoids if c not in spoken_for)
        if (finding := _unnamed(name, about, setting, knowledge)) is not None:
            unnamed.append(finding)
    worst = max(unnamed, key=lambda f: f.severity, default=None)
    if worst is not None:
        worst = replace(worst, because=tuple(name for f in unnamed for name in f.because))
    return [finding for finding in (*found, worst) if finding is not None]


def _unnamed(name: str, open_for: tuple[str, ...], setting: Setting, knowledge: Knowledge) -> Finding | None:
    """A class word no rule is about ("seizure medicine"): as severe as the worst its members could raise.

    `open_for`: the cannabinoids of which no rule on the class itself speaks.
    """
    wording = knowledge.merged.get(UNNAMED)
    members = [entry for entry in knowledge.medicines.ingredients.values() if name in entry.classes]
    worst: Severity | None = None
    cannabinoids: set[str] = set()
    for entry in members:
        rules = [*knowledge.rules_by_ingredient.get(entry.name, ())]
        rules += [
            rule
            for each in entry.classes
            for rule in knowledge.rules_by_class.get(each, ())
            if entry.name not in rule.excepted and not rule.excepted.intersection(entry.classes)
        ]
        for rule in rules:
            about = set(rule.cannabinoids or open_for) & set(open_for)
            if rule.kind != "interaction" or rule.only_if is not None or rule.vehicle or not about:
                continue
            if worst is None or rule.severity > worst:
                worst, cannabinoids = rule.severity, about
            elif rule.severity == worst:
                cannabinoids |= about
    if wording is None or worst is None or worst is Severity.MINOR:
        return None
    if setting.local_only:
        worst = lowered(worst)
    shared = tuple(c for c in open_for if c in cannabinoids)
    return merged_finding(
        wording, [], (name,), worst, knowledge, cannabinoids=shared, routes=setting.considered
    )


def finding_of(rule: Rule, because: tuple[str, ...], facts: Facts, setting: Setting) -> Finding | None:
    """The rule as it stands for this patient; None where what it is about is not asked about."""
    if rule.only_if is not None and not facts.holds(rule.only_if):
        return None
    if rule.cannabinoids and not set(rule.cannabinoids) & set(setting.cannabinoids):
        return None
    severity, raised_by = rule.severity, []
    about = because[0] if len(because) == 1 else ""
    for step in rule.raised:
        if facts.holds(step.when, about=about, raised_by=len(because), cbd_mg_per_day=setting.cbd_mg_per_day):
            severity = max(severity, step.severity)
            raised_by.append(step.why)
    routes = rule.routes
    if not routes and rule.kind == "interaction":
        routes = setting.considered
        if setting.local_only:
            routes = ("topical",)
            severity = lowered(severity)
    elif routes and not set(routes) & set(setting.considered):
        return None
    elif (
        not routes
        and setting.local_only
        and rule.excludes not in ("all",)
        and not rule.no_product
        and rule.cannabinoids
    ):
        severity = lowered(severity)
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
        excludes=rule.excludes
        if severity == Severity.CONTRAINDICATED or rule.severity != Severity.CONTRAINDICATED
        else "",
        vehicle=rule.vehicle,
        lower_first_dose=rule.lower_first_dose,
        no_product=rule.no_product,
        unknown_severity=rule.unknown_severity,
        cleared_severity=rule.cleared_severity,
        raised_by=tuple(raised_by),
    )
