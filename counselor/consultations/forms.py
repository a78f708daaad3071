"""Reading the intake page. Nothing is refused: a draft keeps what was typed, problems stand at the field."""

from __future__ import annotations

import re
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from counselor.consultations.sheet import (
    BENEFITS,
    EXPERIENCES,
    MEASURES,
    NEWS,
    PRESENT,
    ROUTES,
    TOPICS,
    Sheet,
    lines,
)
from counselor.web.forms import tidy

MORE = 20


def read_sheet(form: MultiDict[str, str], before: Sheet) -> Sheet:
    """The sheet as the form has it; what the form does not carry stays as it was."""
    form = MultiDict((name, tidy(value)) for name, value in form.items(multi=True))
    routes = tuple(dict.fromkeys(route for route in form.getlist("routes") if route in ROUTES))
    sheet = replace(
        before,
        conditions=lines(form.get("conditions", "")),
        medicines=lines(form.get("medicines", "")),
        history=lines(form.get("history", "")),
        symptoms=lines(form.get("symptoms", "")),
        goals=lines(form.get("goals", "")),
        allergies=lines(form.get("allergies", "")),
        routes=routes,
        experience=_one_of(form.get("experience", ""), EXPERIENCES),
        current_route=_one_of(form.get("current_route", ""), ROUTES),
        current_thc=form.get("current_thc", "").strip()[:40],
        current_cbd=form.get("current_cbd", "").strip()[:40],
        current_last=form.get("current_last", "").strip()[:40],
        topics={topic: said for topic in TOPICS if (said := form.get(f"topic-{topic}", "")) in ("yes", "no")},
        details={topic: said for topic in TOPICS if (said := form.get(f"detail-{topic}", "").strip()[:300])},
        present=tuple(who for who in PRESENT if who in form.getlist("present")),
        measure=_one_of(form.get("measure", ""), MEASURES),
        baseline=form.get("baseline", "").strip()[:20],
        now=form.get("now", "").strip()[:20],
        weeks=form.get("weeks", "").strip()[:20],
        note=form.get("note", "")[:4000],
    )
    if before.copied:
        sheet = replace(sheet, news=_read_news(form))
    return _press(form, sheet)


def read_version(form: MultiDict[str, str]) -> int:
    """The version the page was made from; 0 where it is missing or no number."""
    said = form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def read_packages(form: MultiDict[str, str], place: str) -> int | None:
    """How many packages of the offer at `place`, from 1 to 99; None for anything else."""
    said = form.get(f"packages|{place}", "1").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 2 and int(said) >= 1 else None


def _press(form: MultiDict[str, str], sheet: Sheet) -> Sheet:
    """Buttons that belong to the sheet: a spelling confirmed or refused, a product asked about, a longer
    list."""
    said = form.get("confirm", "")
    if said:
        sheet = replace(
            sheet,
            confirmed=tuple(dict.fromkeys([*sheet.confirmed, said[:300]])),
            refused=tuple(one for one in sheet.refused if one != said),
        )
    if said := form.get("refuse", ""):
        sheet = replace(
            sheet,
            refused=tuple(dict.fromkeys([*sheet.refused, said[:300]])),
            confirmed=tuple(one for one in sheet.confirmed if one != said),
        )
    if said := form.get("consider", "").strip():
        sheet = replace(sheet, consider=tuple(dict.fromkeys([*sheet.consider, said[:80]]))[-20:])
    if said := form.get("unconsider", ""):
        sheet = replace(sheet, consider=tuple(one for one in sheet.consider if one != said))
    if form.get("more"):
        sheet = replace(sheet, limit=min(sheet.limit + MORE, 100))
    said, _, name = form.get("pick", "").partition("|")
    if said and name:
        sheet = replace(
            sheet, medicines=lines("\n".join(_picked(one, said, name) for one in sheet.medicines))
        )
    if said := form.get("put_back", ""):
        back = next((one.said for one in sheet.removed if one.said == said), None)
        if back is not None:
            sheet = replace(
                sheet,
                medicines=(*sheet.medicines, back),
                removed=tuple(one for one in sheet.removed if one.said != back),
            )
    return sheet


def _picked(line: str, said: str, name: str) -> str:
    """The entry with what was said replaced by the medicine's name; a dose after it stays."""
    if said not in line:
        return line
    dose = re.search(r"\s\d.*$", said)
    return line.replace(said, f"{name}{dose.group()}" if dose else name)


def _read_news(form: MultiDict[str, str]) -> dict[str, str]:
    answers = {
        "medicines": ("same", "changed"),
        "illness": ("yes", "no"),
        "harm": ("yes", "no"),
        "benefit": BENEFITS,
    }
    news = {name: said for name in NEWS if (said := form.get(f"news-{name}", "")) in answers[name]}
    for name in ("illness_text", "harm_text"):
        if said := form.get(f"news-{name}", "").strip()[:300]:
            news[name] = said
    return news


def _one_of(said: str, known: tuple[str, ...]) -> str:
    return said if said in known else ""
