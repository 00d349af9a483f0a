"""Settings and the operator's own words (site.yaml), read once and handed down.

Order of precedence: a command's option, the environment variable, ``settings:`` in site.yaml, the default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from kb.common.yaml_file import Located, YamlProblem, load_yaml
from kb.errors import ConfigError
from kb.settings.site_parts import (
    ChannelWords,
    HandOver,
    LadderStep,
    OpeningHours,
    read_channel_words,
    read_handover,
    read_hours,
    read_ladder,
    read_wait,
)
from kb.settings.site_reader import fail as _fail
from kb.settings.site_reader import mapping as _mapping
from kb.settings.site_reader import text as _text
from kb.settings.site_reader import texts as _texts
from kb.types import Role, Traffic


class Precision(StrEnum):
    """How the encoder computes: with small integers, some three times as fast, or exactly."""

    INT8 = "int8"
    FP32 = "fp32"


class LogLevel(StrEnum):
    """The least that is written to the operator's log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach somebody, as site.yaml states it."""

    name: str
    """What an article writes: ``{{channel.NAME}}``."""
    kind: str
    """phone, chat, web or store."""
    label: str
    """What a contact page calls it."""
    text: str
    """What stands in a sentence in its place."""
    audience: str = "residential"
    """residential, business or regulator."""
    note: str = ""
    source: str = ""
    """Address of the page that gives it; without one it is not shown as a fact."""
    dated: str = ""
    """The source's own date, or ``unknown``."""
    hours: str = ""
    """Opening hours as the source words them; empty where no source gives them."""
    time_zone: str = ""
    opening: OpeningHours | None = None
    """Opening hours as data; None where they are not known day by day."""
    wait_minutes: int | None = None
    """The usual wait while it is open; None where nobody knows."""
    spanish: ChannelWords | None = None

    def said(self, language: str) -> ChannelWords:
        """Return the words in a language: ``es`` where the operator gives them, or English."""
        if language == "es" and self.spanish is not None:
            return self.spanish
        return ChannelWords(self.label, self.text, self.note)

    @property
    def is_sourced(self) -> bool:
        """Whether a source stands behind it, so that a page may state it."""
        return bool(self.source and self.dated)


@dataclass(frozen=True, slots=True)
class Site:
    """The operator's words: brand, notice and contact channels."""

    name: str = "Billing help centre"
    provider: str = ""
    notice: str = ""
    """Who runs the site and who does not; shown on every page."""
    notice_es: str = ""
    """The same in Spanish."""
    channels: tuple[Channel, ...] = ()
    have_ready: tuple[str, ...] = ()
    """What to have at hand before contacting an agent."""
    have_ready_es: tuple[str, ...] = ()
    """The same in Spanish."""
    escalation: tuple[LadderStep, ...] = ()
    """What to do when a problem is not solved, lowest step first."""
    handover: HandOver | None = None
    """Where requests for a call or a ticket go; None: customers are offered none."""

    def channel_texts(self) -> dict[str, str]:
        """Return what each channel's name is replaced by in an article."""
        return {channel.name: channel.text for channel in self.channels}

    def said_notice(self, language: str) -> tuple[str, str]:
        """Return who runs the site in a language, and the language that it is in: English where it has no other."""
        return (self.notice_es, "es") if language == "es" and self.notice_es else (self.notice, "en")

    def ready(self, language: str) -> tuple[str, ...]:
        """Return what to have at hand in a language: ``es`` where the operator gives it, or English."""
        return self.have_ready_es if language == "es" and self.have_ready_es else self.have_ready

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its name, or None."""
        return next((c for c in self.channels if c.name == name), None)

    def shown_channels(self, audience: str = "residential") -> list[Channel]:
        """Return the channels of an audience that have a source, in the file's order."""
        return [c for c in self.channels if c.audience == audience and c.is_sourced]


