"""How fast advice is given through the command line: `make bench`.

Whole processes are timed, start-up included, as a calling program would meet them. Absolute figures move with
the machine; the ratio to the floor (the same lines read and written as JSON by a bare Python) holds between
machines.
"""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "seed" / "catalog" / "clinic-shelf.csv"
ROUNDS = 5
INTAKES = 1000
GOAL = 200

CONDITIONS = [
    ["MS"],
    ["spinal cord injury"],
    ["myoclonus"],
    ["chronic pain"],
    ["back spasms"],
    ["ALS", "leg cramps"],
]
MEDICINES = [
    ["Klonopin 0.5 mg at bedtime, baclofen"],
    ["oxycodone 5mg", "gabapentin 300"],
    ["klonipin"],
    ["lisinopril 10", "metformin"],
    ["glorbizol"],
    ["warfarin 5 mg", "atorvastatin", "tizanadine"],
    [],
    ["omeprazole, levothyroxine, sertraline, amlodipine"],
]
HISTORY = [
    ["COPD"],
    ["no chest pain", "drives for work"],
    ["heart attack 2 years ago"],
    [],
    ["diabetes", "fell twice last year"],
]
ROUTES = [["edible"], ["vaporized", "edible"], [], ["smoked"], ["topical"]]

FLOOR = (
    "import sys, json\n"
    "for line in sys.stdin.buffer: sys.stdout.buffer.write(json.dumps(json.loads(line)).encode() + b'\\n')"
)


def intakes() -> bytes:
    """The same thousand visits every time: each combination of what people say, with ages from 18 to 90."""
    said = itertools.cycle(itertools.product(CONDITIONS, MEDICINES, HISTORY, ROUTES))
    rows = (
        {
            "id": str(i),
            "on": "2026-11-22",
            "age": 18 + i % 73,
            "conditions": c,
            "medicines": m,
            "history": h,
            "routes": r,
            "experience": "none",
        }
        for i, (c, m, h, r) in enumerate(itertools.islice(said, INTAKES))
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def seconds(command: list[str], lines: bytes) -> tuple[float, bytes]:
    """Wall time of one whole process, and what it answered."""
    began = time.perf_counter()
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    return time.perf_counter() - began, done.stdout


def main() -> None:
    """Print the rate, the ratio to the floor and the start-up alone; medians of rounds run in turn."""
    lines = intakes()
    advise = [sys.executable, "-m", "counselor", "advise", "--catalog", str(CATALOG)]
    floor = [sys.executable, "-c", FLOOR]
    advised, floored, started, answers = [], [], [], set()
    for _ in range(ROUNDS):
        floored.append(seconds(floor, lines)[0])
        started.append(seconds(advise, b"")[0])
        taken, out = seconds(advise, lines)
        advised.append(taken)
        answers.add(out)
    if len(answers) != 1 or next(iter(answers)).count(b"\n") != INTAKES:
        sys.exit("the answers differ between runs, or some are missing")
    rate = INTAKES / statistics.median(advised)
    print(f"{INTAKES} intakes, {ROUNDS} rounds, whole processes, medians; the same bytes every time")
    print(
        f"advise     {statistics.median(advised):6.2f} s  {rate:6.0f} intakes/s, "
        f"start-up included (goal {GOAL})"
    )
    print(f"start-up   {statistics.median(started):6.2f} s")
    print(f"floor      {statistics.median(floored):6.2f} s  the same lines through json alone")
    ratio = statistics.median(a / f for a, f in zip(advised, floored, strict=True))
    print(f"RATIOS     advise/floor {ratio:.1f}")


if __name__ == "__main__":
    main()
