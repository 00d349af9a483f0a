import re
from dataclasses import replace

import pytest

from kb.content.articles.corpus import load_articles
from kb.errors import QueryFileError
from kb.evaluation.judgments import (
    Half,
    Judged,
    article_tests,
    current_ids,
    half_of,
    not_for_questions,
    read_judged,
    read_qrels,
    read_queries,
    some_of,
    trec_id,
)
from kb.types import ArticleKind
from tests.support import make_article, make_library, write_article, write_signpost


@pytest.fixture
def write(tmp_path):
    """Write a file of bytes or text and return its path."""

    def write_file(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_queries_and_qrels_meet(write):
    """Judgments reach their queries; a query without a positive one is unanswerable; voices are kept or told."""
    queries = write("q.jsonl", '{"id": "q1", "text": "late fee", "x": 1}\n\n{"id": 2, "text": "t", "voice": "own"}\n')
    qrels = write("q.tsv", "q1\ta\t1\nq1\tb\t2\nq1\tc\t0\n2\ta\t0\nghost\ta\t1\n")
    found = read_judged(queries, qrels)
    assert found.judged == (Judged("q1", "late fee", {"a": 1, "b": 2}, "keywords"), Judged("2", "t", {}, "own"))
    assert [(q.is_answerable, q.article) for q in found.judged] == [(True, "b"), (False, "")]
    assert found.unknown_queries == ("ghost",)


def test_equal_relevance_goes_by_id():
    """Among equally relevant articles, the first id represents the question."""
    assert Judged("q", "t", {"b": 1, "a": 1}).article == "a"


@pytest.mark.parametrize(
    "content",
    ["q1\ta b\t1\n", "q1 0 a 1\n", "q1   a  1", "query-id\tcorpus-id\tscore\nq1\ta\t1\n", "\ufeffq1\ta\t1\r\n"],
    ids=["tabs", "trec", "spaces", "heading", "mark"],
)
def test_forms_of_qrels(write, content):
    """Tabs, spaces, TREC's four columns, a heading, a byte order mark and other line ends are read."""
    found = read_qrels(write("q", content))
    assert found == {"q1": {"a b" if "a b" in content else "a": 1}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("nonsense\n", r":1: this is not JSON \(.*\)\. Write \{\"id\""),
        ('{"id": "a", "text": NaN}', ":1: this is not JSON"),
        ("[" * 100_000, ":1: this is not JSON"),
        ("\n[1]\n", ":2: this is not an object"),
        ('{"id": "a"}', ":1: there is no 'text'"),
        ('{"id": "a", "text": 5}', ":1: there is no 'text'"),
        ('{"text": "x"}', ":1: 'id' is neither text nor a whole number: None"),
        ('{"id": true, "text": "x"}', ":1: 'id' is neither"),
        ('{"id": 1.5, "text": "x"}', ":1: 'id' is neither"),
        ('{"id": "", "text": "x"}', ":1: 'id' is neither"),
        ('{"id": "a", "text": "x", "voice": 3}', ":1: 'voice' is not text: 3"),
        ('{"id": 1, "text": "x"}\n{"id": "1", "text": "y"}', ":2: the id '1' already appears on line 1"),
        (b'{"id": "a", "text": "\xff"}', ":1: byte 22 is not UTF-8. Save the file as UTF-8"),
        ("\n \n", r"holds no queries\. Write one"),
    ],
)
def test_bad_queries(write, content, says):
    """A bad line is named with file, line and remedy."""
    path = write("bad.jsonl", content)
    with pytest.raises(QueryFileError, match=says) as caught:
        read_queries(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("q1 a\n", ":1: expected three columns, or TREC's four, but there are 2"),
        ("q1\t\t1\n", ":1: expected three columns"),
        ("q 0 a 1 x\n", ":1: expected three columns, or TREC's four, but there are 5"),
        ("q a 1\nq b yes\n", ":2: the relevance is not a whole number: 'yes'. Write 1"),
        ("q a 1\n\nq a 0\n", ":3: query 'q' and article 'a' were already judged on line 1. Remove"),
    ],
)
def test_bad_qrels(write, content, says):
    """A bad judgment is named with file, line and remedy."""
    with pytest.raises(QueryFileError, match=re.escape(says) if "'" not in says else says.replace("(", r"\(")):
        read_qrels(write("bad.tsv", content))


def test_missing_file(tmp_path):
    """A file that is not there is one sentence."""
    with pytest.raises(QueryFileError, match=r"none cannot be read: No such file or directory\. Name a file"):
        read_qrels(tmp_path / "none")


