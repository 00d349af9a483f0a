"""Settings and site.yaml."""

from __future__ import annotations

import threading
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.settings.channels import Channel
from kb.settings.settings import (
    ENVIRONMENT,
    IN_SITE,
    LogLevel,
    Precision,
    Settings,
    default_cache,
    load_settings,
    load_site,
)
from kb.settings.site import Site

_SITE = """\
name: Help
provider: Someone
notice: >-
  Not their
  own site.
channels:
  phone:
    kind: phone
    label: Call
    text: 555 010 0000
    source: https://example.org
    dated: 2024
  shop:
    kind: store
    label: Visit
    text: a shop
  office:
    kind: phone
    audience: business
    label: Call
    text: 555
    source: https://example.org
    dated: unknown
have_ready: [" Account number ", Statement]
settings:
  precision: fp32
  keep_versions: 7
"""


def _site(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "site.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_site_is_read(tmp_path: Path) -> None:
    """Name, notice, channels and settings come from the operator's file."""
    site, settings = load_site(_site(tmp_path, _SITE))
    assert (site.name, site.provider, site.notice) == ("Help", "Someone", "Not their own site.")
    phone = Channel("phone", "phone", "Call", "555 010 0000", source="https://example.org", dated="2024")
    assert site.channels[0] == phone
    assert [c.name for c in site.channels] == ["phone", "shop", "office"]
    texts = {"phone": "555 010 0000", "shop": "a shop", "office": "555"}
    assert site.channel_texts() == texts | {f"es.{name}": text for name, text in texts.items()}
    assert (site.names, site.other_providers) == ((), ())
    assert [c.name for c in site.shown_channels()] == ["phone"]
    assert [c.name for c in site.shown_channels("business")] == ["office"]
    assert site.have_ready == ("Account number", "Statement")
    assert settings == {"precision": "fp32", "keep_versions": 7}


def test_site_names_itself_and_others(tmp_path: Path) -> None:
    """Lists of texts; a channel's Spanish text is in articles' reach."""
    es = "    es: {label: Llame, text: cinco}\n"
    text = _SITE.replace("    label: Visit\n", f"    label: Visit\n{es}")
    site, _ = load_site(_site(tmp_path, f"{text}names: [We, Us Inc]\nother_providers:\n  - They\n"))
    assert site.names == ("We", "Us Inc")
    assert site.other_providers == ("They",)
    assert site.channel_texts()["shop"] == "a shop"
    assert site.channel_texts()["es.shop"] == "cinco"


def test_site_may_be_missing_or_empty(tmp_path: Path) -> None:
    """Without a file, or with an empty one, the site has no channels; a file that was asked for must be there."""
    assert load_site(tmp_path / "none.yaml") == (Site(), {})
    assert load_site(_site(tmp_path, "name:\nsettings:\n")) == (Site(), {})
    with pytest.raises(ConfigError, match=r"none.yaml does not exist. Give the operator's file with --site or KB_SITE"):
        load_site(tmp_path / "none.yaml", required=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"name: \xff", r"site.yaml is not UTF-8 \(byte 6\). Save it as UTF-8."),
        ("name: [", r"site.yaml:1:8: expected the node content.*Correct the YAML."),
        ("- a", r"site.yaml:1:1: expected keys with values. Use: name, provider, names, other_providers, notice"),
        ("nmae: x", r"site.yaml:1:1: unknown key 'nmae'. Use one of: name, provider"),
        ("name: [a]", r"site.yaml:1:7: 'name' must be text. Write one line of text."),
        ("names: x", r"site.yaml:1:8: expected a list of texts. Write one '- text' per line."),
        ("other_providers: [[a]]", r"site.yaml:1:18: expected a list of texts"),
        ("have_ready: x", r"site.yaml:1:13: expected a list of texts. Write one '- text' per line."),
        ("channels: [a]", r"site.yaml:1:11: 'channels' must be keys with values"),
        ("name: 5\nprovider: 2024-01\nnotice: {a: b}", r"site.yaml:3:9: 'notice' must be text"),
        ("channels:\n  a: {kind: phone}", r"site.yaml:2:6: the channel 'a' lacks 'label'. Add it."),
        (
            "channels:\n  a: {kind: fax, label: l, text: t}",
            r"site.yaml:2:13: 'kind' cannot be 'fax'. Use one of: phone, chat, web, store.",
        ),
        (
            "channels:\n  a: {kind: web, label: l, text: t, audience: all}",
            r"site.yaml:2:47: 'audience' cannot be 'all'. Use one of: residential",
        ),
        ("settings: {speed: 3}", r"site.yaml:1:12: unknown key 'speed'"),
    ],
)
def test_wrong_site_names_place_and_remedy(tmp_path: Path, text: str | bytes, message: str) -> None:
    """Each mistake in site.yaml is one sentence with line, column and remedy."""
    with pytest.raises(ConfigError, match=message):
        load_site(_site(tmp_path, text))


def test_unreadable_site_is_said(tmp_path: Path) -> None:
    """A folder in the file's place is an error, not a traceback."""
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        load_site(tmp_path)


def test_options_come_before_environment_before_site_before_default(tmp_path: Path) -> None:
    """The nearer a setting is to the command, the more it counts."""
    path = str(_site(tmp_path, _SITE))
    environ = {"KB_SITE": path, "KB_ARTICLES": "~/a", "KB_PRECISION": "int8", "KB_INDEX": ""}
    settings = load_settings(environ, articles=Path("b"), encoder=None)
    assert settings.articles == Path("b")
    assert settings.precision is Precision.INT8
    assert settings.keep_versions == 7
    assert settings.index == Settings().index
    assert settings.encoder == "auto"
    assert settings.site.name == "Help"
    assert load_settings({"KB_SITE": path}).precision is Precision.FP32
    assert load_settings({"KB_SITE": path, "KB_ARTICLES": "~/a"}).articles == Path("~/a").expanduser()


