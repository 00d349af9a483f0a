"""Pictures of articles: files next to them, checked, and named by what they hold.

An article shows ``![what it shows](account-menu.png)``, a file in its own folder or below it, or one that several
articles show, ``../pictures/late-fee.svg``. Customers get it from ``/pictures/<digest>-<width>x<height>.<type>``: a
browser may keep it forever, and knows its size before it comes.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from kb.common.files import sha256
from kb.content.articles.parse import ParsedArticle
from kb.content.articles.svg import SvgRefused, read_svg
from kb.content.markdown.links import BodyLink, links
from kb.types import Finding, Picture, Severity

MAX_BYTES: Final = 2_000_000
"""A larger picture takes a phone many seconds."""
MAX_PIXELS: Final = 4096
"""Of width and of height."""
SUFFIXES: Final = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WEBP"}
"""The types of photos and screenshots, by the endings of their files."""
DRAWING: Final = ".svg"
ENDINGS: Final = (*SUFFIXES, DRAWING)
SHARED: Final = "pictures"
"""The folder, next to those of the categories, of what several articles show."""
_OF_ALL: Final = re.compile(rf"(?:\.\./)+{SHARED}/.")
_GPS: Final = 0x8825
"""The part of a photo's metadata that says where it was taken."""

ReadPicture: TypeAlias = Callable[[str], bytes | None]
"""Path to bytes, or None if there is no such file below the folder of articles."""


def picture_files(folder: Path) -> list[Path]:
    """Return every file below a folder that may be a picture, by path."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())


def reader(folder: Path) -> ReadPicture:
    """Return what reads pictures below a folder, and nothing outside it."""
    root = folder.resolve()

    def read(path: str) -> bytes | None:
        found = Path(path)
        try:
            if not found.resolve().is_relative_to(root) or not found.is_file():
                return None
            with found.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError:
            return None

    return read


def with_pictures(parsed: ParsedArticle, read: ReadPicture) -> tuple[ParsedArticle, dict[str, Picture], list[Finding]]:
    """Return an article that knows its pictures, the pictures by name, and what is wrong with them.

    :param parsed: The article.
    :param read: Reads a picture.
    :return: What cannot be shown is an error, and the article shows its words instead.
    """
    if "![" not in parsed.raw_body:  # nearly every article
        return parsed, {}, []
    names: dict[str, str] = {}
    pictures: dict[str, Picture] = {}
    findings: list[Finding] = []
    for link in links(parsed.raw_body):
        if link.is_image:
            found = _picture(parsed, link, read)
            if isinstance(found, Picture):
                names[link.href], pictures[found.name] = found.name, found
                findings += _about(parsed, link, found)
            else:
                findings.append(found)
    return replace(parsed, article=replace(parsed.article, pictures=names)), pictures, findings


def _picture(parsed: ParsedArticle, link: BodyLink, read: ReadPicture) -> Picture | Finding:
    path = _path_of(parsed.article.path, link.href)
    if path is None:
        message = f"the picture {_short(link.href)} is not a file next to the article, so customers never see it"
        fix = f"Save it in the article's folder or in ../{SHARED}, and write its name"
        return _finding(parsed, link, "picture-elsewhere", message, fix)
    if Path(path).suffix.lower() not in ENDINGS:
        fix = f"Save it as one of: {', '.join(sorted(ENDINGS))}"
        return _finding(parsed, link, "picture-type", f"{path} is of a type that is not shown", fix)
    data = read(path)
    if data is None:
        return _finding(
            parsed, link, "picture-missing", f"there is no picture {path}", "Put it there, or write its name"
        )
    if len(data) > MAX_BYTES:
        message = f"{path} has more than {MAX_BYTES // 1_000_000} MB"
        return _finding(parsed, link, "picture-size", message, "Make it smaller: 1,600 pixels wide is enough")
    return (_drawn if Path(path).suffix.lower() == DRAWING else _opened)(parsed, link, path, data)


def _drawn(parsed: ParsedArticle, link: BodyLink, path: str, data: bytes) -> Picture | Finding:
    """Return a drawing that holds nothing but what is on the list of :mod:`kb.content.articles.svg`."""
    try:
        width, height = read_svg(data)
    except SvgRefused as refused:
        return _finding(parsed, link, "picture-drawing", f"{path}, line {refused.line}: {refused.what}", refused.fix)
    return Picture(f"{sha256(data)[:16]}-{width}x{height}{DRAWING}", data)


def _opened(parsed: ParsedArticle, link: BodyLink, path: str, data: bytes) -> Picture | Finding:
    """Return a picture whose every byte was looked at."""
    wanted = SUFFIXES[Path(path).suffix.lower()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[wanted]) as image:
                width, height = image.size
                if max(width, height) > MAX_PIXELS:
                    message = f"{path} has {width} by {height} pixels; the most is {MAX_PIXELS}"
                    return _finding(
                        parsed, link, "picture-size", message, "Make it smaller: 1,600 pixels wide is enough"
                    )
                image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        message = f"{path} is not a whole {wanted} picture ({type(error).__name__})"
        return _finding(parsed, link, "picture-type", message, "Open it in a program for pictures, and save it again")
    suffix = ".jpg" if wanted == "JPEG" else f".{wanted.lower()}"
    return Picture(f"{sha256(data)[:16]}-{width}x{height}{suffix}", data)


def _about(parsed: ParsedArticle, link: BodyLink, picture: Picture) -> Iterator[Finding]:
    if picture.name.endswith(DRAWING):
        return
    with Image.open(io.BytesIO(picture.data)) as image:
        if image.getexif().get_ifd(_GPS):
            message = f"{link.href} says where it was taken, which every customer can read"
            fix = "Save it again without its metadata"
            yield _finding(parsed, link, "picture-location", message, fix, Severity.WARNING)


def _path_of(article_path: str, href: str) -> str | None:
    """Return the path that a picture's address names, or None for one that articles may not show."""
    try:
        parts = urlsplit(href)
    except ValueError:  # "http://[" is not an address
        return None
    name = unquote(parts.path)
    if (
        parts.scheme
        or parts.netloc
        or parts.query
        or parts.fragment
        or not name
        or name.startswith("/")
        or "\\" in name
    ):
        return None
    relative = posixpath.normpath(name)
    if re.search(r"[\x00-\x1f]", relative) or (relative.startswith("..") and not _OF_ALL.match(relative)):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(article_path), relative))


def _short(href: str) -> str:
    return repr(href if len(href) <= 60 else f"{href[:59]}…")  # noqa: PLR2004 - of a message


def _finding(
    parsed: ParsedArticle, link: BodyLink, code: str, message: str, fix: str, severity: Severity = Severity.ERROR
) -> Finding:
    line = parsed.body_line + link.line - 1
    return Finding(parsed.article.path, line, link.column, severity, code, message, fix)
