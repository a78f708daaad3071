"""The commands: a database, a store, staff, tokens, and a server that says where it is."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from counselor.cli import COMMANDS, SHORT_HELP, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def counselor(tmp_path, monkeypatch):
    """Run a command in a home folder of its own; gives its result."""
    monkeypatch.setenv("COUNSELOR_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "PORT", "HOST", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    before = os.umask(0o022)

    def run(*arguments):
        return CliRunner().invoke(main, arguments)

    yield run
    os.umask(before)


def test_help_names_every_command_without_loading_any(counselor):
    page = counselor("--help").output
    assert set(COMMANDS) == set(SHORT_HELP)
    assert all(f"  {name} " in page for name in COMMANDS)


def test_advise_starts_without_the_web_and_the_database():
    code = (
        "import sys; from counselor.cli import main\n"
        "try: main(['advise', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in ('flask', 'sqlalchemy', 'flask_wtf', 'openpyxl') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_store_is_set_up_from_nothing_and_its_manager_can_sign_in(counselor, tmp_path):
    assert "up to date" in counselor("db", "upgrade").output
    assert "up to date" in counselor("db", "upgrade").output
    assert counselor("store", "open", "--name", "Green Door", "--zone", "America/New_York").exit_code == 0
    added = counselor("staff", "add", "MReyes", "--name", "Maria Reyes", "--role", "manager")
    assert re.search(r"^Sign in:  username mreyes   password \S{19}$", added.output, re.MULTILINE)
    checked = counselor("audit", "check")
    assert checked.exit_code == 0
    assert re.search(r"^Head:  2 [0-9a-f]{64}$", checked.output, re.MULTILINE)
    if os.name == "posix":
        assert (tmp_path / "home" / "counselor.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("store", "open", "--name", "X", "--zone", "Nowhere/Here"), "no time zone 'Nowhere/Here'"),
        (("staff", "add", "two words", "--name", "X", "--role", "counselor"), "one word"),
        (("staff", "add", "x", "--name", "X", "--role", "owner"), "'owner' is not one of"),
        (
            ("staff", "add", "x", "--name", "X", "--role", "counselor", "--store", "Elsewhere"),
            "no store called",
        ),
        (("staff", "reset", "nobody"), "Nobody has the username nobody"),
        (("token", "revoke", "7"), "no live token 7"),
        (("serve", "--port", "99999"), "99999 is not in the range"),
    ],
)
def test_a_command_that_cannot_do_it_says_why_and_fails(counselor, command, says):
    counselor("db", "upgrade")
    counselor("store", "open", "--name", "Green Door", "--zone", "UTC")
    done = counselor(*command)
    assert done.exit_code != 0
    assert says in done.output


def test_a_setting_that_cannot_be_used_is_named(counselor, monkeypatch):
    monkeypatch.setenv("PORT", "soon")
    done = counselor("serve")
    assert done.exit_code == 1
    assert "PORT is 'soon'" in done.output


def test_serving_a_database_of_another_version_is_refused_with_what_to_do(counselor):
    done = counselor("serve")
    assert done.exit_code == 1
    assert "Run: counselor db upgrade" in done.output


def test_with_several_stores_a_command_asks_which(counselor):
    counselor("db", "upgrade")
    for name in ("North", "South"):
        counselor("store", "open", "--name", name, "--zone", "UTC")
    done = counselor("token", "create", "--name", "till")
    assert done.exit_code == 1
    assert "--store NAME" in done.output
    assert counselor("token", "create", "--name", "till", "--store", "South").exit_code == 0


def test_a_token_is_shown_once_and_only_its_hash_is_stored(counselor, tmp_path):
    counselor("db", "upgrade")
    counselor("store", "open", "--name", "Green Door", "--zone", "UTC")
    made = counselor("token", "create", "--name", "till").output
    key = re.search(r"Token 1:  (\S+)", made).group(1)
    assert len(key) > 40
    stored = b"".join(file.read_bytes() for file in (tmp_path / "home").glob("counselor.db*"))
    assert key.encode() not in stored
    assert counselor("token", "revoke", "1").exit_code == 0


class Server:
    """`counselor run` as a person starts it."""

    def __init__(self, home, **env):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "counselor", "run"],
            cwd=ROOT,
            env={**os.environ, "COUNSELOR_HOME": str(home), **env},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines = [self.process.stdout.readline().rstrip() for _ in range(4)]
        self.address = self.lines[0].split()[-1]

    def page(self, path):
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.status, answer.read().decode()


def test_run_prints_where_and_who_on_lines_of_their_own_and_passes_over_a_busy_port(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        server = Server(tmp_path / "home", PORT=str(busy.getsockname()[1]))
        try:
            address = re.fullmatch(r"Address:  (http://127\.0\.0\.1:(\d+)/)", server.lines[0])
            assert int(address.group(2)) != busy.getsockname()[1]
            for line, name in zip(server.lines[1:], ("counselor", "pharmacist", "manager"), strict=True):
                assert re.fullmatch(rf"Sign in:  username {name}   password (\w{{4}}-){{3}}\w{{4}}", line)
            assert server.page("sign-in")[0] == 200
            assert server.page("static/favicon.svg")[0] == 200
        finally:
            server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
    again = Server(tmp_path / "home", PORT="0")
    try:
        assert again.lines[1:] == server.lines[1:]
        with pytest.raises(urllib.error.HTTPError) as refused:
            again.page("nowhere")
        assert refused.value.code == 404
    finally:
        again.process.kill()
        again.process.wait(timeout=10)
