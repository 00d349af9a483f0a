"""Install as a first-time user would, and measure it: clone, ``make run``, three questions, ``make test``.

Run by ``make fresh``. Everything happens in an empty folder with an empty home and empty caches. Only the environment
variables that the registry needs (proxy, certificates) are passed on, so no local setting or folder of wheels can
help. Uncommitted changes are not included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sizes

ROOT = Path(__file__).resolve().parent.parent
PASSED_ON = (
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("LANG", "LC_ALL", "TERM", "CI"),
)
UNWANTED = ("torch", "transformers", "sentence_transformers")
QUESTIONS = ("why did my bill go up", "how do I return my modem", "¿cómo puedo pagar mi factura?")
READY_WITHIN_S = 3600.0
AGAIN_WITHIN_S = 3.0
WITHOUT_BUILD_S = 15.0
"""Seconds without an index and without a build, after which no index is expected."""
POLL_S = 0.1

IMPORTS = """
import importlib, re, sys, tomllib
from importlib.metadata import packages_distributions
plain = lambda name: re.sub(r"[-_.]+", "-", re.match(r"[\\w.-]+", name)[0]).lower()
declared = {plain(name) for name in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]}
owners = {name: {plain(owner) for owner in found} for name, found in packages_distributions().items()}
names = sorted(name for name, found in owners.items() if found & declared and name.isidentifier() and name[0] != "_")
missing = declared - set().union(*owners.values())
assert not missing, missing
for name in [*names, "kb.cli.main", "kb.server.app"]:
    importlib.import_module(name)
print(len(names))
"""
"""Run in the new environment: imports what every declared dependency installs, and the program itself."""


class Failed(Exception):
    """A problem that a first-time user would have encountered."""


@dataclass
class Steps:
    """The lines of the report, each with the seconds since the start."""

    started: float = field(default_factory=time.monotonic)
    problems: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Print a line with the elapsed time."""
        print(f"{time.monotonic() - self.started:7.1f} s  {line}", flush=True)

    def check(self, passed: bool, what: str) -> None:  # noqa: FBT001 — a condition
        """Print whether a check passes, and record it if it does not."""
        self.say(f"{'ok' if passed else 'FAILED'}: {what}")
        if not passed:
            self.problems.append(what)


def environment(home: Path, encoder: str = "") -> dict[str, str]:
    """Return the environment variables of a first-time user.

    :param home: An empty folder.
    :param encoder: The setting ``encoder``; empty for the default.
    :return: None of ours except what the registry needs.
    """
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    usual = ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    found |= {"PATH": os.pathsep.join([str(interpreter.parent), *usual]), "HOME": str(home), "USER": "stranger"}
    found |= {"XDG_CACHE_HOME": str(home / ".cache"), "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
    found |= {"PYTHON": str(interpreter)}
    return {**found, "KB_ENCODER": encoder} if encoder else found


def copy_checkout(clone: Path) -> None:
    """Clone what was committed; without git, copy what is not generated."""
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)]
    with suppress(OSError):
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
    shutil.rmtree(clone, ignore_errors=True)
    shutil.copytree(
        ROOT, clone, ignore=shutil.ignore_patterns(".venv", ".git", "versions", "CURRENT", "data", "*cache*")
    )


def received() -> int:
    """Return the bytes that this machine has received, or 0 if unknown."""
    try:
        lines = Path("/proc/net/dev").read_text(encoding="ascii").splitlines()[2:]
    except OSError:
        return 0
    return sum(int(line.split(":")[1].split()[0]) for line in lines if line.split(":")[0].strip() != "lo")


