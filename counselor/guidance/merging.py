"""Dangers that are one danger: what several rules say of one person becomes one warning, and names them all.

A counselor reads one line about five sedating medicines, and none of five lines.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from .findings import NOT_PRESCRIBED, Finding, Setting, listed, lowered, midway
from .knowledge import Knowledge, Merged, Severity, Urgency, Wording
from .resolve import Facts
from .shelf import ROUTES

SEDATION = "sedation"
SEDATIVES = "sedatives-together"


def merge(findings: list[Finding], facts: Facts, setting: Setting, knowledge: Knowledge) -> list[Finding]:
    """The same dangers, each family of them as one warning; what stands alone stays as it is."""
    return _merge_families(_merge_sedation(findings, facts, setting, knowledge), knowledge)


def _merge_families(findings: list[Finding], knowledge: Knowledge) -> list[Finding]:
    """Two rules of a family and of one kind become its merged warning, as severe as the worst of them."""
    families: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        rule = knowledge.rules.get(finding.id)
        if rule is not None and rule.adds_up and rule.adds_up != SEDATION:
            families[rule.adds_up, finding.kind].append(finding)
    wordings = {merged.family: merged for merged in knowledge.merged.values()}
    for (name, kind), family in families.items():
        if len(family) < 2:
            continue
        because = tuple(dict.fromkeys(each for f in family for each in f.because))
        one = merged_finding(wordings[name], family, because, max(f.severity for f in family), knowledge)
        findings = [f for f in findings if f not in family]
        findings.append(
            replace(
                one,
                kind=kind,
                direction=family[0].direction,
                cannabinoids=_together([f.cannabinoids for f in family]),
                routes=_together([f.routes for f in family]),
            )
        )
    return findings


def _together(scopes: list[tuple[str, ...]]) -> tuple[str, ...]:
    """All that is named, in a fixed order; nothing named means everything, and stays so."""
    return () if () in scopes else tuple(sorted({name for scope in scopes for name in scope}))


def _merge_sedation(
    findings: list[Finding], facts: Facts, setting: Setting, knowledge: Knowledge
) -> list[Finding]:
    """Two or more sedating medicines give one warning: strong with any other is major; two weak ones are
    moderate, major at 65 or over or with lung disease or sleep apnea (reference: interactions 1.11).

    The one warning speaks of THC. What a rule of the family says of another cannabinoid stays beside it.
    """
    family = [f for f in findings if (rule := knowledge.rules.get(f.id)) and rule.adds_up == SEDATION]
    names = tuple(dict.fromkeys((*facts.strong, *facts.weak)))
    merged = knowledge.merged.get(SEDATIVES)
    if len(names) < 2 or not family or merged is None:
        return findings
    if not set(merged.cannabinoids) & set(setting.cannabinoids):
        return findings
    others = tuple(c for c in setting.cannabinoids if c not in merged.cannabinoids)
    beside = [
        replace(f, cannabinoids=about)
        for f in family
        if (about := tuple(c for c in others if not f.cannabinoids or c in f.cannabinoids))
    ]
    frail = (facts.age is not None and facts.age >= 65) or bool(facts.terms & {"lung-disease", "sleep-apnea"})
    severity = Severity.MAJOR if facts.strong or frail else Severity.MODERATE
    if all(f.routes == ("topical",) for f in family):
        severity = lowered(severity)
    severity = max([severity, *(f.severity for f in family)])
    rest = [f for f in findings if f not in family]
    because = tuple(sorted(dict.fromkeys(n for f in family for n in f.because) | dict.fromkeys(names)))
    return [*rest, *beside, merged_finding(merged, family, because, severity, knowledge)]


def merged_finding(
    merged: Merged,
    family: list[Finding],
    because: tuple[str, ...],
    severity: Severity,
    knowledge: Knowledge,
    *,
    cannabinoids: tuple[str, ...] | None = None,
    routes: tuple[str, ...] = (),
) -> Finding:
    """One warning in the merged wording, names filled in; family and medicines may be one or many."""
    shown = [midway(knowledge.name_of(name)) for name in because]

    taken = [name for name, id in zip(shown, because, strict=True) if id not in NOT_PRESCRIBED]

    def fill(text: str, named: list[str]) -> str:
        filled = text.replace("{names}", listed(named) or "prescribed medicines")
        return filled[:1].upper() + filled[1:]

    wording = merged.wording
    milder = merged.milder_action if severity < Severity.MAJOR else ""
    sources = tuple(dict.fromkeys((*merged.sources, *(cited for f in family for cited in f.sources))))
    routes = routes or tuple(route for route in ROUTES if any(route in f.routes for f in family))
    return Finding(
        id=merged.id,
        kind="interaction",
        origin=merged.origin,
        direction="additive",
        severity=severity,
        certainty=min((f.certainty for f in family), default="C"),
        wording=Wording(
            fill(wording.effect, shown),
            fill(milder or wording.action, taken),
            fill(wording.mechanism, shown),
            fill(wording.handout, shown),
        ),
        because=because,
        cannabinoids=merged.cannabinoids if cannabinoids is None else cannabinoids,
        routes=routes,
        sources=sources,
        refer="first" if severity >= Severity.MAJOR else "tell",
        refer_to=merged.refer_to,
        urgency=Urgency.THIS_WEEK,
        excludes="",
        vehicle="",
        lower_first_dose=any(f.lower_first_dose for f in family),
        no_product=False,
        cleared_severity=merged.cleared_severity,
        raised_by=tuple(dict.fromkeys(why for f in family for why in f.raised_by)),
    )
