"""A graph without its large constants, which stay in the graph's file and are mapped into memory from there.

onnxruntime copies the constants of a graph that it is given as bytes, and Python keeps the bytes: a model of 110 MB
takes 260. Constants that a graph only refers to are mapped from a file instead. They are read once, when the runtime
packs the matrices for its own use; the rows of the table of words are read as they are needed, and several processes
share them. ONNX calls this external data, and lets a tensor name any file, offset and length. So a graph's own file
will do, and nothing has to be written: the few fields that say so take the place of the bytes.

The file must stay as it is while a graph is in use; that of an index version does (:mod:`kb.retrieval.index.versions`).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Protocol buffers: field numbers of onnx.proto, and how a field's value is written.
_GRAPH: Final = 7
_CONSTANT: Final = 5
_TYPE, _BYTES, _ELSEWHERE, _IS_ELSEWHERE = 2, 9, 13, 14
_KEY, _VALUE = 1, 2
_VARINT, _EIGHT, _SIZED, _FOUR = 0, 1, 2, 5
_INT8: Final = frozenset({2, 3})
"""``TensorProto.UINT8`` and ``INT8``. Wider numbers would have to begin where their size divides the address."""
_LARGE: Final = 1 << 16
"""Bytes from which a constant is left in the file."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a message: its number, and where it and its value are."""

    number: int
    start: int
    value: int
    end: int


def without_constants(path: Path) -> bytes:
    """Return a graph that refers to its own file for its large constants of 8 bits.

    :param path: The graph, whole; its digest was verified.
    :return: The graph to load; the folder of the file must be named when it is.
    :raises ValueError: If the file holds no graph.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        made = bytearray()
        for field in _fields(data, 0, len(data)):
            if field.number == _GRAPH:
                made += _sized(_GRAPH, _graph(data, field, path.name))
            else:
                made += data[field.start : field.end]
        return bytes(made)


def _graph(data: mmap.mmap, graph: _Field, name: str) -> bytes:
    made = bytearray()
    for field in _fields(data, graph.value, graph.end):
        constant = _left_out(data, field, name) if field.number == _CONSTANT else b""
        made += _sized(_CONSTANT, constant) if constant else data[field.start : field.end]
    return bytes(made)


def _left_out(data: mmap.mmap, constant: _Field, name: str) -> bytes:
    """Return a constant that names the place of its bytes; nothing for one that keeps them."""
    fields = list(_fields(data, constant.value, constant.end))
    held = next((field for field in fields if field.number == _BYTES), None)
    kind = next((data[field.value] for field in fields if field.number == _TYPE), 0)
    if held is None or held.end - held.value < _LARGE or kind not in _INT8:
        return b""
    place = {"location": name, "offset": str(held.value), "length": str(held.end - held.value)}
    made = b"".join(data[field.start : field.end] for field in fields if field is not held)
    for key, value in place.items():
        made += _sized(_ELSEWHERE, _sized(_KEY, key.encode()) + _sized(_VALUE, value.encode()))
    return made + bytes((_IS_ELSEWHERE << 3 | _VARINT, 1))


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[_Field]:
    """Yield the fields of a message.

    :param data: Holds the message.
    :param at: Where it begins.
    :param end: Where it ends.
    :yield: The fields, in order.
    :raises ValueError: If there is no message.
    """
    while at < end:
        tag, value = _varint(data, at, end)
        wire = tag & 7
        if wire == _VARINT:
            _, stop = _varint(data, value, end)
        elif wire == _SIZED:
            size, value = _varint(data, value, end)
            stop = value + size
        elif wire in {_EIGHT, _FOUR}:
            stop = value + (8 if wire == _EIGHT else 4)
        else:
            raise ValueError(f"the graph has a field of an unknown kind at byte {at}")
        if stop > end:
            raise ValueError(f"the graph ends within a field, at byte {at}")
        yield _Field(tag >> 3, at, value, stop)
        at = stop


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where it ends."""
    number = shift = 0
    while at < end:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 — the last byte of a number has no eighth bit
            return number, at
    raise ValueError("the graph ends within a number")


def _sized(number: int, content: bytes) -> bytes:
    """Return a field whose value is bytes."""
    size, head = len(content), bytearray((number << 3 | _SIZED,))
    while size >= 0x80:  # noqa: PLR2004 — as above
        head.append(size & 0x7F | 0x80)
        size >>= 7
    head.append(size)
    return bytes(head) + content
