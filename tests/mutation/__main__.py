"""Mutation testing of guidance/, by hand: python -m tests.mutation [--module rules ...] [--sample 0.3]

The tests are collected and the knowledge is read once. For each mutant a fork of the warm process gives the
function its wrong code and runs the tests that call it, quickest first, until one fails: killed. One that no
test notices survives and is printed. Modules are given by name; without any, all of guidance. A test made by
hypothesis always tries the same examples here and shrinks none.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from .mutate import Mutant, mutants_of

GUIDANCE = Path(__file__).resolve().parents[2] / "counselor" / "guidance"
SLOWEST = 20.0
"""Seconds of the processor beyond three times what the tests take; an endless loop is killed after that."""
MOST_TESTS = 400


class Runner:
    """A pytest plugin that takes the place of the test loop."""

    def __init__(self, modules: list[str], share: float, jobs: int) -> None:
        self.modules, self.share, self.jobs = modules, share, jobs
        self.callers: dict[CodeType, list[pytest.Item]] = defaultdict(list)
        self.took: dict[str, float] = {}
        self.survived: list[str] = []
        self.counts: Counter[str] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """First every test once, to see which functions it calls; then every mutant."""
        self._watch(session.items)
        work = self._work()
        print(f"\n{len(session.items)} tests, {len(work)} mutants", flush=True)
        running: dict[int, tuple[str, str]] = {}
        source = {
            name: (GUIDANCE / f"{name}.py").read_text(encoding="utf-8").split("\n") for name in self.modules
        }
        for function, mutant, module in work:
            text = source[module][mutant.line - 1].strip()
            label = f"{module}.py:{mutant.line} {mutant.function}: {mutant.change}  | {text}"
            while len(running) >= self.jobs:
                self._reap(running)
            child = os.fork()
            if child == 0:
                self._judge(function, mutant)
            running[child] = (module, label)
        while running:
            self._reap(running)
        self._report()
        return True

    def _watch(self, items: list[pytest.Item]) -> None:
        """Which of our functions each test calls, and how long it takes."""
        for i, item in enumerate(items):
            called: set[CodeType] = set()

            def note(frame: Any, event: str, _: Any, called: set[CodeType] = called) -> None:
                if event == "call" and "/guidance/" in frame.f_code.co_filename:
                    called.add(frame.f_code)

            began = time.perf_counter()
            sys.setprofile(note)
            try:
                following = items[i + 1] if i + 1 < len(items) else items[0]
                reports = runtestprotocol(item, log=False, nextitem=following)
            finally:
                sys.setprofile(None)
            if any(report.failed for report in reports):
                sys.exit(f"{item.nodeid} fails without any mutant")
            self.took[item.nodeid] = time.perf_counter() - began
            for code in called:
                self.callers[code].append(item)

    def _work(self) -> list[tuple[FunctionType, Mutant, str]]:
        chance, found = random.Random(1), []
        for name in self.modules:
            module = importlib.import_module(f"counselor.guidance.{name}")
            path = GUIDANCE / f"{name}.py"
            for mutant in mutants_of(path.read_text(encoding="utf-8"), str(path)):
                function = _function(module, mutant.function)
                if function is not None and chance.random() < self.share:
                    found.append((function, mutant, name))
        return found

    def _judge(self, function: FunctionType, mutant: Mutant) -> None:
        """In the child: exit 1 where a test fails, 0 where none does, 2 if none calls it, 3 if impossible."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        items = sorted(self._callers(function), key=lambda item: self.took[item.nodeid])
        usual = sum(self.took[item.nodeid] for item in items[:MOST_TESTS])
        signal.setitimer(signal.ITIMER_PROF, SLOWEST + 3 * usual)
        try:
            _replace(function, mutant)
        except ValueError:  # without its super() a method is no method of its class any more
            os._exit(3)
        for i, item in enumerate(items[:MOST_TESTS]):
            following = items[i + 1] if i + 1 < len(items) else item
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                os._exit(1)
        os._exit(0 if items else 2)

    def _callers(self, function: FunctionType) -> list[pytest.Item]:
        return self.callers.get(function.__code__, [])

    def _reap(self, running: dict[int, tuple[str, str]]) -> None:
        child, status = os.wait()
        module, label = running.pop(child)
        code = os.waitstatus_to_exitcode(status)
        verdict = {0: "survived", 2: "no test", 3: "impossible"}.get(code, "killed")
        self.counts["endless"] += code == -signal.SIGPROF
        self.counts[f"{module} {verdict}"] += 1
        if verdict in ("survived", "no test"):
            self.survived.append(f"{verdict:8} {label}")
            print(self.survived[-1], flush=True)

    def _report(self) -> None:
        print("\nmodule           mutants  killed")
        all_mutants = all_killed = 0
        for name in self.modules:
            killed = self.counts[f"{name} killed"]
            total = killed + self.counts[f"{name} survived"] + self.counts[f"{name} no test"]
            all_mutants, all_killed = all_mutants + total, all_killed + killed
            if total:
                print(f"{name:16} {total:7}  {100 * killed / total:5.1f} %")
        print(f"{'all':16} {all_mutants:7}  {100 * all_killed / max(all_mutants, 1):5.1f} %")
        print(f"Of the killed, {self.counts['endless']} did not end.")


def _function(module: Any, path: str) -> FunctionType | None:
    """The living function or method; the one below a cache or property."""
    found: Any = module
    for name in path.split("."):
        found = vars(found).get(name) if isinstance(found, type) else getattr(found, name, None)
    for inner in ("__func__", "fget", "func", "__wrapped__"):
        found = getattr(found, inner, found)
    return found if isinstance(found, FunctionType) else None


def _replace(function: FunctionType, mutant: Mutant) -> None:
    """Give the living function the code of the wrong one, so that whoever imported it calls that.

    What it answered before is forgotten where a cache keeps it.
    """
    code = mutant.code
    for name in mutant.function.split("."):
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)
    function.__code__ = code
    for module in [found for name, found in sys.modules.items() if name.startswith("counselor.guidance")]:
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


def main() -> None:
    """Run it; exit 1 below nine in ten."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--module", nargs="*", default=[], help="modules of guidance; all if left out")
    asked.add_argument("--sample", type=float, default=1.0, help="which share of the mutants, at random")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--tests", nargs="*", default=["tests/guidance"], help="which tests judge")
    wanted = asked.parse_args()
    everything = [path.stem for path in sorted(GUIDANCE.glob("*.py")) if path.stem != "__init__"]
    runner = Runner(wanted.module or everything, wanted.sample, wanted.jobs)
    os.environ.setdefault("COUNSELOR_ORACLE_CASES", "400")
    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
    )
    settings.load_profile("mutants")
    pytest.main(["-q", "-p", "no:cacheprovider", *wanted.tests], plugins=[runner])


if __name__ == "__main__":
    main()
