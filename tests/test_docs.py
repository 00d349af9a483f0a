"""The documents name what exists, all of it, and no file names a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kb.cli.main import app
from kb.content.articles.frontmatter import READERS
from kb.settings import settings
from tests.support import ROOT

COMMANDS = typer.main.get_command(app)


def repository_files() -> list[Path]:
    """Return every file of the repository: what is tracked, and what is new and not ignored."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True)
        names = [name for name in done.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive: no git
        names = [
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if not any(part.startswith(".venv") or part in (".git", "index", "__pycache__") for part in path.parts)
        ]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def document_files() -> list[Path]:
    """Return every Markdown document, articles left out."""
    elsewhere = {"articles", "tests"}
    paths = [p for p in repository_files() if p.suffix == ".md" and p.relative_to(ROOT).parts[0] not in elsewhere]
    assert ROOT / "README.md" in paths
    assert ROOT / "docs" / "decisions" / "README.md" in paths
    return paths


def documents() -> str:
    """Return the text of all documents."""
    return "\n".join(p.read_text(encoding="utf-8") for p in document_files())


def document(name: str) -> str:
    """Return one document of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def commands(command: Any = COMMANDS, path: str = "kb") -> Iterator[tuple[str, Any]]:
    """Yield every command below one, with the words that call it."""
    if hasattr(command, "commands"):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")
    else:
        yield path, command


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_every_command_is_documented(path):
    """README or docs/ show how it is called."""
    assert re.search(rf"\b{path}\b", documents())


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_every_option_is_documented(path, command):
    """README or docs/ say what each option is for."""
    options = [max(p.opts, key=len) for p in command.params if p.param_type_name == "option"]
    said = documents()
    assert [o for o in options if o != "--help" and not re.search(rf"(?<![\w-]){o}(?![\w-])", said)] == []


@pytest.mark.parametrize("name", settings.IN_SITE)
def test_every_setting_is_documented(name):
    """docs/operating.md documents every setting of site.yaml."""
    assert re.search(rf"`{name}`|\b{name}:", document("operating.md"))


def variables() -> list[str]:
    """Return every environment variable of ours that the product or its Makefile reads."""
    files = [*(ROOT / "kb").rglob("*.py"), ROOT / "Makefile"]
    found = {v for f in files for v in re.findall(r"\bKB_[A-Z][A-Z_]*\b", f.read_text(encoding="utf-8"))}
    return sorted(found | set(settings.ENVIRONMENT.values()))


@pytest.mark.parametrize("name", variables())
def test_every_variable_is_documented(name):
    """docs/operating.md documents every environment variable."""
    assert re.search(rf"\b{name}\b", document("operating.md"))


@pytest.mark.parametrize("name", READERS)
def test_every_front_matter_field_is_documented(name):
    """Editors find every key in docs/articles.md."""
    assert re.search(rf"`{name}`|^{name}:", document("articles.md"), re.MULTILINE)


def without_code(path: Path) -> str:
    """Return a document without its blocks of code, which show how something is written."""
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    text = without_code(path)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", document_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(path):
    """Relative links and pictures name files that exist, and anchors name headings."""
    for target in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", without_code(path)):
        file, _, anchor = (target[0] or target[1]).partition("#")
        if re.match(r"[a-z]+:", file) or (file and not re.search(r"[./]", file)):  # a bare word links to an article
            continue
        found = path.parent / file if file else path
        assert found.exists(), f"{path.name}: {file}"
        if anchor and found.suffix == ".md" and not (path.name == "articles.md" and anchor == "if-a-number-changes"):
            assert anchor in anchors(found), f"{path.name}: {file}#{anchor}"


def test_every_file_that_a_document_names_exists():
    """``kb/…/name.py`` is a path of the repository, and a bare ``name.py`` the name of one of its files."""
    files = {path.relative_to(ROOT).as_posix() for path in repository_files()}
    names = {file.rsplit("/", 1)[-1] for file in files}
    current = "\n".join(p.read_text(encoding="utf-8") for p in document_files() if p.name != "CHANGELOG.md")
    told = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|jsonl))`", current))
    assert len(told) > 40
    assert sorted(name for name in told if name not in (files if "/" in name else names)) == []


def test_every_decision_is_in_the_index():
    """docs/decisions/README.md lists each record once, with its title and the number of its file name."""
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in records}
    assert {file: f"# {number}: {title}" for number, title, file in listed} == titles
    assert [file[:3] for _, _, file in listed] == [number for number, _, _ in listed]


def test_the_map_is_the_one_that_imports_are_checked_by():
    """docs/architecture.md draws every room of kb, in the order of import-linter's levels."""
    drawing = document("architecture.md").split("```")[1]
    drawn: dict[str, int] = {}
    for level, room in re.findall(r"^ (\d| )  (\w+) \.+ ", drawing, re.MULTILINE):
        drawn[room] = int(level) if level.strip() else list(drawn.values())[-1]
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in lint["contracts"] if contract["id"] == "levels")
    rooms = [room for layer in layers for room in re.findall(r"\w+", layer) if room != "__main__"]
    assert set(rooms) == set(drawn)
    assert [drawn[room] for room in rooms] == sorted((drawn[room] for room in rooms), reverse=True)


