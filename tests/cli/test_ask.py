"""``kb ask``: one question, or a file of them, for people and for programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from kb.cli.ask import _as_text
from kb.database.engine import open_engine, reading
from kb.database.tables.journal import queries
from kb.retrieval.index.versions import current_name
from kb.types import Answer, Answered, ArticleKind, Elsewhere, Hit, NoAnswer, NoAnswerReason, Passage, Query
from tests.cli.conftest import CONTRACT
from tests.support import build, copy_index, make_article, make_hits, make_library, write_article
from tests.ui.fakes import SIGNPOST


@pytest.fixture
def damaged(settings):
    """Damage the newer of two versions; return the settings and both names."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money.\n")
    new = build(settings).version
    path = settings.index / "versions" / new / "library.json"
    path.write_bytes(path.read_bytes()[:-5])
    return settings, old, new


# ----------------------------------------------------------------------------------------- one question


def test_json_is_the_contract_s_object(kb, tiny_index):
    """One line, the keys in their order, id null; nothing on stderr."""
    done = kb("ask", "late fee amount", "--json")
    assert (done.status, done.err) == (0, "")
    assert list(done.json) == CONTRACT
    assert done.json["id"] is None
    assert done.json["query"] == "late fee amount"
    assert done.json["outcome"] == "answered"
    assert done.json["hits"][0]["article_id"] == "late-fee"
    assert done.json["index_version"] == current_name(tiny_index.index)


@pytest.mark.parametrize(("k", "n"), [(1, 1), (3, 3), (100, 6)])
def test_k_is_how_many_are_listed(kb, k, n):
    """``--k`` and ``-k`` mean the same."""
    assert len(kb("ask", "late fee", "--json", "--k", k).json["hits"]) == n
    assert len(kb("ask", "late fee", "--json", "-k", k).json["hits"]) == n


def test_an_answer_for_people(kb):
    """People see title, id and passage, then the other articles."""
    done = kb("ask", "late fee amount")
    first, blank, passage, *_ = done.out.splitlines()
    assert first.startswith("What is the late fee?")
    assert first.endswith("[late-fee]")
    assert (blank, passage) in {
        ("", "A late fee is added after the due date."),
        ("", "The amount stands on the statement."),
    }
    assert "\nOther articles:\n  - " in done.out
    assert done.status == 0


def test_people_read_what_customers_read():
    """The direct answer, and below it the section that is nearer; of a tutorial all its steps."""
    body = "Sign in first.\n\n## Steps\n\n1. One.\n2. Two.\n\n## If it fails\n\nCall.\n"
    article = make_article("a", body, title="How?", kind=ArticleKind.TUTORIAL)
    lead = Passage("a#0", "a", "How?", "", "Sign in first.", "Sign in first.")
    section = Passage("a#2", "a", "If it fails", "if-it-fails", "Call.", "Call.")

    def shown(hit):
        return _as_text(Answer(Query("q", "q"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1), make_library(article))

    assert shown(Hit(1, "a", "How?", section, 0.9, lead=lead)) == "How?  [a]\n\nSign in first.\n\nIf it fails\nCall."
    assert shown(Hit(1, "a", "How?", lead, 0.9, lead=lead)).splitlines()[2:] == [
        "Sign in first.", "Steps", "1. One.", "2. Two.",
    ]  # fmt: skip


def test_no_answer_for_people(kb):
    """The reply says that nothing was found, names an agent, and lists near topics separately; the exit status is 0."""
    done = kb("ask", "zebra quokka")
    assert done.status == 0
    assert done.out.startswith("No article answers this. Contact an agent.\n\nNearest topics:\n  - ")


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(SIGNPOST)), ["about: Slow internet", "", "Speed is not"]),
        (
            NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(SIGNPOST, ("Comcast", "Xfinity"))),
            ["about: Comcast, Xfinity", "", "Slow internet", "Speed is not"],
        ),
        (NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(None, ("Hulu",))), ["about: Hulu", "", "Ask Hulu."]),
        (NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere()), ["about: something else"]),
        (NoAnswer(NoAnswerReason.AGENT, ()), ["Contact an agent."]),
    ],
)
def test_who_else_helps_for_people(found, wanted):
    """What a question is about that is not answered here, and who helps; an agent for customers who ask for one."""
    hits = make_hits("late-fee")
    lines = _as_text(Answer(Query("q", "q"), found, 0.1, hits, "v1", 0.1), make_library()).splitlines()
    assert len(lines) == len(wanted)
    assert all(part in line for part, line in zip(wanted, lines, strict=True))


