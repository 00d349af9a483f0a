"""Settings, read once and handed down.

Order of precedence: a command's option, the environment variable, ``settings:`` in site.yaml, the default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from kb.errors import ConfigError
from kb.settings.site import SITE_KEYS, Site, read_site
from kb.settings.site_reader import load, mapping
from kb.types import Role, Traffic

_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_HOST = re.compile(r"[a-z0-9.\-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?")
_PUBLIC_KEY = re.compile(r"ed25519:[A-Za-z0-9+/]{43}=")
_LONGEST_SESSION_HOURS: Final = 24.0 * 30
_LONGEST_DAYS: Final = 36_500.0
"""A century; calendars end some time later, and what computes a day beyond it fails."""


class Precision(StrEnum):
    """The arithmetic of the encoder: small integers, some three times as fast, or exact."""

    INT8 = "int8"
    FP32 = "fp32"


class LogLevel(StrEnum):
    """The least severe messages that reach the operator's log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class IndexEngine(StrEnum):
    """What answers questions from the vectors: FAISS in the process, or PostgreSQL with pgvector."""

    FAISS = "faiss"
    PGVECTOR = "pgvector"


class EngineGone(StrEnum):
    """What answers while the vector engine is gone: the copy in the index folder, or nothing."""

    COPY = "copy"
    REFUSE = "refuse"


class _Unusable(ValueError):
    """A value that a setting cannot have; the text follows "The setting 'name' " and says what to write."""


# ---------------------------------------------------------------------------------------------- reading a value


def _path(value: Any) -> Path:
    return Path(value).expanduser()


def _at_least(least: float, most: float = 1e9) -> Callable[[Any], Any]:
    """Return a reader of numbers of the type of ``least``, moved into the range."""
    return lambda value: type(least)(min(max(least, type(least)(value)), most))


def _share(value: Any, least: float = 1e-9) -> float:
    share = float(value)
    if not least <= share < 1.0:
        raise _Unusable(f"must be between 0 and 1, not {share!r}. Write 5 % as 0.05.")
    return share


def _share_or_none(value: Any) -> float:
    return _share(value, least=0.0)


def _names(value: Any) -> tuple[str, ...]:
    """Return the names of a list, or of a text with commas between them."""
    given = [str(getattr(item, "value", item)) for item in value] if isinstance(value, list) else str(value).split(",")
    return tuple(name.strip() for name in given if name.strip())


def _origins(value: Any) -> tuple[str, ...]:
    """Return the sites of a list, or of a text with commas between them."""
    origins = tuple(origin.rstrip("/").lower() for origin in _names(value))
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise _Unusable(f"cannot hold {origin!r}. Write scheme and host, as https://www.example.com.")
    return origins


def _hosts(value: Any) -> tuple[str, ...]:
    """Return the host names of a list, or of a text with commas between them."""
    hosts = tuple(name.lower() for name in _names(value))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise _Unusable(f"cannot hold {host!r}. Write a host name, as help.example.com.")
    return hosts


def _schema(value: Any) -> str:
    """Return the name of a schema of PostgreSQL."""
    if not _SCHEMA.fullmatch(str(value)):
        raise _Unusable(f"cannot be {value!r}. Write small letters, digits and underscores, as kb_index.")
    return str(value)


def _public_keys(value: Any) -> tuple[str, ...]:
    """Return the public keys of a list, or of a text with commas between them."""
    keys = _names(value)
    for key in keys:
        if not _PUBLIC_KEY.fullmatch(key):
            raise _Unusable(f"cannot hold {key[:60]!r}. Write what 'kb publish --new-key' printed, as ed25519:….")
    return keys


def _roles(value: Any) -> Mapping[Role, tuple[str, ...]]:
    """Return the names that give each role."""
    if not isinstance(value, dict):
        raise _Unusable("must be roles with names under each, as 'lead: [support-leads]'.")
    unknown = sorted(set(map(str, value)) - set(Role))
    if unknown:
        raise _Unusable(f"has no role {unknown[0]!r}. Use: {', '.join(Role)}.")
    return {Role(name): _names(getattr(given, "value", given)) for name, given in value.items()}


# ------------------------------------------------------------------------------------------------- the table


