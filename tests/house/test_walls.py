"""Who may import whom, and what a view may do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "counselor"
MODULES = sorted(HOUSE.rglob("*.py"))
WEB = {
    "flask",
    "flask_login",
    "flask_sqlalchemy",
    "flask_wtf",
    "flask_migrate",
    "sqlalchemy",
    "wtforms",
    "werkzeug",
}
ROOMS = (
    "patients",
    "catalog",
    "imports",
    "certificates",
    "consultations",
    "recalls",
    "reactions",
    "knowledge",
    "staff",
    "audit",
    "reports",
    "api",
    "home",
)


def name_of(module):
    parts = module.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(module):
    """Every module a file imports, `from a import b` both as a and as a.b."""
    found = set()
    package = name_of(module) if module.name == "__init__.py" else name_of(module).rpartition(".")[0]
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            found |= {start} | {f"{start}.{alias.name}" for alias in node.names}
    return found


def room_of(name):
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "counselor" and parts[1] in ROOMS else None


def is_front(name):
    """Whether a module is a room's views or forms."""
    last = name.rpartition(".")[2]
    return last in {"views", "forms"} or last.startswith("views_") or last.endswith(("_views", "_forms"))


GUIDANCE = [module for module in MODULES if "guidance" in module.parts]
NOW = {
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.date.today",
}


def test_there_is_a_guidance_core_to_guard():
    assert GUIDANCE


@pytest.mark.parametrize("module", GUIDANCE, ids=name_of)
def test_guidance_knows_no_web_no_database_and_nothing_else_of_ours(module):
    imported = imports_of(module)
    assert {name.split(".")[0] for name in imported}.isdisjoint(WEB | {"time", "random", "secrets", "uuid"})
    ours = {name for name in imported if name.split(".")[0] == "counselor"} - {"counselor"}
    assert {name for name in ours if not name.startswith("counselor.guidance")} == set()


@pytest.mark.parametrize("module", GUIDANCE, ids=name_of)
def test_guidance_never_asks_what_time_it_is(module):
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert ast.unparse(node.func) not in NOW, f"line {node.lineno}"


READING = [module for module in MODULES if module.parent.name == "reading" and "imports" in module.parts]


@pytest.mark.parametrize("module", READING, ids=name_of)
def test_reading_a_catalog_file_needs_no_web_and_no_database(module):
    assert {name.split(".")[0] for name in imports_of(module)}.isdisjoint(WEB)


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_room_reaches_into_another_rooms_views_or_forms(module):
    own = room_of(name_of(module))
    for name in imports_of(module):
        if room_of(name) is not None and room_of(name) != own:
            assert not any(is_front(part) for part in (name, name.rpartition(".")[0])), name


@pytest.mark.parametrize("module", [module for module in MODULES if is_front(name_of(module))], ids=name_of)
def test_views_and_forms_leave_the_database_alone(module):
    names = imports_of(module)
    assert "counselor.database.db" not in names
    assert not any(name.split(".")[0] == "sqlalchemy" and name != "sqlalchemy.orm.exc" and name !=
                   "sqlalchemy.orm.exc.StaleDataError" for name in names)  # fmt: skip


WORDS = {"patient", "consultation", "product", "batch", "cannabinoid", "clearance"}


@pytest.mark.parametrize("module", sorted((HOUSE / "web").glob("*.py")), ids=name_of)
def test_the_web_room_imports_no_room_but_staff_and_audit(module):
    assert {room_of(name) for name in imports_of(module)} <= {None, "staff", "audit"}


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_only_views_and_commands_read_the_clock(module):
    last = name_of(module).rpartition(".")[2]
    allowed = is_front(name_of(module)) or last in {
        "cli", "clock", "serving", "guard", "writes", "sessions", "environment",
    }  # fmt: skip
    if not allowed:
        source = module.read_text(encoding="utf-8")
        assert "clock.now(" not in source
        assert "datetime.now(" not in source
        assert "date.today(" not in source


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_room_is_called_after_nothing_in_particular(module):
    assert module.stem not in {"utils", "util", "helpers", "services", "managers", "base", "common", "misc"}
