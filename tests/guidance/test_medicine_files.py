"""The lists of medicine words are refused with file and line where they cannot be relied on."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from counselor import places
from counselor.guidance import vocabulary_files
from counselor.guidance.entries import Faults
from counselor.guidance.knowledge import Knowledge
from counselor.guidance.loader import load

FOLDER = places.seed() / "knowledge" / "medicines"


def faults(folder: Path) -> list[str]:
    found = Faults()
    vocabulary_files.read(folder, hashlib.sha256(), found)
    return [str(fault) for fault in found.found]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "medicines"))


def lines_of(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


CASES = {
    "a class nobody knows": ("ingredients", "zzz,wonder-drug,yes,3,", "names the class wonder-drug"),
    "an ingredient nobody knows": ("names", "zzz,glorbizol,brand,,3,,yes", "names the ingredient glorbizol"),
    "a name twice": ("names", "zzyzx,baclofen,brand,,3,,yes\nzzyzx,baclofen,brand,,3,,yes", "a second time"),
    "a name of nothing": ("names", "zzz,,brand,,3,,", "means no ingredient and no class"),
    "a kind of name nobody knows": ("names", "zzz,baclofen,nickname,,3,,yes", "how is 'nickname'"),
    "a use that is no number": ("names", "zzz,baclofen,brand,,often,,yes", "common is 'often'"),
    "a reach nobody knows": ("ingredients", "zzz,,everywhere,3,", "systemic is 'everywhere'"),
    "a strength nobody knows": ("classes", "zzz,z,zs,dreadful,", "depressant is 'dreadful'"),
    "a misspelling of nothing": ("misspellings", "glorbizolle,glorbizol", "means glorbizol"),
    "a misspelling that is a name": ("misspellings", "baclofen,gabapentin", "is a known name"),
    "a pair of nothing": ("sound-alikes", "baclofen,glorbizol", "names glorbizol"),
    "too few cells": ("names", "zzz,baclofen", "has not as many cells"),
    "too many cells": ("sound-alikes", "baclofen,gabapentin,x", "has not as many cells"),
    "no first cell": ("misspellings", ",baclofen", "has no wrong"),
    "a compiled name out of order": ("compiled-names", "aaa,baclofen,brand,", "is out of order"),
    "a compiled name without ingredients": ("compiled-names", "zzzzzz,,brand,", "without ingredients"),
    "a compiled ingredient of an unknown class": (
        "compiled-ingredients",
        "zzz,wonder-drug,yes,x",
        "names the class wonder-drug",
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_row_is_named_by_file_and_line(case: str, copy: Path) -> None:
    name, row, said = CASES[case]
    path = copy / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    found = [fault for fault in faults(copy) if said in fault]
    assert len(found) == 1
    assert found[0].startswith(f"medicines/{name}.csv:{lines_of(path)}")


def test_a_wrong_header_and_a_missing_list_are_told(copy: Path) -> None:
    names = copy / "names.csv"
    names.write_text(names.read_text(encoding="utf-8").replace("name,", "nom,", 1), encoding="utf-8")
    (copy / "sound-alikes.csv").unlink()
    found = faults(copy)
    assert any(f.startswith("medicines/names.csv:1: the header is not name,") for f in found)
    assert "medicines/sound-alikes.csv: is missing" in found


def test_bytes_that_are_no_text_and_broken_quotes_are_told_by_line(copy: Path) -> None:
    path = copy / "everyday-words.csv"
    path.write_bytes(path.read_bytes() + b"caf\xe9\n")
    last = path.read_bytes().count(b"\n")
    pairs = copy / "sound-alikes.csv"
    pairs.write_text(pairs.read_text(encoding="utf-8") + 'baclofen,"gaba"pentin\n', encoding="utf-8")
    found = faults(copy)
    assert f"medicines/everyday-words.csv:{last}: is not UTF-8 text" in found
    assert any("sound-alikes.csv" in f and "cannot be read as CSV" in f for f in found)


def test_the_lists_as_they_are_have_no_fault() -> None:
    assert faults(FOLDER) == []


def test_a_changed_list_is_another_version(tmp_path: Path, knowledge: Knowledge) -> None:
    folder = Path(shutil.copytree(FOLDER.parent, tmp_path / "knowledge"))
    path = folder / "medicines" / "compiled-names.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    assert load(folder).version != knowledge.version
