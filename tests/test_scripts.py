"""What sets up an installation and measures it: the lock files, the environment's messages, the sizes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import environment
import fresh
import mutation
import sizes

PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)
HEAVY = {"torch", "transformers", "sentence-transformers", "triton"}


def plain(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def pinned(lock: str) -> set[str]:
    """Return the packages of a lock file."""
    return {plain(name) for name in PINNED.findall((ROOT / lock).read_text(encoding="utf-8"))}


def project() -> dict:
    """Return the project's table."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------------- the lock files


def test_serving_needs_nothing_heavy():
    """Neither torch nor what belongs to it is in the lock file of the default way, or of the tests."""
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert not pinned(lock) & HEAVY
        assert not [name for name in pinned(lock) if name.startswith("nvidia-")]


def test_every_dependency_is_locked():
    """Each set of pyproject.toml in its file; what is on top repeats nothing."""
    runtime, dev, models = map(pinned, ("requirements.lock", "requirements-dev.lock", "requirements-models.lock"))
    table = project()
    assert {plain(name) for name in table["project"]["dependencies"]} <= runtime
    assert {plain(name) for name in table["project"]["optional-dependencies"]["models"]} <= runtime | models
    groups = table["dependency-groups"]
    wanted = [name for group in ("tests", "check", "dev") for name in groups[group] if isinstance(name, str)]
    assert {plain(name) for name in wanted} <= runtime | dev
    assert not runtime & (dev | models)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-models.lock"])
def test_every_pin_has_its_hashes(lock):
    """Every pin has its hashes, without which an installer would refuse the whole file."""
    pins = environment.pins(lock)
    assert len(pins) >= 20
    assert all(re.match(r"[\w.-]+==\S+", pin) and "--hash=sha256:" in pin for pin in pins)


def test_a_cpu_build_takes_the_place_of_all_of_cuda():
    """What is left out then, and what stays."""
    out = [pin for pin in environment.pins("requirements-models.lock") if environment.ONLY_CUDA.match(pin)]
    kept = {pin.split("==")[0] for pin in environment.pins("requirements-models.lock")} - {
        p.split("==")[0] for p in out
    }
    assert {"sentence-transformers", "transformers", "sympy", "networkx"} <= kept
    assert not [name for name in kept if name.startswith(("nvidia", "cuda", "triton", "torch"))]


# ------------------------------------------------------------------------------------- making the environment


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device: '/x'", "the disk is full"),
        ("error: failed: Permission denied (os error 13)", "a folder cannot be written"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE", "not the pinned one"),
        ("error: Hash mismatch for `numpy==1`", "not the pinned one"),
        ("NewConnectionError(...)\nERROR: No matching distribution found for numpy", "the registry did not answer"),
        ("error: error sending request for url", "the registry did not answer"),
        ("ERROR: No matching distribution found for numpy==2", "there is no package for this Python and system"),
        ("× No solution found when resolving dependencies", "there is no package for this Python and system"),
        ("one\n  the last line.\n\n", "the last line"),
        ("", "the installer said nothing"),
    ],
)
def test_what_an_installer_says_is_one_sentence(words, said):
    """Its reason and what to do; its last line where the reason is unknown."""
    assert said in environment.meaning(words)
    assert "\n" not in environment.meaning(words)


def run_script(*arguments: str, **variables: str) -> tuple[int, str]:
    """Run the script; return the status and what was said last."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/environment.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    return done.returncode, done.stderr


def test_an_unknown_set_is_refused():
    """An unknown set is refused with the list of known ones."""
    assert run_script("everything") == (1, "Say what to install: python scripts/environment.py runtime|dev|models\n")


def test_a_broken_environment_is_made_again(tmp_path, monkeypatch):
    """What an interrupted run left: a folder without a Python that runs."""
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv/bin/python")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text("half a file")
    assert not environment.works()
    environment.make_environment(None)
    assert environment.works()
    monkeypatch.setattr(environment, "run", lambda *_: pytest.fail("a good one was made again"))
    environment.make_environment(None)


def test_uv_that_fails_gives_way_to_pip(monkeypatch, capsys):
    """The two have settings of their own; both failing is the end."""
    called = []

    def run(*command):
        called.append([str(word) for word in command])
        if command[0] == "uv":
            raise environment.SetupFailed("the registry did not answer")

    monkeypatch.setattr(environment, "run", run)
    environment.install("uv", "--requirement", "x")
    assert called[0][:3] == ["uv", "pip", "install"]
    assert called[-1][1:4] == ["-m", "pip", "install"]
    assert "uv: the registry did not answer. Trying pip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("index", "answers", "wanted"), [("http://i", [True], True), ("", [True], True), ("", [False], False)]
)
def test_where_torch_comes_from(monkeypatch, index, answers, wanted):
    """The named index, else a CPU build that pip finds by itself, else the registry's with what it declares."""
    called = []

    def run(*command):
        called.append([str(word) for word in command])
        if not answers[0]:
            raise environment.SetupFailed("nothing found")

    monkeypatch.setenv("KB_TORCH_INDEX", index)
    monkeypatch.setattr(environment, "ensure_pip", lambda: None)
    monkeypatch.setattr(environment, "run", run)
    assert environment.cpu_torch() is wanted
    (command,) = called
    assert re.fullmatch(r"torch==[\d.]+" if index else r"torch==[\d.]+\+cpu", command[-1])
    assert ("--index-url" in command) is bool(index)


