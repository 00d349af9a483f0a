"""Markdown of other systems as ours."""

from __future__ import annotations

import pytest

from kb.content.importing.dialects import to_ours
from kb.content.importing.headings import tidy
from kb.content.importing.pages import convert

CASES = {
    "MkDocs note": ('!!! warning "Take care"\n\n    Hot.\n\n    Very.\n\nAfter.', "> [!WARNING]\n> **Take care**\n>\n> Hot.\n>\n> Very.\n\nAfter."),
    "MkDocs folded": ("??? tip\n    Fold.", "> [!TIP]\n> Fold."),
    "MkDocs tabs": ('=== "Linux"\n\n    Run it.', "**Linux**\n\nRun it."),
    "Docusaurus": (":::tip[My tip]\n\nDo it.\n\n:::", "> [!TIP]\n> **My tip**\n>\n> Do it."),
    "Docusaurus nested": ("::::note\n:::danger\nNo.\n:::\n::::", "> [!NOTE]\n> > [!WARNING]\n> > No."),
    "Jekyll highlight": ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "```ruby\nputs 1\n```"),
    "Jekyll link": ("[a]({{ site.baseurl }}{% link _docs/x.md %})", "[a](_docs/x.md)"),
    "callout": ("{% callout info %}\nSee **this**.\n{% endcallout %}", "> [!NOTE]\n> See **this**."),
    "GitHub docs": ("{% note %}\n\nSee.\n\n{% endnote %}", "> [!NOTE]\n> See."),
    "picture tag": ("{% image a/b.png A dialog %}", "![A dialog](a/b.png)"),
    "Hugo": ('{{< alert "danger" >}}No.{{< /alert >}} [x]({{< ref "a.md" >}})', "> [!WARNING]\n> No.\n\n [x](a.md)"),
    "Hugo figure": ('{{< figure src="/a.png" alt="A" >}}', "![A](/a.png)"),
    "Mintlify": ('<Steps>\n  <Step title="Open">\n    Click.\n  </Step>\n</Steps>', "**Open**\n\nClick."),
    "Mintlify note": ("<Warning>Careful.</Warning>", "> [!WARNING]\n> Careful."),
    "MDX": ("import A from './a'\n\nText {/* no */}\n", "Text"),
    "code stays": ("`{% raw %}` and\n\n```html\n<div>{{ x }}</div>\n!!! note\n```", "`{% raw %}` and\n\n```html\n<div>{{ x }}</div>\n!!! note\n```"),
    "code in a list": ("- a\n\n  ```sh title=\"x\"\n  ls\n  ```", "- a\n\n  ```sh\n  ls\n  ```"),
    "HTML table": ("<table><tr><th>A</th></tr><tr><td>b|c</td></tr></table>", "| A |\n| --- |\n| b\\|c |"),
    "inline HTML": ("<b>x</b> <kbd>Y</kbd><br>z <img src='a.png' alt='A'>", "**x** **Y**  \nz ![A](a.png)"),
    "break in a table": ("| a<br>b |\n| --- |", "| a b |\n| --- |"),
    "attributes": ("Text\n{: .note }\n\n[a](b){ .button }", "Text\n\n[a](b)"),
    "task list": ("- [ ] a\n- [x] b", "- ☐ a\n- ☑ b"),
    "footnote": ("A[^1].\n\n[^1]: Why.", "A (1).\n\n## Notes\n\n1. Why."),
    "indented footnote": ("- A[^x]\n\n  [^x]:\n    Why\n    so.\n\nEnd.", "- A (1)\n\nEnd.\n\n## Notes\n\n1. Why so."),
    "comment": ("a <!-- b\nc --> d", "a  d"),
    "alert": ("> [!CAUTION]\n> x", "> [!WARNING]\n> x"),
    "keys": ("++ctrl+c++ :material-close: x", "**ctrl + c**  x"),
    "angle brackets": ("<your-name> and <https://example.org>", "<your-name> and <https://example.org>"),
}  # fmt: skip


@pytest.mark.parametrize(("foreign", "ours"), CASES.values(), ids=CASES)
def test_a_dialect(foreign, ours):
    """Each construct has its form of ours."""
    assert to_ours(foreign).markdown == ours


@pytest.mark.parametrize(
    ("foreign", "ours", "left"),
    [
        ("a {% include x.html %} b", "a  b", "{% include x.html %}"),
        ("a {{ page.title }} b", "a  b", "{{ page.title }}"),
        ("--8<-- 'a.md'\nb", "b", "--8<-- 'a.md'"),
        ("x <Chart data={a} /> y", "x  y", "<Chart data={a} />"),
        ("<script>alert(1)</script>x", "x", "<script>"),
    ],
)
def test_what_has_no_form_of_ours(foreign, ours, left):
    """It leaves the text, and is listed as it was written."""
    done = to_ours(foreign)
    assert (done.markdown.strip(), done.left) == (ours, [left])


def test_named_anchors():
    """They are kept apart from the heading, for links to them."""
    done = to_ours("## A heading {#custom}\n\n## Other {: #two .x }")
    assert done.markdown == "## A heading\n\n## Other"
    assert done.anchors == {"custom": "A heading", "two": "Other"}


@pytest.mark.parametrize(
    ("body", "title", "done"),
    [
        ("# T\n\nx\n\n## A", "", ("x\n\n## A", "T")),
        ("# T\n\nx", "T", ("x", "T")),
        ("# Other\n\n## A", "T", ("## Other\n\n## A", "T")),
        ("Title\n=====\n\nx", "", ("x", "Title")),
        ("## A\n\n##### B\n\n#\n\nx", "T", ("## A\n\n### B\n\n\n\nx", "T")),
        ("# A\n\nx\n\n# B", "A", ("x\n\n## B", "A")),
        ("```\n# no heading\n```", "T", ("```\n# no heading\n```", "T")),
    ],
)
def test_headings(body, title, done):
    """From level 2, none skipped, none empty, the title once."""
    assert tidy(body, title) == done


def test_a_page_of_html():
    """Its article alone, with notes, lists, tables and code; nothing that runs."""
    page = convert(
        "<html><head><title>T | Site</title><meta name=description content='About it.'></head><body><nav>Menu</nav>"
        "<main><h1>Title</h1><p onclick=x()>A <a href='javascript:x()'>b</a><script>x()</script></p>"
        "<div class='callout callout-warning'><p>Hot</p></div><pre class='language-sh'>ls\n</pre>"
        "<h2 id=more>More</h2><dl><dt>T</dt><dd>D</dd></dl></main><footer>Foot</footer></body></html>",
        whole_page=True,
    )
    assert (page.title, page.summary, page.tables, page.code_blocks) == ("Title", "About it.", 0, 1)
    assert page.anchors == (("more", "More"),)
    assert page.left == ("<script>",)
    assert "> [!WARNING]\n> Hot" in page.markdown
    assert "```sh\nls\n" in page.markdown
    assert "**T**\n\nD" in page.markdown
    for word in ("Menu", "Foot", "x()</", "onclick", "<"):
        assert word not in page.markdown


def test_html_that_is_nested_too_deeply():
    """Its words come over, and it says so."""
    page = convert("<div>" * 5000 + "<p>deep</p><script>x</script>" + "</div>" * 5000)
    assert page.is_flat
    assert page.markdown == "deep"
