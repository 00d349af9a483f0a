"""Compare what is hidden in dictated and introduced lines: these rules, presidio and scrubadub, on the same lines.

The peers have many packages of their own, so they run under a Python of their own::

    uv venv peers && uv pip install -p peers/bin/python presidio-analyzer scrubadub spacy
    python benchmarks/redaction_peers.py --python peers/bin/python --model en=en_core_web_sm

``--model`` names spaCy models that are installed there, or their folders; without one, presidio's patterns run alone. A
piece counts as hidden if no letter or digit of it would be written, whatever it was taken for. ``--half guide`` counts
the lines that guided the rules.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.redaction_lines import Line

ROOT = Path(__file__).resolve().parent.parent
Found = list[tuple[int, int, str]]
"""Start, end and kind of each piece that a tool would hide in one line."""
KINDS = {
    "PERSON": "name",
    "PHONE_NUMBER": "phone number",
    "CREDIT_CARD": "card number",
    "US_SSN": "Social Security number",
    "US_ITIN": "Social Security number",
    "US_BANK_NUMBER": "account number",
    "IBAN_CODE": "account number",
    "US_DRIVER_LICENSE": "license number",
    "US_PASSPORT": "license number",
    "DATE_TIME": "date of birth",
    "LOCATION": "street address",
    "MAC_ADDRESS": "device number",
    "name": "name",
    "phone": "phone number",
    "credit_card": "card number",
    "social_security_number": "Social Security number",
    "drivers_licence": "license number",
    "date_of_birth": "date of birth",
    "postalcode": "street address",
}
"""The peers' kinds by the names that they have here; others stay as they are."""
WIDE = frozenset({"DATE_TIME", "LOCATION"})
"""What presidio finds in every other line about a bill: days and places."""


@dataclass(slots=True)
class Score:
    """What one tool hid."""

    hidden: Counter[str] = field(default_factory=Counter)
    """Labeled pieces that would not be written, by their kind."""
    right: Counter[str] = field(default_factory=Counter)
    """Pieces that touch a label, by the kind that they were taken for."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Pieces that touch none."""
    seconds: float = 0.0


# ------------------------------------------------------------------------------------ under the peers' Python


def _presidio(models: Mapping[str, str]) -> Callable[[str], Found]:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    languages = sorted(models) or ["en"]
    if models:
        named = [{"lang_code": language, "model_name": model} for language, model in sorted(models.items())]
        engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": named}).create_engine()
    else:
        engine = _blank_engine()
    registry = RecognizerRegistry(supported_languages=languages)
    registry.load_predefined_recognizers(languages=languages, nlp_engine=engine)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=languages)

    def find(text: str) -> Found:
        return [(r.start, r.end, r.entity_type) for lang in languages for r in analyzer.analyze(text, language=lang)]

    return find


def _blank_engine() -> object:
    """Return an engine that only splits words, for presidio's patterns alone."""
    import spacy
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}
    return engine


def _scrubadub() -> Callable[[str], Found]:
    import scrubadub
    from scrubadub.detectors import DateOfBirthDetector

    scrubber = scrubadub.Scrubber()
    scrubber.add_detector(DateOfBirthDetector)
    return lambda text: [(filth.beg, filth.end, str(filth.type)) for filth in scrubber.iter_filth(text)]


def work() -> None:
    """Read lines from standard input, and print what each peer finds in them."""
    order = json.load(sys.stdin)
    tools = {"presidio": _presidio(order["models"]), "scrubadub": _scrubadub()}
    results = {}
    for name, find in tools.items():
        find(order["texts"][0])
        started = time.perf_counter()
        found = [find(text) for text in order["texts"]]
        results[name] = {"found": found, "seconds": time.perf_counter() - started}
    json.dump(results, sys.stdout)


# ----------------------------------------------------------------------------------------------------- here


