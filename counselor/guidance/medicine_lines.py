"""Reading a line of medicines as patients say it: "Klonopin .5 for the jerks, eye drops + oxys, no aspirin".

What is doubtful counts as taken: a medicine wrongly checked costs a question, one wrongly passed over can
cost a life.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .medicines import Medicine, MedicineList, MedicineName, Medicines, UnreadMedicine
from .small_words import CHATTER, COLOURS, ENDED, NOT_TAKEN, REASON, TAKING, WHAT_FOR
from .words import WORD, fold_in_place, singular

LONGEST_NAME = 7
MOST_SPELLED = 150
"""Words and runs of words in one entry that are looked up by likeness; the rest stays unread."""
BREAKS = frozenset({"and", "plus", "also", "with", "then", "but"})
NEXT_ONE = BREAKS | {"takes", "take", "taking"}
"""Behind one of these a reason is over: a word nobody knows may be the next medicine."""
REACHES_BLOOD_ANYWAY = frozenset(
    {"nitroglycerin", "testosterone", "estradiol", "fentanyl", "clonidine", "scopolamine"}
)
"""Applied to the skin on purpose to reach the blood, whatever the form is called. House policy."""

_KIND = (
    r"(?:(?:other|current|regular|prescription|prescribed|rx|daily|home|otc) )*"
    r"(?:medicines?|medications?|meds?|drugs?|pills?|tablets?|prescriptions?|supplements?|anything)"
)
_NOW = (
    r"(?: (?:at all|currently|right now|now|today|at this time|at present|regularly|reported|known|daily|"
    r"else|at the moment))*"
)
SAID_NONE = re.compile(
    r"(?:(?:i|he|she|they|patient|pt) )?(?:am |is |are |im )?(?:"
    r"none|nil|nada|ninguno|ninguna|nothing|no|n/?a|zero|not any"
    rf"|(?:no|zero|not any|without) {_KIND}"
    rf"|(?:not|isnt|arent) (?:currently |presently )?(?:taking|on|using) (?:any )?{_KIND}"
    rf"|(?:does ?nt|dont|do not|does not) (?:currently )?(?:take|use) (?:any )?{_KIND}"
    rf"|takes? (?:nothing|no {_KIND})"
    rf"){_NOW}"
)
LOCAL_FORM = re.compile(
    r"\b(?:cream|ointment|eye ?drops?|ear ?drops?|"
    r"drops? (?:for|in) (?:the |my |his |her )?(?:eyes?|ears?)|"
    r"lotion|shampoo|topical(?:ly)?|nail lacquer|foam|mouthwash)\b"
)
LONG_AGO = re.compile(
    r"\b(?:(?:\d+|two|three|four|five|six|several|many|a few|few|couple of) "
    r"(?:months|years|decades)|a year|years) (?:ago|back)\b"
)
CUT = re.compile(
    r"[;\n\r\t•|]+|,(?!\d)|(?<!\d),|(?<!\bst)(?<!\bdr)(?<!\bvit)(?<!\bmr)(?<!\bmrs)(?<=[a-z\d)]{2})\.\s+(?=[A-Za-z])",
    re.I,
)
DENIED_LIST = re.compile(r"\s*(?:(?:patient |pt )?den(?:ies|ied)\b|no\b[^.;]*,[^.;]*\bn?or\b)")
"""A list that is denied as a whole: "denies opioids, benzos", "no aspirin, ibuprofen or warfarin"."""
SEPARATOR = re.compile(r"[+/&]|\b(?:and|plus|with|then|but|also)\b")

SAID_OF = {
    "alcohol": frozenset({"drink", "drinks", "drinking", "drank"}),
    "tobacco": frozenset({"smoke", "smokes", "smoking", "smoker"}),
    "cannabis": frozenset({"smoke", "smokes", "smoking", "smoker", "vape", "vapes"}),
}
"""Beside these a word for taking them is no second thing."""
SURFACE = MedicineName("on skin, eye or ear", (), (), "class", 1, True)
"""Eye drops or a cream without a name: known, and silent."""
Hit = tuple[int, int, MedicineName, str]
Loose = tuple[int, int, tuple[str, ...]]


def read_line(vocabulary: Medicines, line: str) -> MedicineList:
    """Every medicine in the line, what nobody could identify, and why each is taken, where that was said."""
    plain, _ = fold_in_place(line)
    if SAID_NONE.fullmatch(" ".join(re.sub(r"[.!]", " ", plain).split())):
        return MedicineList(said_none=True)
    medicines: list[Medicine] = []
    unread: list[UnreadMedicine] = []
    reasons: list[str] = []
    in_denied_list = bool(DENIED_LIST.match(plain))
    speller = _Speller(vocabulary)
    for text in CUT.split(line):
        if not text.strip(" .-*:"):
            continue
        part = _Part(
            vocabulary,
            speller,
            text,
            line,
            listed_as_denied=bool(medicines) and medicines[0].denied and in_denied_list,
        )
        if part.only_says_ended and medicines:
            last = medicines[-1]
            medicines[-1] = Medicine(
                last.said, line, last.ingredients, last.classes, last.how, True, last.local
            )
            continue
        medicines += part.medicines()
        unread += part.unread()
        reasons += part.reasons()
    if not medicines and not unread:
        unread.append(UnreadMedicine(line.strip(), ()))
    return MedicineList(tuple(medicines), tuple(unread), False, tuple(reasons))


@dataclass
class _Speller:
    """Spelling with a bound: gibberish of any length is answered in a fraction of a second."""

    vocabulary: Medicines
    known: dict[tuple[str, ...], tuple[MedicineName | None, tuple[str, ...]]] = field(default_factory=dict)

    def spell(self, words: list[str]) -> tuple[MedicineName | None, tuple[str, ...]]:
        """As `Medicines.spell`, but nothing once `MOST_SPELLED` different words were tried."""
        key = tuple(words)
        if key not in self.known:
            if len(self.known) >= MOST_SPELLED:
                return None, ()
            self.known[key] = self.vocabulary.spell(words)
        return self.known[key]


@dataclass
class _Part:
    """What stands between two commas."""

    vocabulary: Medicines
    speller: _Speller
    text: str
    line: str
    listed_as_denied: bool = False

    def __post_init__(self) -> None:
        self.plain, self.place = fold_in_place(self.text)
        self.spans = [match.span() for match in WORD.finditer(self.plain)]
        self.words = [self.plain[a:b] for a, b in self.spans]
        self.hits: list[Hit] = []
        self.loose: list[Loose] = []
        self.beside: list[str] = []
        self._scan()
        self._spell_loose()
        if not self.hits and not self.loose:
            self._read_small()
        self.hits.sort(key=lambda hit: hit[0])
        self._join_twice_named()
        self._drop_said_of()

    @property
    def only_says_ended(self) -> bool:
        """ "stopped 2 years ago": about the medicine before the comma."""
        return (
            not self.hits
            and not self.loose
            and bool(ENDED & set(self.words))
            and bool(LONG_AGO.search(self.plain))
        )

    def medicines(self) -> list[Medicine]:
        """The medicines of this part, each with what was said of it."""
        found, before_end, before_denied = [], 0, False
        named = {i for start, end, _, _ in self.hits for i in range(start, end)}
        bare = all(
            word in ("and", "or", "nor", "any", "other")
            for i, word in enumerate(self.words)
            if i not in named
        )
        for i, (start, end, name, how) in enumerate(self.hits):
            stop = self.hits[i + 1][0] if i + 1 < len(self.hits) else len(self.words)
            denied = self._is_denied(start, end, stop, before_end, before_denied)
            denied = denied or (self.listed_as_denied and bare)
            found.append(
                self._medicine(
                    self._said(i, stop),
                    name,
                    how,
                    local=self._is_local(start, end, stop, before_end),
                    denied=denied,
                )
            )
            before_end, before_denied = end, denied
        return found

    def unread(self) -> list[UnreadMedicine]:
        """What nobody could identify here, as it was written."""
        runs = self.loose if self.hits else _joined(self.words, self.loose)
        if not self.hits and not runs:
            only_small = all(self._is_small(word) for word in self.words)
            return [] if only_small and self.words else [UnreadMedicine(self.text.strip(), ())]
        whole = not self.hits and len(runs) == 1
        return [
            UnreadMedicine(self.text.strip() if whole else self._original(a, b), nearest)
            for a, b, nearest in runs
        ]

    def reasons(self) -> list[str]:
        """What stands behind "for", or beside a medicine in everyday words: why it is taken."""
        out = list(self.beside)
        for i, (_, end, _, _) in enumerate(self.hits):
            stop = self.hits[i + 1][0] if i + 1 < len(self.hits) else len(self.words)
            at = next((j for j in range(end, stop) if self.words[j] in REASON), None)
            if at is not None and at + 1 < stop:
                out.append(self._original(at + 1, stop))
        return out

    def _scan(self) -> None:
        """Exact names, longest first; and the runs of words that are neither name nor small word."""
        at = 0
        while at < len(self.words):
            length, name, how = self._longest(at)
            if name is not None:
                self.hits.append((at, at + length, name, how))
                at += length
                continue
            if not self._is_small(self.words[at]):
                if self.loose and self.loose[-1][1] == at:
                    self.loose[-1] = (self.loose[-1][0], at + 1, ())
                else:
                    self.loose.append((at, at + 1, ()))
            at += 1

    def _join_twice_named(self) -> None:
        """ "insulin (Lantus)", "Klonopin (clonazepam)", "blood thinner (Eliquis)": one, said twice."""
        kept: list[Hit] = []
        for hit in self.hits:
            before = kept[-1] if kept else None
            if before is not None and self._in_brackets(before[1], hit[0]):
                first, second = before[2], hit[2]
                if first.ingredients and set(first.ingredients) == set(second.ingredients):
                    kept[-1] = (before[0], hit[1], first, before[3])
                    continue
                if self._is_kind_of(first, second):
                    kept[-1] = (before[0], hit[1], second, hit[3])
                    continue
            kept.append(hit)
        self.hits = kept

    def _in_brackets(self, end: int, start: int) -> bool:
        """Whether nothing but a bracket stands between two names."""
        return start == end and self.plain[self.spans[end - 1][1] : self.spans[start][0]].strip() in (
            "(",
            "[",
        )

    def _is_kind_of(self, kind: MedicineName, name: MedicineName) -> bool:
        """Whether the first says only what kind of medicine the second is."""
        classes = set(self.vocabulary.classes_of(name.ingredients))
        if kind.how == "class":
            return bool(kind.classes) and set(kind.classes) <= classes
        return kind.ingredients == ("insulin",) and "insulin" in classes

    def _drop_said_of(self) -> None:
        """ "drinks 2 beers": the verb is not a second medicine."""
        of = {word for _, _, name, _ in self.hits for i in name.ingredients for word in SAID_OF.get(i, ())}
        self.loose = [run for run in self.loose if not of.issuperset(self.words[run[0] : run[1]])]

    def _read_small(self) -> None:
        """Small words alone may still name a kind ("inhaler") or a form that stays on the surface."""
        for at, word in enumerate(self.words):
            name = self.vocabulary.names.get((word,)) or self.vocabulary.names.get((singular(word),))
            if name is not None and word in CHATTER:
                self.hits.append((at, at + 1, name, name.how))
                return
        if self.words and LOCAL_FORM.search(self.plain):
            self.hits.append((0, len(self.words), SURFACE, "class"))

    def _longest(self, at: int) -> tuple[int, MedicineName | None, str]:
        vocabulary = self.vocabulary
        for length in range(min(LONGEST_NAME, len(self.words) - at), 0, -1):
            piece = tuple(self.words[at : at + length])
            if length == 1 and (piece[0] in CHATTER or len(piece[0]) < 2):
                return 0, None, ""
            right = vocabulary.misspellings.get(" ".join(piece))
            if right is not None:
                return length, vocabulary.names[right], "spelling"
            name = vocabulary.find_words(piece)
            if name is not None:
                return length, name, name.how
        return 0, None, ""

    def _spell_loose(self) -> None:
        """Give each loose run its spelling or nearest names; beside a medicine everyday words say nothing."""
        exact_hits = list(self.hits)
        left: list[Loose] = []
        for start, end, _ in self.loose:
            plain_words = [
                i for i in range(start, end) if self._is_everyday(self.words[i]) or self.words[i] in COLOURS
            ]
            if not exact_hits or not plain_words:
                left += self._spell_run(start, end, exact_hits)
                continue
            self.beside.append(self._original(start, end))
            for i in range(start, end):
                if i not in plain_words:
                    left += self._spell_run(i, i + 1, exact_hits)
        self.loose = left

    def _spell_run(self, start: int, end: int, exact_hits: list[Hit]) -> list[Loose]:
        """Read a run as one misspelt name, or each of its words as one; what is left comes back as loose."""
        words = self.words[start:end]
        in_reason = self._is_reason(start, exact_hits) and self.words[end : end + 1] != ["for"]
        nearest: tuple[str, ...] = ()
        if not all(self._is_no_name(word) for word in words):
            name, nearest = self.speller.spell(words)
            if name is not None:
                self.hits.append((start, end, name, "spelling"))
                return []
        if end - start > 1:
            tried = [
                (i, *self.speller.spell([self.words[i]]))
                for i in range(start, end)
                if not self._is_no_name(self.words[i])
            ]
            named = [(i, name) for i, name, _ in tried if name is not None]
            if named:
                self.hits += [(i, i + 1, name, "spelling") for i, name in named]
                left = [(i, i + 1, near) for i, name, near in tried if name is None]
                return [] if in_reason else [(i, j, near) for i, j, near in left if len(self.words[i]) > 4]
            nearest = nearest or tuple(dict.fromkeys(one for _, _, near in tried for one in near))[:5]
        if in_reason or (exact_hits and end - start == 1 and len(words[0]) <= 3 and not nearest):
            return []
        return [(start, end, nearest)]

    def _is_no_name(self, word: str) -> bool:
        """Never a medicine misspelt: an everyday word, an illness, or what a pill is for."""
        return word in WHAT_FOR or self._is_everyday(word)

    def _is_everyday(self, word: str) -> bool:
        """Never a medicine misspelt: a plain word, or the name of an illness."""
        return word in self.vocabulary.everyday or singular(word) in self.vocabulary.everyday

    def _is_small(self, word: str) -> bool:
        return len(word) == 1 or word in CHATTER or word in NOT_TAKEN or word in ENDED or _is_amount(word)

    def _is_reason(self, start: int, hits: list[Hit]) -> bool:
        """In "Klonopin for the jerks" the jerks are why, not what; "also takes dilt" behind them is what."""
        for _, end, _, _ in hits:
            between = self.words[end:start] if end <= start else []
            why = [i for i, word in enumerate(between) if word in REASON]
            if why and not NEXT_ONE.intersection(between[why[-1] :]):
                return True
        return False

    def _is_denied(self, start: int, end: int, stop: int, before_end: int, before_denied: bool) -> bool:
        """Only "no X", "not on X", "denies X", "X: none", "no X or Y", or long ago. Else it is taken."""
        gap = self.words[before_end:start]
        if before_denied and gap and set(gap) <= {"or", "nor"}:
            return True
        after = self.words[end:stop]
        if (
            stop == len(self.words)
            and after
            and len(after) <= 2
            and after[-1] in ("none", "denied", "negative")
            and len(set(after) - TAKING) == 1
        ):
            return True
        at = start - 1
        while at >= before_end and self.words[at] in TAKING:
            at -= 1
        if at < before_end:
            return False
        cue = self.words[at]
        if cue == "to" and self.words[max(at - 1, 0)] in ("allergic", "allergy"):
            return True
        if cue in ENDED or (cue == "to" and self.words[max(at - 1, 0)] == "used"):
            behind = self.plain[self.spans[end - 1][1] : self.spans[stop - 1][1]]
            switched = cue == "to" and "but now" in behind
            return switched or bool(LONG_AGO.search(SEPARATOR.split(behind)[0]))
        how_taken = after[:1] and after[0] in (
            "with",
            "every",
            "regularly",
            "correctly",
            "properly",
            "consistently",
            "daily",
            "as",
        )
        if cue == "not" and "but" in self.words[max(at - 2, 0) : at] and ENDED & set(self.words[:at]):
            return False  # "stopped Lexapro but not the Xanax"
        if cue == "denied" and {"my", "the", "his", "her"} & set(self.words[at + 1 : start]):
            return False  # "the insurance denied my refill"
        return cue in NOT_TAKEN and not how_taken and self.words[at + 1 : at + 2] != ["than"]

    def _is_local(self, start: int, end: int, stop: int, before_end: int) -> bool:
        """Whether a word for a form on skin, eye or ear stands right beside this name."""
        behind = self.plain[self.spans[end - 1][1] : self.spans[stop - 1][1]]
        ahead = (
            self.plain[
                self.spans[before_end][0] if before_end < len(self.spans) else 0 : self.spans[start][0]
            ]
            if start > before_end
            else ""
        )
        near = (SEPARATOR.split(behind)[0], SEPARATOR.split(ahead)[-1])
        return any(LOCAL_FORM.search(text) for text in near)

    def _medicine(self, said: str, name: MedicineName, how: str, *, local: bool, denied: bool) -> Medicine:
        if name is SURFACE:
            return Medicine(said, self.line, (), (), how, denied, True)
        known = [self.vocabulary.ingredients[i] for i in name.ingredients if i in self.vocabulary.ingredients]
        on_surface = local and not REACHES_BLOOD_ANYWAY.intersection(name.ingredients)
        applied = bool(known) and (on_surface or name.local or not any(i.systemic for i in known))
        classes = (
            () if applied else tuple(sorted({*name.classes, *self.vocabulary.classes_of(name.ingredients)}))
        )
        unassessed = self.vocabulary.unassessed(name.ingredients)
        return Medicine(
            said, self.line, tuple(sorted(name.ingredients)), classes, how, denied, applied, unassessed
        )

    def _said(self, index: int, stop: int) -> str:
        if len(self.hits) == 1 and not self.loose:
            return self.text.strip()
        start, end = self.hits[index][:2]
        stop = min([stop, *(a for a, _, _ in self.loose if a >= end)])
        return _trim(self._original(start, stop), self._original(start, end))

    def _original(self, start: int, stop: int) -> str:
        """Words as they were written."""
        first, last = self.place[self.spans[start][0]], self.place[self.spans[stop - 1][1] - 1]
        return self.text[first : last + 1].strip()


def _is_amount(word: str) -> bool:
    """ "5mg", "0.5", "12h", "2x", "325", "q12h", "q72hrs"."""
    return bool(
        re.fullmatch(
            r"q?\d+(?:[.,]\d+)*(?:mg|mcg|ug|g|ml|iu|units?|meq|h|hr|hrs|x|d|am|pm|st|nd|rd|th|er|xr|tabs?|caps?|s|yo)?",
            word,
        )
    )


def _joined(words: list[str], runs: list[Loose]) -> list[Loose]:
    """ "blue pill for nerves" is one thing that nobody knows; only "and" or "plus" parts two."""
    out: list[Loose] = []
    for start, end, nearest in runs:
        if out and not BREAKS & set(words[out[-1][1] : start]):
            first, _, before = out[-1]
            out[-1] = (first, end, before or nearest)
        else:
            out.append((start, end, nearest))
    return out


def _trim(text: str, least: str) -> str:
    """Drop a trailing "and", "with" or mark that belongs to what follows."""
    cut = re.sub(r"(?:[\s,&+/(:-]|\b(?:and|with|plus|also|then|but)\b)+$", "", text, flags=re.IGNORECASE)
    return cut if len(cut) >= len(least) else least
