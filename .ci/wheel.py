"""Build the wheel, install it in an empty environment, and use it from an unrelated folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def call(*command: str, cwd: Path, env: dict[str, str] | None = None, given: str | None = None) -> str:
    """Run a command; gives its output, stops everything with it where it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, advise, upgrade, sign-in page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), cwd=ROOT)
        wheel = next(folder.glob("*.whl"))
        venv.create(folder / "env", with_pip=True)
        binaries = folder / "env" / "bin"
        pip = (str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        call(*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt"), cwd=folder)
        call(*pip, "--no-deps", str(wheel), cwd=folder)

        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(elsewhere),
            "COUNSELOR_HOME": str(elsewhere / "home"),
            "PORT": "0",
        }
        counselor = str(binaries / "counselor")

        intake = (
            json.dumps({"id": "wheel", "conditions": ["multiple sclerosis"], "routes": ["edible"]}) + "\n"
        )
        advice = json.loads(call(counselor, "advise", cwd=elsewhere, env=env, given=intake))
        assert advice["id"] == "wheel" and advice["evidence"], advice
        print("counselor advise answers, knowledge", advice["knowledge"])

        print(call(counselor, "db", "upgrade", cwd=elsewhere, env=env).strip())
        call(
            counselor, "store", "open", "--name", "Main", "--zone", "America/New_York", cwd=elsewhere, env=env
        )

        with subprocess.Popen(
            [counselor, "serve"], cwd=elsewhere, env=env, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[-1]
                page = sign_in_page(address + "sign-in")
                assert 'name="password"' in page, page[:500]
                print("the sign-in page answers")
            finally:
                server.terminate()


def sign_in_page(address: str) -> str:
    """The page, with a little patience."""
    for _ in range(50):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{address} does not answer")


if __name__ == "__main__":
    main()
