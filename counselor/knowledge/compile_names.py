"""Compile the wide list of US medicine names from FDA's UNII names. Build time only; nothing imports it.

    python -m counselor.knowledge.compile_names UNII_Names.txt

The input is `UNII_Names.txt` of the Global Substance Registration System (public domain, US Food and Drug
Administration): tab-separated name, type, UNII and display name. Output, both below seed/knowledge/medicines:
`compiled-names.csv` (a name and the ingredients it means) and `compiled-ingredients.csv` (those of their
ingredients that a line of `stems.csv` assesses). The same input gives the same bytes.

What was written by hand always wins: a name, misspelling or everyday word of the curated lists is never
compiled. An ingredient with a row in neither list of ingredients was assessed by nobody; the engine says so.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from counselor import places
from counselor.guidance import small_words
from counselor.guidance.loader import load
from counselor.guidance.medicines import Medicines
from counselor.guidance.words import singular, tokens

Row = tuple[str, str, str, str]
"""Name, type, UNII, display name."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


DRUG_LISTS = frozenset(
    {
        "ORANGE BOOK", "PURPLE BOOK CDER", "GREEN BOOK", "VANDF", "USAN", "INN", "JAN", "WHO-DD", "MART.",
        "USP MONOGRAPH", "EMA EPAR", "NFLIS-DRUG", "WHO-IP",
    }
)  # fmt: skip
"""Lists of medicines (and street drugs) that UNII tags. What stands in none is a dye, a polymer, a plant."""
TAG = re.compile(r"(.+) \[([^\[\]]+)\]")
COMPONENT = re.compile(r"(.+?) COMPONENT (.+)")
STEREO = re.compile(r",\s*[-+/(),.0-9A-Z]*[-)]$")
LONGEST = 7
"""Words; what `read_line` looks for at most."""
SALTS = _set(
    """
    acefyllinate acetate acetonide adipate alcoholate alfoscerate aluminum ammonium anhydrous arginine
    ascorbate aspartate axetil benzoate besilate besylate bicarbonate bisulfate bitartrate bromide
    butyrate calcium camphorate camsilate camsylate caproate carbonate chloride cilexetil citrate
    clathrate complex cyclamate cypionate d decanoate diacetate diaspartate dibudinate dibutyrate
    dichloride dicitrate diethylamine difumarate dihydrate dihydrobromide dihydrochloride dihydrogen
    diisethionate dimaleate dimeglumine dimesylate dimethyl dinitrate diolamine diphosphate dipivoxil
    dipotassium dipropionate disodium disulfate ditartrate ditosylate dl edisilate edisylate embonate
    enantate enanthate epolamine erbumine esilate estolate esylate etabonate etexilate ethanolamine
    ethanolate etiprate form formate fumarate furoate gluceptate gluconate glucuronate glutamate
    glycinate hcl hemicalcium hemifumarate hemihydrate hemipentahydrate hemisuccinate hemisulfate
    hemitartrate heptahydrate hexacetonide hexahydrate hexanoate hibenzate hippurate hyclate hydrate
    hydrobromide hydrochloride hydrogen hydroiodide hydroxide hydroxynaphthoate iodide isethionate
    isetionate isobutyrate isopropanol l lactate lactobionate laurate lauroxil lysine magnesium malate
    maleate malonate mandelate medoxomil meglumine mesilate mesylate methanolate methobromide
    methylsulfate metilsulfate mofetil monohydrate monohydrochloride monopotassium monosodium
    napadisylate napsilate napsylate nicotinate nitrate olamine oleate orotate oxalate palmitate pamoate
    pentahydrate phenylpropionate phosphate pivalate pivoxil polistirex potassium propionate proxetil r
    resinate s saccharate salicylate sesquihydrate sodium solvate stearate succinate sulfate sulfoxide
    tannate tartrate teoclate terephthalate tetrahydrate theoclate tosilate tosylate triacetate
    trifenatate trifluoroacetate trihydrate trihydrochloride trisodium trometamol tromethamine
    undecanoate undecylenate unspecified valerate xinafoate zinc
    """
)
"""Salts, esters, hydrates behind the name of an ingredient."""
PLANT_PARTS = _set(
    """
    bark branch bud bulb extract flower flowering fruit herb leaf leaves oil peel powder rhizome root
    stem top tops tuber twig whole
    """
)
"""Parts of a plant: "ginger root" is ginger where the curated lists know ginger."""
MINERALS = _set(
    """
    aluminum ammonium barium benzyl bismuth calcium cesium chromium cobalt copper cupric ethyl ferric
    ferrous gold iron lead lithium magnesium manganese mercuric mercury methyl nickel potassium rubidium
    selenium silver sodium strontium thallium tin titanium zinc
    """
)
"""Alone these are no ingredient: sodium phosphate is not "sodium"."""
SUFFIX = re.compile(r"-[A-Z]{4}$")
"""The four letters behind a biosimilar's name."""
PARTIAL = re.compile(
    r"\b(?:plus|compound|compositum|comp|co|duo|hct|hctz|forte compound|with|and|combi|combo)\b|/", re.I
)
"""A brand named like a combination of which UNII knows one part: which others, nobody can tell."""
NEAR = 1
"""Slips at which a compiled name may as well be a common medicine misspelt."""


