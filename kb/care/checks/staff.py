"""Checks of those who work on the help center: accounts and their locks, or the identity provider."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kb.accounts.store import SqlAccounts
from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.database.copying import facts
from kb.database.engine import newest_revision, open_engine
from kb.errors import ConfigError, JournalUnavailable

_NEEDED: Final = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_LEAST_SECRET: Final = 32
_MANY: Final = 20
"""Attempts with unknown names within a day."""


def secrets_file() -> Path | None:
    """Return the file of secrets that the server would read, or None."""
    places = (Path(".streamlit/secrets.toml"), Path("~/.streamlit/secrets.toml").expanduser())
    return next((path for path in places if path.is_file()), None)


def provider_settings() -> Mapping[str, Any]:
    """Return the section of an identity provider; empty without one.

    :return: Its keys and values.
    :raises ConfigError: If the file of secrets cannot be read; the message quotes nothing of it.
    """
    path = secrets_file()
    if path is None:
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("auth", {})
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read ({type(error).__name__}). Write it as TOML.") from None
    return found if isinstance(found, dict) else {}


def staff(installation: Installation) -> Iterator[Result]:
    """Check the local accounts, unless an identity provider takes their place."""
    if _has_provider():
        yield ok("staff", "staff sign in with the identity provider; local accounts are off")
        return
    file = installation.journal_file
    if file is not None and not file.exists():
        yield warning("staff", "nobody can sign in yet", "Add an account: kb users add NAME --role operator")
        return
    engine = open_engine(installation.settings.database_url)
    try:
        if facts(engine).revision == newest_revision():
            yield from _accounts(SqlAccounts(engine), installation)
    except JournalUnavailable:
        return  # said by the check of the journal
    finally:
        engine.dispose()


def _has_provider() -> bool:
    try:
        return bool(provider_settings())
    except ConfigError:
        return False


def _accounts(store: SqlAccounts, installation: Installation) -> Iterator[Result]:
    now = installation.now
    active = [account for account in store.everyone() if not account.disabled]
    if not active:
        yield warning("staff", "nobody can sign in", "Add an account: kb users add NAME --role operator")
        return
    locked = {lock.name for lock in store.locks(now)}
    locked |= {account.name for account in active if account.locked_until is not None and account.locked_until > now}
    if locked:
        yield warning(
            "staff",
            f"locked for some places after failed sign-ins: {', '.join(sorted(locked))}",
            "'kb users list' says until when; 'kb users enable NAME' ends a lock.",
        )
    times, networks = store.unknown_names()
    if times >= _MANY:
        yield warning(
            "staff",
            f"{times} sign-ins with names that no account has, from {networks} networks within a day",
            "Names are being tried. Let only your own networks reach /login, with a rule in the proxy.",
        )
    roles = sorted({account.role.value for account in active})
    yield ok("staff", f"{len(active)} accounts can sign in: {', '.join(roles)}")


def provider(installation: Installation) -> Iterator[Result]:
    """Check the secrets of an identity provider, and that its users get a role."""
    path = secrets_file()
    try:
        found = provider_settings()
    except ConfigError as error:
        yield from_error("provider", error)
        return
    if path is None or not found:
        yield ok("provider", "no identity provider is configured")
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning("provider", f"{path} can be read by other accounts", f"Run: chmod 600 {path}")
    missing = [name for name in _NEEDED if not found.get(name)]
    if missing:
        yield problem("provider", f"[auth] in {path} lacks {', '.join(missing)}", "Add them; see docs/operating.md.")
        return
    if len(str(found["cookie_secret"])) < _LEAST_SECRET:
        said = f"'cookie_secret' in {path} is shorter than {_LEAST_SECRET} characters"
        yield problem("provider", said, "Write a long random one; everyone has to sign in again.")
    if not installation.settings.oidc_roles:
        said = "staff sign in with the identity provider, and none of them has a role"
        yield problem("provider", said, "Set 'oidc_roles' in site.yaml.")
    yield ok("provider", f"[auth] in {path} is complete" + ("" if installation.connect else "; --connect tries it"))
