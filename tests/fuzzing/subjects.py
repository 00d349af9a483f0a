"""What is given hostile input, how that input is made, and what must hold of what comes out.

A subject makes an input from a source of random choices, and raises what is wrong with the product's answer to it. The
same inputs come from hypothesis in the short tests, and by the million from :mod:`tests.fuzzing.__main__`.
"""

from __future__ import annotations

import json
import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from kb.common.files import canonical_json, sha256
from kb.common.limits import Buckets
from kb.content.articles.parse import read_article
from kb.content.markdown.links import link_shape, links, raw_html
from kb.content.markdown.render import plain_text, render, sections, steps
from kb.errors import ConfigError, KbError
from kb.html import highlight, prose
from kb.html.documents import plain, structured
from kb.html.links import within
from kb.reports import digest
from kb.reports.exports import ReportTable
from kb.retrieval.index.versions import FORMAT, MANIFEST, read_version, version_name
from kb.settings.settings import load_settings
from kb.types import Library
from tests.fuzzing.payloads import any_payload
from tests.fuzzing.safe_html import article_problems, page_problems
from tests.ui.fakes import SITE

PICTURES: Final = {"a.png": "0123456789abcdef-10x20.png"}
SOUGHT: Final = highlight.Wanted(frozenset({"alert", "pay", "fee", "href", "script"}), frozenset({"pay", "fee", "x"}))


class Harmful(AssertionError):
    """What came out of an input and must not."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One way in."""

    make: Callable[[Random], str]
    """Returns an input."""
    check: Callable[[str], None]
    """Raises anything at all if the product mistakes an input."""


# ------------------------------------------------------------------------------------------------ Markdown

PIECES: Final = (
    *("# ", "## ", "###### ", "- ", "1. ", "9999999999. ", "> ", "> [!NOTE]\n> ", "> [!TIP]\n", "[!es:WARNING]\n", "* * *\n"),
    *("| a | b |\n|:--|--:|\n| ", " | ", "```", "```html\n", "~~~\n", "    ", "`", "``", "*", "**", "_", "~~", "\\", "\\\n"),
    *("[", "]", "(", ")", "](", "][", "]: ", "![", "<", ">", "</", "/>", "&", "&lt;", "&#60;", "&amp;", '"', "'", "=", "\n"),
    *("\n\n", "  \n", "\t", "---\n", "===\n", "{{channel.phone}}", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "\x00"),
    *("late fee", "Pay your bill.", "alert", "http://", "https://a.example/?a=b&c=d#e", "www.a.example", "a@b.example"),
    *("<br>", "<p class=x>", "ñ", "請", "\u202e", "\u2028", "\U0001f4a5", "[x](late-fee#how)", "![pay](a.png)", "(c)", "--"),
)  # fmt: skip


def markdown(random: Random) -> str:
    """Return Markdown: its marks, words and payloads in any order, now and then with a piece of it moved."""
    parts = [
        any_payload(random) if random.random() < 0.3 else random.choice(PIECES) for _ in range(random.randrange(1, 12))
    ]
    text = "".join(parts)
    if random.random() < 0.2:
        at, to = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
        text = text[:at] + text[at:to] * random.randrange(4) + text[to:]
    return text


def check_markdown(text: str) -> None:
    """Render Markdown as articles and answers are shown; nothing comes out but what an article may be."""
    html = render(text, within("late-fee", lambda i, a: f"/article?id={i}#{a}"), PICTURES)
    problems = article_problems(html)
    problems += article_problems(highlight.marked(prose.with_boxes(html), SOUGHT), as_shown=True)
    if problems:
        raise Harmful(f"{problems}: {html}")