def default_cache() -> Path:
    """Return the folder for exported encoders: ``$XDG_CACHE_HOME/billing-help`` or ``~/.cache/billing-help``."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "billing-help"


def _setting(
    default: Any, read: Callable[[Any], Any] = str, *, environment: str = "", in_site: bool = True
) -> Any:  # a Field in place of its default
    """Return a field of :class:`Settings`.

    :param default: Its value when it is not set; a function is called for it.
    :param read: Turns a written value into the field's type.
    :param environment: The variable that sets it; empty for none.
    :param in_site: Whether ``settings:`` in site.yaml may set it.
    :return: The field.
    """
    metadata = {"read": read, "environment": environment, "in_site": in_site}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Each field has its default, its reader, and the places where it may be set."""

    articles: Path = _setting(Path("articles"), _path, environment="KB_ARTICLES", in_site=False)
    index: Path = _setting(Path("index"), _path, environment="KB_INDEX", in_site=False)
    site_path: Path = _setting(Path("site.yaml"), _path, environment="KB_SITE", in_site=False)
    database_url: str = _setting("sqlite:///data/journal.db", environment="KB_DATABASE_URL", in_site=False)
    cache: Path = _setting(default_cache, _path, environment="KB_CACHE", in_site=False)
    """Exported encoders; may be deleted at any time."""
    encoder: str = _setting("auto", environment="KB_ENCODER")
    """``auto`` (``e5+mpnet``, which finds most; ``e5`` for a very large corpus), one or several of e5, mpnet, minilm
    and bge with ``+`` between them, or another sentence-transformers model by name or folder."""
    precision: Precision = _setting(Precision.INT8, Precision, environment="KB_PRECISION")
    target_wrong_answers: float = _setting(0.05, _share)
    """Greatest share of wrong answers among those answered that the thresholds aim at; 0 to 1."""
    assumed_unanswerable: float = _setting(0.2, _share)
    """Share of questions without an article that calibration assumes; 0 to 1."""
    assumed_known: float = _setting(0.5, _share_or_none)
    """Share of the other questions that are nearly an example, word for word; 0 to 1."""
    keep_versions: int = _setting(3, _at_least(1))
    """Number of index versions kept on disk."""
    watch_seconds: float = _setting(1.0, _at_least(0.05, 86_400.0))
    """Seconds after which a running app looks for a new index."""
    index_engine: IndexEngine = _setting(IndexEngine.FAISS, IndexEngine, environment="KB_INDEX_ENGINE")
    """What answers from the vectors."""
    index_engine_url: str = _setting("", environment="KB_INDEX_ENGINE_URL", in_site=False)
    """The PostgreSQL of the engine ``pgvector``, with as many hosts as it has nodes."""
    index_engine_schema: str = _setting("kb_index", _schema, environment="KB_INDEX_ENGINE_SCHEMA")
    """The schema that holds this help center's versions; another for each help center in one database."""
    index_engine_gone: EngineGone = _setting(EngineGone.COPY, EngineGone, environment="KB_INDEX_ENGINE_GONE")
    """What answers while the engine is gone."""
    index_source: str = _setting("", environment="KB_INDEX_SOURCE")
    """Where a server pulls releases of the index from: a folder, ``s3://bucket/prefix`` or ``https://…``; empty for
    nowhere."""
    index_source_seconds: float = _setting(5.0, _at_least(0.2, 86_400.0))
    """Seconds after which it looks there again."""
    index_keys: tuple[str, ...] = _setting((), _public_keys, environment="KB_INDEX_KEYS")
    """Public keys, one of which must have signed a release."""
    publish_key: str = _setting("", environment="KB_PUBLISH_KEY", in_site=False)
    """The file of the private key that signs what this machine publishes."""
    drain_seconds: float = _setting(0.0, _at_least(0.0, 600.0), environment="KB_DRAIN_SECONDS")
    """Seconds for which a server that is told to stop goes on serving, while ``/readyz`` says that it is not ready."""
    api_origins: tuple[str, ...] = _setting((), _origins, environment="KB_API_ORIGINS")
    """Sites whose pages may use the API from a browser, as ``https://www.example.com``; ``*`` for every site."""
    api_per_minute: int = _setting(1200, _at_least(0))
    """Most requests to the API from one address in a minute; 0 for no limit."""
    question_cost_per_minute: int = _setting(1200, _at_least(0))
    """Most that the questions of one address may cost in a minute, on pages and by API: a short one costs 1, one of
    2,000 characters 101; 0 for no limit."""
    visitor_cost_per_minute: int = _setting(1500, _at_least(0))
    """Most that one address's pages and clicks may cost in a minute, in units of ten milliseconds; 0 for no limit."""
    hosts: tuple[str, ...] = _setting((), _hosts, environment="KB_HOSTS")
    """Host names at which visitors find this server, with or without a port; none for whatever a request names."""
    log_level: LogLevel = _setting(LogLevel.WARNING, LogLevel, environment="KB_LOG_LEVEL")
    retention_days: int = _setting(180, _at_least(1, _LONGEST_DAYS))
    """Days after which the journal's entries are erased."""
    journal_backlog: int = _setting(10_000, _at_least(1))
    """Most questions and events kept in memory while the journal's database fails."""
    journal_keep_free_mb: int = _setting(200, _at_least(0))
    """Megabytes to leave free on the disk of the journal's file: below, new questions are not kept; 0 for none."""
    traffic: Traffic = _setting(Traffic.CUSTOMER, Traffic, environment="KB_TRAFFIC")
    """Whose questions this server gets; ``test`` keeps all of them out of the reports."""
    provider_names: tuple[str, ...] = _setting((), _names)
    """Other names of the provider that customers use; gaps are grouped without them."""
    session_hours: float = _setting(12.0, _at_least(0.1, _LONGEST_SESSION_HOURS))
    """Hours after which every staff member must sign in again."""
    session_idle_minutes: float = _setting(60.0, _at_least(1.0, _LONGEST_SESSION_HOURS * 60))
    """Minutes without a click after which a local session ends."""
    oidc_claim: str = _setting("groups")
    """Claim of the identity provider's ID token that is compared with ``oidc_roles``."""
    oidc_roles: Mapping[Role, tuple[str, ...]] = _setting(dict, _roles)
    """Values of the claim, or verified e-mail addresses, that give a role."""
    site: Site = field(default_factory=Site)


