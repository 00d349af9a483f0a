"""The side by side, in short: small articles through every system that is built in."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from benchmarks import curve, data, noise, promise, quality
from benchmarks.figures import decision, ranking
from benchmarks.peers import dense, lexical, ours
from benchmarks.peers.base import Rule, System, Workshop, listed
from benchmarks.tasks import Bench
from kb.content.articles.corpus import load_articles
from kb.evaluation.judgments import Half, Judged
from kb.types import OutcomeKind
from tests.evaluation.fakes import result
from tests.support import tiny_words, write_many

BUILT_IN = (*ours.SYSTEMS, *dense.SYSTEMS, *lexical.SYSTEMS)


@pytest.fixture(scope="module")
def bench(toy, tmp_path_factory):
    """Sixteen small articles, none of which has tests."""
    folder = tmp_path_factory.mktemp("bench")
    settings = replace(toy, articles=write_many(folder / "articles"))
    return Bench(Workshop(settings, folder / "indexes"), None, Half.REPORT)


@pytest.fixture
def judged_sets(tmp_path):
    """A folder of judged sets, a few lines each."""
    words = [word for word in tiny_words() if len(word) > 3]
    items = [
        {"text": f"{words[4 * n + i]} {words[4 * n + i + 1]}", "label": f"intent_{n}", "split": split, "scope": "in"}
        for n in range(10)
        for i, split in enumerate(("train",) * 3 + ("valid",))
    ]
    far = [{"text": "zebra", "label": "", "split": "valid", "scope": scope} for scope in ("id-oos", "ood-oos")]
    write(tmp_path / "banking77_oos" / "items.jsonl", [*items, *far])
    messages = [
        {"id": "t1", "text": "Xfinity late fee", "scope": "answer", "best": "topic-1", "also": ["topic-2"], "sure": 3},
        {"id": "t2", "text": "comcast zebra", "scope": "none", "best": "none", "also": [], "sure": 3},
        {"id": "t3", "text": "perhaps", "scope": "answer", "best": "topic-3", "also": [], "sure": 1},
    ]
    write(tmp_path / "telecom" / "judged.jsonl", messages)
    for name in data.RETRIEVAL_SETS:
        documents = [{"id": f"d{n}", "title": "", "text": f"{words[n]} {words[n + 1]}"} for n in range(12)]
        write(tmp_path / name / "docs.jsonl", documents)
        write(tmp_path / name / "queries.jsonl", [{"id": "q0", "text": words[0]}])
        (tmp_path / name / "qrels.tsv").write_text("q0\td0\t1\n")
    return tmp_path


def write(path, rows):
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("system", BUILT_IN, ids=lambda s: s.name)
def test_every_built_in_system_finds_an_example(bench, system):
    """Each system ranks the article of an example first, and returns at most ten articles in descending order."""
    shelf, _ = bench.own
    article = shelf.library.articles["topic-5"]
    found = bench.ask(system, shelf, [Judged("q", article.examples[0], {"topic-5": 1})])[0]
    assert found.ranking[0] == "topic-5"
    assert found.outcome is OutcomeKind.ANSWERED or system.is_probability
    assert len(found.ranking) <= 10
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_a_system_that_finds_nothing_does_not_answer():
    """An empty ranking is not an answer, and has no confidence."""
    found = listed(Judged("q", "zebra"), [], [], Rule())
    assert (found.outcome, found.confidence, found.ranking) == (OutcomeKind.NO_ANSWER, 0.0, ())


@pytest.mark.parametrize(
    ("rule", "scores", "answers"),
    [
        (Rule(0.5), [0.5, 0.4], True),
        (Rule(0.5), [0.49], False),
        (Rule(0.3, 0.1), [0.4, 0.35], False),
        (Rule(0.3, 0.1), [0.4], True),
        (Rule(), [0.0], False),
    ],
)
def test_rules(rule, scores, answers):
    """A rule may require a minimum score, and a minimum lead over the second article."""
    assert rule.answers(scores) is answers


def test_a_missing_peer_is_a_row(bench):
    """The table shows a system that is not installed, without measuring it."""
    absent = System("Absent", "never there", "no-such-package-anywhere", lexical.bm25)
    assert quality.measure(bench, [absent]) == {}
    last = quality.table([absent], {}).splitlines()[-1]
    assert "not installed" in last
    assert last.count("–") == len(quality.COLUMNS)


@pytest.mark.slow
def test_the_whole_of_it(toy, judged_sets, tmp_path, monkeypatch, capsys):
    """One command measures every task and prints a table with one row per system."""
    folder = write_many(tmp_path / "articles")
    for n, path in enumerate(sorted(folder.rglob("*.md"))):
        text = path.read_text(encoding="utf-8")
        examples = next(line for line in text.splitlines() if line.startswith("examples:"))
        first = json.loads(examples.removeprefix("examples:"))[0]
        path.write_text(text.replace(examples, f'{examples}\ntests: ["please {first} {n}"]'), encoding="utf-8")
    settings = replace(toy, articles=folder)
    monkeypatch.setattr(quality, "load_settings", lambda: settings)
    monkeypatch.setattr(promise, "SPLITS", 5)
    only = "kb,BM25,tutorial 0.5,Rasa 0.3 + 0.1"
    arguments = ["quality.py", "--data", str(judged_sets), "--only", only, "--json", str(tmp_path / "found.json")]
    monkeypatch.setattr(sys, "argv", arguments)
    quality.main()
    printed = capsys.readouterr().out
    assert printed.count("\n| kb (") == 1
    found = json.loads((tmp_path / "found.json").read_text())["figures"]
    assert set(found) == set(only.split(","))
    assert found["kb"]["own"]["first"] > 0.5
    assert found["BM25"]["own, near misses"]["calibration_error"] is None
    assert set(found["kb"]["own, losses"]) == set(noise.NOISE)
    assert {"promise, tests", "telecom", "banking, 10, far", "bank_faqs"} <= set(found["kb"])
    assert "bank_faqs" not in found["Rasa 0.3 + 0.1"]


def test_folds_leave_out_every_article_once(bench):
    """Each article is missing from exactly one of the five collections."""
    shelf, _ = bench.own
    missing = [set(shelf.article_ids) - set(fold.article_ids) for fold in bench.folds]
    assert sorted(name for names in missing for name in names) == sorted(shelf.article_ids)
    tests = [Judged(f"{name}/1", name, {name: 1}) for name in shelf.article_ids]
    for names, judged in zip(missing, data.near_misses(tests), strict=True):
        assert {j.text for j in judged} == names
        assert not any(j.is_answerable for j in judged)


def test_telecom_messages_are_read_as_this_provider_s(judged_sets, tiny_library):
    """Other providers' names are replaced; unsure judgments are left out unless asked for."""
    answerable, nothing = data.telecom(judged_sets, tiny_library)
    assert [j.text for j in answerable] == ["Spectrum late fee"]
    assert answerable[0].relevant == {"topic-1": 2, "topic-2": 1}
    assert [j.text for j in nothing] == ["Spectrum zebra"]
    assert len(data.telecom(judged_sets, tiny_library, least=1)[0]) == 2


