"""Whatever a page says, reading it ends, and every number it proposes stands in it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from counselor.certificates.content import Refused, kind_of
from counselor.certificates.reading import propose

SAID = (
    "Analyte", "Compound", "LOD", "LOQ", "Result", "Units", "%", "mg/g", "mg/serving", "mg/container",
    "THC", "THCA", "CBD", "d9-THC", "Δ9-THC", "(CBD)", "Cannabidiol", "ND", "NT", "<LOQ", "<0.1", "—",
    "21.45", "0,5", "1,120", "1e-09", "-3", "0", "nan", "inf", "½", "10^3", ")", "(", "*", "Mass", "Total",
    "Batch:", "Lot:", "Tested:", "Expires:", "Status:", "11/03/2026", "2026-13-01", "PASS", "FAIL",
)  # fmt: skip
WORDS = st.sampled_from(SAID)
GAPS = st.sampled_from([" ", "  ", "      ", "\t", " " * 20])
LINES = st.lists(
    st.one_of(
        st.lists(st.tuples(WORDS, GAPS), max_size=12).map(lambda pairs: "".join(a + b for a, b in pairs)),
        st.text(max_size=60),
    ),
    max_size=12,
)


@settings(max_examples=1500, deadline=None)
@given(LINES)
def test_any_text_is_read_to_an_end_and_every_number_stands_in_it(lines):
    found = propose(lines)
    text = "\n".join(lines)
    for one in found.readings:
        if one.reading.is_number:
            assert re.search(re.escape(one.said), text)
            assert one.reading.value is not None
            assert one.reading.value >= 0
        else:
            assert one.reading.value is None
    kept = [(one.analyte, one.reading.unit) for one in found.readings]
    assert len(kept) == len(set(kept))


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"]), st.binary(max_size=200)
)
def test_any_bytes_are_one_of_our_kinds_or_refused_in_words(head, rest):
    try:
        kind = kind_of(head + rest)
    except Refused as refused:
        words = str(refused)
    else:
        words = f"a {kind.value}."
        assert head
    assert words.endswith(".")
