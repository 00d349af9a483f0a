"""Create the environment in .venv and install a lock file into it: ``runtime``, ``dev`` or ``models``.

Run by ``make``, or as ``python scripts/environment.py runtime`` where make is not available. It needs only Python, and
uses uv where it is installed or can be downloaded, pip otherwise. The next run resumes an interrupted one.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    # The lines above must run on old Pythons too; otherwise they could not print this message.
    sys.exit(
        f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; name one: make setup PYTHON=python3.12"
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {
    "runtime": ("requirements.lock",),
    "dev": ("requirements.lock", "requirements-dev.lock"),
    "models": ("requirements.lock", "requirements-models.lock"),
}
ONLY_CUDA = re.compile(r"(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z]+)==")
"""What a CPU build of torch takes the place of."""
QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
_NO_ANSWER = (
    "the registry did not answer. Check the network, the proxy and PIP_INDEX_URL or UV_INDEX_URL, and run it again"
)
_NO_PACKAGE = (
    "there is no package for this Python and system. Use Python 3.11 to 3.13 of 64 bits, or see docs/operating.md"
)
_OTHER_FILE = "the registry gave a file that is not the pinned one. Check which registry it is, and use another"
_FULL = "the disk is full. Free some, and run it again: it goes on where it stopped"
_DENIED = "a folder cannot be written. Check whose .venv and cache are, and run it again"
NO_ROOM_BYTES = 5_000_000
"""With less than this free, whatever else a program says, the disk is full."""
REASONS = (
    ("No space left", _FULL),
    ("Permission denied", _DENIED),
    ("DO NOT MATCH THE HASHES", _OTHER_FILE),
    ("Hash mismatch", _OTHER_FILE),
    ("NewConnectionError", _NO_ANSWER),
    ("error sending request", _NO_ANSWER),
    ("timed out", _NO_ANSWER),
    ("No matching distribution", _NO_PACKAGE),
    ("No solution found", _NO_PACKAGE),
)


class SetupFailed(Exception):
    """A step failed; the text gives the reason and the remedy."""


def run(*command: "str | Path") -> None:
    """Run a program to its end without output.

    :param command: The program and its arguments.
    :raises SetupFailed: With the meaning of its last output.
    """
    try:
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise SetupFailed(f"{command[0]} cannot be run: {error.strerror}") from error
    if done.returncode:
        raise SetupFailed(meaning(done.stdout + done.stderr))


def meaning(words: str) -> str:
    """Return the meaning of an installer's output, without final punctuation.

    :param words: All that it printed.
    :return: The reason and the remedy; the last line of the output where the reason is unknown.
    """
    for sign, reason in REASONS:
        if sign in words:
            return reason
    if shutil.disk_usage(ROOT).free < NO_ROOM_BYTES:
        return _FULL
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return (lines[-1] if lines else "the installer said nothing").rstrip(".")


# -------------------------------------------------------------------------------------------- the environment


def works() -> bool:
    """Return whether .venv has a Python that runs and is new enough."""
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(PYTHON), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment(uv: "str | None") -> None:
    """Create .venv, unless it exists and works; replace what an interrupted run left of it.

    :param uv: The program, or None.
    :raises SetupFailed: If it cannot be created.
    """
    if works():
        return
    print(f"Making the environment in .venv with Python {sys.version.split()[0]}", flush=True)
    if uv is not None:
        run(uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, VENV)
    elif find_spec("venv") is None:
        raise SetupFailed("this Python lacks the module venv. Install it (Debian: apt install python3-venv), or uv")
    else:
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)


def ensure_pip() -> None:
    """Install pip into .venv, unless it is there.

    :raises SetupFailed: If this Python comes without pip.
    """
    with suppress(SetupFailed):
        run(PYTHON, "-m", "pip", "--version")
        return
    if find_spec("ensurepip") is None:
        raise SetupFailed(
            "this Python lacks the module ensurepip. Install it (Debian: apt install python3-venv), or uv"
        )
    run(PYTHON, "-m", "ensurepip", "--default-pip")


def find_uv(scratch: Path) -> "str | None":
    """Return uv: the installed one, or else one that is downloaded for this run.

    :param scratch: An empty folder.
    :return: The program, or None if uv cannot be had.
    """
    if os.environ.get("KB_INSTALLER") == "pip":
        return None
    found = shutil.which("uv", path=str(BIN)) or shutil.which("uv")
    if found:
        return found
    wanted = scratch / "uv.txt"
    wanted.write_text(next(pin for pin in pins("requirements-dev.lock") if pin.startswith("uv==")), encoding="utf-8")
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", scratch]
    for python in (PYTHON, sys.executable):
        with suppress(SetupFailed):
            run(python, "-m", "pip", "install", *options, "--requirement", wanted)
            return shutil.which("uv", path=str(scratch / "bin"))
    return None


# ------------------------------------------------------------------------------------------------ installing


def pins(lock: str) -> "list[str]":
    """Return the pins of a lock file, each with its hashes.

    :param lock: Its name.
    :return: One text per pin, each ending in a newline.
    """
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [pin + "\n" for pin in re.split(r"\n(?=\S)", text.strip()) if not pin.startswith("#")]


def install(uv: "str | None", *what: "str | Path") -> None:
    """Install with uv, or with pip where uv is missing or fails: each has its own settings.

    :param uv: The program, or None.
    :param what: Options and requirements.
    :raises SetupFailed: If pip fails as well.
    """
    if uv is not None:
        try:
            run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", *what)
        except SetupFailed as error:
            if str(error) in (_FULL, _DENIED):  # pip would fail as well
                raise
            print(f"uv: {error}. Trying pip", flush=True)
        else:
            return
    ensure_pip()
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", *what)


def install_lock(uv: "str | None", lock: str, left_out: "re.Pattern[str] | None" = None) -> None:
    """Install a lock file, with hashes checked; nothing is ever compiled.

    :param uv: The program, or None.
    :param lock: The file's name.
    :param left_out: Matches pins to skip; None to skip none.
    """
    wanted = [pin for pin in pins(lock) if left_out is None or not left_out.match(pin)]
    print(f"Installing {len(wanted)} packages from {lock}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / lock
        path.write_text("".join(wanted), encoding="utf-8")
        install(uv, "--require-hashes", "--only-binary", ":all:", "--requirement", path)


def cpu_torch() -> bool:
    """Install the CPU build of torch where one can be found, which saves several gigabytes.

    Its hash is not in the lock file, since each index has its own builds; KB_TORCH_INDEX names one to trust, or pip is
    configured to look into a folder of wheels that has it.

    :return: Whether it is installed now.
    :raises SetupFailed: If KB_TORCH_INDEX is set and does not have it.
    """
    version = next(pin.split()[0] for pin in pins("requirements-models.lock") if pin.startswith("torch=="))
    ensure_pip()
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", "--only-binary", ":all:")
    index = os.environ.get("KB_TORCH_INDEX")
    if index:
        run(*pip, "--index-url", index, version)
        return True
    with suppress(SetupFailed):
        run(*pip, version + "+cpu")
        return True
    return False


def install_models(uv: "str | None") -> None:
    """Install the extra, with a CPU build of torch or with everything torch declares, and check that it imports.

    :param uv: The program, or None.
    """
    found = cpu_torch()
    print(
        "torch: the CPU build" if found else "torch: the registry's build, with what it declares as needed", flush=True
    )
    install_lock(uv, "requirements-models.lock", ONLY_CUDA if found else None)
    run(PYTHON, "-c", "import torch, sentence_transformers")


def main(wanted: str) -> None:
    """Create the environment and install one of the sets.

    :param wanted: ``runtime``, ``dev`` or ``models``.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        make_environment(shutil.which("uv"))
        uv = find_uv(Path(scratch))
        install_lock(uv, "requirements.lock")
        if wanted == "dev":
            install_lock(uv, "requirements-dev.lock")
        elif wanted == "models":
            install_models(uv)
        install(uv, "--no-build-isolation", "--editable", ROOT)
    for name in ("runtime", wanted):  # each includes what serving needs
        (VENV / f".setup-{name}").touch()
    print(f"The environment is ready ({wanted}, {time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] not in ([name] for name in LOCKS):
        sys.exit("Say what to install: python scripts/environment.py " + "|".join(LOCKS))
    try:
        main(sys.argv[1])
    except SetupFailed as failed:
        sys.exit(f"Setting up failed: {failed}.")
    except OSError as error:
        place = error.filename or ROOT
        sys.exit(f"Setting up failed: {place}: {error.strerror}. Check the disk and permissions; run the same again.")
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run the same again; it goes on where it stopped.")