def test_a_named_index_without_torch_is_an_error(monkeypatch):
    """Who names one does not want gigabytes of another."""

    def run(*_):
        raise environment.SetupFailed("the registry did not answer")

    monkeypatch.setenv("KB_TORCH_INDEX", "http://127.0.0.1:9")
    monkeypatch.setattr(environment, "ensure_pip", lambda: None)
    monkeypatch.setattr(environment, "run", run)
    with pytest.raises(environment.SetupFailed):
        environment.cpu_torch()


# ---------------------------------------------------------------------------------------------- measuring


def test_a_stranger_has_nothing_of_ours(monkeypatch, tmp_path):
    """Settings of installers, of this program and of Python stay behind; proxy and certificates do not."""
    ours = {"PIP_FIND_LINKS": "w", "UV_INDEX": "i", "KB_CACHE": "c", "VIRTUAL_ENV": "v", "PYTHONPATH": "p"}
    for name, value in {**ours, "HTTPS_PROXY": "proxy", "SSL_CERT_FILE": "certificates"}.items():
        monkeypatch.setenv(name, value)
    found = fresh.environment(tmp_path, "minilm")
    assert not set(ours) & set(found)
    assert (found["HTTPS_PROXY"], found["SSL_CERT_FILE"], found["KB_ENCODER"]) == ("proxy", "certificates", "minilm")
    assert (found["HOME"], found["PIP_CONFIG_FILE"]) == (str(tmp_path), os.devnull)
    assert ".venv" not in found["PATH"]


def test_sizes_are_a_table(tmp_path):
    """The environment, its packages, the cache and the index; a file with two names counts once."""
    packages = tmp_path / "root/.venv/lib/python3/site-packages"
    for name, amount in {"large": 3_000_000, "small": 1_000_000}.items():
        (packages / name).mkdir(parents=True)
        (packages / name / "data").write_bytes(bytes(amount))
    os.link(packages / "large/data", packages / "large/again")
    (tmp_path / "cache/models/e5").mkdir(parents=True)
    (tmp_path / "cache/models/e5/w").write_bytes(bytes(2_000_000))
    (tmp_path / "root/index/versions/v1").mkdir(parents=True)
    (tmp_path / "root/index/versions/v1/x").write_bytes(bytes(5_000_000))
    (tmp_path / "root/index/CURRENT").write_text("v1\n")
    assert sizes.table(sizes.rows(tmp_path / "root", tmp_path / "cache")).splitlines() == [
        "| what | MB |",
        "| --- | --- |",
        "| .venv | 4 |",
        "| of these, large | 3 |",
        "| of these, small | 1 |",
        "| of these, compiled Python (`*.pyc`) | 0 |",
        "| cache: weights of e5 | 2 |",
        "| an index version | 5 |",
        "| all index versions | 5 |",
    ]


# -------------------------------------------------------------------------------------------------- the mutants


def test_mutants_are_counted_by_group(tmp_path):
    """All rules of redaction count together; survivors and untested mutants are alive; those without a verdict go."""
    for module, codes in {
        "kb/privacy/rules/secrets.py": [1, 0, 33, None],
        "kb/privacy/rules/numbers.py": [1, 1],
        "kb/privacy/redact.py": [1, -24, 36],
    }.items():
        path = tmp_path / f"{module}.meta"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"exit_code_by_key": {f"{module}:{n}": code for n, code in enumerate(codes)}}))
    found = list(mutation.verdicts(tmp_path))
    assert len(found) == 8
    lines, scores = mutation.table(found)
    assert lines[2:] == ["| `kb/privacy/redact.py` | 3 | 3 | 1.000 |", "| `kb/privacy/rules/*.py` | 5 | 3 | 0.600 |"]
    assert scores == {"kb/privacy/redact.py": 1.0, "kb/privacy/rules/*.py": pytest.approx(0.6)}
