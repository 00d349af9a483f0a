"""The documents name what there is to name, and no file names a machine."""

from __future__ import annotations

import re
import subprocess
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


def documents() -> str:
    """Return all Markdown documents, articles left out, white space made even."""
    elsewhere = {"articles", "tests"}
    paths = [p for p in repository_files() if p.suffix == ".md" and p.relative_to(ROOT).parts[0] not in elsewhere]
    assert ROOT / "README.md" in paths
    return "\n".join(p.read_text(encoding="utf-8") for p in paths)


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
    """What site.yaml may set stands in docs/operating.md."""
    assert re.search(rf"`{name}`|\b{name}:", document("operating.md"))


def variables() -> list[str]:
    """Return every environment variable of ours that the product or its Makefile reads."""
    files = [*(ROOT / "kb").rglob("*.py"), ROOT / "Makefile"]
    found = {v for f in files for v in re.findall(r"\bKB_[A-Z][A-Z_]*\b", f.read_text(encoding="utf-8"))}
    return sorted(found | set(settings.ENVIRONMENT.values()))


@pytest.mark.parametrize("name", variables())
def test_every_variable_is_documented(name):
    """Environment variables stand in docs/operating.md."""
    assert re.search(rf"\b{name}\b", document("operating.md"))


@pytest.mark.parametrize("name", READERS)
def test_every_front_matter_field_is_documented(name):
    """Editors find every key in docs/articles.md."""
    assert re.search(rf"`{name}`|^{name}:", document("articles.md"), re.MULTILINE)


def test_every_link_of_a_document_leads_somewhere():
    """Relative links in README and docs/ name files that exist."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:|#", target) and re.search(r"[./]", target):  # a bare word links to an article
                assert (path.parent / target.split("#")[0]).exists(), f"{path.name}: {target}"


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
