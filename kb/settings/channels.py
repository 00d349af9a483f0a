"""Contact channels, as site.yaml gives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.common.hosts import is_protected_url
from kb.common.yaml_file import Located
from kb.settings.hours import OpeningHours, read_hours
from kb.settings.site_reader import fail, mapping, number, text

_KINDS: Final = ("phone", "chat", "web", "store")
_AUDIENCES: Final = ("residential", "business", "regulator")
_LONGEST_WAIT: Final = 600


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """A channel's words in one language."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach the provider, as site.yaml gives it."""

    name: str
    """The name in articles: ``{{channel.NAME}}``."""
    kind: str
    """phone, chat, web or store."""
    label: str
    """The label on a contact page."""
    text: str
    """The text that replaces the placeholder in a sentence."""
    audience: str = "residential"
    """residential, business or regulator."""
    note: str = ""
    source: str = ""
    """Address of the page that states it; without one the channel is not shown as a fact."""
    dated: str = ""
    """The source's own date, or ``unknown``."""
    url: str = ""
    """Address of the page where a customer reaches it; articles and the contact page link to it."""
    hours: str = ""
    """Opening hours in the source's words; empty if no source gives them."""
    time_zone: str = ""
    opening: OpeningHours | None = None
    """Opening hours as data; None if they are not known day by day."""
    wait_minutes: int | None = None
    """The usual wait while it is open; None if it is not known."""
    spanish: ChannelWords | None = None

    def in_language(self, language: str) -> ChannelWords:
        """Return the words in a language: ``es`` where the operator gives them, or English."""
        if language == "es" and self.spanish is not None:
            return self.spanish
        return ChannelWords(self.label, self.text, self.note)

    @property
    def is_sourced(self) -> bool:
        """Whether it has a dated source, so that a page may state it."""
        return bool(self.source and self.dated)


def read_channels(path: Path, node: Located) -> tuple[Channel, ...]:
    """Read the channels.

    :param path: The operator's file.
    :param node: Channels by name.
    :return: In the file's order.
    :raises ConfigError: Naming line and remedy.
    """
    if not isinstance(node.value, dict):
        raise fail(path, node, "'channels' must be keys with values", "Write each channel under its name.")
    return tuple(_channel(path, name, item) for name, item in node.value.items())


def _channel(path: Path, name: str, node: Located) -> Channel:
    texts = ("kind", "label", "text", "audience", "note", "source", "dated", "time_zone", "url")
    fields = mapping(path, node, (*texts, "hours", "holidays", "wait_minutes", "es"))
    values = {key: text(path, fields, key) for key in texts}
    for key in ("kind", "label", "text"):
        if not values[key]:
            raise fail(path, node, f"the channel {name!r} lacks {key!r}", "Add it.")
    values["audience"] = values["audience"] or "residential"
    for key, choices in (("kind", _KINDS), ("audience", _AUDIENCES)):
        if values[key] not in choices:
            raise fail(path, fields[key], f"{key!r} cannot be {values[key]!r}", f"Use one of: {', '.join(choices)}.")
    if values["url"] and not is_protected_url(values["url"]):
        message = f"'url' of the channel {name!r} is {values['url']!r}"
        raise fail(path, fields["url"], message, "Write a whole address that begins with https://")
    hours, opening = "", None
    if "hours" in fields and isinstance(fields["hours"].value, dict):
        opening = read_hours(path, fields["hours"], fields.get("holidays"), fields.get("time_zone"))
    else:
        hours = text(path, fields, "hours")
    own = ChannelWords(values["label"], values["text"], values["note"])
    return Channel(
        name=name,
        hours=hours,
        opening=opening,
        wait_minutes=number(path, fields, "wait_minutes", 0, _LONGEST_WAIT),
        spanish=_spanish(path, fields.get("es"), own),
        **values,
    )


def _spanish(path: Path, node: Located | None, otherwise: ChannelWords) -> ChannelWords | None:
    """Read a channel's words in Spanish; what needs no translation, such as a number, is as in English."""
    if node is None:
        return None
    keys = ("label", "text", "note")
    fields = mapping(path, node, keys)
    return ChannelWords(**{key: text(path, fields, key) or getattr(otherwise, key) for key in keys})
