"""Counselor: the counter, the shelf and the record of a licensed medical-cannabis dispensary."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from counselor.config import Settings

__version__ = "0.1.0"

# Every room with pages, in the order of the day. Each module has `bp`.
ROOMS = (
    "counselor.home.views",
    "counselor.staff.session_views",
    "counselor.staff.account_views",
    "counselor.staff.views",
    "counselor.audit.views",
    "counselor.patients.views",
    "counselor.consultations.views",
    "counselor.catalog.views",
    "counselor.catalog.bulk_views",
    "counselor.catalog.batch_views",
    "counselor.imports.views",
    "counselor.stock.views",
    "counselor.reports.views",
    "counselor.certificates.views",
    "counselor.recalls.views",
    "counselor.reactions.views",
    "counselor.knowledge.views",
    "counselor.api.views",
    "counselor.web.gallery",
)

# Every room with tables.
MODELS = (
    "counselor.staff.models",
    "counselor.audit.models",
    "counselor.patients.models",
    "counselor.catalog.models",
    "counselor.imports.models",
    "counselor.stock.models",
    "counselor.certificates.models",
    "counselor.consultations.models",
    "counselor.recalls.models",
    "counselor.reactions.models",
    "counselor.knowledge.models",
)


def load_models() -> None:
    """Import every module with tables, so that the metadata is whole."""
    for name in (*MODELS, "counselor.seals"):
        if _exists(name):
            importlib.import_module(name)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Nothing is served, migrated or loaded yet."""
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from counselor import config, places
    from counselor.database import db
    from counselor.staff import sessions
    from counselor.web import environment, errors, guard

    settings = settings or config.from_environment()
    app = Flask(__name__, template_folder=str(places.templates()), static_folder=str(places.static()))
    app.config.from_mapping(settings.flask())
    app.extensions["counselor"] = settings
    if settings.proxies:
        near = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, near, near, near)  # type: ignore[method-assign]
    load_models()
    db.init_app(app)
    guard.register(app)
    sessions.register(app)
    errors.register(app)
    environment.register(app)
    for name in ROOMS:
        if _exists(name):
            app.register_blueprint(importlib.import_module(name).bp)
    return app


def _exists(name: str) -> bool:
    """Whether a room is there yet. A room that is there but broken still fails loudly."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
