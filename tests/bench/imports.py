"""How long a catalog file takes to read and to import, beside what the bare tools need for the same rows.

    python tests/bench/imports.py [ROWS]

The floor is csv.reader and one executemany of the same rows into one SQLite table.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from counselor import clock, config, create_app, places
from counselor.catalog import queries
from counselor.database import db
from counselor.imports import actions
from counselor.imports.reading import read_catalog, to_shelf
from counselor.staff.models import Store

SAMPLE = places.seed() / "catalog" / "clinic-shelf.csv"


def large_file(folder: Path, rows: int) -> Path:
    """The sample shelf again and again, each row a product of its own."""
    with SAMPLE.open(encoding="utf-8", newline="") as source:
        header, *body = list(csv.reader(source))
    sku, batch = header.index("sku"), header.index("batch")
    path = folder / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for number in range(rows):
            row = list(body[number % len(body)])
            row[sku], row[batch] = f"K{number:06}", f"B-{number:06}"
            writer.writerow(row)
    return path


def floor(path: Path, folder: Path) -> float:
    """Seconds for csv.reader and one executemany, durable."""
    started = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as source:
        header, *rows = list(csv.reader(source))
    connection = sqlite3.connect(folder / "floor.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"CREATE TABLE shelf ({', '.join(f'c{n}' for n in range(len(header)))})")
    connection.executemany(f"INSERT INTO shelf VALUES ({', '.join('?' * len(header))})", rows)
    connection.commit()
    connection.close()
    return time.perf_counter() - started


def reading() -> float:
    """Seconds for the sample shelf from file to shelf, the best of twenty."""
    best = 9.9
    for _ in range(20):
        started = time.perf_counter()
        to_shelf(read_catalog(SAMPLE).rows, on=date(2026, 11, 22))
        best = min(best, time.perf_counter() - started)
    return best


def main(rows: int) -> None:
    """Print one line for each measure."""
    print(f"reading the sample shelf (48 rows)      {reading() * 1000:8.1f} ms")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = large_file(folder, rows)
        bare = floor(path, folder)
        print(f"csv.reader + executemany, {rows:,} rows {bare:12.2f} s")
        started = time.perf_counter()
        read_catalog(path)
        read = time.perf_counter() - started
        print(f"reading and judging them {read:22.2f} s   ({read / bare:.1f} x)")
        app = create_app(config.from_environment({"COUNSELOR_HOME": str(folder / "home")}))
        with app.app_context():
            db.create_all()
            store = Store(name="Bench", zone="UTC")
            db.session.add(store)
            db.session.commit()
            started = time.perf_counter()
            actions.import_file(path, by=None, at=clock.now(), store=store)
            db.session.commit()
            took = time.perf_counter() - started
            print(f"importing them, reading included {took:14.2f} s   ({took / bare:.1f} x)")
            started = time.perf_counter()
            queries.shelf_of(store)
            print(f"the shelf of the store {(time.perf_counter() - started) * 1000:22.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
