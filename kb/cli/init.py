"""``kb init``: an empty help center for somebody else, with its next commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import ConfigError

_ASKED = {
    "phone": "Telephone number that customers call",
    "chat": "Chat that they find you in, as 'the chat on www.example.com'",
    "web": "Web page that they write to you on",
    "store": "Place that they visit, as 'our store in Elm Street'",
}


def init(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="The new folder; made when it is missing.")],
    name: Annotated[str | None, typer.Option("--name", help="The help center's name, on every page.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="The company that it is about.")] = None,
    languages: Annotated[
        str | None, typer.Option("--languages", help="en, or en,es for words in Spanish as well.")
    ] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="The number that customers call.")] = None,
    chat: Annotated[str | None, typer.Option("--chat", help="The chat they find you in, in words.")] = None,
    web: Annotated[str | None, typer.Option("--web", help="The page they write to you on.")] = None,
    store: Annotated[str | None, typer.Option("--store", help="The place they visit, in words.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="The page that states these; the company's name without.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; use the usual value for the rest.")] = False,
) -> None:
    """Write an empty help center: site.yaml, three example articles, a signpost; nothing is ever overwritten.

    What is not given is asked in the terminal. An empty answer leaves a channel out.

    Example: kb init northwind --provider "Northwind Power" --phone "555-0100" --yes
    """
    from kb.content.starting import Start, read_languages, start

    company = provider if provider is not None else _asked("The company it is about", _title(folder), skip=yes)
    title = name if name is not None else _asked("The help center's name", f"{company} Help", skip=yes)
    spoken = read_languages(languages if languages is not None else _asked("Languages (en, or en,es)", "en", skip=yes))
    ways = {"phone": phone, "chat": chat, "web": web, "store": store}
    is_given = any(text is not None for text in ways.values())
    channels = {
        kind: text if text is not None else _asked(_ASKED[kind], "", skip=yes or is_given)
        for kind, text in ways.items()
    }
    channels = {kind: text.strip() for kind, text in channels.items() if text.strip()}
    stated = source if source is not None else ""
    written = start(folder, Start(title, company, spoken, channels, stated), date.today())  # noqa: DTZ011 — a plain day
    count = sum(path.suffix == ".md" for path in written)
    typer.echo(f"{folder}: site.yaml, {count - 1} example articles and a signpost. The next commands:")
    typer.echo(f"  cd {folder}\n  kb check\n  kb serve --build")
    typer.echo("Then replace the examples by your own articles: kb new, or kb import for those you have.")


def _title(folder: Path) -> str:
    words = folder.resolve().name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or "Example"


def _asked(question: str, default: str, *, skip: bool) -> str:
    """Return an answer; the usual one if nothing is to be asked."""
    if skip:
        return default
    try:
        answer: str = typer.prompt(question, default=default, show_default=bool(default))
    except typer.Abort as error:
        raise ConfigError("Nothing was written. Give the values as options, or --yes for the usual ones.") from error
    return answer
