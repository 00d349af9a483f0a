"""The command as a process: what it imports, what it prints when piped, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kb import __version__
from tests.cli.conftest import environment
from tests.support import ROOT, write_tiny

HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "sklearn",
    "scipy",
    "onnx",
    "bm25s",
    "streamlit",
    "pandas",
    "huggingface_hub",
)


def loaded(kb_process, code: str) -> set[str]:
    """Return the top-level modules that a piece of code leaves loaded."""
    report = "\nimport sys\nprint('LOADED', *sorted({n.split('.')[0] for n in sys.modules}))"
    done = kb_process(program=("-c", code + report))
    assert done.status == 0, done.err
    return set(done.out.splitlines()[-1].removeprefix("LOADED ").split())


def test_help_imports_nothing_heavy(kb_process):
    """``kb --help`` and every command's help wait for neither numpy nor streamlit nor a model."""
    code = "from kb.cli.main import app, main\n"
    code += "names = [c.name for c in app.registered_commands]\nassert 'ask' in names\n"
    code += "assert [main(a) for a in [['--help'], *([n, '--help'] for n in names)]].count(0) == len(names) + 1"
    assert not loaded(kb_process, code) & {"numpy", "faiss", "onnxruntime", *HEAVY}


def test_serving_imports_no_training_library(kb_process):
    """Loading an index and answering needs neither torch nor sentence-transformers nor what only a build uses."""
    code = "from kb.cli.main import main\nassert main(['ask', 'late fee', '--json']) == 0"
    modules = loaded(kb_process, code)
    assert not modules & set(HEAVY)
    assert {"numpy", "faiss", "onnxruntime"} <= modules


def test_watching_imports_no_training_library(kb_process):
    """What a running app does: load, ask, look for a new version."""
    code = (
        "from kb.settings.settings import load_settings\nfrom kb.retrieval.answering.live import LiveAnswerer\n"
        "live = LiveAnswerer(load_settings())\nlive.ask('late fee')\nassert live.refresh() is False"
    )
    assert not loaded(kb_process, code) & set(HEAVY)


def test_a_batch_is_answered_line_by_line(tiny_index, tmp_path):
    """Each answer is flushed before the next line is read, so that two programs can talk."""
    passed = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    with subprocess.Popen(
        [sys.executable, "-c", "from kb.cli.main import run; run()", "ask", "--batch", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**passed, **environment(tiny_index), "PYTHONPATH": str(ROOT)},
    ) as process:
        for n in range(3):
            process.stdin.write(json.dumps({"id": n, "text": "late fee"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_a_reader_that_leaves_early_ends_it_quietly(tiny_index, tmp_path):
    """``kb ask --batch … | head -1``: no traceback."""
    passed = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": 1, "text": "late fee"}\n' * 300)
    with subprocess.Popen(
        [sys.executable, "-c", "from kb.cli.main import run; run()", "ask", "--batch", str(file), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**passed, **environment(tiny_index), "PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == b""


@pytest.mark.parametrize("language", ["C", "POSIX"])
def test_output_is_utf8_whatever_the_terminal_says(kb_process, language):
    """A terminal without UTF-8 still gets UTF-8, and a question in it is read."""
    done = kb_process("ask", "¿late fee? 😀", "--json", LC_ALL=language, PYTHONIOENCODING="ascii")
    assert done.status == 0
    assert json.loads(done.out)["query"] == "¿late fee? 😀"


def test_bytes_of_the_command_line_that_are_no_text(tiny_index, tmp_path):
    """Invalid UTF-8 as an argument is a question like any other."""
    passed = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli.main import run; run()", "ask", b"late \xff\xfe fee", "--json"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**passed, **environment(tiny_index), "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["hits"][0]["article_id"] == "late-fee"


def test_build_index_py_is_kb_build(kb_process, tmp_path):
    """The same version, and the same keys; and the other way round it finds nothing to do."""
    articles = write_tiny(tmp_path / "content")
    arguments = ("--articles", articles, "--index", tmp_path / "index", "--json")
    script = kb_process(*arguments, program=(str(ROOT / "build_index.py"),))
    command = kb_process("build", *arguments)
    assert script.status == command.status == 0
    assert list(script.json) == list(command.json)
    assert script.json["version"] == command.json["version"]
    assert (script.json["encoded"], command.json["encoded"]) == (30, 0)


def test_an_error_is_one_line_and_no_traceback(kb_process, tmp_path):
    """An error gives status 1, one sentence on stderr, and nothing on standard output."""
    done = kb_process("ask", "late fee", "--index", tmp_path / "nowhere")
    assert (done.status, done.out) == (1, "")
    assert done.err == f"kb: There is no index in {tmp_path / 'nowhere'}. Build one: kb build\n"


def test_usage_is_status_2(kb_process):
    """The process ends with the status that the function returns."""
    assert kb_process("ask").status == 2


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], ["ask", "-h"]])
def test_help_and_version(kb, arguments):
    """The version is on standard output, with status 0."""
    done = kb(*arguments)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"kb {__version__}\n" if "--version" in arguments else "Usage: ")


def test_every_command_s_help_has_an_example(kb):
    """One runnable line each."""
    from kb.cli.main import app

    for command in app.registered_commands:
        assert f"Example: kb {command.name}" in " ".join(kb(command.name, "--help").out.split()), command.name


def test_the_command_alone_shows_its_help(kb):
    """Without arguments: the commands, and status 2, as usage."""
    done = kb()
    assert done.status in (0, 2)
    assert "build" in done.out + done.err
