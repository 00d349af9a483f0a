"""The text of a PDF that Chromium printed: as much of the format as Chromium writes, and no more."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f\s]*)>|\(((?:\\.|[^\\)])*)\)|\b(ET)\b", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(data: bytes) -> list[str]:
    """Return the text of each page, white space made even."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    shown = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return [_page(body, objects) for body in shown]


def _page(body: bytes, objects: dict[int, bytes]) -> str:
    fonts = {}
    resources = _follow(body, b"Resources", objects)
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", _follow(resources, b"Font", objects) or resources):
        fonts[name] = _letters(objects[int(number)], objects)
    content = b"\n".join(_stream(objects[int(n)]) for n in re.findall(rb"/Contents (\d+) 0 R", body))
    text, font = "", dict[int, str]()
    for match in _TOKEN.finditer(content):
        if match[1]:
            font = fonts.get(match[1], {})
        elif match[4]:
            text += "\n"
        else:
            glyphs = bytes.fromhex(match[2].decode()) if match[2] is not None else _ESCAPE.sub(_escaped, match[3])
            text += "".join(font.get(int.from_bytes(glyphs[i : i + 2]), "") for i in range(0, len(glyphs), 2))
    return text


def _escaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8)]) if sign.isdigit() else _NAMED.get(sign, sign)


def _follow(body: bytes, key: bytes, objects: dict[int, bytes]) -> bytes:
    """Return what a key refers to, or the value after it."""
    match = re.search(rb"/" + key + rb" (\d+) 0 R", body)
    if match:
        return objects[int(match[1])]
    return body.partition(b"/" + key)[2]


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Return which letters a font's glyphs are."""
    match = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if not match:
        return {}
    table = _stream(objects[int(match[1])])
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letters in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for n in range(int(first, 16), int(last, 16) + 1):
                found[n] = chr(int(letter, 16) + n - int(first, 16))
    return found


def _stream(body: bytes) -> bytes:
    match = _STREAM.search(body)
    if not match:
        return b""
    return zlib.decompress(match[1]) if b"/FlateDecode" in body else match[1]
