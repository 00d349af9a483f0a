"""Links and pictures of foreign articles: to our articles, to files beside them, or to the web."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from PIL import Image, UnidentifiedImageError

from kb.content.articles.pictures import MAX_BYTES, MAX_PIXELS, SUFFIXES
from kb.content.importing.mask import Mask
from kb.content.importing.record import Foreign, Tally
from kb.content.markdown.render import sections, slugify

_BELOW: Final = ("", "static", "public", "assets", "docs", "images", "img")
_TEXT = r"((?:[^\[\]\\]|\\.|!?\[(?:[^\[\]\\]|\\.)*\](?:\([^()]*\))?)*)"
_TARGET = r"\(\s*(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
_PICTURE = re.compile(rf"!\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]{_TARGET}")
_LINK = re.compile(rf"(?<![!\\])\[{_TEXT}\]{_TARGET}")
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\]\n^][^\]\n]*)\]:[ \t]*(?:\n[ \t]*)?(<[^<>\n]*>|[^\s<]\S*)"
    r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$",
    re.MULTILINE,
)
_WEB = ("http", "https", "mailto", "tel")
_ENDINGS = re.compile(r"\.(?:mdx?|markdown|html?|xhtml)$|/$", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|/)(?:_?index|readme)$")
_NUMBERED = re.compile(r"/articles/(\d+)")


@dataclass(slots=True)
class Linked:
    """A body whose links and pictures lead somewhere here."""

    body: str
    links: Tally = field(default_factory=Tally)
    pictures: Tally = field(default_factory=Tally)
    left: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    """The file of each picture that comes along, by its path below the category."""


def normal(address: str) -> str:
    """Return an address without what makes no difference to where it leads."""
    path = unquote(re.split(r"[#?]", address, maxsplit=1)[0]).strip("/").lower()
    while (shorter := _ENDINGS.sub("", path)) != path:
        path = shorter
    return _INDEX.sub("", path).strip("/")


class Places:
    """Where every imported article is now."""

    def __init__(self, articles: Iterable[tuple[Foreign, str]], *, pictures: Sequence[Path], base: str = "") -> None:
        """Index the articles.

        :param articles: Each with its id here.
        :param pictures: The folders that pictures may come from.
        :param base: The old site's address, for links to pages that did not come over; empty for none.
        """
        self._roots = [root.resolve() for root in pictures]
        self._base = base
        self._exact: dict[str, str] = {}
        self._last: defaultdict[str, set[str]] = defaultdict(set)
        self._anchors: dict[str, dict[str, str]] = {}
        for article, article_id in articles:
            for address in (article.key, *article.aliases):
                path = urlsplit(address).path if "://" in address else address
                self._exact.setdefault(normal(address if "://" in address else path), article_id)
                self._last[normal(path).rsplit("/", 1)[-1]].add(article_id)
            self._last[article.slug.lower()].add(article_id)
            self._anchors[article_id] = _anchors_of(article)

    def link(self, article: Foreign, article_id: str) -> Linked:
        """Return an article's body with links and pictures that lead somewhere here.

        :param article: Its body, and the folder that its links start from.
        :param article_id: Its id here.
        :return: The body; what leads nowhere is its words alone, and is listed.
        """
        mask = Mask()
        done = Linked("")
        text = _inline_references(mask.hide(article.body))
        text = _PICTURE.sub(lambda m: self._picture(m, article, done), text)
        text = _LINK.sub(lambda m: self._link(m, article, article_id, done), text)
        done.body = mask.show(text)
        done.left = [mask.show(item) for item in done.left]
        return done

    def _link(self, match: re.Match[str], article: Foreign, article_id: str, done: Linked) -> str:
        text, href = match[1], match[2].strip("<>")
        done.links.found += 1
        found = self._target(href, article, article_id)
        if found is None:
            done.left.append(f"link {href}" if href else f"link without an address: {text}")
            return text
        done.links.came += 1
        return f"[{text}]({found})"

    def _target(self, href: str, article: Foreign, article_id: str) -> str | None:
        """Return where a link leads from here; None if nowhere."""
        parts = _parts(href)
        if parts is None:
            return None
        anchor = unquote(parts.fragment)
        if not (parts.scheme or parts.netloc or parts.path):
            known = self._anchor(article_id, anchor)
            return f"#{known}" if known else None
        is_web = bool(parts.scheme or parts.netloc)
        known_web = (self._exact.get(normal(href)) or self._by_number(href)) if is_web else None
        found = known_web if is_web else self._here(parts.path, article)
        if found is not None:
            return _to(found, self._anchor(found, anchor))
        if is_web:
            return self._on_the_web(href)
        if self._base:
            return _quoted(urljoin(self._base.rstrip("/") + "/" + article.folder.lstrip("/") + "/", href))
        return None

    @staticmethod
    def _on_the_web(href: str) -> str:
        return _quoted(f"https:{href}" if href.startswith("//") else href)

    def _by_number(self, href: str) -> str | None:
        match = _NUMBERED.search(href)
        return self._exact.get(f"articles/{match[1]}") if match and "/hc/" in href else None

    def _here(self, path: str, article: Foreign) -> str | None:
        stem = article.key.rsplit("/", 1)[-1]
        starts = [""] if path.startswith("/") else [article.folder, f"{article.folder}/{stem}", ""]
        for start in starts:
            found = self._exact.get(normal(normpath(f"{start}/{unquote(path).lstrip('/')}").lstrip("./")))
            if found:
                return found
        if match := _NUMBERED.search(f"/{path}"):
            return self._exact.get(f"articles/{match[1]}")
        named = self._last.get(normal(path).rsplit("/", 1)[-1], set())
        return next(iter(named)) if len(named) == 1 else None

    def _anchor(self, article_id: str | None, anchor: str) -> str:
        known = self._anchors.get(article_id or "", {})
        if not anchor or not known:
            return ""
        repeated = re.sub(r"[_-](\d+)$", lambda m: f"-{int(m[1]) + 1}", anchor)
        return next((known[k] for k in (anchor, slugify(anchor), slugify(repeated)) if k in known), "")

    def _picture(self, match: re.Match[str], article: Foreign, done: Linked) -> str:
        alt, source = match[1], match[2].strip("<>")
        done.pictures.found += 1
        if source.startswith(("http://", "https://", "//")):
            # The pages show no picture of another site; the way to it is kept.
            done.left.append(f"picture {source}")
            done.links.found += 1
            done.links.came += 1
            return f"[{alt or 'Picture'}]({self._on_the_web(source)})"
        path = self._file(source, article)
        if path is None:
            done.left.append(f"picture {source}")
            return alt
        data = path.read_bytes()
        name = f"{slugify(path.stem)[:40] or 'picture'}-{hashlib.sha256(data).hexdigest()[:8]}{path.suffix.lower()}"
        done.files[f"pictures/{name}"] = path
        done.pictures.came += 1
        return f"![{alt}](pictures/{name})"

    def _file(self, source: str, article: Foreign) -> Path | None:
        """Return a picture's file, if it is one, within the folders that pictures may come from."""
        given = unquote(re.split(r"[#?]", source, maxsplit=1)[0])
        if not given or "\x00" in given or PurePosixPath(given).suffix.lower() not in SUFFIXES:
            return None
        places = (
            [""]
            if given.startswith("/")
            else [article.folder, f"{article.folder}/{article.key.rsplit('/', 1)[-1]}", ""]
        )
        for root in self._roots:
            for place in [*places, *_BELOW[1:]]:
                path = Path(normpath(root / place / given.lstrip("/")))
                if not path.is_relative_to(root) or path.is_symlink() or not path.is_file():
                    continue
                if path.resolve().is_relative_to(root) and _is_picture(path):
                    return path
        return None