def test_more_examples_contain_the_fewer(judged_sets):
    """Examples are chosen by digest: the first of few are among the many."""
    few, _ = data.banking(judged_sets, 2)
    many, asked = data.banking(judged_sets, None)
    for name, article in few.library.articles.items():
        assert len(article.examples) == 2
        assert set(article.examples) < set(many.library.articles[name].examples)
    assert {scope: len(found) for scope, found in asked.items()} == {"in": 10, "id-oos": 1, "ood-oos": 1}


@pytest.mark.parametrize("name", noise.NOISE)
def test_noise_is_the_same_every_time(name):
    """Seeded by the text; something changes in a longer question, and nothing breaks in an empty one."""
    change = noise.NOISE[name]
    text = "Why did you charge me a late fee? I paid the bill on Monday, please explain."
    assert change(text) == change(text) != text
    assert change("") == ""
    assert change("a") == "a"


def test_decision_figures_are_of_the_assumed_mixture():
    """Risk counts unanswerable questions as many times as assumed, however many were asked."""
    answered = OutcomeKind.ANSWERED
    right = [result({"a": 1}, ["a"], answered, 0.9, f"r{n}") for n in range(8)]
    wrong = [result({}, ["a"], answered, 0.1, f"w{n}") for n in range(4)]
    found = decision(right, wrong, assumed=0.2)
    assert found["risk"] == pytest.approx(0.2)
    assert (found["auroc"], found["wrong_at_80"], found["wrongly_answered"]) == (1.0, 0.0, 1.0)
    assert ranking(right)["first"] == 1.0


def test_a_promise_is_kept_by_questions_that_are_all_right():
    """Every split certifies, and none breaks."""
    right = [result({"a": 1}, ["a"], OutcomeKind.ANSWERED, n / 1000, f"a{n}/1") for n in range(800)]
    found = promise.splits(promise.of_results(right, [], 0.2), 0.05)
    assert (found["broken"], found["certified"], found["risk"]) == (0.0, 1.0, 0.0)


def test_the_curve_ends_with_everything_answered(tmp_path):
    """At full coverage the risk is the share of the unanswerable; files are written, the picture if it can be."""
    answered = OutcomeKind.ANSWERED
    right = [result({"a": 1}, ["a"], answered, 0.5 + n / 100, f"r{n}") for n in range(10)]
    wrong = [result({}, ["a"], answered, n / 100, f"w{n}") for n in range(10)]
    points = curve.curve(right, wrong, assumed=0.2)
    assert (points[-1].coverage, points[-1].risk) == (pytest.approx(1), pytest.approx(0.2))
    assert curve.at(points, 0.8).risk == 0.0
    curve.write_tables({"kb": points}, tmp_path, 10, 0.2)
    assert (tmp_path / "risk-coverage.csv").read_text().count("\n") == 21
    assert curve.draw({"kb": points}, 0.05, tmp_path / "risk-coverage.png") == (tmp_path / "risk-coverage.png").exists()


def test_the_own_articles_are_read_by_half(settings):
    """Only the tests of the chosen half are asked."""
    _, every = data.own_articles(settings, Half.REPORT)
    _, guide = data.own_articles(settings, Half.GUIDE)
    corpus = load_articles(settings.articles)
    assert {j.article for j in every} | {j.article for j in guide} == {a.id for a in corpus.library if a.tests}
