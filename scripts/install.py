"""Install the locked requirements into this .venv: with uv when that works, else with plain pip."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / (
    sys.argv[1] if len(sys.argv) > 1 else "requirements-dev.lock"
)
PIP = [
    sys.executable,
    "-m",
    "pip",
    "--disable-pip-version-check",
    "install",
    "--quiet",
    "--require-hashes",
    "-r",
]
UV = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", sys.executable]


def uv_requirement() -> str:
    """The lines of the lock that pin uv itself."""
    found = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(), re.DOTALL | re.MULTILINE)
    return found.group() if found else ""


def main() -> int:
    requirement = uv_requirement()
    if requirement:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(requirement)
            file.flush()
            got_uv = subprocess.run([*PIP, file.name], check=False).returncode == 0
        if got_uv and subprocess.run([*UV, "--require-hashes", "-r", str(LOCK)], check=False).returncode == 0:
            return 0
        print("uv did not get everything; trying again with pip ...", flush=True)
    return subprocess.run([*PIP, str(LOCK)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
