import json
import re

import pytest

from kb.errors import KbError
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from tests.support import build, write_article


@pytest.fixture
def judged(tmp_path):
    """Two files: three questions, one of them unanswerable, and judgments that also name what is not there."""
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "q.tsv"
    lines = [
        {"id": "q1", "text": "zebra walrus otter", "voice": "story"},
        {"id": 2, "text": "heron lemur tapir"},
        {"id": "u1", "text": "signal lost\x1b[31m \ud800"},
    ]
    queries.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    qrels.write_text("q1\tzebra-fee\t1\n2\tgone-article\t1\nghost\tzebra-fee\t1\n")
    return ["--queries", str(queries), "--qrels", str(qrels)]


def test_evaluate_articles_own_tests(checkout, command):
    """Without files the articles' tests are asked; the tables name every group that has questions."""
    build(checkout)
    status, out, err = command("evaluate")
    assert (status, err) == (0, "")
    assert "4 questions, 4 answerable, 0 unanswerable" in out
    titles = ("Ranking, answerable questions", "Decision, all questions", "Answerable questions by voice")
    assert [title for title in titles if title not in out] == []
    assert "Decision, unanswerable questions" not in out
    assert re.search(r"right article first +\d\.\d{3} +\d\.\d{3} to \d\.\d{3}", out)


def test_evaluate_json(checkout, command, judged):
    """JSON holds the report, what leads nowhere, and what the build promised; the same is warned of."""
    build(checkout)
    status, out, err = command("evaluate", *judged, "--json")
    value = json.loads(out)
    assert status == 0
    assert value["queries"] == {"all": 3, "answerable": 2, "unanswerable": 1, "failed": 0}
    assert value["ranking"]["success@1"]["value"] == 0.5
    assert value["voices"]["story"]["success@1"]["value"] == 1.0
    assert value["unknown"] == {"queries": ["ghost"], "articles": ["gone-article"]}
    assert value["calibration"] == load_newest(checkout, pytest.fail).manifest["calibration"]
    assert "kb: 1 query id(s) of " in err
    assert "kb: 1 article(s) are judged that the index does not have: gone-article\n" in err


def test_evaluate_writes_a_run(checkout, command, judged, tmp_path):
    """The rankings are written in TREC's form, a line an article."""
    build(checkout)
    path = tmp_path / "run.txt"
    assert command("evaluate", *judged, "--run", str(path))[0] == 0
    rows = [line.split() for line in path.read_text().splitlines()]
    assert rows[0][:4] == ["q1", "Q0", "zebra-fee", "1"]
    assert {row[0] for row in rows} == {"q1", "2", "u1"}
    status, _, err = command("evaluate", *judged, "--run", str(tmp_path / "no" / "run.txt"))
    assert (status, "run.txt cannot be written: No such file or directory" in err) == (1, True)


def test_evaluate_halves(checkout, command):
    """The two halves of the articles' tests are all of them."""
    build(checkout)
    counts = []
    for half in ("guide", "report"):
        status, out, err = command("evaluate", "--half", half, "--json")
        counts.append(json.loads(out)["queries"]["all"] if status == 0 else 0)
        assert status == 0 or "have no tests" in err
    assert sum(counts) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "--queries", "q.jsonl"],
        ["evaluate", "--qrels", "q.tsv"],
        ["evaluate", "--half", "both"],
        ["impact", "--qrels", "q.tsv"],
        ["impact", "--allow", "-1"],
        ["evaluate", "--worst", "-1"],
    ],
)
def test_wrong_usage(command, arguments):
    """Wrong usage ends with status 2."""
    assert command(*arguments)[0] == 2


def test_evaluate_without_an_index(command, judged):
    """Without an index there is one line and status 1."""
    status, out, err = command("evaluate", *judged)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "Build one: kb build" in err


def test_evaluate_says_which_questions_failed(checkout, command, judged, monkeypatch):
    """Failed questions stay in the figures and are counted on stderr."""
    build(checkout)

    def fail(*_, **__):
        raise KbError("the index fell over")

    monkeypatch.setattr(IndexAnswerer, "ask", fail)
    status, out, err = command("evaluate", *judged, "--json")
    assert (status, json.loads(out)["queries"]["failed"]) == (0, 3)
    assert "kb: 3 question(s) failed, the first: the index fell over" in err


def test_impact_of_no_change(command):
    """Without changes, nothing is won or lost, the status is 0, and the report says so."""
    status, out, _ = command("impact")
    assert (status, "0 won, 0 lost, 0 moved" in out) == (0, True)
    assert "Nothing that is indexed differs." in out


def test_impact_of_a_change(checkout, command, judged):
    """One article broken and one added: status 1 unless the loss is allowed; questions of a file count as well."""
    write_article(checkout.articles, "walrus-bill", examples=["walrus badger bill"], tests=["walrus badger bill"])
    write_article(
        checkout.articles, "zebra-fee", title="Signal", examples=["quokka badger signal", "lost signal quokka"]
    )
    status, out, err = command("impact")
    assert (status, "1 won, " in out) == (1, True)
    lost = out[out.index("\nLost\n") : out.index("\nWon\n")].splitlines()
    at = lost.index("  zebra-fee: zebra walrus otter")
    assert lost[at + 1].startswith("      before: ")
    assert lost[at + 2].startswith("      now:    ")
    assert "Asking 5 questions of both" in err
    assert command("impact", "--allow", "2")[0] == 0
    status, out, err = command("impact", *judged, "--allow", "1", "--json")
    value = json.loads(out)
    assert (status, value["base"], value["allow"]) == (1, "HEAD", 1)
    assert {change["id"] for change in value["lost"]} >= {"q1", "zebra-fee/1 (gone)"}
    assert value["unknown_articles"] == ["gone-article"]
    assert "article(s) are judged that neither side has: gone-article" in err


def test_impact_shows_no_control_characters(checkout, command, judged):
    """A question's escape sequences never reach the terminal, and half a surrogate pair stops nothing."""
    write_article(checkout.articles, "signal", examples=["signal lost 31m", "lost signal"], title="signal lost")
    status, out, _ = command("impact", *judged, "--allow", "9")
    assert status == 0
    assert "\x1b" not in out
    assert "(no article): signal lost [31m" in out


def test_impact_of_an_unknown_revision(command):
    """An unknown revision is one line and status 1."""
    status, out, err = command("impact", "--base", "nowhere")
    assert (status, out) == (1, "")
    assert "kb: git knows no revision 'nowhere'. Name a commit, a branch or a tag with --base.\n" in err


@pytest.mark.parametrize(
    ("calibration", "says"),
    [
        ({"calibrated": False, "reason": "3 trials"}, "The build could not calibrate the confidence (3 trials); fixed"),
        (
            {"certified": True},
            "The build certified at most 5% wrong among answered and expected to answer 61%, with 30% of",
        ),
        ({"certified": False}, "The build aimed at 5% wrong among answered, could not certify it and expected"),
    ],
)
def test_what_the_build_promised(calibration, says):
    """The report includes the build's figures for comparison."""
    from kb.cli.evaluate import _promise

    figures = {"calibrated": True, "target_wrong_answers": 0.05, "coverage": 0.61, "assumed": {"unanswerable": 0.3}}
    assert _promise({**figures, **calibration}).startswith(says)
