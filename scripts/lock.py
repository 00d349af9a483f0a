"""Write the lock files, with every package pinned by its hashes: for serving, for development, for other encoders.

``requirements.lock`` is what ``make run`` and the container install. ``requirements-dev.lock`` and
``requirements-models.lock`` hold what is needed in addition, at compatible versions. One file serves Linux, macOS
and Windows, starting with the oldest supported Python. Run by ``make lock``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.lock"
COMMAND = (
    "pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "
    "--no-emit-index-url --no-emit-find-links --upgrade --quiet"
)
LEFT_OUT = {
    "hf-xet": "a quicker way to download from a model hub, which is never done here",
    "pydeck": "draws st.pydeck_chart, which no page has",
}
"""Declared as dependencies by a library, imported only where used, and 34 MB together."""
FORBIDDEN = re.compile(r"^(torch|transformers|sentence-transformers|triton|nvidia-\S+)==", re.MULTILINE)
"""The default installation needs none of them."""


def resolve(*more: str, constraint: str = "") -> dict[str, str]:
    """Return what must be installed.

    :param more: Groups and extras, as options of uv.
    :param constraint: Pins that must be kept.
    :return: Pins with their hashes, by name and marker.
    """
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "constraint.txt"
        pins.write_text(constraint, encoding="utf-8")
        uv = Path(sys.executable).with_name("uv")
        left_out = [f"--no-emit-package={name}" for name in LEFT_OUT]
        command = [str(uv), *COMMAND.split(), *left_out, "--constraint", str(pins), *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The dependencies cannot be resolved, and nothing was written: {done.stderr.strip()}")
    return {pin.split("\n")[0].rstrip(" \\"): pin for pin in re.split(r"\n(?=[A-Za-z])", done.stdout.strip())}


def write(name: str, said: str, pins: dict[str, str]) -> None:
    """Write a lock file, unless it contains a host name."""
    text = f"# Written by 'make lock': {said}\n" + "".join(f"{pin.rstrip()}\n" for pin in pins.values())
    if "://" in text:
        raise SystemExit(f"{name} would name a host, and was not written.")
    (ROOT / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(pins)} packages")


def main() -> None:
    """Resolve the three sets in turn, and write them."""
    runtime = resolve("--group", "install")
    kept = "\n".join(runtime)
    if FORBIDDEN.search(kept):
        raise SystemExit(f"The runtime would need {FORBIDDEN.findall(kept)}, and nothing was written.")
    development = resolve("--group", "install", "--group", "dev", constraint=kept)
    models = resolve("--group", "install", "--extra", "models", constraint=kept)
    write(RUNTIME, "what 'make run' and the container install.", runtime)
    on_top = {
        "requirements-dev.lock": ("what the tests and checks need on top of requirements.lock.", development),
        "requirements-models.lock": ("what the extra 'models' needs on top of requirements.lock.", models),
    }
    for name, (said, pins) in on_top.items():
        write(name, said, {key: pin for key, pin in pins.items() if key not in runtime})


if __name__ == "__main__":
    main()