def check_readers(text: str) -> None:
    """Read Markdown in every other way: whatever is written, each of them has an answer with places in the text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")  # as a file is read
    lines = text.count("\n") + 1
    places = [(link.line, link.column) for link in links(text)] + [(line, column) for _, line, column in raw_html(text)]
    if not all(1 <= line <= lines and column >= 1 for line, column in places):
        raise Harmful(f"{places} in a text of {lines} lines")
    anchors = [section.anchor for section in sections(text) if section.heading]
    if len(anchors) != len(set(anchors)):
        raise Harmful(f"two sections have one anchor: {anchors}")
    plain_text(text)
    steps(text)
    link_shape(text)


# -------------------------------------------------------------------------------------------- front matter

_KEYS: Final = ("title", "kind", "category", "summary", "examples", "tests", "not_for", "keywords", "related", "owner",
                "reviewed", "review_in_days", "sources", "redirects", "es", "translated_from", "status", "odd")  # fmt: skip
_VALUES: Final = (
    *("Late fee", "faq", "tutorial", "signpost", "bill-changes-and-prices", "2026-11-22", "2026-02-31", "180", "-1", "1e999"),
    *("9" * 400, "0x1F", "1:30:00", "true", "null", "~", "[a, b]", "[a, [b]]", "{a: b}", "{question: x, belongs: y}", "!!set {a}"),
    *("&a [*a]", "*a", "!!python/object:os.system x", "'it''s'", '"\\x00"', '"\\ud800"', '"\\U0010ffff"', "|\n  two\n  lines"),
    *(">-\n  folded", "- a\n- b", '\n  - {address: "https://a.example", dated: 2024, read: 2026-11}', "\n  - a: b: c", "'", '"', "{"),
    *("[", "draft", "3000000", "99999999999999999999", ".inf", ".nan", "2024-01-01T00:00:00Z", "? a\n: b", "%YAML 1.1", "@x", "`x`"),
)  # fmt: skip


def _value(random: Random) -> str:
    if random.random() < 0.3:
        return json.dumps(any_payload(random)) if random.random() < 0.7 else any_payload(random)
    return random.choice(_VALUES)


def front_matter(random: Random) -> str:
    """Return an article whose front matter has keys of ours and values of any kind."""
    lines = [f"{key}: {_value(random)}" for key in random.choices(_KEYS, k=random.randrange(6))]
    # A whole article in most cases, or nothing would be shown of it.
    whole = [f"title: {_value(random)}", "kind: faq", "category: fees", f"summary: {json.dumps(any_payload(random))}"]
    given = [*whole, *lines] if random.random() < 0.7 else lines
    fence = random.choice(("---\n", "---\n", "---\n", "--- \n", "", "---\r\n"))
    return f"---\n{chr(10).join(given)}\n{fence}{markdown(random)}"


def check_front_matter(text: str) -> None:
    """Read an article; findings have places in the file, and its page is safe."""
    data = text.encode("utf-8", "replace")
    parsed, findings = read_article("fees/late-fee.md", data, {"phone": "(555) 010-0100", "phone@en": "x"})
    lines = data.decode().count("\n") + data.decode().count("\r") + 2
    for finding in findings:
        if not (1 <= finding.line <= lines and finding.column >= 1 and finding.message):
            raise Harmful(f"{finding} in a file of {lines} lines")
    if parsed is None or not parsed.article.title:
        return
    library = Library({parsed.article.id: parsed.article}, ())
    page = plain.article_page(SITE, parsed.article, library, "https://help.example.com/a/late-fee")
    _refuse(page_problems(page), page)


def _refuse(problems: list[str], shown: str) -> None:
    if problems:
        raise Harmful(f"{problems}: {shown}")


# ----------------------------------------------------------------------------------------------- site.yaml

_SITE_LINES: Final = (
    *("name: {v}", "provider: {v}", "notice: {v}", "notice_es: {v}", "names: [{v}]", "other_providers: {v}", "bill_page: {v}"),
    *("have_ready: [{v}, b]", "official_sites: [{v}]", "words: {{ask_title: {v}, out_of_scope_text: {v}}}", "words_es: {v}"),
    *("channels: {{phone: {{kind: phone, label: {v}, text: {v}, url: {v}}}}}", "channels: {{chat: {v}}}", "channels: {v}"),
    *("channels: {{phone: {{label: a, text: b, time_zone: {v}, hours: {{mon-fri: {v}}}, wait_minutes: {v}}}}}", "odd: {v}"),
    *("escalation: [{{title: {v}, say: {v}, url: {v}, after_days: {v}}}]", "handover: {{deliver: {v}, to: {v}}}", "{v}"),
    *("settings: {{retention_days: {v}, hosts: {v}, keep_versions: {v}}}", "settings: {{encoder: {v}, log_level: {v}}}"),
    *("settings: {{api_per_minute: {v}, target_wrong_answers: {v}}}", "settings: {v}", "writing: {{review: {v}}}"),
)  # fmt: skip


def site_file(random: Random) -> str:
    """Return a site.yaml with keys of ours and values of any kind."""
    lines = random.sample(_SITE_LINES, random.randrange(1, 6))
    return "\n".join(line.format(v=_value(random)) for line in lines)


def check_site_file(text: str) -> None:
    """Load the file: it is refused in one sentence that names it, or the pages that show it are safe."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            settings = load_settings({}, site_path=path)
        except ConfigError as error:
            if not str(error).strip():
                raise Harmful("refused without a word") from error
            return
    datetime.now(UTC) - timedelta(days=settings.retention_days)
    timedelta(hours=settings.session_hours, minutes=settings.session_idle_minutes, seconds=settings.watch_seconds)
    Buckets(settings.api_per_minute).take("192.0.2.1")
    Buckets(settings.question_cost_per_minute).take("192.0.2.1", 101)
    deque[str](maxlen=settings.journal_backlog)
    page = plain.ask_page(settings.site, "late fee", plain.contact_main(settings.site))
    _refuse(page_problems(page), page)
    head = structured.found_by(settings.site) + structured.social_head(settings.site, "x", "y", "https://a.example/")
    _refuse(page_problems(head), head)