def test_separators_inside_a_text_do_not_end_a_line(write):
    """A line separator of Unicode stays inside its text."""
    path = write("q.jsonl", '{"id": "a", "text": "one\u2028two\u0085three"}\n')
    assert read_queries(path)[0].text == "one\u2028two\u0085three"


def test_qrels_in_trec_form(write):
    """Judgments in TREC's form are read by question; a name with a space cannot be written in it."""
    assert read_qrels(write("q", "q1 0 a 1\nq1 0 b 2")) == {"q1": {"a": 1, "b": 2}}
    assert trec_id("late-fee") == "late-fee"
    with pytest.raises(QueryFileError, match="'a b' has a space in it"):
        trec_id("a b")


def test_article_tests(tmp_path):
    """The tests of published articles are questions that their article answers; drafts have none."""
    write_article(tmp_path, "late-fee", tests=["late fee amount", "What is the late fee?"])
    write_article(tmp_path, "hidden", status="draft", tests=["never asked"])
    found = article_tests(load_articles(tmp_path))
    assert found == [
        Judged("late-fee/1", "late fee amount", {"late-fee": 1}, "keywords"),
        Judged("late-fee/2", "What is the late fee?", {"late-fee": 1}, "question"),
    ]


def test_no_article_answers_a_signposts_tests(tmp_path):
    """They are questions to hand over."""
    write_signpost(tmp_path, "power-cut", tests=["is it dark"])
    assert article_tests(load_articles(tmp_path)) == [Judged("power-cut/1", "is it dark", {}, "keywords")]


def test_questions_of_not_for(tmp_path):
    """Each is answered by the article it belongs to; by none if that is a signpost, a draft or nothing."""
    belongs = {"one two": "late-fee", "three four": "power-cut", "five six": "hidden"}
    not_for = [{"question": text, "belongs": owner} for text, owner in belongs.items()]
    write_article(tmp_path, "autopay", not_for=[*not_for, "seven eight"])
    write_article(tmp_path, "late-fee", not_for=["one two", "nine ten"])
    write_article(tmp_path, "hidden", status="draft", not_for=["never asked"])
    write_signpost(tmp_path, "power-cut")
    assert not_for_questions(load_articles(tmp_path)) == [
        Judged("autopay/not-for/1", "one two", {"late-fee": 1}, "keywords"),
        Judged("autopay/not-for/2", "three four", {}, "keywords"),
        Judged("autopay/not-for/3", "five six", {}, "keywords"),
        Judged("autopay/not-for/4", "seven eight", {}, "keywords"),
        Judged("late-fee/not-for/2", "nine ten", {}, "keywords"),
    ]


def test_a_judgment_that_names_a_signpost():
    """A signpost answers nothing, so such a question is unanswerable, and its id is not unknown."""
    library = replace(make_library(make_article("a")), signposts={"s": make_article("s", kind=ArticleKind.SIGNPOST)})
    judged = [Judged("1", "one", {"s": 1}), Judged("2", "two", {"s": 2, "a": 1}), Judged("3", "three", {"zzz": 1})]
    found, unknown = current_ids(judged, library)
    assert [query.relevant for query in found] == [{}, {"a": 1}, {"zzz": 1}]
    assert unknown == ("zzz",)


def test_halves(tmp_path):
    """Every article is in one half for life, the halves are about equal, and together they are all."""
    assert (half_of("late-fee"), half_of("set-up-autopay")) == (half_of("late-fee"), half_of("set-up-autopay"))
    share = sum(half_of(f"article-{n}") is Half.GUIDE for n in range(1000)) / 1000
    assert 0.45 < share < 0.55
    for name in ("one", "two", "three", "four", "five"):
        write_article(tmp_path, name, tests=[f"a test of {name}"])
    corpus = load_articles(tmp_path)
    parts = [article_tests(corpus, half) for half in Half]
    assert sorted(q.query_id for part in parts for q in part) == sorted(q.query_id for q in article_tests(corpus))


def test_earlier_ids_become_the_ids_of_now():
    """A renamed article counts under its current id; an unknown one is reported and kept."""
    library = make_library(make_article("new", redirects=("old",)))
    judged, unknown = current_ids([Judged("q", "t", {"old": 1, "new": 2, "gone": 1}), Judged("u", "t")], library)
    assert [dict(q.relevant) for q in judged] == [{"new": 2, "gone": 1}, {}]
    assert unknown == ("gone",)


def test_some_of():
    """A message names five and counts the others."""
    assert some_of(["a", "b"]) == "a, b"
    assert some_of(list("abcdefg")) == "a, b, c, d, e and 2 more"
