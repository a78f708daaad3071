"""Run a command with TEST_DATABASE_URL set to a throwaway PostgreSQL server.

    python tests/with_postgresql.py COMMAND ...

Where there is no PostgreSQL it says what is missing and succeeds; with CI=true it fails instead.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find(program: str) -> str | None:
    """Where the server's program lies; Debian keeps it off the PATH."""
    on_path = shutil.which(program)
    if on_path:
        return on_path
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    return str(debian[0]) if debian else None


def main(command: list[str]) -> int:
    """Start the server, run the command, stop the server; gives the command's exit status."""
    initdb, pg_ctl = find("initdb"), find("pg_ctl")
    as_root = os.name == "posix" and os.geteuid() == 0
    missing = [name for name, path in (("initdb", initdb), ("pg_ctl", pg_ctl)) if path is None]
    if as_root and shutil.which("runuser") is None:
        missing.append("runuser")
    if missing or initdb is None or pg_ctl is None:
        print(f"PostgreSQL tests skipped: {' and '.join(missing)} not found (apt-get install postgresql).")
        return 1 if os.environ.get("CI") == "true" else 0
    # PostgreSQL refuses to run as root; then it runs as the user its package made.
    become = ["runuser", "-u", "postgres", "--"] if as_root else []
    folder = Path(tempfile.mkdtemp(prefix="counselor-pg-"))
    data = folder / "data"
    if as_root:
        shutil.chown(folder, "postgres")
    quiet: dict[str, int] = {"stdout": subprocess.DEVNULL}
    try:
        subprocess.run(
            [*become, initdb, "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
             "--locale=C.UTF-8"], check=True, cwd="/", **quiet,
        )  # fmt: skip
        port = free_port()
        subprocess.run(
            [*become, pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log"), "-o",
             f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {FAST}", "start"],
            check=True, cwd="/", **quiet,
        )  # fmt: skip
        try:
            url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
            return subprocess.run(
                command, env={**os.environ, "TEST_DATABASE_URL": url}, check=False
            ).returncode
        finally:
            subprocess.run(
                [*become, pg_ctl, "-D", str(data), "-m", "immediate", "stop"], check=False, cwd="/", **quiet
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