# -------------------------------------------------------------------------------------------------- digest


def question(random: Random) -> str:
    """Return what a customer may have asked."""
    return random.choice((any_payload, markdown))(random)


def check_digest(text: str) -> None:
    """Put a customer's words into the weekly digest: a mail shows them as they are."""
    page = digest._html(text, "\n".join(digest._markdown("Gaps", ReportTable(("question", "why"), ((text, text),)))))
    _refuse(page_problems(page), page)
    if "<table" not in page or page.count("<td") != 2:
        raise Harmful(f"the table has lost its form: {page}")


# ------------------------------------------------------------------------------------------------ manifest

_GOOD: Final[dict[str, Any]] = {"format": FORMAT, "files": {}, "encoder": {"name": "e5", "dim": 3}, "calibration": {}}
_ODD_JSON: Final = (
    "null",
    "[]",
    "{}",
    "1e999",
    "-1",
    '"x"',
    "true",
    "[[[[]]]]",
    '{"a": {"b": null}}',
    "NaN",
    '"../x"',
    "9" * 50,
)


def manifest(random: Random) -> str:
    """Return a manifest in which something is of another kind, missing, or no JSON at all."""
    files = {random.choice(("a", "../manifest.json", "/etc/hostname", "", "a/b", "..", "\x00")): random.choice(
        ({"sha256": "0", "size": 1}, {"size": 1}, [], None, {"sha256": sha256(b"one"), "size": 3}, "x"))
    }  # fmt: skip
    text = canonical_json({**_GOOD, "files": files}).decode()
    if random.random() < 0.5:
        key = random.choice(('"format":', '"files":', '"sha256":', '"size":'))
        text = text.replace(key, f"{key}{random.choice(_ODD_JSON)},{key}", 1)
    if random.random() < 0.5:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice((*_ODD_JSON, "", "}", "\x00", "\ufeff")) + text[at + random.randrange(4) :]
    return text


def check_manifest(text: str) -> None:
    """Read a version whose name proves its manifest: it is read, or refused as an error of ours, and nothing leaves."""
    data = text.encode("utf-8", "replace")
    with tempfile.TemporaryDirectory() as name:
        index = Path(name) / "index"
        folder = index / "versions" / version_name(data)
        folder.mkdir(parents=True)
        (folder / MANIFEST).write_bytes(data)
        (folder / "a").write_bytes(b"one")
        try:
            found = read_version(index, folder.name)
        except KbError:
            return
        outside = [file for file in found.files if (file != "a" and "/" in file) or file in ("..", ".", "")]
        if outside:
            raise Harmful(f"files outside of the version were read: {outside}")


SUBJECTS: Final = {
    "markdown": Subject(markdown, check_markdown),
    "readers": Subject(markdown, check_readers),
    "front-matter": Subject(front_matter, check_front_matter),
    "site": Subject(site_file, check_site_file),
    "digest": Subject(question, check_digest),
    "manifest": Subject(manifest, check_manifest),
}
"""The subjects that need no server, by name; :mod:`tests.fuzzing.requests` has the others."""