def default_cache() -> Path:
    """Return the folder for exported encoders: ``$XDG_CACHE_HOME/billing-help`` or ``~/.cache/billing-help``."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "billing-help"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default."""

    articles: Path = Path("articles")
    index: Path = Path("index")
    site_path: Path = Path("site.yaml")
    database_url: str = "sqlite:///data/journal.db"
    cache: Path = field(default_factory=default_cache)
    """Exported encoders; may be deleted at any time."""
    encoder: str = "auto"
    """``auto`` (``e5+mpnet``, which finds most; ``e5`` for a very large corpus), one or several of e5, mpnet, minilm
    and bge with ``+`` between them, or another sentence-transformers model by name or folder."""
    precision: Precision = Precision.INT8
    target_wrong_answers: float = 0.05
    """Greatest share of wrong answers among those answered that the thresholds aim at; 0 to 1."""
    assumed_unanswerable: float = 0.2
    """Share of questions without an article that calibration assumes; 0 to 1."""
    assumed_known: float = 0.5
    """Share of the other questions that come in nearly the words of an example; 0 to 1."""
    keep_versions: int = 3
    """How many index versions stay on disk."""
    watch_seconds: float = 1.0
    """How often a running app looks for a new index."""
    api_origins: tuple[str, ...] = ()
    """Sites whose pages may use the API from a browser, as ``https://www.example.com``; ``*`` for every site."""
    api_per_minute: int = 3000
    """Most requests to the API from one address in a minute; 0 for no limit."""
    journal_backlog: int = 10_000
    """Most questions and events kept in memory while the journal's database fails."""
    traffic: Traffic = Traffic.CUSTOMER
    """Who asks on this server; ``test`` keeps everything out of the reports."""
    retention_days: int = 180
    """Days after which what the journal holds is erased."""
    log_level: LogLevel = LogLevel.WARNING
    provider_names: tuple[str, ...] = ()
    """Other names of the provider that customers write; gaps are grouped without them."""
    session_hours: float = 12.0
    """After which time everybody who works here signs in again."""
    session_idle_minutes: float = 60.0
    """After which time without a click a local session ends."""
    oidc_claim: str = "groups"
    """Claim of the identity provider's ID token that is held against ``oidc_roles``."""
    oidc_roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    """Values of the claim, or verified e-mail addresses, that give a role."""
    site: Site = field(default_factory=Site)


_ENVIRONMENT = {
    "articles": "KB_ARTICLES",
    "index": "KB_INDEX",
    "site_path": "KB_SITE",
    "database_url": "KB_DATABASE_URL",
    "cache": "KB_CACHE",
    "encoder": "KB_ENCODER",
    "precision": "KB_PRECISION",
    "api_origins": "KB_API_ORIGINS",
    "log_level": "KB_LOG_LEVEL",
    "traffic": "KB_TRAFFIC",
}
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")
_SITE_SETTINGS = (
    "encoder",
    "precision",
    "target_wrong_answers",
    "assumed_unanswerable",
    "assumed_known",
    "keep_versions",
    "watch_seconds",
    "api_origins",
    "api_per_minute",
    "log_level",
    "retention_days",
    "journal_backlog",
    "traffic",
    "provider_names",
    "session_hours",
    "session_idle_minutes",
    "oidc_claim",
    "oidc_roles",
)
_SITE_KEYS = (
    "name",
    "provider",
    "notice",
    "notice_es",
    "channels",
    "have_ready",
    "have_ready_es",
    "escalation",
    "handover",
    "settings",
)
_CHANNEL_KINDS = ("phone", "chat", "web", "store")
_AUDIENCES = ("residential", "business", "regulator")


def load_settings(environ: Mapping[str, str] | None = None, **options: Any) -> Settings:
    r"""Read the settings from options, environment and site.yaml.

    :param environ: The environment; the process's own when None.
    :param \**options: Fields of :class:`Settings` given on the command line; None means not given.
    :return: The settings, with the site in them.
    :raises ConfigError: If site.yaml or a value cannot be used.
    """
    environ = os.environ if environ is None else environ
    chosen: dict[str, Any] = {k: environ[v] for k, v in _ENVIRONMENT.items() if environ.get(v)}
    chosen.update({k: v for k, v in options.items() if v is not None})
    site_path = Path(chosen.get("site_path", Settings.__dataclass_fields__["site_path"].default))
    site, from_site = load_site(site_path, required="site_path" in chosen)
    merged = {**from_site, **chosen}
    return replace(Settings(), site=site, **{k: _coerce(k, v) for k, v in merged.items()})


def _coerce(name: str, value: Any) -> Any:
    """Turn a setting's written value into its type."""
    try:
        return _READERS.get(name, str)(value)
    except (TypeError, ValueError) as error:
        choices: dict[str, Iterable[str]] = {"precision": Precision, "log_level": LogLevel, "traffic": Traffic}
        allowed = f" Use one of: {', '.join(choices[name])}." if name in choices else " Correct it."
        raise ConfigError(f"The setting {name!r} cannot be {value!r}.{allowed}") from error


def _names(value: Any) -> tuple[str, ...]:
    """Return the names of a list, or of a text with commas between them."""
    given = [str(getattr(item, "value", item)) for item in value] if isinstance(value, list) else str(value).split(",")
    return tuple(name.strip() for name in given if name.strip())


def _origins(value: Any) -> tuple[str, ...]:
    """Return the sites of a list, or of a text with commas between them."""
    given = [str(getattr(item, "value", item)) for item in value] if isinstance(value, list) else str(value).split(",")
    origins = tuple(origin.strip().rstrip("/").lower() for origin in given if origin.strip())
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"The setting 'api_origins' cannot hold {origin!r}. Write scheme and host, as https://www.example.com."
            )
    return origins


