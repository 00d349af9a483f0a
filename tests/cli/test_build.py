"""``kb build``: what it prints, for people and for programs, and what it refuses."""

from __future__ import annotations

import json

import pytest

from kb.retrieval.index.versions import build_lock, current_name
from tests.support import write_article, write_many, write_tiny

KEYS = {"version", "articles", "passages", "examples", "encoded", "reused", "took_s", "live_s"}


@pytest.fixture
def articles(tmp_path):
    """A folder of six small articles to change."""
    return write_tiny(tmp_path / "content")


def test_json_is_the_contract_s_object(kb, articles, tmp_path):
    """One object on standard output; steps go to stderr."""
    done = kb("build", "--articles", articles, "--index", tmp_path / "index", "--json")
    assert done.status == 0
    assert set(done.json) >= KEYS
    assert (done.json["articles"], done.json["encoded"], done.json["reused"]) == (6, 30, 0)
    assert done.json["version"] == current_name(tmp_path / "index")
    assert "6 articles, 9 passages, 30 texts to embed\n" in done.err


def test_a_second_build_encodes_nothing(kb, articles, tmp_path):
    """Nothing changed: the same version, every text reused; --full encodes them again."""
    arguments = ("build", "--articles", articles, "--index", tmp_path / "index", "--json")
    first, second, full = kb(*arguments).json, kb(*arguments).json, kb(*arguments, "--full").json
    assert first["version"] == second["version"] == full["version"]
    assert [(r["encoded"], r["reused"]) for r in (first, second, full)] == [(30, 0), (0, 30), (30, 0)]


def test_a_build_for_people(kb, articles, tmp_path):
    """The summary has version and counts; stderr reports that six articles cannot be calibrated."""
    done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    name = current_name(tmp_path / "index")
    assert done.out.startswith(f"{name}: 6 articles, 9 passages, 15 examples; 30 texts encoded, 0 reused, in ")
    assert "kb: the confidence is not calibrated (" in done.err
    assert "stricter fixed thresholds are used" in done.err


def test_a_calibrated_build_says_what_it_promises(kb, tmp_path):
    """Enough articles: what share is answered and how many of those are wrong."""
    articles = write_many(tmp_path / "many")
    done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    assert done.status == 0
    assert "\ncalibrated on " in done.out
    assert "promise 5%)" in done.out.replace(".0%", "%")


def test_a_correction_is_live_first(kb, tmp_path):
    """--quick stops once the correction is live and names the source of its confidence; else the command continues."""
    articles = write_many(tmp_path / "many")
    arguments = ("build", "--articles", articles, "--index", tmp_path / "index")
    first = kb(*arguments, "--json").json["version"]
    path = next(articles.rglob("topic-2.md"))
    path.write_text(path.read_text() + "\nA late fee.\n")
    quick = kb(*arguments, "--quick")
    assert f"kb: the confidence is that of {first}; 'kb build' learns it again\n" in quick.err
    assert quick.out.startswith(f"{current_name(tmp_path / 'index')}: 16 articles")
    path.write_text(path.read_text() + "\nA modem.\n")
    done = kb(*arguments, "--json")
    assert "Live: v3-" in done.err
    assert "; Ctrl-C leaves the live version as it is\n" in done.err
    assert done.json["live_s"] < done.json["took_s"]
    assert "kept" not in done.json["calibration"]


def test_full_and_quick_exclude_each_other(kb, articles, tmp_path):
    """Wrong usage, and nothing is built."""
    done = kb("build", "--articles", articles, "--index", tmp_path / "index", "--full", "--quick")
    assert (done.status, done.out) == (2, "")
    assert "--full learns before it publishes" in done.err
    assert not (tmp_path / "index").exists()


def test_findings_that_do_not_stop_a_build_are_mentioned(kb, articles, tmp_path):
    """A warning is counted on stderr, and the build goes on."""
    write_article(articles, "empty", "")
    done = kb("build", "--articles", articles, "--index", tmp_path / "index", "--json")
    assert (done.status, done.json["articles"]) == (0, 7)
    assert "kb: 1 finding(s) that do not stop the build; 'kb check' lists them\n" in done.err


def test_errors_in_articles_stop_a_build(kb, articles, tmp_path):
    """Every finding with its place, then one sentence; the published index stays."""
    arguments = ("build", "--articles", articles, "--index", tmp_path / "index", "--json")
    version = kb(*arguments).json["version"]
    for name in ("bad-one", "bad-two"):
        write_article(articles, name, kind="poem")
    done = kb(*arguments)
    assert (done.status, done.out) == (1, "")
    *findings, sentence = done.err.splitlines()
    assert [f.split(":")[0] for f in findings] == [str(articles / "fees" / f"bad-{n}.md") for n in ("one", "two")]
    assert all(" error schema: 'kind' cannot be 'poem'" in f for f in findings)
    assert sentence.startswith("kb: 2 errors in 2 files, so nothing was built and the last index keeps serving.")
    assert current_name(tmp_path / "index") == version


