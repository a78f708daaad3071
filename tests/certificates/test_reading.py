"""Reading certificates: four layouts read right, and nothing unreadable becomes anything."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from datetime import date

import pytest

from counselor.certificates.reading import pdf, propose, text_of
from counselor.guidance.profile import ReadAs, Reading, Unit
from counselor.imports.reading.cells import number_of

P, G, S, K = Unit.PERCENT, Unit.MG_PER_G, Unit.MG_PER_SERVING, Unit.MG_PER_PACKAGE
ND, NT, LOQ = ReadAs.NOT_DETECTED, ReadAs.NOT_TESTED, ReadAs.BELOW_LIMIT


def read(content):
    text = text_of(content)
    assert text.problem == ""
    return propose(text.lines)


def readings(proposal):
    """{(analyte, unit): a number, or how it reads with its limit}"""
    return {
        (one.analyte, one.reading.unit): (
            one.reading.value if one.reading.is_number else (one.reading.read_as, one.reading.limit)
        )
        for one in proposal.readings
    }


def test_a_table_with_a_units_column_is_read_line_by_line(papers):
    found = read(papers.percent_with_units_column())
    assert readings(found) == {
        ("THCA", P): 21.45, ("THC", P): 0.62, ("D8THC", P): (ND, None), ("CBDA", P): (LOQ, 0.1),
        ("CBD", P): (ND, None), ("CBGA", P): 0.88, ("CBN", P): (NT, None),
    }  # fmt: skip
    assert (found.product, found.batch) == ("Quiet Creek Flower", "QC-0417")
    assert (found.laboratory, found.certificate_number) == (
        "Redwood Analytical Laboratories", "RAL-24-00917",
    )  # fmt: skip
    assert (found.tested_on, found.expires_on) == (date(2026, 4, 17), date(2027, 4, 17))
    assert found.result == "pass"
    assert (found.unread, found.remarks) == ((), ())


def test_percent_and_mg_per_gram_stay_two_readings_and_labels_may_stand_over_their_values(papers):
    found = read(papers.percent_beside_mg_per_gram())
    told = readings(found)
    assert told["THCA", P] == 0.21
    assert told["THCA", G] == 2.1
    assert told["THC", P] == 78.4
    assert told["CBDA", G] == (ND, None)
    assert len(told) == 10
    assert (found.product, found.batch, found.certificate_number) == (
        "Harbor Vape 0.5 g", "HV-22", "BCL 88123",
    )  # fmt: skip
    assert found.laboratory == "Bay Colony Labs, Inc."
    assert found.tested_on == date(2026, 11, 3)  # completed, not the later day of the report
    assert found.expires_on is None
    assert found.result == "pass"


def test_units_on_a_line_under_the_headings_are_kept_apart(papers):
    found = read(papers.per_serving_and_container())
    told = readings(found)
    assert (told["THC", G], told["THC", S], told["THC", K]) == (1.19, 4.96, 99.2)
    assert (told["CBD", S], told["CBN", S]) == (5.02, 1.0)
    assert told["THCA", S] == (ND, None)
    # the limit is stated in mg per gram: of the other units it says nothing
    assert told["CBDA", G] == (LOQ, 0.05)
    assert told["CBDA", S] == (LOQ, None)
    assert found.expires_on == date(2027, 2, 28)


def test_two_tables_side_by_side_do_not_mix_and_pesticides_are_none_of_ours(papers):
    found = read(papers.two_tables_side_by_side())
    assert readings(found) == {
        ("THC", P): 1.02, ("CBD", P): 0.987, ("THCA", P): (ND, None), ("CBDA", P): (LOQ, 0.01),
        ("THCV", P): 0.011, ("CBG", P): 0.044, ("CBC", P): (NT, None),
    }  # fmt: skip
    assert found.unread == ("CBN 0.0?1 0.010",)
    assert found.result == "fail"


HEAD = "Analyte          LOQ       Result (%)"


@pytest.mark.parametrize(
    ("line", "unread"),
    [
        ("THC              0.10      2l.45", True),
        ("THC              0.10      21.45     3.2", True),
        ("THC              0.10      21,45,1", False),
        ("THC              0.10      ???", True),
        ("THC              0.10", False),
        ("THC", True),
    ],
)
def test_what_cannot_be_read_is_handed_back_and_is_no_number(line, unread):
    found = propose([HEAD, line])
    assert (" ".join(line.split()) in found.unread) is unread
    assert [one for one in found.readings if one.reading.is_number] == []


def test_an_analyte_nobody_knows_inside_a_cannabinoid_table_is_told():
    found = propose([HEAD, "THC              0.10      1.00", "Zorbinol         0.10      2.00"])
    assert found.unread == ("Zorbinol 0.10 2.00",)


def test_an_analyte_stated_twice_differently_is_for_a_person_to_settle():
    found = propose([HEAD, "THC    0.10      1.00", "CBD    0.10      1.00", "THC    0.10      2.00"])
    twice = next(one for one in found.readings if one.analyte == "THC")
    assert twice.reading == Reading(None, P, ReadAs.REJECTED)
    assert "“1.00” and “2.00”" in twice.problem


def test_a_heading_without_a_unit_leaves_the_unit_unknown():
    found = propose(["Analyte          Result", "THC              21.45", "CBD              3.1 %"])
    assert {(one.analyte, one.reading.unit): bool(one.problem) for one in found.readings} == {
        ("THC", Unit.UNKNOWN): True, ("CBD", P): False,
    }  # fmt: skip


def test_columns_with_one_space_between_them_are_read_where_their_number_fits():
    found = propose(["Analyte LOD LOQ Result Units", "d9-THC 0.01 0.03 0.55 %", "CBD 0.01 0.03 <LOQ %"])
    assert readings(found) == {("THC", P): 0.55, ("CBD", P): (LOQ, 0.03)}


def test_a_total_that_does_not_follow_from_its_lines_is_said_and_not_stored():
    found = propose([HEAD, "THC    0.10      1.00", "THCA   0.10      20.00", "Total THC     0.10   21.00"])
    assert found.remarks == (
        "Its total THC of 21 does not follow from its lines, which give 18.54 (acid counted at 0.877).",
    )
    assert ("THC", P) in readings(found)
    assert len(found.readings) == 2


def test_a_single_fail_counts_whatever_stands_above_it():
    found = propose(["Overall Result: PASS", "Status: FAIL"])
    assert found.result == "fail"
    assert "more than one result" in found.remarks[0]


def test_the_day_of_a_report_is_proposed_for_a_missing_day_of_testing_and_named_as_such():
    found = propose(["Date Reported: 11/06/2026"])
    assert found.tested_on == date(2026, 11, 6)
    assert "the day it was reported is proposed" in found.remarks[0]


def test_two_test_dates_are_not_chosen_between():
    found = propose(["Test Date: 11/06/2026", "Test Date: 11/09/2026"])
    assert found.tested_on is None
    assert "more than one test date" in found.remarks[0]


@pytest.mark.parametrize("said", ["see below", "13/45/2026", "pending", "TBD"])
def test_a_date_that_is_none_stays_empty(said):
    assert propose([f"Date Tested: {said}"]).tested_on is None


def test_text_without_a_table_proposes_nothing():
    found = propose(["THC 21.45 %", "is a strong variety", "Price: 40"])
    assert found.readings == ()


def test_a_picture_and_a_locked_file_say_what_to_do(papers):
    assert "a picture" in text_of(papers.only_a_picture()).problem
    assert "password" in text_of(papers.locked()).problem


HOSTILE = {
    "empty": b"%PDF-1.4\n%%EOF",
    "torn": b"%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 1 0 R",
    "loop": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    ),
    "noise": b"%PDF-1.4\n" + os.urandom(200_000) + b"\n%%EOF",
    "bomb": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    b"4 0 obj<</Filter/FlateDecode/Length 1>>stream\n"
    + zlib.compress(b"BT (x) Tj ET " * 12_000_000, 1)
    + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_ends_in_words_and_not_in_a_fault(name):
    assert text_of(HOSTILE[name]).problem != ""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put another program in the place of the reader: `program("while True: pass")`."""

    def put(source):
        path = tmp_path / "extract.py"
        path.write_text(source)
        monkeypatch.setattr(pdf, "PROGRAM", path)

    return put


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('not json')",
        "x = 'a' * 10**12",
    ],
)
def test_a_reader_that_hangs_or_dies_is_stopped_and_the_page_goes_on(program, source):
    program(source)
    text = text_of(b"%PDF- " + source.encode(), seconds=1.0)
    assert "stays attached" in text.problem
    assert text.lines == ()


def test_the_reader_gives_up_memory_and_files_before_it_reads(tmp_path):
    source = (
        "import runpy, sys; m = runpy.run_path(sys.argv[1]); m['limit']()\n"
        "try: x = bytearray(2**30); print('memory', end=' ')\n"
        "except MemoryError: print('small', end=' ')\n"
        "try: open(sys.argv[2], 'wb', 0).write(b'x'); print('wrote')\n"
        "except OSError: print('no files')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(pdf.PROGRAM), str(tmp_path / "x")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "small no files"


def test_the_reader_knows_none_of_the_servers_secrets(program, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    program("import os, json; print(json.dumps({'lines': sorted(os.environ), 'pages': 1, 'of': 1}))")
    assert "SECRET_KEY" not in text_of(b"%PDF- environ").lines


def test_numbers_of_the_text_are_read_by_the_same_rules_as_a_files():
    assert number_of("21,45,1") is None