_TABLE: Final[Mapping[str, Field[Any]]] = {f.name: f for f in fields(Settings) if f.metadata}
ENVIRONMENT: Final = {name: f.metadata["environment"] for name, f in _TABLE.items() if f.metadata["environment"]}
"""The environment variable of each setting that has one."""
IN_SITE: Final = tuple(name for name, f in _TABLE.items() if f.metadata["in_site"])
"""The keys of ``settings:`` in site.yaml."""


# ----------------------------------------------------------------------------------------------- reading them all


def load_settings(environ: Mapping[str, str] | None = None, **options: Any) -> Settings:
    r"""Read the settings from options, environment and site.yaml.

    :param environ: The environment; the process's own when None.
    :param \**options: Fields of :class:`Settings` given on the command line; None means not given.
    :return: The settings, with the site in them.
    :raises ConfigError: If site.yaml or a value cannot be used.
    """
    chosen = _chosen(environ, options)
    site_path = Path(chosen.get("site_path", _TABLE["site_path"].default))
    site, from_site = load_site(site_path, required="site_path" in chosen)
    merged = {**from_site, **chosen}
    return replace(Settings(), site=site, **{k: _read(k, v) for k, v in merged.items()})


def load_places(environ: Mapping[str, str] | None = None, **options: Any) -> Settings:
    r"""Read the settings without site.yaml, which says nothing about where things are, and may be missing or wrong.

    :param environ: The environment; the process's own when None.
    :param \**options: As for :func:`load_settings`.
    :return: The settings, with an empty site.
    :raises ConfigError: If a value cannot be used.
    """
    return replace(Settings(), **{k: _read(k, v) for k, v in _chosen(environ, options).items()})


def _chosen(environ: Mapping[str, str] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the environment sets, and in front of it what options do."""
    environ = os.environ if environ is None else environ
    chosen: dict[str, Any] = {k: environ[v] for k, v in ENVIRONMENT.items() if environ.get(v)}
    chosen.update({k: v for k, v in options.items() if v is not None})
    return chosen


def _read(name: str, value: Any) -> Any:
    """Turn a setting's written value into its type."""
    read = _TABLE[name].metadata["read"]
    try:
        return read(value)
    except _Unusable as error:
        raise ConfigError(f"The setting {name!r} {error}") from error
    except (TypeError, ValueError, OverflowError) as error:
        is_choice = isinstance(read, type) and issubclass(read, StrEnum)
        allowed = f" Use one of: {', '.join(read)}." if is_choice else " Correct it."
        raise ConfigError(f"The setting {name!r} cannot be {value!r}.{allowed}") from error


def load_site(path: Path, *, required: bool = False) -> tuple[Site, dict[str, Any]]:
    """Read site.yaml.

    :param path: The file.
    :param required: Whether a missing file is an error; otherwise an empty site is returned.
    :return: The site, and the settings that the file gives.
    :raises ConfigError: Naming file, line and remedy.
    """
    try:
        root = load(path)
    except FileNotFoundError as error:
        if required:
            raise ConfigError(f"{path} does not exist. Give the operator's file with --site or KB_SITE.") from error
        return Site(), {}
    given = mapping(path, root, (*SITE_KEYS, "settings"))
    settings = mapping(path, given["settings"], IN_SITE) if "settings" in given else {}
    return read_site(path, given), {key: item.value for key, item in settings.items()}
