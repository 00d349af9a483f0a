"""The figures of redaction, printed and compared with docs/privacy.md."""

from __future__ import annotations

import json
import re

from benchmarks import redaction
from benchmarks.redaction_lines import read_lines
from kb.evaluation.judgments import Half
from kb.privacy.text import Kind
from tests.support import ROOT


def test_the_table_has_a_row_a_kind_and_the_misses_if_asked(capsys):
    """The guiding half may be looked at."""
    assert redaction.main(["--half", "guide", "--show"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("\nguide half: 355 lines, 104 of them harmless")
    for kind in Kind:
        assert re.search(rf"^{re.escape(kind)}\s+\d+\s+\d+\s+[01]\.\d{{3}}", printed, re.MULTILINE)
    assert "missed: 'my password is correct horse battery'" in printed
    assert "report half" not in printed


def test_every_piece_found_in_messages_is_printed_to_be_read(tmp_path, capsys):
    """Pieces are printed with their context; messages without any are only counted."""
    file = tmp_path / redaction.MESSAGES
    file.parent.mkdir(parents=True)
    texts = ["late fee", "please call me at 614-555-0112 today", "why"]
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    assert redaction.main(["--half", "report", "--data", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "unjudged.jsonl: 3 messages, something found in 1" in printed
    assert "phone number: …please call me at ⟦614-555-0112⟧ today…" in printed


def test_the_document_says_what_is_measured():
    """The table of docs/privacy.md, last column: pieces of the report half that are found now."""
    counts = redaction.measure([line for line in read_lines() if line.half is Half.REPORT])
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w ]+) \| (\d+) \| \d+ \| (\d+) \|$", text, re.MULTILINE)
    said = {kind: (int(pieces), int(found)) for kind, pieces, found in rows}
    assert said == {kind.value: (counts.labelled[kind], counts.hidden[kind]) for kind in Kind if counts.labelled[kind]}
