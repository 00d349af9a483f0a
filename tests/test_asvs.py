"""docs/asvs.md is complete and names what there is; and what no other test says of a requirement."""

from __future__ import annotations

import ast
import re
from collections import Counter

import h11
import pytest

from tests.support import ROOT

TEXT = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if re.match(r"\| V\d", line)]
MET = ("yes", "proxy", "partly", "no", "n/a")


def functions(file: str) -> set[str]:
    """Return the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_requirement_has_one_row():
    """The 70 requirements of level 1 and the 183 of level 2, in their order, and the counts at the top."""
    numbers = [tuple(map(int, row[0].strip("V ").split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert Counter(row[1] for row in ROWS) == {"1": 70, "2": 183}
    told = dict(re.findall(r"^\| ([a-z/]+) \| (\d+) \|", TEXT, re.MULTILINE))
    assert Counter(row[3] for row in ROWS) == {state: int(told[state]) for state in MET}


def test_what_is_met_has_a_test_and_the_rest_a_reason():
    """No row claims more than it shows."""
    for row in ROWS:
        assert row[3] in MET, row
        assert row[4].strip(), row
        if row[3] in ("yes", "proxy"):
            assert "::" in row[-1], row


def test_every_named_test_exists():
    """A test that is renamed takes its row along."""
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT))
    assert len(named) > 60
    known = {file: functions(file) for file in {file for file, _ in named}}
    assert {f"{file}::{name}" for file, name in named if name not in known[file]} == set()


RUNS = {"eval", "exec", "compile", "__import__"}
OF_MODULES = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}


def run_calls(source: str) -> list[str]:
    """Return the calls of a module that run text as code, hand it to a shell, or make objects of foreign bytes."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            found += [name for name in names if name.partition(".")[0] in ("pickle", "marshal", "shelve", "dill")]
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            found += [called] if called in RUNS | OF_MODULES else []  # re.compile and model.eval are others
            found += [f"{k.arg}=" for k in node.keywords if k.arg in ("shell", "allow_pickle")]
    return found


def test_no_text_is_run():
    """No eval, no shell and no pickle anywhere in the program."""
    told = {path.name: run_calls(path.read_text(encoding="utf-8")) for path in (ROOT / "kb").rglob("*.py")}
    allowed = ["allow_pickle="]  # False, as the next test says
    assert {name: calls for name, calls in told.items() if calls and calls != allowed * len(calls)} == {}
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "kb").rglob("*.py"))
    assert set(re.findall(r"allow_pickle=(\w+)", text)) <= {"False"}
    for planted in (
        "eval(x)",
        "import pickle",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "from marshal import loads",
    ):
        assert run_calls(planted), planted
    assert run_calls("re.compile(x)\nplatform.system()\nmodel.eval()") == []


@pytest.mark.parametrize(
    "lengths",
    ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: -1", "Content-Length: 0x5"],
)
def test_a_message_has_one_length(lengths):
    """Two lengths are refused, and one next to chunks counts for nothing: so no request hides another."""
    head = "POST / HTTP/1.1\r\nHost: a\r\n"
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(f"{head}{lengths}\r\n\r\nabcdef".encode())
    with pytest.raises(h11.RemoteProtocolError):
        connection.next_event()
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(
        f"{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n".encode()
    )
    events = [type(connection.next_event()) for _ in range(3)]
    assert events == [h11.Request, h11.Data, h11.EndOfMessage]
