"""``kb init``: the files of an empty help center for somebody else, ready to be checked, built and served."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from kb.content.articles.parse import parse_article
from kb.errors import ConfigError
from kb.types import ELSEWHERE

LANGUAGES: Final = ("en", "es")
CHANNELS: Final[Mapping[str, tuple[str, str]]] = {
    "phone": ("Call us", "Llámenos"),
    "chat": ("Chat with us", "Chatee con nosotros"),
    "web": ("Write to us online", "Escríbanos en línea"),
    "store": ("Visit us", "Visítenos"),
}
"""The kinds of channels, with their labels in English and Spanish."""
_CONTACT: Final = {
    "phone": "call {channel}",
    "chat": "ask in {channel}",
    "web": "write to us at {channel}",
    "store": "visit {channel}",
}
_CATEGORIES: Final = {
    "account": ("Your account", "Signing in, and keeping what we know about you right.", 1),
    "orders": ("Orders and returns", "What to do when something that you ordered isn't what you wanted.", 2),
}
_SUFFIX: Final = ".template"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

_IGNORED = """\
/index/
/data/
"""

_MAKEFILE = """\
# The main commands; KB names the program, if it is not on the path: make run KB=../.venv/bin/kb
KB ?= kb
PORT ?= 8501

.PHONY: run check index

run: ## Build the index and serve http://127.0.0.1:8501
	@exec $(KB) serve --port $(PORT) --build

check: ## List everything that is wrong with the articles
	@$(KB) check --strict

index: ## Build the index
	@$(KB) build
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What a new help center is called, who it is for, and how that company is reached."""

    name: str
    """The help center's name, at the top of every page."""
    provider: str
    """The company that it is about."""
    languages: tuple[str, ...] = ("en",)
    channels: Mapping[str, str] = field(default_factory=dict)
    """A number or an address by its kind."""
    source: str = ""
    """The page that states the channels; the company itself if it is empty."""


def read_languages(text: str) -> tuple[str, ...]:
    """Return the languages that are named, English first.

    :param text: ``en`` or ``en,es``.
    :return: The languages.
    :raises ConfigError: If one is not known.
    """
    named = [part for part in re.split(r"[\s,]+", text.strip().lower()) if part]
    unknown = next((name for name in named if name not in LANGUAGES), None)
    if unknown is not None:
        raise ConfigError(f"There are no pages in {unknown!r}. Use one or both of: {', '.join(LANGUAGES)}.")
    # Articles are in English; pages are in Spanish as well where the words are given.
    return tuple(name for name in LANGUAGES if name == "en" or name in named)


