"""The files of a source: what may be read, and its text, whatever it is encoded in."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kb.content.importing.record import Collected
from kb.errors import ArticlesError
from kb.types import Severity

LARGEST_TEXT = 5_000_000
"""Bytes; no article is as long, and a parser takes seconds for more."""
LARGEST_EXPORT = 200_000_000
"""Bytes of one export with all articles."""
MOST_FILES = 50_000
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000-\ue00f]")
_LEFT_OUT = frozenset({"node_modules", "vendor", "__pycache__", "_includes", "_layouts", "_data", "_sass", "includes"})


def list_files(source: Path, collected: Collected) -> list[Path]:
    """Return the files of a source, in the order of their paths; links and hidden files are never followed.

    :param source: A folder, or one file.
    :param collected: Gets a finding for each link to something else.
    :return: Real files within the source.
    :raises ArticlesError: If there is no such source, or it has too many files.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise ArticlesError(f"{source} does not exist. Name a folder or an export: kb import SOURCE")
    found = []
    for folder, folders, names in os.walk(source, followlinks=False):
        place = Path(folder)
        for name in [name for name in folders if (place / name).is_symlink()]:
            _refuse_link(place / name, source, collected)
        folders[:] = sorted(
            n for n in folders if not n.startswith(".") and n not in _LEFT_OUT and not (place / n).is_symlink()
        )
        for name in sorted(names):
            path = place / name
            if path.is_symlink():
                _refuse_link(path, source, collected)
            elif not name.startswith(".") and path.is_file():
                found.append(path)
        if len(found) > MOST_FILES:
            raise ArticlesError(f"{source} has more than {MOST_FILES:,} files. Name the folder of the articles alone.")
    return sorted(found)


def _refuse_link(path: Path, source: Path, collected: Collected) -> None:
    name = path.relative_to(source).as_posix()
    collected.add(name, "link-file", "a symbolic link is never followed", "Put the file itself there")


def name_of(path: Path, source: Path) -> str:
    """Return what a file is called in messages: its path below the source."""
    return path.name if path == source else path.relative_to(source).as_posix()


def read_text(path: Path, source: Path, collected: Collected, most: int = LARGEST_TEXT) -> str | None:
    """Return a file's text with plain line feeds; None after a finding.

    :param path: The file.
    :param source: The source it belongs to.
    :param collected: Gets a finding if it cannot be read, or is not UTF-8.
    :param most: The most bytes that are read.
    :return: The text; what is not UTF-8 is read as Windows-1252, and reported.
    """
    name = name_of(path, source)
    try:
        size = path.stat().st_size
        if size > most:
            message = f"the file has {size:,} bytes; at most {most:,} are read"
            collected.add(name, "too-large", message, "Split it, or leave it out", severity=Severity.ERROR)
            return None
        data = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        collected.add(name, "unreadable", message, "Check its permissions", severity=Severity.ERROR)
        return None
    return decode(data, name, collected)


def decode(data: bytes, name: str, collected: Collected) -> str | None:
    """Return the text of a file's bytes; None, with a finding, if it is no text.

    :param data: The bytes.
    :param name: The file, for messages.
    :param collected: Gets a finding if it is not UTF-8.
    :return: The text with plain line feeds, without characters that no text has.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        collected.add(name, "encoding", "the file is UTF-16; it was read as that", "Compare the article")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if b"\x00" in data:
                collected.add(name, "encoding", "the file is no text", "Leave it out", severity=Severity.ERROR)
                return None
            line = data[: error.start].count(b"\n") + 1
            text = data.decode("cp1252", "replace")
            message = "the file is not UTF-8; it was read as Windows-1252"
            collected.add(name, "encoding", message, "Compare its special characters", line=line)
    return clean(text)


def clean(text: str) -> str:
    """Return a text with plain line feeds, without control characters and the private ones that masks use."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NO_TEXT.sub("", text)