def _roles(value: Any) -> Mapping[Role, tuple[str, ...]]:
    """Return the names that give each role."""
    if not isinstance(value, dict):
        raise ConfigError("The setting 'oidc_roles' must be roles with names under each, as 'lead: [support-leads]'.")
    unknown = sorted(set(map(str, value)) - set(Role))
    if unknown:
        raise ConfigError(f"The setting 'oidc_roles' has no role {unknown[0]!r}. Use: {', '.join(Role)}.")
    return {Role(name): _names(getattr(given, "value", given)) for name, given in value.items()}


def _share(name: str, value: float) -> float:
    least = 0.0 if name == "assumed_known" else 1e-9
    if not least <= value < 1.0:
        raise ConfigError(f"The setting {name!r} must be between 0 and 1, not {value!r}. Write 5 % as 0.05.")
    return value


def _path(value: Any) -> Path:
    return Path(value).expanduser()


_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("articles", "index", "site_path", "cache"), _path),
    "precision": Precision,
    "log_level": LogLevel,
    "target_wrong_answers": lambda value: _share("target_wrong_answers", float(value)),
    "assumed_unanswerable": lambda value: _share("assumed_unanswerable", float(value)),
    "assumed_known": lambda value: _share("assumed_known", float(value)),
    "keep_versions": lambda value: max(1, int(value)),
    "watch_seconds": lambda value: max(0.05, float(value)),
    "journal_backlog": lambda value: max(1, int(value)),
    "traffic": Traffic,
    "retention_days": lambda value: max(1, int(value)),
    "api_origins": _origins,
    "api_per_minute": lambda value: max(0, int(value)),
    "provider_names": _names,
    "session_hours": lambda value: min(max(0.1, float(value)), 24.0 * 30),
    "session_idle_minutes": lambda value: max(1.0, float(value)),
    "oidc_roles": _roles,
}
"""How a setting's value is read; those that are not here are texts."""


# ------------------------------------------------------------------------------------------- site.yaml


def load_site(path: Path, *, required: bool = False) -> tuple[Site, dict[str, Any]]:
    """Read site.yaml.

    :param path: The file.
    :param required: Whether a missing file is an error; otherwise an empty site is returned.
    :return: The site, and the settings the file gives.
    :raises ConfigError: Naming file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if required:
            raise ConfigError(f"{path} does not exist. Give the operator's file with --site or KB_SITE.") from error
        return Site(), {}
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    try:
        root = load_yaml(text)
    except YamlProblem as problem:
        raise ConfigError(f"{path}:{problem.line}:{problem.column}: {problem.message}. Correct the YAML.") from problem
    fields = _mapping(path, root, _SITE_KEYS)
    settings = _mapping(path, fields["settings"], _SITE_SETTINGS) if "settings" in fields else {}
    channels = _channels(path, fields["channels"]) if "channels" in fields else ()
    names = frozenset(channel.name for channel in channels)
    site = Site(
        name=_text(path, fields, "name") or Site().name,
        provider=_text(path, fields, "provider"),
        notice=_text(path, fields, "notice"),
        notice_es=_text(path, fields, "notice_es"),
        channels=channels,
        have_ready=_texts(path, fields["have_ready"]) if "have_ready" in fields else (),
        have_ready_es=_texts(path, fields["have_ready_es"]) if "have_ready_es" in fields else (),
        escalation=read_ladder(path, fields["escalation"], names) if "escalation" in fields else (),
        handover=read_handover(path, fields["handover"]) if "handover" in fields else None,
    )
    return site, {key: item.value for key, item in settings.items()}


def _channels(path: Path, node: Located) -> tuple[Channel, ...]:
    if not isinstance(node.value, dict):
        raise _fail(path, node, "'channels' must be keys with values", "Write each channel under its name.")
    return tuple(_channel(path, name, item) for name, item in node.value.items())


def _channel(path: Path, name: str, node: Located) -> Channel:
    texts = ("kind", "label", "text", "audience", "note", "source", "dated", "time_zone")
    fields = _mapping(path, node, (*texts, "hours", "holidays", "wait_minutes", "es"))
    values = {key: _text(path, fields, key) for key in texts}
    for key in ("kind", "label", "text"):
        if not values[key]:
            raise _fail(path, node, f"the channel {name!r} lacks {key!r}", "Add it.")
    values["audience"] = values["audience"] or "residential"
    for key, choices in (("kind", _CHANNEL_KINDS), ("audience", _AUDIENCES)):
        if values[key] not in choices:
            raise _fail(path, fields[key], f"{key!r} cannot be {values[key]!r}", f"Use one of: {', '.join(choices)}.")
    hours, opening = "", None
    if "hours" in fields and isinstance(fields["hours"].value, dict):
        opening = read_hours(path, fields["hours"], fields.get("holidays"), fields.get("time_zone"))
    else:
        hours = _text(path, fields, "hours")
    own = ChannelWords(values["label"], values["text"], values["note"])
    return Channel(
        name=name,
        hours=hours,
        opening=opening,
        wait_minutes=read_wait(path, fields),
        spanish=read_channel_words(path, fields.get("es"), own),
        **values,
    )
