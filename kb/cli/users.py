"""``kb users``: the local accounts of those who work on the help center."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.tables import print_table, printable
from kb.errors import AccountRefused
from kb.types import Role

if TYPE_CHECKING:
    from kb.accounts.local import Accounts

app = typer.Typer(help="Who may sign in.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name, or an e-mail address.")]
RoleOption = Annotated[Role, typer.Option("--role", case_sensitive=False, help="What the account may do.")]


@app.command()
def add(name: Name, role: RoleOption = Role.EDITOR, who: options.Who = "", database: options.Database = None) -> None:
    """Add an account; the password is asked for, or read from standard input, and never an argument.

    Example: kb users add kim --role lead
    """
    from kb.accounts.local import check_name

    name = check_name(name)
    accounts = _accounts(database)
    accounts.add(name, role, _password(), who=options.user(who))
    typer.echo(f"{name}: {role.value}")


@app.command("list")
def list_accounts(as_json: options.Json = False, database: options.Database = None) -> None:
    """List the accounts.

    Example: kb users list
    """
    accounts = _accounts(database).everyone()
    if as_json:
        for a in accounts:
            typer.echo(json.dumps({"name": a.name, "role": a.role.value, "disabled": a.disabled}))
        return
    if not accounts:
        typer.echo("No accounts. Add one: kb users add NAME --role lead")
        return
    rows = [(a.name, a.role.value, "disabled" if a.disabled else "", f"{a.created_at:%Y-%m-%d}") for a in accounts]
    print_table("Accounts", ("name", "role", "", "added"), rows, left=4)


@app.command()
def disable(name: Name, who: options.Who = "", database: options.Database = None) -> None:
    """Refuse sign-ins with an account; its open sessions end at once.

    Example: kb users disable kim
    """
    _accounts(database).set_disabled(name, disabled=True, who=options.user(who))
    typer.echo(f"{name}: disabled")


@app.command()
def enable(name: Name, who: options.Who = "", database: options.Database = None) -> None:
    """Let an account sign in again.

    Example: kb users enable kim
    """
    _accounts(database).set_disabled(name, disabled=False, who=options.user(who))
    typer.echo(f"{name}: enabled")


@app.command()
def passwd(name: Name, who: options.Who = "", database: options.Database = None) -> None:
    """Change a password; every session of the account ends, and every lock.

    Example: kb users passwd kim
    """
    accounts = _accounts(database)
    accounts.find(name)
    accounts.set_password(name, _password(), who=options.user(who))
    typer.echo(f"{name}: password changed")


@app.command()
def role(
    name: Name,
    new: Annotated[Role, typer.Argument(metavar="ROLE", case_sensitive=False, help="editor, lead or operator.")],
    who: options.Who = "",
    database: options.Database = None,
) -> None:
    """Change what an account may do, from its next click on.

    Example: kb users role kim operator
    """
    _accounts(database).set_role(name, new, who=options.user(who))
    typer.echo(f"{name}: {new.value}")


@app.command()
def log(
    last: Annotated[int, typer.Option("--last", min=1, help="How many entries.")] = 50,
    as_json: options.Json = False,
    database: options.Database = None,
) -> None:
    """Show who did what: sign-ins, accounts, gaps; the newest first.

    Example: kb users log --last 20
    """
    for e in _accounts(database).audited(last):
        if as_json:
            entry = {"at": e.at.isoformat(), "who": e.who, "what": e.what, "target": e.target, "detail": e.detail}
            typer.echo(json.dumps(entry, ensure_ascii=False))
        else:
            rest = " ".join(printable(text) for text in (e.target, e.detail) if text)
            typer.echo(f"{e.at:%Y-%m-%d %H:%M:%S} {printable(e.who)}: {e.what} {rest}".rstrip())


def _accounts(database: str | None) -> Accounts:
    return options.container(database_url=database).accounts


def _password() -> str:
    """Ask for a password twice without showing it; from a pipe, take the first line."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
    line = sys.stdin.readline()
    if not line.rstrip("\r\n"):
        raise AccountRefused("No password came: type it when asked, or give it as the first line of standard input.")
    return line.rstrip("\r\n")
