"""The loader refuses what cannot be relied on, and says where: one broken copy of the knowledge each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counselor import places
from counselor.guidance.knowledge import Knowledge, Review
from counselor.guidance.lines import located
from counselor.guidance.loader import Fault, KnowledgeError, load

from .conftest import TODAY

Break = Callable[[str], str]


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(places.seed() / "knowledge", tmp_path / "knowledge"))


def broken(tmp_path: Path, file: str, change: Break) -> tuple[str, list[str]]:
    """Load a copy of the knowledge with one file changed; gives what is said, and the file's lines."""
    copy = copied(tmp_path)
    path = copy / file
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the case does not change its file"
    path.write_text(after, encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load(copy)
    return str(refused.value), after.splitlines()


def first(pattern: str, by: str) -> Break:
    return lambda text: re.sub(pattern, by, text, count=1, flags=re.MULTILINE)


def appended(text: str) -> Break:
    return lambda before: f"{before}\n{text}\n"


def row(table: str, base: dict[str, str], **changes: str | None) -> Break:
    """One more row of a table, whole but for what `changes` breaks; None takes a field away."""
    fields = {name: value for name, value in {**base, **changes}.items() if value is not None}
    lines = [f"{name} = {value}" for name, value in fields.items()]
    return appended("\n".join([f"[[{table}]]", *lines]))


HOUSE = '[{ key = "house-policy", at = "" }]'
REVIEW = '{ written = 2026-11-22, checked_by = "", next = 2027-11-22 }'
RULE = {
    "id": '"odd"', "kind": '"interaction"', "direction": '"additive"', "classes": '["opioid"]',
    "cannabinoids": '["THC"]', "severity": '"minor"', "certainty": '"C"', "refer": '"no"', "effect": '"a"',
    "action": '"b"', "mechanism": '"c"', "handout": '"d"', "sources": HOUSE,
}  # fmt: skip
FLAG = {
    "id": '"odd"', "all_of": '[["dark-urine"]]', "urgency": '"emergency"', "to": '"911"', "reason": '"a"',
    "say": '"b"', "sources": HOUSE,
}  # fmt: skip
TERM = {"id": '"odd"', "name": '"Odd"', "kind": '"history"', "synonyms": '["oddly odd"]'}
EVIDENCE = {
    "id": '"odd"', "condition": '"chronic-pain"', "route": '"edible"', "administration": '"any"',
    "profile": '"any"', "ratio": "{ any = true }", "symptom": '"pain"', "grade": '"limited"',
    "direction": '"for"', "statement": '"a"', "handout": '"b"', "sources": HOUSE,
}  # fmt: skip
CONDITION = {
    "id": '"odd"', "name": '"Odd"', "icd10": '["R99"]', "icd10_accepted": "[]", "synonyms": '["oddly odd"]',
    "group": '"other"', "central": "true", "measure": '"pain-nrs"', "sources": HOUSE,
}  # fmt: skip
COUNSEL = {
    "id": '"odd"', "topic": '"odd"', "when": "{ always = true }", "text": '"a"', "handout": '"b"',
    "sources": HOUSE,
}  # fmt: skip
DOSE = {"id": '"odd"', "for": '"odd"', "text": '"a"', "sources": HOUSE}
ONSET = {
    "administration": '"swallowed"', "onset": '"a"', "peak": '"a"', "lasts": '"a"', "next_dose": '"a"',
    "onset_minutes": "[1, 2]", "peak_minutes": "[1, 2]", "lasts_minutes": "[1, 2]", "sources": HOUSE,
}  # fmt: skip
SOURCE = {
    "key": '"lonely"', "citation": '"L"', "url": '""', "kind": '"trial"', "checked": '"abstract"',
}  # fmt: skip

# what is broken -> the file, how, a line of it that the fault must point at (its last occurrence), and the
# exact words after the line number
CASES: dict[str, tuple[str, Break, str, str]] = {
    "a missing field": ("red-flags.toml", row("red_flag", FLAG, say=None), "[[red_flag]]", "odd: lacks say"),
    "an empty field": ("red-flags.toml", row("red_flag", FLAG, reason='" "'), 'reason = " "',
                       "odd: reason is empty"),
    "a field too many": ("red-flags.toml", row("red_flag", FLAG, reasons='"x"'), 'reasons = "x"',
                         "odd: has the field reasons, which a red_flag does not have"),
    "a field of another kind": ("red-flags.toml", row("red_flag", FLAG, say="7"), "say = 7",
                                "odd: say is not a str"),
    "yes where a number belongs": ("doses.toml", row("dose", DOSE, mg="true"), "mg = true",
                                   "odd: mg is not a number"),
    "a statement without id": ("red-flags.toml", row("red_flag", FLAG, id=None), "[[red_flag]]",
                               "a red_flag without id: lacks id"),
    "an unknown severity": ("causes.toml", row("rule", RULE, severity='"awful"'), 'severity = "awful"',
                            "odd: severity is 'awful', not one of minor, moderate, major, contraindicated"),
    "an unknown urgency": ("red-flags.toml", row("red_flag", FLAG, urgency='"soon"'), 'urgency = "soon"',
                           "odd: urgency is 'soon', not one of routine, this-week, same-day, emergency"),
    "an unknown certainty": ("causes.toml", row("rule", RULE, certainty='"D"'), 'certainty = "D"',
                             "odd: certainty is 'D', not one of A, B, C"),
    "an unknown cannabinoid": ("causes.toml", row("rule", RULE, cannabinoids='["CBX"]'),
                               'cannabinoids = ["CBX"]', "odd: cannabinoids is ['CBX'], not one of THC, CBD"),
    "an unknown grade": ("evidence/pain.toml", row("evidence", EVIDENCE, grade='"great"'), 'grade = "great"',
                         "odd: grade is 'great', not one of none-or-insufficient, limited, moderate,"
                         " substantial, conclusive"),
    "a list that holds no words": ("causes.toml", row("rule", RULE, terms="[1]"), "terms = [1]",
                                   "odd: terms holds something that is no word"),
    "a raise that is no table": ("causes.toml", row("rule", RULE, raised='["x"]'), 'raised = ["x"]',
                                 "odd: raised is not a table"),
    "a raise without circumstances": ("causes.toml", row("rule", RULE, raised='[{ severity = "major" }]'),
                                      "[[rule]]", "odd: lacks when"),
    "one minute where two belong": ("routes.toml", row("onset", ONSET, onset_minutes="[1]"), "[[onset]]",
                                    "swallowed: has a field of the wrong shape (ValueError: not enough"
                                    " values to unpack (expected 2, got 1))"),
    "a recency without days": ("terms.toml", row("term", TERM, recent='{ id = "copd" }'), "[[term]]",
                               "odd: has a field of the wrong shape (KeyError: 'within_days')"),
    "a statement without source": ("doses.toml", row("dose", DOSE, sources="[]"), "sources = []",
                                   "odd: names no source"),
    "a source nobody wrote down": ("doses.toml", row("dose", DOSE, sources='["nobody-1999"]'),
                                   'sources = ["nobody-1999"]',
                                   "odd: cites 'nobody-1999', which no source table has"),
    "a source nobody cites": ("sources/evidence.toml", row("source", SOURCE), 'key = "lonely"',
                              "lonely: is cited by no statement"),
    "a source that was read in no known way": ("sources/evidence.toml",
                                               row("source", SOURCE, checked='"skimmed"'),
                                               'checked = "skimmed"',
                                               "lonely: checked is 'skimmed', not one of abstract,"
                                               " label-text, full-text, reference-list, house"),
    "two statements with one id": ("doses.toml", appended("\n".join(
                                   f'[[dose]]\nid = "twice"\nfor = "odd"\ntext = "a"\nsources = {HOUSE}'
                                   for _ in range(2))), "[[dose]]", "twice: a second dose with this id"),
    "a review without its day": ("causes.toml",
                                 row("rule", RULE, review='{ written = 2026-11-22, checked_by = "" }'),
                                 'review = { written = 2026-11-22, checked_by = "" }',
                                 "odd: has no review with written, checked_by and next"),
    "a rule that can never fire": ("causes.toml", row("rule", RULE, classes=None), 'id = "odd"',
                                   "odd: can never fire: it names no class, ingredient, term or age"),
    "a rule about an unknown class": ("causes.toml", row("rule", RULE, classes='["wonder-drug"]'),
                                      'classes = ["wonder-drug"]',
                                      "odd: names the class 'wonder-drug', which does not exist"),
    "a rule about an unknown medicine": ("causes.toml", row("rule", RULE, ingredients='["glorbizol"]'),
                                         'ingredients = ["glorbizol"]',
                                         "odd: names the ingredient 'glorbizol', which does not exist"),
    "a rule about an unknown term": ("causes.toml", row("rule", RULE, terms='["wibbled"]'),
                                     'terms = ["wibbled"]',
                                     "odd: names the term 'wibbled', which does not exist"),
    "an exception for nobody": ("causes.toml", row("rule", RULE, **{"except": '["glorbizol"]'}),
                                'except = ["glorbizol"]',
                                "odd: names the ingredient 'glorbizol', which does not exist"),
    "circumstances nobody knows": ("causes.toml", row("rule", RULE, only_if='{ terms = ["wibbled"] }'),
                                   'only_if = { terms = ["wibbled"] }',
                                   "odd: names the term 'wibbled', which does not exist"),
    "a family without words": ("causes.toml", row("rule", RULE, adds_up='"dizziness"'),
                               'adds_up = "dizziness"',
                               "odd: adds up as dizziness, which has no merged wording"),
    "a red flag about nothing known": ("red-flags.toml", row("red_flag", FLAG, all_of='[["wibbled"]]'),
                                       'all_of = [["wibbled"]]',
                                       "odd: needs 'wibbled', which does not exist"),
    "a red flag about no class": ("red-flags.toml", row("red_flag", FLAG, all_of='[["wibbled:class"]]'),
                                  'all_of = [["wibbled:class"]]',
                                  "odd: needs 'wibbled:class', which does not exist"),
    "counsel about no term": ("counsel.toml", row("counsel", COUNSEL, when='{ terms = ["wibbled"] }'),
                              'when = { terms = ["wibbled"] }',
                              "odd: names the term 'wibbled', which does not exist"),
    "a term that leads nowhere": ("terms.toml", row("term", TERM, implies='["wibbled"]'),
                                  'implies = ["wibbled"]',
                                  "odd: leads to the term 'wibbled', which does not exist"),
    "a term that counts as no medicine": ("terms.toml", row("term", TERM, ingredient='"glorbizol"'),
                                          'ingredient = "glorbizol"',
                                          "odd: counts as the ingredient 'glorbizol', which ingredients.csv"
                                          " does not know"),
    "words that mean two things": ("terms.toml", row("term", TERM, synonyms='["copd"]'), 'id = "odd"',
                                   "odd: the words 'copd' already mean lung-disease"),
    "a term that is a condition too": ("terms.toml", row("term", TERM, id='"chronic-pain"', synonyms="[]"),
                                       'id = "chronic-pain"', "chronic-pain: is both a term and a condition"),
    "an allergen that is no term": ("allergens.toml",
                                    appended('[[allergen]]\nid = "wibbled"\nwords = ["wib"]'),
                                    'id = "wibbled"', "wibbled: is no term"),
    "a condition without evidence": ("conditions.toml", row("condition", CONDITION), 'id = "odd"',
                                     "odd: no evidence statement for the route smoked"),
    "a condition that becomes nothing": ("conditions.toml",
                                         row("condition", CONDITION, becomes='{ epilepsy = "wibbled" }'),
                                         'becomes = { epilepsy = "wibbled" }',
                                         "odd: becomes 'wibbled' with 'epilepsy': one of them does not"
                                         " exist"),
    "a condition in no group": ("conditions.toml", row("condition", CONDITION, group='"noses"'),
                                'group = "noses"',
                                "odd: group is 'noses', not one of spasticity, myoclonus, cramps, pain,"
                                " epilepsy, movement, other"),
    "evidence about no condition": ("evidence/pain.toml", row("evidence", EVIDENCE, condition='"glorbitis"'),
                                    'condition = "glorbitis"',
                                    "odd: is about 'glorbitis', which is no condition"),
    "a table nobody knows": ("doses.toml", appended('[[dosis]]\nid = "x"'), "",
                             "dosis: is no table that the loader knows"),
    "a version without name": ("version.toml", first(r"^name = .*$", ""), "", "states no name"),
    "a class without members": ("medicines/classes.csv", appended("empty-class,Empty,Empties,,").__call__,
                                "empty-class,Empty,Empties,,", "empty-class: has no member"),
    "a brand of an unknown medicine": ("medicines/names.csv", appended("Glorb,glorbizol,brand,,3,,yes"),
                                       "Glorb,glorbizol,brand,,3,,yes",
                                       "Glorb: names the ingredient glorbizol, which ingredients.csv does"
                                       " not know"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_loader_refuses_and_says_file_line_and_statement(case: str, tmp_path: Path) -> None:
    file, change, at, words = CASES[case]
    said, lines = broken(tmp_path, file, change)
    line = max((number for number, text in enumerate(lines, start=1) if text == at), default=0) if at else 0
    assert not at or line, f"the broken file has no line {at!r}"
    expected = f"{file}:{line}: {words}" if line else f"{file}: {words}"
    assert expected in said.splitlines(), said


@pytest.mark.parametrize(
    ("file", "change", "parts"),
    [
        ("doses.toml", lambda _: "name = 1\n[[dose]\n", ["doses.toml:2: cannot be read as TOML"]),
        ("doses.toml", lambda _: "dose = [1]", ["doses.toml: dose: is no table that the loader knows"]),
        ("doses.toml", lambda text: "[dose]\n", ["doses.toml: dose: is no table that the loader knows"]),
        (
            "doses.toml",
            first(r"^checked_by = .*$", ""),
            ["has no review with written, checked_by and next", "doses.toml:"],
        ),
        (
            "doses.toml",
            first(r'^for = "thc-first"$', 'for = "elsewhere"'),
            ["thc-first: no dose is stated for this purpose"],
        ),
        (
            "routes.toml",
            first(r'^administration = "local"$', 'administration = "swallowed"'),
            ["local: no onset is stated for this administration"],
        ),
        (
            "program.toml",
            first(r'^id = "caregiver-expired"$', 'id = "caregiver-gone"'),
            ["caregiver-expired: is missing"],
        ),
        (
            "medicines/names.csv",
            appended("Glorb,baclofen"),
            ["names.csv:", "has not as many cells as the header"],
        ),
        (
            "evidence/cramps.toml",
            lambda text: re.sub(r'(condition = "muscle-cramp"\nroute = )"topical"', r'\1"edible"', text),
            ["muscle-cramp: no evidence statement for the route topical", "conditions.toml:"],
        ),
    ],
)
def test_the_loader_refuses_a_gap(file: str, change: Break, parts: list[str], tmp_path: Path) -> None:
    said, _ = broken(tmp_path, file, change)
    assert all(part in said for part in parts), said


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    (copy / "medicines" / "names.csv").unlink()
    (copy / "version.toml").unlink()
    with pytest.raises(KnowledgeError) as refused:
        load(copy)
    assert "medicines/names.csv: is missing" in str(refused.value)
    assert "version.toml: states no name" in str(refused.value)


def test_a_header_inside_a_text_of_several_lines_counts_for_nothing(tmp_path: Path) -> None:
    """The line is counted by headers: a text that looks like one must not shift it."""
    text = "\n".join(
        [
            '[[dose]]\nid = "talks"\nfor = "odd"\ntext = """',
            "[[dose]]",
            f'"""\nsources = {HOUSE}',
            f'[[dose]]\nid = "odd"\nfor = "odder"\nsources = {HOUSE}',
        ]
    )
    said, lines = broken(tmp_path, "doses.toml", appended(text))
    headers = [number for number, line in enumerate(lines, start=1) if line == "[[dose]]"]
    assert said == f"doses.toml:{headers[-1]}: odd: lacks text"


def test_tables_inside_a_row_belong_to_it_and_a_text_is_found_without_an_id(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(
        '[[state]]\nid = "one"\n[[state.lines]]\nsay = "not this one"\n'
        '[[state]]\nid = "two"\n[[state.lines]]\nsay = "here it is"\n[[other]]\nsay = "nor this"\n',
        encoding="utf-8",
    )
    for fault, line in (
        (Fault("odd.toml", "two", "x", field="say"), 8),
        (Fault("odd.toml", "two", "x", table="state", number=2, field="say"), 8),
        (Fault("odd.toml", "two-lines", "x", field="here it is"), 8),
        (Fault("odd.toml", "two", "x", field="nowhere"), 6),
        (Fault("odd.toml", "three", "x", field="say"), 0),
    ):
        assert [one.line for one in located(tmp_path, [fault])] == [line]


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    idle, odd = row("rule", RULE, id='"idle"', classes=None), row("rule", RULE, terms='["wibbled"]')
    said, _ = broken(tmp_path, "causes.toml", lambda text: odd(idle(text)))
    assert [line.split(": ")[1] for line in said.splitlines()] == ["idle", "odd"]


def test_the_version_is_the_content(tmp_path: Path, knowledge: Knowledge) -> None:
    copy = copied(tmp_path)
    assert load(copy).version == knowledge.version
    path = copy / "doses.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert load(copy).version != knowledge.version


def reviews(knowledge: Knowledge) -> dict[str, Review]:
    statements = [
        *knowledge.conditions.values(),
        *(e for rows in knowledge.evidence.values() for e in rows),
        *knowledge.rules.values(),
        *knowledge.merged.values(),
        *knowledge.red_flags,
        *knowledge.doses.values(),
        *knowledge.counsel,
        *knowledge.measures.values(),
        *knowledge.program.values(),
        *knowledge.states.values(),
    ]
    found = {}
    for statement in statements:
        assert statement.origin.review is not None, statement.id
        found[statement.id] = statement.origin.review
    return found


def test_no_review_is_overdue_and_none_is_dated_ahead(knowledge: Knowledge) -> None:
    today = max(TODAY, date.today())
    overdue = [
        id for id, review in reviews(knowledge).items() if review.next < today or review.written > today
    ]
    assert overdue == []


def test_no_reviewer_is_invented(knowledge: Knowledge) -> None:
    assert {review.checked_by for review in reviews(knowledge).values()} == {""}
