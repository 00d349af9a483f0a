"""The card that identifies an encoder; a version carries it, and its manifest repeats it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from kb.common.files import canonical_json, sha256
from kb.errors import EncoderUnavailable

CARD = "encoder.json"


@dataclass(frozen=True, slots=True)
class PartCard:
    """One model of an encoder."""

    name: str
    """Its name in the table of models or in the settings."""
    revision: str
    """First 16 hex digits of the SHA-256 over the model's files."""
    recipe: str
    """Version of the graph builder, with the libraries that affect its result."""
    dim: int
    max_tokens: int
    precision: str
    """The arithmetic of the graph: ``small`` or ``exact``."""
    graph: str
    """First 16 hex digits of the SHA-256 of the graph and the tokenizer."""
    query_prefix: str = ""
    document_prefix: str = ""
    inputs: tuple[str, ...] = ("input_ids",)
    is_tuned: bool = True
    """Whether the graph is in its fastest form already, so that the runtime must not fuse its operators."""

    @property
    def is_alike(self) -> bool:
        """Whether a text has the same vector as a question and as a document."""
        return self.query_prefix == self.document_prefix


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """One or several models whose vectors are joined into one."""

    name: str
    """Its name in the settings."""
    parts: tuple[PartCard, ...]

    @property
    def dim(self) -> int:
        """Length of a joined vector."""
        return sum(part.dim for part in self.parts)

    @property
    def revision(self) -> str:
        """First 16 hex digits of a SHA-256 over everything that determines a vector."""
        return sha256(canonical_json([asdict(part) for part in self.parts]))[:16]

    @property
    def is_alike(self) -> bool:
        """Whether a text has the same vector as a question and as a document."""
        return all(part.is_alike for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return the card as plain JSON values, with the fields that follow from its parts."""
        parts = [{**asdict(part), "inputs": list(part.inputs)} for part in self.parts]
        return {"name": self.name, "revision": self.revision, "dim": self.dim, "parts": parts}

    def to_bytes(self) -> bytes:
        """Return the card as JSON."""
        return canonical_json(self.as_json())

    @classmethod
    def from_bytes(cls, data: bytes) -> EncoderCard:
        """Read a card.

        :param data: As :meth:`to_bytes` gave it.
        :return: The card.
        :raises EncoderUnavailable: If it lacks a field or has one of another version.
        """
        try:
            fields: dict[str, Any] = json.loads(data)
            parts = tuple(PartCard(**{**part, "inputs": tuple(part["inputs"])}) for part in fields["parts"])
            return cls(str(fields["name"]), parts)
        except (ValueError, TypeError, KeyError) as error:
            raise EncoderUnavailable(f"{CARD} is not readable ({error}). Build again: kb build --full") from error


def graph_file(part: PartCard) -> str:
    """Return the name of a part's graph among a version's files."""
    return f"{_safe(part.name)}.onnx"


def tokenizer_file(part: PartCard) -> str:
    """Return the name of a part's tokenizer among a version's files."""
    return f"{_safe(part.name)}.tokenizer.json"


def _safe(name: str) -> str:
    """Return a model's name, or that of its folder, without characters that a file name cannot have."""
    kept = "".join(
        c if c.isalnum() or c in "-_" else "-" for c in name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    )
    return f"encoder-{kept}"