def _parts(href: str) -> SplitResult | None:
    """Return the parts of an address that may be one; a script or nothing at all may not."""
    try:
        parts = urlsplit(href)
    except ValueError:  # "http://[" is not an address
        return None
    return None if not href or (parts.scheme and parts.scheme.lower() not in _WEB) else parts


def _is_picture(path: Path) -> bool:
    """Return whether a file is a photo or screenshot that the pages can show; drawings stay behind."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[SUFFIXES[path.suffix.lower()]]) as image:
                if max(image.size) > MAX_PIXELS:
                    return False
                image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning):
        return False
    return True


def _to(article_id: str, anchor: str) -> str:
    return f"{article_id}#{anchor}" if anchor else article_id


def _quoted(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address


def _anchors_of(article: Foreign) -> dict[str, str]:
    """Return our anchors of an article, by what the other system may call them."""
    found = {section.anchor: section.anchor for section in sections(article.body) if section.anchor}
    named = {name: slugify(heading) for name, heading in article.anchors.items()}
    return {name: found[anchor] for name, anchor in named.items() if anchor in found} | found


def _inline_references(text: str) -> str:
    """Return a text whose links by reference have their addresses in place; the first definition counts."""
    targets: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        targets.setdefault(_label(match[1]), match[2])
    if not targets:
        return text
    text = _DEFINITION.sub("", text)
    return _replace_references(text, targets)


def _replace_references(text: str, targets: Mapping[str, str]) -> str:
    def full(match: re.Match[str]) -> str:
        target = targets.get(_label(match[3] or match[2]))
        return match[0] if target is None else f"{match[1]}[{match[2]}]({target})"

    text = re.sub(rf"(!?)(?<!\\)\[{_TEXT}\]\[([^\[\]\n]*)\]", full, text)

    def short(match: re.Match[str]) -> str:
        target = targets.get(_label(match[2]))
        return match[0] if target is None else f"{match[1]}[{match[2]}]({target})"

    return re.sub(r"(!?)(?<![\\\]])\[([^\[\]\n]+)\](?![\[(:])", short, text)


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