@dataclass(frozen=True)
class Compiled:
    """`names`: (name, ingredients, how, like); `ingredients`: (ingredient, classes, systemic, why)."""

    names: list[tuple[str, str, str, str]]
    ingredients: list[tuple[str, str, str, str]]
    left_out: Mapping[str, int]


@dataclass
class Compiler:
    """Turns UNII rows into names that may stand beside the `curated` ones."""

    curated: Medicines
    stems: list[dict[str, str]]
    never: frozenset[str]
    """Names that must not be compiled: plain words, names of illnesses, what left-out.csv lists."""
    dropped: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.common = sorted(
            name[0]
            for name, entry in self.curated.names.items()
            if len(name) == 1 and entry.common <= 2 and len(name[0]) >= 4 and name[0].isalpha()
        )

    def compile(self, rows: Iterable[Row]) -> Compiled:
        """Every name of a medicine in `rows` that is safe to know, with its ingredients, sorted."""
        rows = list(rows)
        drugs = {unii for name, _, unii, _ in rows if (m := TAG.fullmatch(name)) and m[2] in DRUG_LISTS}
        parts: dict[str, set[str]] = defaultdict(set)
        meant: dict[str, tuple[str, set[str]]] = {}
        for name, kind, unii, display in rows:
            component = COMPONENT.fullmatch(name)
            if component:
                if unii in drugs or self.known(display):
                    parts[self.key(component[1])].update(self.fold(display))
                continue
            tagged = TAG.fullmatch(name)
            if tagged:
                if tagged[2] not in DRUG_LISTS:
                    continue
                name, kind = tagged[1], "of"
            if kind not in ("bn", "of") or not (unii in drugs or self.known(display)):
                continue
            how = "brand" if kind == "bn" else "synonym"
            meant.setdefault(self.key(name), (how, set()))[1].add("|".join(self.fold(display)))
        found = {key: (how, self._one(key, meanings)) for key, (how, meanings) in meant.items()}
        for key, several in parts.items():
            if len(several) > 1:
                found[key] = ("brand", tuple(sorted(several)))
        names = [
            (key, "|".join(its), self._how(key, how, its), "")
            for key, (how, its) in found.items()
            if its and self._may_stand(key, how, its)
        ]
        names = [(*row[:3], self._like(row[0], row[1])) for row in sorted(names)]
        unknown = {i for row in names for i in row[1].split("|")} - set(self.curated.ingredients)
        return Compiled(names, list(self._assessed(sorted(unknown))), dict(self.dropped))

    @staticmethod
    def key(name: str) -> str:
        """The form in which names are looked up: folded words with single blanks."""
        return " ".join(tokens(name))

    def known(self, display: str) -> bool:
        """Whether the curated lists know this substance."""
        return any(name in self.curated.ingredients for name in self.fold(display))

    def fold(self, display: str) -> tuple[str, ...]:
        """The ingredients the rules use for a UNII display name: salt, hydrate and mirror form folded."""
        words = tokens(STEREO.sub("", SUFFIX.sub("", display)))
        plant = [word for word in words if word not in PLANT_PARTS]
        if plant and plant != words:
            entry = self.curated.find(" ".join(plant))
            if entry is not None and entry.ingredients:
                return entry.ingredients
        while words:
            entry = self.curated.find(" ".join(words))
            if entry is not None and entry.ingredients:
                return entry.ingredients
            if len(words) < 2 or words[-1] not in SALTS or set(words[:-1]) <= MINERALS | SALTS:
                break
            words = words[:-1]
        return (" ".join(words),) if words else ()

    def _one(self, key: str, meanings: set[str]) -> tuple[str, ...]:
        """The one meaning of a name. A name of several is left out: which of them was meant, nobody knows."""
        if len(meanings) > 1:
            whole = [m for m in meanings if m == key]
            if len(whole) != 1:
                return self._drop("several meanings")
            return tuple(whole[0].split("|"))
        return tuple(next(iter(meanings)).split("|"))

    def _drop(self, why: str) -> tuple[str, ...]:
        self.dropped[why] += 1
        return ()

    def _how(self, key: str, how: str, its: tuple[str, ...]) -> str:
        return "generic" if its == (key,) else how

    def _may_stand(self, key: str, how: str, its: tuple[str, ...]) -> bool:
        why = self._against(key, how, its)
        if why:
            self.dropped[why] += 1
        return not why

    def _against(self, key: str, how: str, its: tuple[str, ...]) -> str:
        """Why a name is left out, or ""."""
        words = key.split()
        if self.curated.find(key) is not None or self.curated.find("".join(words)) is not None:
            return "curated already"  # "pro air" is ProAir, whatever else bears that name
        if key in self.curated.misspellings:
            return "a known misspelling"
        if len(words) > LONGEST or len(key) > 60:
            return "longer than anybody says"
        letters = sum(letter.isalpha() for letter in key)
        if letters < (4 if its == (key,) else 5) or not key.isascii():
            return "too short: an abbreviation has several meanings"
        if any(letter.isdigit() for letter in key) and not (
            how == "brand" and not set(its) - set(self.curated.ingredients)
        ):
            return "a code"
        if not any(len(word) > 2 for word in words) or max(len(word) for word in words) < 4 < len(words) * 2:
            return "a code"
        if how == "brand" and len(its) == 1 and PARTIAL.search(key):
            return "a brand of which a part may be missing"
        stems = " ".join(singular(word) for word in words)
        if key in self.never or stems in self.never:
            return "plain words"
        if all(word in self.never or singular(word) in self.never for word in words):
            return "plain words"
        return ""

    def _like(self, key: str, its: str) -> str:
        """The common medicine of which this rare name may be a slip of the pen, or ""."""
        if " " in key or len(key) < 4:
            return ""
        hits = process.extract(key, self.common, scorer=OSA.distance, score_cutoff=NEAR, limit=20)
        other = [
            (entry.common, distance, name)
            for name, distance, _ in hits
            if (entry := self.curated.names[(name,)]) and "|".join(entry.ingredients) != its
        ]
        return min(other)[2] if other else ""

    def _assessed(self, unknown: list[str]) -> Iterator[tuple[str, str, str, str]]:
        """Those ingredients that a line of stems.csv speaks of; its first fitting line counts."""
        for name in unknown:
            for stem in self.stems:
                if fnmatchcase(name, stem["pattern"]):
                    if stem["why"] != "-":
                        yield name, stem["classes"], stem["systemic"], stem["why"]
                    break