def ask_peers(python: str, texts: Sequence[str], models: Mapping[str, str]) -> dict[str, tuple[list[Found], float]]:
    """Return what each peer finds in each text, and how long it took.

    :param python: An interpreter that has the peers installed.
    :param texts: The lines.
    :param models: spaCy models by language; with none, presidio uses its patterns alone.
    """
    order = json.dumps({"texts": list(texts), "models": dict(models)})
    done = subprocess.run(
        [python, "-W", "ignore", __file__, "--worker"], input=order, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"The peers failed under {python}:\n{done.stderr[-2000:]}")
    answers = json.loads(done.stdout)
    return {
        name: ([[(a, b, kind) for a, b, kind in line] for line in answer["found"]], answer["seconds"])
        for name, answer in answers.items()
    }


def score(lines: Sequence[Line], found: Sequence[Found], seconds: float) -> Score:
    """Count what one tool hid in labeled lines."""
    result = Score(seconds=seconds)
    for line, pieces in zip(lines, found, strict=True):
        for label in line.labels:
            places = (n for n in range(label.start, label.end) if line.text[n].isalnum())
            result.hidden[label.kind] += all(any(a <= n < b for a, b, _ in pieces) for n in places)
        for start, end, kind in pieces:
            is_right = any(start < label.end and label.start < end for label in line.labels)
            (result.right if is_right else result.wrong)[KINDS.get(kind, kind)] += 1
    return result


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def table(labelled: Counter[str], scores: Mapping[str, Score]) -> str:
    """Return the table in Markdown: recall and precision by kind and in total."""
    rows = ["| kind | pieces |" + "".join(f" {name}: recall | precision |" for name in scores)]
    rows.append("| --- | --- |" + " --- | --- |" * len(scores))
    for kind in sorted(labelled, key=str.lower):
        cells = "".join(
            f" {_share(s.hidden[kind], labelled[kind])} | {_share(s.right[kind], s.right[kind] + s.wrong[kind])} |"
            for s in scores.values()
        )
        rows.append(f"| {kind} | {labelled[kind]} |{cells}")
    cells = "".join(
        f" {_share(s.hidden.total(), labelled.total())} |"
        f" {_share(s.right.total(), s.right.total() + s.wrong.total())} |"
        for s in scores.values()
    )
    rows.append(f"| **all** | {labelled.total()} |{cells}")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="interpreter with presidio-analyzer, scrubadub and spacy")
    parser.add_argument(
        "--model", action="append", default=[], metavar="LANGUAGE=MODEL", help="spaCy model of a language"
    )
    parser.add_argument("--half", choices=["guide", "report"], default="report")
    given = parser.parse_args(arguments)

    from benchmarks.redaction_lines import SPOKEN, read_lines
    from kb.privacy.redact import find

    lines = [line for line in read_lines(SPOKEN) if line.half.value == given.half]
    texts = [line.text for line in lines]
    labelled = Counter(label.kind for line in lines for label in line.labels)
    find(texts[0])
    started = time.perf_counter()
    ours: list[Found] = [[(p.start, p.end, p.kind.value) for p in find(text)] for text in texts]
    scores = {"ours": score(lines, ours, time.perf_counter() - started)}
    for name, (found, seconds) in ask_peers(given.python, texts, dict(m.split("=", 1) for m in given.model)).items():
        scores[name] = score(lines, found, seconds)
        if name == "presidio":
            narrow = [[piece for piece in line if piece[2] not in WIDE] for line in found]
            scores["presidio, no days or places"] = score(lines, narrow, seconds)
    print(f"{given.half} half: {len(lines)} lines, {sum(not line.labels for line in lines)} of them harmless\n")
    print(table(labelled, scores))
    print("\n" + "; ".join(f"{name}: {s.seconds / len(lines) * 1e3:.2f} ms a line" for name, s in scores.items()))
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--worker"]:
        work()
    else:
        sys.path.insert(0, str(ROOT))
        sys.exit(main())