NOT_OURS = re.compile(
    r"\b(?:help centre|centres?|behaviours?|favour\w*|neighbour\w*|colours?|licences?|\w+alis(?:e|ed|es|ing)|"
    r"recognis\w*|organis\w*|anew|whoever|somebody|mend(?:s|ed|ing)?|(?<!there )is no (?:article|address|list))\b",
    re.IGNORECASE,
)
"""British spellings, and words that a reader stumbles over; outside of code."""


def test_documents_are_in_plain_american_english():
    """A help center, one spelling each; the changelog is left as it was written."""
    for path in document_files():
        if path.name != "CHANGELOG.md":
            prose = re.sub(r"^```.*?^```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
            assert NOT_OURS.findall(prose) == [], path.name


def test_make_targets_of_the_documents_exist():
    """``make X`` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)|^\s*(?:\$ )?make ([a-z-]+)", documents(), re.MULTILINE))
    assert {a or b for a, b in named} <= targets


# ------------------------------------------------------------------------------------- machines and hosts

# Written in pieces, so that this file does not name them either.
MACHINE = re.compile(r"(?<![\w.:/-])/" + r"(?:work|root|home|Users|scratch|mnt)" + r"/\w")
HOSTS = re.compile(
    r"pypi\."
    r"org|python"
    r"hosted|down"
    r"load\.pytorch|artifac"
    r"tory|/sim"
    r"ple\b|extra-index-"
    r"url h"
)


def texts() -> list[tuple[str, str]]:
    """Return every text file of the repository by name."""
    found = []
    for path in repository_files():
        try:
            found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def named(pattern: re.Pattern[str]) -> list[str]:
    """Return every place that a pattern matches, as path:line."""
    return [
        f"{name}:{text[: match.start()].count(chr(10)) + 1}: {match[0]}"
        for name, text in texts()
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_machine_s_path():
    """A clone works anywhere."""
    assert named(MACHINE) == []


def test_no_file_names_a_registry_host():
    """Where packages come from is the operator's choice."""
    assert named(HOSTS) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE, "cd /" + "work/main"),
        (MACHINE, '"/' + 'home/me/x"'),
        (HOSTS, "https://" + "pypi." + "org/sim" + "ple"),
        (HOSTS, "https://files.python" + "hosted.org"),
    ],
)
def test_a_planted_name_is_found(pattern, text):
    """The checker itself."""
    assert pattern.search(text)
    assert not pattern.search("https://www.example.com/" + "home/page, docs/root/x and ~/.cache")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-models.lock"])
def test_a_lock_file_names_no_host(name):
    """Hashes, not addresses."""
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")