# ----------------------------------------------------------------------------------------------- the server


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def make_run(clone: Path, variables: dict[str, str], steps: Steps) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``make run`` until the block ends, printing its output; then end every process it started.

    :param clone: The checkout.
    :param variables: The environment.
    :param steps: Receives every line.
    :yield: The process, and the address where it will serve.
    """
    port = free_port()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],  # noqa: S607 — the stranger's own
        cwd=clone,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    reader = threading.Thread(target=lambda: [steps.say(f"| {line.rstrip()}") for line in process.stdout or ()])
    reader.start()
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
                break
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        reader.join()


def is_listening(origin: str) -> bool:
    """Return whether a server responds."""
    try:
        with urllib.request.urlopen(f"{origin}/healthz", timeout=10):  # noqa: S310 — loopback
            return True
    except OSError:
        return False


def until_ready(process: subprocess.Popen[str], origin: str, within_s: float) -> float:
    """Wait until the first index serves.

    :param process: ``make run``.
    :param origin: Its address.
    :param within_s: The longest time to wait, in seconds.
    :return: The seconds it took.
    :raises Failed: If the process ended or is still not ready.
    """
    started, pause = time.monotonic(), threading.Event()
    hopeful = started
    while time.monotonic() - started < within_s:
        with suppress(OSError), urllib.request.urlopen(f"{origin}/readyz", timeout=10) as reply:  # noqa: S310 — loopback
            if reply.status == 200:  # noqa: PLR2004
                return time.monotonic() - started
        if not is_listening(origin) or is_building(process):
            hopeful = time.monotonic()
        if time.monotonic() - hopeful > WITHOUT_BUILD_S:
            raise Failed("the build ended, and there is no index")
        if process.poll() is not None:
            raise Failed(f"'make run' ended with status {process.returncode} before it answered")
        pause.wait(POLL_S)
    raise Failed(f"no answer within {within_s:.0f} s")


def ask(origin: str, question: str) -> tuple[dict[str, object], float]:
    """Ask one question.

    :param origin: The server's address.
    :param question: What a customer types.
    :return: The answer, and the milliseconds it took.
    """
    body = json.dumps({"text": question}).encode()
    request = urllib.request.Request(f"{origin}/api/ask", body, {"Content-Type": "application/json"})  # noqa: S310
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
        return json.loads(reply.read()), 1000 * (time.perf_counter() - started)


def is_building(process: subprocess.Popen[str]) -> bool:
    """Return whether a build is running among the processes started by ``make run``."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,args="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    rows = (line.split(None, 1) for line in listed.splitlines())
    return any(len(row) > 1 and row[0] == str(process.pid) and "kb build" in row[1] for row in rows)


def ask_until_settled(process: subprocess.Popen[str], origin: str, clone: Path, steps: Steps) -> None:
    """Ask once a second until no build is running, and count the questions that failed.

    :param process: ``make run``.
    :param origin: Its address.
    :param clone: The checkout, whose index changes meanwhile.
    :param steps: Receives each new version and the count.
    """
    current = clone / "index" / "CURRENT"
    serving, failed, took, pause = "", 0, [], threading.Event()
    more, deadline = True, time.monotonic() + READY_WITHIN_S
    while more and time.monotonic() < deadline:
        more = is_building(process)
        try:
            answer, milliseconds = ask(origin, QUESTIONS[len(took) % len(QUESTIONS)])
            took.append(milliseconds)
        except (OSError, ValueError) as error:
            failed += 1
            steps.say(f"a question failed: {error}")
            continue
        finally:
            pause.wait(1)
        version = str(answer.get("index_version") or current.read_text(encoding="ascii").strip())
        if version != serving:
            steps.say(f"serving {version}")
            serving = version
        more = more or version != current.read_text(encoding="ascii").strip()
    steps.check(
        failed == 0, f"{failed} of {failed + len(took)} questions failed while the index was brought up to date"
    )
    if took:
        steps.say(f"a question at p50: {statistics.median(took):.0f} ms, over HTTP, on a machine that builds meanwhile")


# ------------------------------------------------------------------------------------------------ the report


def first_run(clone: Path, variables: dict[str, str], steps: Steps) -> None:
    """Run ``make run`` for the first time, ask three questions, and wait until the index is final."""
    with make_run(clone, variables, steps) as (process, origin):
        took = until_ready(process, origin, READY_WITHIN_S)
        steps.say(f"first answer possible: {took:.1f} s after 'make run', downloads included")
        for question in QUESTIONS:
            answer, milliseconds = ask(origin, question)
            steps.say(f"{question!r}: {answer.get('outcome')} in {milliseconds:.0f} ms")
        ask_until_settled(process, origin, clone, steps)