BAD_FILES = {
    "broken YAML": b"---\ntitle: [\n---\nText.\n",
    "wrong types": b"---\ntitle: 5\nkind: faq\ncategory: fees\n---\nText.\n",
    "no title": b"---\nkind: faq\ncategory: fees\n---\nText.\n",
    "invalid UTF-8": b"---\ntitle: \xff\nkind: faq\ncategory: fees\n---\nText.\n",
    "no front matter": b"Text.\n",
    "NUL": b"---\ntitle: a\x00b\nkind: faq\ncategory: fees\n---\nText.\n",
}


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_article_is_one_clear_sentence(kb, articles, tmp_path, data):
    """Status 1, the file named, no traceback, nothing built."""
    (articles / "fees" / "bad.md").write_bytes(data)
    done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    assert (done.status, done.out) == (1, "")
    assert f"{articles / 'fees' / 'bad.md'}:" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_duplicate_id_stops_a_build(kb, articles, tmp_path):
    """Two files with one id: both are named."""
    write_article(articles, "late-fee", category="autopay")
    done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    assert done.status == 1
    assert "duplicate-id: the id 'late-fee' is taken by" in done.err


@pytest.mark.parametrize(("made", "message"), [(False, "is not a folder"), (True, "holds no articles")])
def test_no_articles_is_one_line(kb, tmp_path, made, message):
    """No folder, or nothing in it: the remedy."""
    if made:
        (tmp_path / "content").mkdir()
    done = kb("build", "--articles", tmp_path / "content", "--index", tmp_path / "index")
    assert (done.status, done.out) == (1, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_only_drafts_is_one_line(kb, tmp_path):
    """Nothing that customers may see: nothing is built."""
    write_article(tmp_path / "content", "late-fee", status="draft")
    done = kb("build", "--articles", tmp_path / "content", "--index", tmp_path / "index")
    assert done.status == 1
    assert "There is no published article" in done.err
    assert not (tmp_path / "index").exists()


def test_an_unknown_encoder_is_one_line(kb, articles, tmp_path, monkeypatch):
    """The model's name and the remedy."""
    monkeypatch.setenv("KB_ENCODER", "nobody/no-such-model")
    done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("kb: The encoder 'nobody/no-such-model' is none of e5, mpnet, minilm, bge, nor a folder")
    assert done.err.count("\n") == 1


def test_a_busy_index_is_one_line(kb, articles, tmp_path):
    """Another build holds the lock: status 1, and to wait."""
    with build_lock(tmp_path / "index"):
        done = kb("build", "--articles", articles, "--index", tmp_path / "index")
    assert done.status == 1
    assert (
        done.err == f"kb: Another build is writing to {tmp_path / 'index'}. Wait until it is done, then build again.\n"
    )


def test_an_index_folder_that_cannot_be_made_is_one_line(kb, articles, tmp_path):
    """A file in the folder's place: what the system says, no traceback."""
    (tmp_path / "taken").write_text("")
    done = kb("build", "--articles", articles, "--index", tmp_path / "taken" / "index")
    assert (done.status, done.out) == (1, "")
    assert done.err.endswith("Not a directory. Check the path, its permissions and the disk.\n")
    assert done.err.count("\n") == 1


def test_a_build_without_memory_is_one_line(kb, articles, tmp_path, monkeypatch):
    """While it learns: the correction that went live first stays, the lock is free, and nothing half made is left."""
    arguments = ("build", "--articles", articles, "--index", tmp_path / "index")
    assert kb(*arguments).status == 0

    def learn(*_):
        raise MemoryError

    write_article(articles, "modem-rent", "The modem costs money every month.\n")
    with monkeypatch.context() as patch:
        patch.setattr("kb.retrieval.build.builder.learn", learn)
        before = current_name(tmp_path / "index")
        done = kb(*arguments, "--full")
    assert done.status == 1
    said = "kb: There is not enough memory. Nothing that serves was changed. Close other programs, or give it more.\n"
    assert done.err.endswith(said)
    assert current_name(tmp_path / "index") == before
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == [".lock", "CURRENT", "versions"]
    assert kb(*arguments).status == 0


def test_channels_of_site_yaml_are_filled_in(kb, tmp_path):
    """An article's {{channel.NAME}} is what the operator's file says; an unknown one stops the build."""
    write_article(tmp_path / "content", "call", "Call {{channel.phone}} today.\n")
    arguments = ("build", "--articles", tmp_path / "content", "--index", tmp_path / "index")
    refused = kb(*arguments)
    assert refused.status == 1
    assert "site.yaml has no channel 'phone'" in refused.err
    site = tmp_path / "mine.yaml"
    site.write_text("channels:\n  phone: {kind: phone, label: Call, text: (833) 267-6094}\n")
    assert kb(*arguments, "--site", site).status == 0
    answer = kb("ask", "call", "--index", tmp_path / "index", "--json").json
    assert answer["hits"][0]["passage"] == "Call (833) 267-6094 today."


def test_a_build_s_json_has_no_stray_line(kb, articles, tmp_path):
    """Standard output is one JSON object and nothing else."""
    out = kb("build", "--articles", articles, "--index", tmp_path / "index", "--json").out
    assert out.count("\n") == 1
    json.loads(out)


def test_a_first_quick_build_has_nothing_to_keep(capsys):
    """It says that it is not calibrated, where no earlier version has learned."""
    from types import SimpleNamespace

    from kb.cli.build import _print

    figures = {"calibrated": False, "kept": True, "reason": "this first index has not learned yet"}
    _print(
        SimpleNamespace(
            version="v", articles=1, passages=1, examples=1, encoded=1, reused=0, took_s=1.0, calibration=figures
        )
    )
    assert "the confidence is not calibrated (this first index has not learned yet)" in capsys.readouterr().err
