"""How long the catalog's list takes with 10,000 products, beside a bare page of the same program.

    python tests/bench/catalog_list.py [PRODUCTS]

Whole requests through the application, signed in, the median of several: processor time of this process,
which with SQLite is all of the server's work and does not count what else the machine does meanwhile. The
bare page is the one for changing one's password: a form, no list.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import event, text

from counselor import clock, config, create_app
from counselor.database import db
from counselor.staff import actions
from counselor.staff.models import Role, Store
from tests.bench.large_shop import fill

RUNS = 9
PASSWORD = "harmless teapot orbit 9"
BARE = "/account/password"
PAGES = {
    "page 1": "/catalog",
    "last page": "/catalog?page=100000",
    "page of 200 rows": "/catalog?per=200",
    "a word": "/catalog?q=No.+77",
    "a batch number": "/catalog?q=L-00042",
    "two words": "/catalog?q=birch+capsule",
    "a brand": "/catalog?brand=Dune",
    "can be sold": "/catalog?state=saleable",
    "at most 3 here": "/catalog?most=3",
    "by brand": "/catalog?sort=brand",
    "by count": "/catalog?sort=stock&order=down",
    "by expiry": "/catalog?sort=expiry",
    "by THC": "/catalog?sort=thc&order=down",
    "THC 2 to 5 mg": "/catalog?thc_from=2&thc_to=5",
}


def main() -> None:
    """Build the shop, then print a line for each page."""
    products = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as home:
        settings = replace(
            config.from_environment({"COUNSELOR_HOME": home}), argon2_rounds=1, argon2_memory_kib=8
        )
        app = create_app(settings)
        app.testing = True
        with app.app_context():
            db.create_all()
            store = Store(name="Green Door", zone="America/New_York", phone="")
            db.session.add(store)
            db.session.flush()
            actions.add_staff(
                store=store, username="manager", display_name="A Manager", role=Role.MANAGER, by=None,
                at=clock.now(), settings=settings, password=PASSWORD,
            )  # fmt: skip
            db.session.commit()
            fill(store, products)
            statements = [0]

            @event.listens_for(db.engine, "before_cursor_execute")
            def _count(*_: Any) -> None:
                statements[0] += 1

            db.session.execute(text("ANALYZE"))
            db.session.commit()
        _measure(app.test_client(), statements, products)


def _measure(client: Any, statements: list[int], products: int) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf_token": token, "username": "manager", "password": PASSWORD})
    bare, _ = _timed(client, BARE, statements)
    print(f"{products:,} products; bare page {BARE}: {bare * 1000:.1f} ms (median of {RUNS})")
    started = time.process_time()
    client.get("/catalog?sort=cbd")
    print(f"the first list by strength after a change: {(time.process_time() - started) * 1000:.0f} ms")
    for name, address in PAGES.items():
        median, asked = _timed(client, address, statements)
        print(f"{name:18} {median * 1000:6.1f} ms, {median / bare:4.1f} x bare, {asked} statements")


def _timed(client: Any, address: str, statements: list[int]) -> tuple[float, int]:
    client.get(address)
    times = []
    for _ in range(RUNS):
        statements[0] = 0
        started = time.process_time()
        answer = client.get(address)
        times.append(time.process_time() - started)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    return statistics.median(times), statements[0]


if __name__ == "__main__":
    main()
