"""Hostile input, the short form of ``make fuzz``: whatever is sent in, nothing harmful comes out and nothing breaks."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzing import __main__ as runner
from tests.fuzzing import growth, payloads
from tests.fuzzing.safe_html import article_problems, page_problems, scheme_of
from tests.fuzzing.subjects import PIECES, Subject, check_markdown
from tests.fuzzing.web import ALL

SEEDS = st.integers(0, 2**32)
PAYLOADS = SEEDS.map(lambda seed: payloads.any_payload(Random(seed)))


@given(st.lists(st.sampled_from(PIECES) | PAYLOADS, max_size=10).map("".join))
@settings(max_examples=150, deadline=None)
def test_hostile_markdown_is_harmless(text: str) -> None:
    """Marks, words and payloads in any order; hypothesis shortens what fails to the pieces that matter."""
    check_markdown(text)


@pytest.mark.parametrize("name", sorted({*ALL} - {"markdown"}))
def test_hostile_input_does_no_harm(name: str) -> None:
    """Every other way in."""

    @given(SEEDS)
    @settings(max_examples=25, deadline=None)
    def try_one(seed: int) -> None:
        ALL[name].check(ALL[name].make(Random(seed)))

    try_one()


@pytest.mark.parametrize("family", payloads.FAMILIES, ids=lambda family: family.__name__)
def test_a_payload_is_harmless_in_every_place(family: payloads.Family) -> None:
    """Each known family of script injection, wherever Markdown takes text."""
    for n, place in enumerate(runner.PLACES):
        check_markdown(place.replace("{}", family(Random(n))))


HARMFUL = (
    *(
        "<script>1</script>",
        "<p onclick=1>x</p>",
        "<a href='jav\tascript:1'>x</a>",
        "<a href=' \x01JaVascript:1'>x</a>",
    ),
    *(
        "<p class=evil>x</p>",
        "<table><td style='color:red'>x</table>",
        "<img src=//evil.example/x.png>",
        "<h2 id='A b'>x</h2>",
        "<!-- x -->",
    ),
    *(
        "</div><p>outside</p>",
        "<svg><p>x</p></svg>",
        "<div style='x'>x</div>",
        "<input>",
        "<a href='data:text/html,x'>x</a>",
    ),
)


@pytest.mark.parametrize("html", HARMFUL)
def test_harm_is_noticed(html: str) -> None:
    """The guard itself: it would see each of these."""
    assert article_problems(html)


def test_harm_on_a_page_is_noticed() -> None:
    """Handlers, foreign scripts, addresses that run something, and data that ends its script."""
    assert page_problems("<p>x</p><a href='https://a.example'>x</a><script src='/assets/kb.js?v=1'></script>") == []
    for html in (
        "<p onfz=1>x</p>", "<script>1</script>", "<script src=//evil.example></script>", "<a href='javascript:1'>x</a>",
        "<iframe src=x></iframe>", '<script type="application/ld+json">{"a": </script>', "<a href='data:x'>x</a>",
    ):  # fmt: skip
        assert page_problems(html), html
    assert [scheme_of(a) for a in ("/a:b", "a b", "JAVA\nSCRIPT:x", "https://x", "#a:b")] == [
        "",
        "",
        "javascript",
        "https",
        "",
    ]


def test_a_failure_is_shortened_and_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The long run keeps the first input of each kind of failure, leaves out what does not matter, and fails."""

    def check(text: str) -> None:
        if "!" in text:
            raise ValueError("an exclamation mark")

    subject = Subject(
        lambda random: "a" * random.randrange(40) + random.choice("!?") + "b" * random.randrange(40), check
    )
    monkeypatch.setattr(runner, "ALL", {"marks": subject})
    monkeypatch.setattr(runner.logging, "disable", lambda _: None)
    assert runner.main(["marks", "--runs", "20"]) == 1
    told = capsys.readouterr().out
    assert "| marks | 20 |" in told
    assert told.rstrip().endswith("'!'")


def test_lists_of_payloads_are_tried_in_every_place(tmp_path) -> None:
    """One in a line; empty lines are none, and braces are only text."""
    path = tmp_path / "list.txt"
    path.write_text("<x>\n\n{y}\n")
    inputs = list(runner.listed([path]))
    assert len(inputs) == 2 * len(runner.PLACES)
    assert "[x]({y})" in inputs


def test_growth_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exponent of a reader that compares everything with everything is 2, and that of a plain one 1."""
    costs = {"line": len, "square": lambda text: len(text) ** 2}
    monkeypatch.setattr(growth, "READERS", costs)
    monkeypatch.setattr(growth, "seconds", lambda read, text: read(text) / 1e9)
    rows = list(growth.growth("words", "pay now ", most=8000))
    assert [(reader, length, round(exponent, 3)) for reader, _, length, _, exponent in rows] == [
        ("line", 8000, 1.0), ("square", 8000, 2.0)
    ]  # fmt: skip
    assert growth.text_of("[a{n}] ", 14) == "[a0] [a1] "
