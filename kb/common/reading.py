"""Reading of editors' files, text and YAML: an unreadable one is a finding, not an exception."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kb.common.findings import Findings
from kb.common.yaml_file import Located, YamlProblem, load_yaml
from kb.common.yaml_hints import explain

MOST_BYTES: Final = 1_000_000
"""Of one file that a person writes; no article comes near it, and parsing more takes seconds and gigabytes."""


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """Return a file's bytes; None, with a finding, if it cannot be read or is too large."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without an end
            findings.add((1, 1), "unreadable", "this is not a file", "Put the file itself there")
            return None
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
            size = max(len(data), path.stat().st_size)
    except OSError as error:
        findings.add((1, 1), "unreadable", f"the file cannot be read: {error.strerror}", "Check its permissions")
        return None
    if size > MOST_BYTES:
        message = f"the file has {size:,} bytes; the most is {MOST_BYTES:,}"
        findings.add((1, 1), "too-large", message, "Split it, or leave it out")
        return None
    return data


def decode(data: bytes, findings: Findings) -> str | None:
    """Return a file's text with plain line feeds; None, with a finding, if it is not UTF-8 text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        byte = data[error.start]
        findings.add((line, column), "encoding", f"byte 0x{byte:02x} is not UTF-8", "Save the file as UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        before_nul = text[: text.index("\x00")]
        at = (before_nul.count("\n") + 1, len(before_nul) - before_nul.rfind("\n"))
        findings.add(at, "encoding", "there is a NUL character", "Save the file as plain UTF-8 text")
        return None
    return text


def parse_yaml(text: str, findings: Findings, first_line: int = 1) -> Located | None:
    """Parse one YAML document.

    :param text: The document.
    :param findings: Gets a finding if it is not usable YAML.
    :param first_line: The line number of the text's first line in its file.
    :return: The root; None after a finding.
    """
    try:
        return load_yaml(text, first_line)
    except YamlProblem as problem:
        explained = explain(problem, text, first_line)
        findings.add(explained.at, "yaml", explained.message, explained.fix)
        return None
