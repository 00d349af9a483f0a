"""The sample bill: ``articles/bill.yaml`` lists its parts from top to bottom, and the articles of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.common.findings import ID_PATTERN, Findings
from kb.common.reading import decode, parse_yaml, read_bytes
from kb.common.yaml_file import Located
from kb.types import BillLine, BillPart, BillWords, Finding, Library, Severity

BILL_FILE: Final = "bill.yaml"
_WORDS: Final = ("title", "means", "question")
_KEYS: Final = ("id", *_WORDS, "es", "lines", "names", "articles", "monthly")
_LINE_KEYS: Final = ("label", "value", "es", "article")


@dataclass(frozen=True, slots=True)
class ParsedBill:
    """The parts of the sample bill, with the positions at which it names articles."""

    path: str
    parts: tuple[BillPart, ...]
    places: tuple[tuple[str, str, tuple[int, int]], ...]
    """Part's id, article's id, line and column."""

    def dead(self, library: Library) -> list[Finding]:
        """Return an error for each article named that customers cannot open, and advice for each earlier id."""
        findings = Findings(self.path)
        for part_id, article_id, at in self.places:
            found = library.resolve(article_id)
            if found is not None and found.id != article_id:
                message = f"the part {part_id!r} names the article {found.id!r} by an earlier id, {article_id!r}"
                findings.add(at, "old-id", message, f"Write {found.id}", Severity.ADVICE)
            if found is None:
                message = f"the part {part_id!r} names the article {article_id!r}, which customers cannot open"
                findings.add(at, "bill-article", message, "Name a published article, or remove the line")
        return findings.found


def load_bill(folder: Path) -> tuple[ParsedBill | None, list[Finding]]:
    """Read the sample bill of a folder of articles.

    :param folder: For example ``articles/``.
    :return: The bill, or None if there is none or it cannot be read; and the findings about the file.
    """
    path = folder / BILL_FILE
    if not path.is_file():
        return None, []
    findings = Findings(str(path))
    data = read_bytes(path, findings)
    text = None if data is None else decode(data, findings)
    return parse_bill(str(path), text) if text is not None else (None, findings.found)


def parse_bill(path: str, text: str) -> tuple[ParsedBill | None, list[Finding]]:
    """Parse a sample bill.

    :param path: For messages.
    :param text: YAML with the key ``parts``.
    :return: The bill, or None if a finding is an error; and all findings.
    """
    findings = Findings(path)
    root = parse_yaml(text, findings)
    if root is None:
        return None, findings.found
    fields = _mapping(root, ("parts",), findings)
    listed = _list(fields.get("parts"), root, "parts", findings)
    places: list[tuple[str, str, tuple[int, int]]] = []
    parts = [_part(item, findings, places) for item in listed]
    _refuse_twice(parts, listed, findings)
    if findings.has_errors:
        return None, findings.found
    return ParsedBill(path, tuple(p for p in parts if p is not None), tuple(places)), findings.found


def _part(node: Located, findings: Findings, places: list[tuple[str, str, tuple[int, int]]]) -> BillPart | None:
    fields = _mapping(node, _KEYS, findings)
    part_id = _text(fields, "id", node, findings)
    if part_id and not ID_PATTERN.fullmatch(part_id):
        fix = "Use small letters, digits and hyphens"
        findings.add(_at(fields["id"]), "schema", f"{part_id!r} cannot be a part's id", fix)
    words = BillWords(**{key: _text(fields, key, node, findings) for key in _WORDS})
    spanish = None
    if "es" in fields:
        own = _mapping(fields["es"], _WORDS, findings)
        spanish = BillWords(**{key: _text(own, key, fields["es"], findings) for key in _WORDS})
    lines = _list(fields.get("lines"), node, "lines", findings)
    articles = _texts(fields, "articles", node, findings)
    of_lines = [line.value["article"] for line in lines if isinstance(line.value, dict) and "article" in line.value]
    places += [(part_id, item.value, _at(item)) for item in (*of_lines, *articles) if isinstance(item.value, str)]
    names = _texts(fields, "names", node, findings) if "names" in fields else []
    return BillPart(
        id=part_id,
        words=words,
        articles=tuple(item.value for item in articles),
        lines=tuple(_line(line, findings) for line in lines),
        names=tuple(item.value.lower() for item in names),
        spanish=spanish,
        monthly=_yes(fields, "monthly", findings),
    )


def _line(node: Located, findings: Findings) -> BillLine:
    fields = _mapping(node, _LINE_KEYS, findings)
    label = _text(fields, "label", node, findings)
    value, spanish = (fields[key].text.strip() if key in fields else "" for key in ("value", "es"))
    article = _text(fields, "article", node, findings) if "article" in fields else ""
    return BillLine(label, value, spanish, article)


def _refuse_twice(parts: list[BillPart | None], nodes: list[Located], findings: Findings) -> None:
    seen: set[str] = set()
    for part, node in zip(parts, nodes, strict=True):
        if part is not None and part.id in seen:
            findings.add(_at(node), "schema", f"two parts have the id {part.id!r}", "Give one another id")
        if part is not None:
            seen.add(part.id)


# ----------------------------------------------------------------------------------------- values


def _at(node: Located) -> tuple[int, int]:
    return node.line, node.column


def _mapping(node: Located, allowed: tuple[str, ...], findings: Findings) -> dict[str, Located]:
    if not isinstance(node.value, dict):
        findings.add(_at(node), "schema", "expected keys with values", f"Use: {', '.join(allowed)}")
        return {}
    for key in node.value:
        if key not in allowed:
            at = (node.keys or {}).get(key, _at(node))
            findings.add(at, "unknown-key", f"unknown key {key!r}", f"Use one of: {', '.join(allowed)}")
    return node.value


def _text(fields: dict[str, Located], key: str, node: Located, findings: Findings) -> str:
    found = fields.get(key)
    if found is None or found.value is None:
        findings.add(_at(node), "schema", f"{key!r} is missing", f"Add '{key}: …'")
        return ""
    if not isinstance(found.value, str):
        findings.add(_at(found), "wrong-type", f"{key!r} must be text", "Put it in quotes")
        return ""
    return found.value.strip()


def _yes(fields: dict[str, Located], key: str, findings: Findings) -> bool:
    found = fields.get(key)
    if found is not None and not isinstance(found.value, bool):
        findings.add(_at(found), "wrong-type", f"{key!r} must be true or false", "Write true or false")
    return found is not None and found.value is True


def _list(found: Located | None, node: Located, key: str, findings: Findings) -> list[Located]:
    if found is None or not isinstance(found.value, list) or not found.value:
        findings.add(_at(found or node), "schema", f"{key!r} must be a list", f"Write '{key}:' and '- …' lines below")
        return []
    return found.value


def _texts(fields: dict[str, Located], key: str, node: Located, findings: Findings) -> list[Located]:
    items = _list(fields.get(key), node, key, findings)
    for item in items:
        if not isinstance(item.value, str):
            findings.add(_at(item), "wrong-type", f"an item of {key!r} must be text", "Put it in quotes")
    return [item for item in items if isinstance(item.value, str)]