def plain_words(folder: Path, knowledge_phrases: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Words and phrases that are never a medicine's name: everyday, small and color words, and illnesses."""
    everyday = {row["word"] for row in rows_of(folder / "everyday-words.csv")}
    small = small_words.CHATTER | small_words.COLOURS | small_words.TAKING | small_words.REASON
    small |= small_words.ENDED | small_words.NOT_TAKEN | small_words.FILLER
    small |= small_words.RELATIVES | small_words.FLARES | small_words.PAST
    illnesses = {" ".join(key) for key in knowledge_phrases}
    left_out = {row["name"] for row in rows_of(folder / "left-out.csv")}
    return frozenset(everyday | small | illnesses | left_out)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unii_rows(path: Path) -> Iterator[Row]:
    """The rows of UNII_Names.txt without its header."""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            name, kind, unii, display = line.rstrip("\n").split("\t")
            yield name, kind, unii, display


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """One CSV file with plain line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(source: Path) -> None:
    """Read the UNII names at `source`, write both compiled lists, print what was kept and left out."""
    folder = places.seed() / "knowledge"
    lists = folder / "medicines"
    knowledge = load(folder)
    curated = knowledge.medicines.curated()
    never = plain_words(lists, knowledge.phrases.exact)
    done = Compiler(curated, rows_of(lists / "stems.csv"), never).compile(unii_rows(source))
    write(lists / "compiled-names.csv", ("name", "ingredients", "how", "like"), done.names)
    write(lists / "compiled-ingredients.csv", ("ingredient", "classes", "systemic", "why"), done.ingredients)
    print(f"{len(done.names)} names; {len(done.ingredients)} further ingredients assessed by stems.csv")
    for why, count in sorted(done.left_out.items(), key=lambda pair: -pair[1]):
        print(f"{count:7} left out: {why}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