def test_a_choice_for_people(kb, built_index, monkeypatch):
    """An undecided question offers two or three articles."""
    monkeypatch.setenv("KB_INDEX", str(built_index.index))
    monkeypatch.setenv("KB_ENCODER", built_index.encoder)
    words = [
        "bill",
        "fee",
        "pay",
        "refund",
        "tv",
        "late",
        "credit",
        "card",
        "phone",
        "charge",
        "cancel",
        "move",
        "internet",
        "change",
        "help",
    ]
    asked = [{"id": n, "text": text} for n, text in enumerate(words)]
    file = built_index.index.parent / "undecided.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in asked))
    found = [row for row in kb("ask", "--batch", file, "--json").lines if row["outcome"] == "clarify"]
    assert found, "none of the short questions is undecided"
    out = kb("ask", found[0]["query"]).out.splitlines()
    assert out[0] == "Which of these do you mean?"
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in out[1:]] == found[0]["choices"]


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_an_empty_question(kb, text):
    """An empty question gives a hint to people and the reason to programs."""
    assert kb("ask", text).out == "Please type a question.\n"
    value = kb("ask", text, "--json").json
    assert (value["outcome"], value["reason"], value["hits"], value["confidence"]) == (
        "no_answer",
        "empty_query",
        [],
        0.0,
    )


def test_explain_says_what_decided(kb):
    """In sentences for people, with every number if they ask for them; all of it for programs."""
    text = kb("ask", "late fee amount", "--explain").out
    assert "\nWhy\n  - Answered with the first article.\n" in text
    assert "sure that “What is the late fee?” answers it." in text
    assert "The question is, word for word, an example of “What is the late fee?”." in text
    assert "\n  - Second was “" in text
    assert "\n1. What is the late fee?  [late-fee]\n   " in text
    assert "0." not in text
    numbers = kb("ask", "late fee amount", "--explain", "--verbose").out.removeprefix(text.rstrip("\n"))
    assert "Outcome: answered, confidence " in numbers
    assert "Signals: " in numbers
    assert "nearest example: 'late fee amount'" in numbers
    assert re.search(r"   part (direct answer|how-much): share 0\.\d{3}", numbers)
    value = kb("ask", "late fee amount", "--explain", "--json").json
    assert value["explain"]["why"][0].startswith("The help center is ")
    assert set(value["explain"]["hits"][0]["part"]) == {"matched", "matched_text", "share"}
    assert list(value) == [*CONTRACT, "explain"]
    assert value["explain"]["hits"][0]["matched_text"] == "late fee amount"
    assert value["explain"]["signals"]
    assert kb("ask", "", "--explain").status == 0


