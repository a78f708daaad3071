"""Serve the real program on the crash harness's database: known sign-ins, one patient, a way to look back.

    python tests/bench/crash_house.py PORT       DATABASE_URL says where

Safe to start again after every kill: what is there stays. Tables that the harness made for its own small app
are dropped on the first start. The tokens stored so far are told at /bench/tokens, an address that only this
file adds.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date

import waitress
from flask import Flask, jsonify
from sqlalchemy import MetaData, inspect, select

from counselor import clock, config, create_app
from counselor.consultations.models import Consultation
from counselor.database import db
from counselor.patients import actions as patients
from counselor.patients.models import Patient
from counselor.schema import upgrade_database
from counselor.staff import actions, queries
from counselor.staff.models import Role
from counselor.staff.permissions import ENDPOINTS, Access

USERNAME, PASSWORD = "crash", "harmless teapot orbit 9"


def house() -> Flask:
    """The application, its database brought up to date and furnished."""
    home = os.environ.get("COUNSELOR_HOME") or os.path.join(tempfile.gettempdir(), "counselor-crash")
    app = create_app(config.from_environment({**os.environ, "COUNSELOR_HOME": home}))
    with app.app_context():
        _drop_foreign_tables()
    upgrade_database(app)
    with app.app_context():
        _furnish(app)
    ENDPOINTS["bench_tokens"] = Access.PUBLIC
    app.add_url_rule("/bench/tokens", "bench_tokens", _tokens)
    return app


def _drop_foreign_tables() -> None:
    if inspect(db.engine).has_table("alembic_version"):
        return
    there = MetaData()
    there.reflect(db.engine)
    there.drop_all(db.engine)


def _furnish(app: Flask) -> None:
    at = clock.now()
    store = queries.first_store() or actions.open_store(name="Main Street", zone="America/New_York", at=at)
    if not queries.all_staff():
        staff, _ = actions.add_staff(
            store=store,
            username=USERNAME,
            display_name="Crash Test",
            role=Role.COUNSELOR,
            by=None,
            at=at,
            settings=app.extensions["counselor"],
            password=PASSWORD,
        )
        values = {"given_name": "Ana", "family_name": "Rivera", "born": date(1979, 3, 25)}
        patients.add(values=values, by=staff, at=at)
    db.session.commit()
    assert db.session.scalars(select(Patient.id)).first() == 1


def _tokens() -> object:
    """The note of every consultation that has one."""
    sheets = db.session.scalars(select(Consultation.sheet))
    return jsonify([sheet["note"] for sheet in sheets if sheet.get("note")])


if __name__ == "__main__":
    waitress.serve(house(), host="127.0.0.1", port=int(sys.argv[1]), threads=8)