def second_run(clone: Path, variables: dict[str, str], steps: Steps) -> None:
    """Run ``make run`` again without any change."""
    with make_run(clone, variables, steps) as (process, origin):
        took = until_ready(process, origin, READY_WITHIN_S)
    steps.check(took <= AGAIN_WITHIN_S, f"'make run' again answers after {took:.1f} s (at most {AGAIN_WITHIN_S:.0f})")


def refuse_unwanted(clone: Path, steps: Steps) -> None:
    """Check that no large package was installed unexpectedly."""
    packages = sizes.installed(clone)
    there = [name for name in UNWANTED if packages is None or (packages / name).exists()]
    steps.check(not there, f"none of {', '.join(UNWANTED)} in .venv{': ' + ', '.join(there) if there else ''}")


def report_sizes(clone: Path, home: Path, steps: Steps) -> None:
    """Print what is on disk."""
    refuse_unwanted(clone, steps)
    print(sizes.table(sizes.rows(clone, home / ".cache" / "billing-help")))


def check_imports(clone: Path, variables: dict[str, str], steps: Steps) -> None:
    """Install what serving needs, and import all of it. This would detect a torch without its libraries."""
    kept = os.environ.get("XDG_CACHE_HOME") or str(
        Path("~/.cache").expanduser()
    )  # of the installers, which check hashes
    install = [variables["PYTHON"], "scripts/environment.py", "runtime"]
    program = [str(clone / ".venv" / "bin" / "python"), "-c", IMPORTS]
    for command, what in ((install, "requirements.lock is installed"), (program, "every dependency is imported")):
        done = subprocess.run(
            command, cwd=clone, env=variables | {"XDG_CACHE_HOME": kept}, capture_output=True, text=True, check=False
        )
        steps.check(done.returncode == 0, what)
        if done.returncode:
            raise Failed((done.stderr.strip() or done.stdout.strip() or "nothing was said").splitlines()[-1])
    refuse_unwanted(clone, steps)


def run_tests(clone: Path, variables: dict[str, str], steps: Steps) -> None:
    """Run ``make test`` and print its last line."""
    plain = {name: value for name, value in variables.items() if name != "KB_ENCODER"}
    started = time.monotonic()
    done = subprocess.run(["make", "test"], cwd=clone, env=plain, capture_output=True, text=True, check=False)  # noqa: S607
    last = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[-1]
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-2000:])
    steps.check(done.returncode == 0, f"'make test' in {time.monotonic() - started:.0f} s: {last}")


def main() -> None:
    """Run everything, and exit with status 1 if a first-time user would have encountered a problem."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--encoder", default="", metavar="NAME", help="build with this encoder, not the default")
    parser.add_argument("--no-test", action="store_true", help="leave 'make test' out")
    parser.add_argument("--imports", action="store_true", help="only install for serving, and import all of it")
    parser.add_argument("--pip", action="store_true", help="install with pip, as where uv cannot be had")
    given = parser.parse_args()
    steps, before, folder = Steps(), received(), Path(tempfile.mkdtemp(prefix="fresh-"))
    try:
        home, clone = folder / "home", folder / "clone"
        home.mkdir()
        copy_checkout(clone)
        variables = environment(home, given.encoder) | ({"KB_INSTALLER": "pip"} if given.pip else {})
        steps.say(f"cloned: {sizes.size(clone) / sizes.MEGABYTE:.0f} MB")
        if given.imports:
            check_imports(clone, variables, steps)
        else:
            first_run(clone, variables, steps)
            if before:
                steps.say(f"received by this machine meanwhile: {(received() - before) / sizes.MEGABYTE:.0f} MB")
            second_run(clone, variables, steps)
            report_sizes(clone, home, steps)
            if not given.no_test:
                run_tests(clone, variables, steps)
    except Failed as failed:
        steps.check(False, str(failed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if steps.problems:
        sys.exit(f"{len(steps.problems)} problem(s): {'; '.join(steps.problems)}")


if __name__ == "__main__":
    main()