def test_numbers_are_held_to_their_ranges(tmp_path: Path) -> None:
    """Numbers are read from text too and kept within what makes sense."""
    environ = {"KB_SITE": str(_site(tmp_path, "name: x"))}
    settings = load_settings(environ, keep_versions="0", watch_seconds="0", target_wrong_answers="0.1")
    assert (settings.keep_versions, settings.watch_seconds, settings.target_wrong_answers) == (1, 0.05, 0.1)


@pytest.mark.parametrize("name", IN_SITE)
@pytest.mark.parametrize("value", [10**400, "1e999", "9" * 30, float("nan"), -(10**30)], ids=str)
def test_a_number_beyond_all_bounds_is_bounded_or_refused(name: str, value: object) -> None:
    """Nothing that is computed from a setting overflows: no day beyond the calendar, no wait beyond the clock."""
    try:
        settings = load_settings({}, **{name: value})
    except ConfigError:
        return
    assert datetime.now(UTC) - timedelta(days=settings.retention_days) < datetime.now(UTC)
    assert timedelta(hours=settings.session_hours, minutes=settings.session_idle_minutes) < timedelta(days=366)
    assert threading.Event().wait(0 * settings.watch_seconds) is False
    assert float(settings.api_per_minute) + settings.question_cost_per_minute + settings.journal_backlog < 1e10


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("precision", "int4", r"The setting 'precision' cannot be 'int4'. Use one of: int8, fp32."),
        ("keep_versions", "many", r"The setting 'keep_versions' cannot be 'many'. Correct it."),
        ("assumed_unanswerable", 30, r"'assumed_unanswerable' must be between 0 and 1, not 30.0. Write 5 % as 0.05."),
    ],
)
def test_wrong_settings_are_said(tmp_path: Path, option: str, value: object, message: str) -> None:
    """A value that cannot be used names the setting and the remedy."""
    with pytest.raises(ConfigError, match=message):
        load_settings({"KB_SITE": str(_site(tmp_path, "name: x"))}, **{option: value})


def test_cache_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder for exported encoders lies where the system keeps caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_cache() == Path("/somewhere/billing-help")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path("~/.cache/billing-help").expanduser()
    assert load_settings({"KB_CACHE": "/c", "KB_SITE": ""}).cache == Path("/c")


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("https://www.example.com, http://localhost:9000/", ("https://www.example.com", "http://localhost:9000")),
        ("*", ("*",)),
        ("", ()),
        ("HTTPS://Example.com", ("https://example.com",)),
        ("https://[::1]:80", ("https://[::1]:80",)),
    ],
)
def test_origins_are_a_list_or_a_text_with_commas(written, origins, tmp_path):
    """The same from the environment and from site.yaml."""
    assert load_settings({"KB_API_ORIGINS": written}).api_origins == origins
    site = tmp_path / "site.yaml"
    listed = [f'"{origin}"' for origin in written.split(",") if origin.strip()]
    site.write_text(f"settings:\n  api_origins: [{', '.join(listed)}]\n  api_per_minute: 60\n  log_level: info\n")
    settings = load_settings({"KB_SITE": str(site)})
    assert settings.api_origins == origins
    assert settings.api_per_minute == 60
    assert settings.log_level is LogLevel.INFO


@pytest.mark.parametrize("wrong", ["www.example.com", "https://example.com/path", "ftp://example.com", "null"])
def test_what_is_no_origin_is_refused(wrong):
    """A site that a browser never names so would never be let in."""
    with pytest.raises(ConfigError, match="scheme and host"):
        load_settings({"KB_API_ORIGINS": wrong})


def test_a_level_that_does_not_exist_is_refused():
    """The message lists those that do."""
    with pytest.raises(ConfigError, match="debug, info, warning, error"):
        load_settings({"KB_LOG_LEVEL": "loud"})


@pytest.mark.parametrize("value", ["Charter, TWC ,", ["Charter", "TWC"]])
def test_names_of_the_provider(value):
    """A list, or a text with commas."""
    assert load_settings({}, provider_names=value).provider_names == ("Charter", "TWC")


def test_the_journal_s_settings(tmp_path: Path) -> None:
    """Backlog, traffic and days are read; a wrong traffic is refused with the valid values."""
    text = "settings: {journal_backlog: 5, traffic: test, retention_days: 30}"
    found = load_settings({}, site_path=_site(tmp_path, text))
    assert (found.journal_backlog, found.traffic, found.retention_days) == (5, "test", 30)
    assert load_settings({"KB_TRAFFIC": "bot"}).traffic == "bot"
    with pytest.raises(ConfigError, match=r"'traffic' cannot be 'robots'. Use one of: customer, test, bot"):
        load_settings({"KB_TRAFFIC": "robots"})


def test_a_setting_is_one_row_of_one_table(tmp_path: Path) -> None:
    """Every field but the site says how it is read; what the environment or site.yaml may set, they do set."""
    assert {f.name for f in fields(Settings) if "read" not in f.metadata} == {"site"}
    assert set(ENVIRONMENT) >= {"articles", "index", "site_path", "database_url", "cache"}
    assert not {"articles", "index", "site_path", "database_url", "cache", "site"} & set(IN_SITE)
    text = "settings:\n  session_hours: 9999\n  assumed_known: 0\n  oidc_roles: {lead: [a, b]}\n"
    settings = load_settings({"KB_TRAFFIC": "test"}, site_path=_site(tmp_path, text))
    assert (settings.session_hours, settings.assumed_known, settings.traffic) == (720.0, 0.0, "test")
    assert settings.oidc_roles == {"lead": ("a", "b")}