# ---------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "a question", "--batch", "-"],
        ["ask", "late fee", "--k", "0"],
        ["ask", "late fee", "--k", "101"],
        ["ask", "late fee", "--k", "many"],
        ["ask", "late fee", "--no-such-option"],
        ["ask", "late", "fee"],
        ["no-such-command"],
        ["ask", "--batch"],
    ],
)
def test_wrong_usage_is_status_2(kb, arguments):
    """Nothing on standard output, what is wrong on stderr."""
    done = kb(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "Error: " in done.err
    assert "Traceback" not in done.err


def test_no_index_is_one_line(kb, tmp_path):
    """Exit status 1 and the command that helps."""
    done = kb("ask", "late fee", "--index", tmp_path / "nowhere")
    assert (done.status, done.out) == (1, "")
    assert done.err == f"kb: There is no index in {tmp_path / 'nowhere'}. Build one: kb build\n"


def test_a_site_that_is_not_there_is_one_line(kb):
    """A file that was named must exist."""
    done = kb("ask", "late fee", "--site", "nowhere.yaml")
    assert done.status == 1
    assert done.err == "kb: nowhere.yaml does not exist. Give the operator's file with --site or KB_SITE.\n"


def test_a_bad_setting_is_one_line(kb, tmp_path):
    """A wrong value in site.yaml names the setting and its choices."""
    (tmp_path / "site.yaml").write_text("settings:\n  precision: int4\n")
    done = kb("ask", "late fee")
    assert done.status == 1
    assert done.err == "kb: The setting 'precision' cannot be 'int4'. Use one of: int8, fp32.\n"


def test_a_damaged_version_is_refused_and_the_older_one_answers(kb, damaged):
    """Exit status 0, the answer of the older version, one sentence on stderr naming version and file."""
    settings, old, new = damaged
    done = kb("ask", "late fee", "--json", "--index", settings.index)
    assert done.status == 0
    assert done.json["index_version"] == old
    assert done.err == (
        f"kb: The index version {new} is refused: library.json is damaged "
        "(its bytes are not those its manifest lists). "
        "Build again: kb build\n"
    )


def test_each_file_damaged_in_turn(kb, settings, tmp_path):
    """Every file of a version, the manifest and CURRENT: noticed by name, and the older version answers."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money.\n")
    new = build(settings).version
    for file in sorted(p.name for p in (settings.index / "versions" / new).iterdir()):
        harmed = copy_index(settings, tmp_path / f"harmed-{file}")
        path = harmed.index / "versions" / new / file
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x10
        path.write_bytes(data)
        done = kb("ask", "late fee", "--json", "--index", harmed.index)
        assert (done.status, done.json["index_version"]) == (0, old)
        assert f"version {new} is refused: {file} is damaged" in done.err
    (settings.index / "CURRENT").write_text("v1-0000000000000000\n")
    done = kb("ask", "late fee", "--json", "--index", settings.index)
    assert (done.status, done.json["index_version"]) == (0, new)
    assert "CURRENT is damaged" in done.err


def test_no_good_version_left_is_status_1(kb, settings):
    """Each refusal and the remedy on stderr, no answer."""
    name = build(settings).version
    (settings.index / "versions" / name / "units.json").unlink()
    done = kb("ask", "late fee", "--json", "--index", settings.index)
    assert (done.status, done.out) == (1, "")
    refused, nothing = done.err.splitlines()
    assert "units.json is damaged (No such file or directory)" in refused
    assert nothing == f"kb: No version of the index in {settings.index} is good. Build again: kb build --full"


def test_an_index_of_another_encoder_still_answers(kb, monkeypatch, tiny_index):
    """It says which encoder it was built with, and answers with that."""
    monkeypatch.setenv("KB_ENCODER", "another/model")
    done = kb("ask", "late fee amount", "--json")
    assert (done.status, done.json["outcome"]) == (0, "answered")
    assert f"built with the encoder {tiny_index.encoder!r}, but 'another/model' is configured" in done.err


def test_settings_come_in_their_order(kb, tiny_index, tmp_path, monkeypatch):
    """An option wins over the environment."""
    elsewhere = replace(tiny_index, index=tmp_path / "elsewhere")
    build(elsewhere)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "nowhere"))
    assert kb("ask", "late fee").status == 1
    assert kb("ask", "late fee", "--index", elsewhere.index).status == 0


# ------------------------------------------------------------------------------------------------ journal


def test_questions_are_journalled_only_when_asked_to(kb, tiny_index, tmp_path):
    """With ``--journal`` once each, as tests of one visit, redacted; the output is the same."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    assert kb("ask", "late fee amount", "--json", "--database", url).status == 0
    assert not (tmp_path / "journal.db").exists()
    file = tmp_path / "questions.jsonl"
    texts = ("late fee amount", "stop autopay on card 4111 1111 1111 1111", "late fee amount")
    file.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)))
    done = kb("ask", "--batch", file, "--json", "--journal", "--database", url)
    assert (done.status, done.err) == (0, "")
    assert [(line["id"], list(line)) for line in done.lines] == [(n, CONTRACT) for n in range(3)]
    engine = open_engine(url)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(queries).order_by(queries.c.seq)).all()
    engine.dispose()
    assert [(r.text, r.source, r.traffic) for r in rows] == [
        ("late fee amount", "command", "test"),
        ("stop autopay on card [card number]", "command", "test"),
    ]
    assert len({r.visit for r in rows}) == 1


def test_a_journal_that_cannot_be_written_is_said_before_any_answer(kb):
    """One line, status 1."""
    done = kb("ask", "late fee", "--journal", "--database", "postgresql://kb@127.0.0.1:1/help")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("kb: The journal's database postgresql+psycopg://kb@127.0.0.1:1/help cannot be used:")
