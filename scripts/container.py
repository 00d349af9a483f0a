"""Test deploy/Containerfile without a container engine: ``python scripts/container.py``.

The lines of the first stage run in an empty folder that takes the place of ``/app``, with only the checkout's files
that the recipe copies there. Then the command of the last stage serves, and its health check runs. An engine would
also enforce users, ports and the read-only root; this script does not.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import fresh

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "deploy" / "Containerfile"
READY_WITHIN_S = 60.0


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a recipe: its keyword, and the rest of its line with continuations joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n", " ", lines).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def stages(text: str) -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage."""
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions(text):
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, rest))
    return found


def placed(words: str, app: Path) -> str:
    """Return words with ``/app`` and ``/data`` replaced by folders of this run."""
    return re.sub(r"(?<![\w.])/(app|data)\b", lambda match: str(app.parent / match[1]), words)


def copy(rest: str, app: Path) -> None:
    """Perform COPY for files of the checkout."""
    *sources, target = rest.split()
    for source in sources:
        into = app / target / Path(source).name if target.endswith("/") else app / target
        into.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, into)


def build(stage: list[tuple[str, str]], app: Path, variables: dict[str, str]) -> None:
    """Run the lines of the first stage."""
    for word, rest in stage:
        if word == "COPY":
            copy(rest, app)
        elif word == "RUN":
            started = time.monotonic()
            command = placed(rest, app).replace("/tmp/cache", str(app.parent / "cache"))  # noqa: S108 — the recipe's
            subprocess.run(["/bin/sh", "-c", command], cwd=app, env=variables, check=True)
            print(f"{time.monotonic() - started:6.1f} s  RUN {rest[:80]}", flush=True)


def serve(stage: list[tuple[str, str]], app: Path, variables: dict[str, str]) -> None:
    """Run the last stage's command until its health check passes."""
    last = dict(stage)
    port = str(fresh.free_port())
    for name, value in re.findall(r'(\w+)="?([^"\s]+)"?', last["ENV"]):
        variables[name] = placed(value, app).replace("$PATH", variables["PATH"])
    command = json.loads(last["CMD"].replace("8501", port))
    check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2].replace("8501", port))
    program = shutil.which(command[0], path=variables["PATH"]) or command[0]
    started, pause = time.monotonic(), threading.Event()
    with subprocess.Popen([program, *command[1:]], cwd=app, env=variables) as server:
        try:
            while subprocess.run(check, env=variables, capture_output=True, check=False).returncode:
                if server.poll() is not None or time.monotonic() - started > READY_WITHIN_S:
                    raise SystemExit("The health check does not pass.")
                pause.wait(0.2)
            print(f"{time.monotonic() - started:6.1f} s  healthy", flush=True)
        finally:
            server.terminate()


def main() -> None:
    """Build, serve, check, and remove everything."""
    first, last = stages(RECIPE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "app"
        for name in ("app", "data", "home"):
            (app.parent / name).mkdir()
        variables = fresh.environment(app.parent / "home")
        interpreter = Path(variables.pop("PYTHON"))
        (app.parent / "bin").mkdir()
        (app.parent / "bin" / "python").symlink_to(interpreter)
        variables["PATH"] = f"{app.parent / 'bin'}{os.pathsep}{variables['PATH']}"
        build(first, app, variables)
        serve(last, app, variables)


if __name__ == "__main__":
    sys.exit(main())