def start(folder: Path, given: Start, today: date) -> tuple[Path, ...]:
    """Write a new help center; nothing is ever overwritten.

    :param folder: Where to; made when it is missing.
    :param given: Its name, company, languages and channels.
    :param today: The day on which the examples were read and the channels given.
    :return: The files that were written, below the folder.
    :raises ConfigError: If a value cannot be used, or the folder holds something of the kind.
    """
    wanted = contents(given, today)
    tops = sorted({name.split("/", 1)[0] for name in wanted})
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file. Name a folder: kb init FOLDER")
    taken = next((top for top in tops if (folder / top).exists()), None)
    if taken is not None:
        raise ConfigError(f"{folder / taken} exists, so nothing was written. Name another folder: kb init FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    # Written under another name first: what is interrupted is not taken for a help center.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".kb-init-") as scratch:
        for name, text in wanted.items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        for top in tops:
            shutil.move(Path(scratch) / top, folder / top)
    return tuple(Path(name) for name in sorted(wanted))


def contents(given: Start, today: date) -> dict[str, str]:
    """Return the files of a new help center by their paths, without writing any.

    :param given: Its name, company, languages and channels.
    :param today: The day of the examples' review.
    :return: The text of each.
    :raises ConfigError: If a value cannot be used.
    """
    _refuse_unusable(given)
    found = {".gitignore": _IGNORED, "Makefile": _MAKEFILE, "site.yaml": site_yaml(given, today)}
    for name, (title, text, order) in _CATEGORIES.items():
        found[f"articles/{name}/category.yaml"] = f"title: {title}\ntext: {_quoted(text)}\norder: {order}\n"
    root = files("kb.content").joinpath("starter")
    for shelf in (*_CATEGORIES, ELSEWHERE):
        for template in sorted(root.joinpath(shelf).iterdir(), key=lambda item: item.name):
            name = f"articles/{shelf}/{template.name.removesuffix(_SUFFIX)}"
            found[name] = _filled(template.read_text(encoding="utf-8"), given, today)
            names = {kind: kind for kind in CHANNELS}
            _, findings = parse_article(name, found[name].encode(), names)
            if findings:
                raise ConfigError(f"The provider's name cannot be used: {findings[0].message}. Give another one.")
    return found


def _refuse_unusable(given: Start) -> None:
    texts = {"name": given.name, "provider": given.provider, **given.channels}
    for what, text in texts.items():
        if not text.strip() or _CONTROL.search(text):
            raise ConfigError(f"The {what} {text!r} cannot be used. Give one line of text.")
    unknown = next((kind for kind in given.channels if kind not in CHANNELS), None)
    if unknown is not None:
        raise ConfigError(f"There is no kind of channel {unknown!r}. Use one of: {', '.join(CHANNELS)}.")


def _filled(template: str, given: Start, today: date) -> str:
    kind = next(iter(given.channels), "")
    contact = _CONTACT[kind].format(channel=f"{{{{channel.{kind}}}}}") if kind else "contact us"
    title, text = (
        "Trabajo y solicitudes",
        f"Los empleos no están aquí. Pregunte a quienes contratan en {given.provider}.",
    )
    spanish = f"es:\n  title: {_quoted(title)}\n  text: {_quoted(text)}\n" if "es" in given.languages else ""
    values = {"TODAY": today.isoformat(), "CONTACT": contact, "PROVIDER": given.provider, "SPANISH": spanish}
    return re.sub(r"@([A-Z]+)@", lambda match: values[match[1]], template)


def _quoted(text: str) -> str:
    return json.dumps(text.strip(), ensure_ascii=False)


# ------------------------------------------------------------------------------------------------ site.yaml


def site_yaml(given: Start, today: date) -> str:
    """Return the operator's file of a new help center, with a comment above everything that may be changed.

    :param given: Its name, company, languages and channels.
    :param today: When the channels were given.
    :return: YAML.
    """
    spanish = "es" in given.languages
    parts = [
        (
            "# The operator's texts and settings. Articles refer to a channel as {{channel.NAME}}.\n"
            "# The name at the top of every page, and the company that the articles are about.\n"
            f"name: {_quoted(given.name)}\nprovider: {_quoted(given.provider)}\n"
        ),
        (
            "# Further names of the company that customers write, and companies that offer the same: a question about\n"
            "# one of those is not answered from these articles.\nnames: []\nother_providers: []\n"
        ),
        (
            "# Who runs this help center; at the foot of every page.\n"
            f"notice: {_quoted(f'This is the help center of {given.provider}.')}\n"
        ),
        f"notice_es: {_quoted(f'Este es el centro de ayuda de {given.provider}.')}\n" if spanish else "",
        _channels_yaml(given, today),
        (
            "\n# What customers should have at hand when they contact you.\nhave_ready:\n"
            "  - Your name, and the e-mail address of your account\n"
            "  - The number of your order, if it is about one\n"
        ),
        _HAVE_READY_ES if spanish else "",
        (
            "\n# The pages' own words are about bills; these are in their place. The page of the sample bill is left\n"
            "# out of the navigation; write true, and articles/bill.yaml, if your customers get bills.\n"
            "bill_page: false\nwords:\n"
        ),
        *(f"  {key}: {_quoted(text)}\n" for key, text in _WORDS.items()),
        "words_es:\n" + "".join(f"  {key}: {_quoted(text)}\n" for key, text in _WORDS_ES.items()),
        _SETTINGS,
    ]
    return "".join(parts)


def _channels_yaml(given: Start, today: date) -> str:
    lines = [
        (
            "\n# How customers reach you. A channel without a source and a date is never shown as a fact; 'hours' and\n"
            "# more are possible, see the documentation.\n"
        )
    ]
    if not given.channels:
        lines.append("# channels:\n#   phone: {kind: phone, label: Call us, text: …, source: …, dated: 2026-01-31}\n")
        return "".join(lines)
    lines.append("channels:\n")
    for kind, text in given.channels.items():
        english, spanish = CHANNELS[kind]
        lines.append(f"  {kind}:\n    kind: {kind}\n    label: {_quoted(english)}\n")
        if "es" in given.languages:
            lines.append(f"    es: {{label: {_quoted(spanish)}}}\n")
        lines.append(f"    text: {_quoted(text)}\n    source: {_quoted(given.source or given.provider)}\n")
        lines.append(f'    dated: "{today.isoformat()}"\n')
    return "".join(lines)


_HAVE_READY_ES: Final = """\
have_ready_es:
  - Su nombre y el correo electrónico de su cuenta
  - El número de su pedido, si se trata de uno
"""
_WORDS: Final = {
    "ask_title": "How can we help?",
    "ask_lead": "Type your question in your own words. You get the part of an article that answers it, or the way to "
    "us when no article does.",
    "ask_example": "For example: forgot password",
    "ask_empty": "Type a few words about your question first, for example “forgot password”.",
    "elsewhere_text": "The articles here are about {provider}. For anything else, ask {names}.",
    "elsewhere_nearest": "If you meant something else",
    "out_of_scope_text": "This help center is about {provider}. For anything else, ask us.",
}
_WORDS_ES: Final = {
    "ask_title": "¿En qué podemos ayudarle?",
    "ask_lead": "Escriba su pregunta con sus propias palabras. Los artículos están en inglés.",
    "ask_example": "Por ejemplo: olvidé mi contraseña",
    "ask_empty": "Primero escriba unas palabras, por ejemplo “olvidé mi contraseña”.",
    "elsewhere_text": "Los artículos de aquí tratan de {provider}. Para cualquier otro asunto, pregunte a {names}.",
    "elsewhere_nearest": "Si se refería a otra cosa",
    "out_of_scope_text": "Este centro de ayuda trata de {provider}. Para cualquier otro asunto, pregúntenos.",
}

_SETTINGS = """
# Settings; every one of them has a default.
settings:
  # The largest share of wrong answers among those given.
  target_wrong_answers: 0.05
"""
