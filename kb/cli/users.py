"""``kb users``: the local accounts of those who work on the help center."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.tables import print_table, printable
from kb.errors import AccountRefused
from kb.types import Account, AccountLock, Role

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
    """List the accounts, the locks that hold and when they end, and how often names were tried that no account has.

    Example: kb users list
    """
    accounts = _accounts(database)
    now = datetime.now(UTC)
    held = accounts.locks()
    everyone = [(account, _locks(account, held, now)) for account in accounts.everyone()]
    if as_json:
        for a, locks in everyone:
            known = {"name": a.name, "role": a.role.value, "disabled": a.disabled, "failed_attempts": a.failed_attempts}
            typer.echo(json.dumps({**known, "locks": [lock.as_json() for lock in locks]}))
        return
    if not everyone:
        typer.echo("No accounts. Add one: kb users add NAME --role lead")
        return
    rows = [(a.name, a.role.value, "disabled" if a.disabled else "", f"{a.created_at:%Y-%m-%d}") for a, _ in everyone]
    print_table("Accounts", ("name", "role", "", "added"), rows, left=4)
    for a, locks in everyone:
        for lock in locks:
            typer.echo(f"{a.name} is locked for {lock.place} until {lock.until:%Y-%m-%d %H:%M} UTC; {lock.why}")
    times, networks = accounts.unknown_names()
    if times:
        typer.echo(f"Attempts with names that no account has, within a day: {times}, from {networks} network(s)")


@dataclass(frozen=True, slots=True)
class _Locked:
    """A lock, as it is listed."""

    place: str
    until: datetime
    failed: int

    @property
    def why(self) -> str:
        """The reason, and the remedy."""
        return f"{self.failed} failed attempts in a row; 'kb users enable' ends it"

    def as_json(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {"place": self.place, "until": self.until.isoformat(), "failed_attempts": self.failed}


def _locks(account: Account, held: Sequence[AccountLock], now: datetime) -> list[_Locked]:
    """Return the locks of an account: of the whole name first, then of places."""
    found = []
    if account.locked_until is not None and account.locked_until > now:
        found.append(_Locked("every unknown browser", account.locked_until, account.failed_attempts))
    return found + [
        _Locked("a known browser" if lock.is_browser else "one network", lock.until, lock.failed)
        for lock in held
        if lock.name == account.name
    ]


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
