"""How fast medicine names are read: `make bench`. Medians of processor time in one process."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.loader import load
from counselor.guidance.medicine_lines import read_line

FOLDER = Path(__file__).resolve().parents[2] / "seed" / "knowledge"
ROUNDS = 7
WORST = (
    "glorbizol", "frobnitolamine", "hydroclorothiaside", "metroprololl tartrate", "levotiroxinnne sodic",
    "carbomazipinne extended", "prednisolonneacetat", "qwertzuiopasdfgh", "ceftriaxonnne", "aaaaaaaaaaaaaaa",
)  # fmt: skip
LINE = "Klonopin .5 twice a day for the jerks, baclofen 10mg tid, gabapentin 300, tizanadine prn + oxys"
GOALS = {"load": 1.0, "exact": 50e-6, "misspelt, worst": 10e-3, "type-ahead, worst": 10e-3}


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor time of one call: the median over rounds, each the mean of so many calls."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times)
    return statistics.median(rounds)


def measured(knowledge: Knowledge) -> dict[str, float]:
    """Each figure in seconds."""
    medicines = knowledge.medicines
    gibberish = " ".join(f"glorbizol{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10 % 10]}x" for i in range(360))
    return {
        "load": seconds(lambda: load(FOLDER), 1),
        "exact": seconds(lambda: medicines.find("Klonopin"), 2000),
        "exact, rare": seconds(lambda: medicines.find("zilpaterol hydrochloride"), 2000),
        "listed misspelling": seconds(lambda: medicines.spell(["xanex"]), 2000),
        "misspelt, worst": max(seconds(lambda w=word: medicines.spell(w.split()), 20) for word in WORST),  # type: ignore[misc]
        "type-ahead, worst": max(
            seconds(lambda t=typed: medicines.suggest(t), 20)  # type: ignore[misc]
            for typed in ("a", "c", "met", "xanexx", "hydroclorothiaside")
        ),
        "a whole line": seconds(lambda: read_line(medicines, LINE), 50),
        "5,000 letters of gibberish": seconds(lambda: read_line(medicines, gibberish[:5000]), 1),
    }


def main() -> None:
    """Print the figures beside their goals; fail where one is missed."""
    knowledge = load(FOLDER)
    known = len(knowledge.medicines.names) + len(knowledge.medicines.wide.rows)
    print(f"{known} names, {len(knowledge.medicines.misspellings)} listed misspellings")
    found = measured(knowledge)
    for name, took in found.items():
        goal = f"  (goal {GOALS[name] * 1e3:g} ms)" if name in GOALS else ""
        print(f"{name:28}{took * 1e3:10.3f} ms{goal}")
    missed = [name for name, goal in GOALS.items() if found[name] > goal]
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
