"""The operator's words in site.yaml: brand, notice, contact channels, escalation and hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kb.common.yaml_file import Located
from kb.settings.channels import Channel, read_channels
from kb.settings.handover import HandOver, read_handover
from kb.settings.ladder import LadderStep, read_ladder
from kb.settings.own_words import OwnWords, read_own_words
from kb.settings.site_reader import mapping, text, texts, yes_or_no
from kb.settings.theme import Theme, read_theme

SITE_KEYS: Final = (
    "name",
    "provider",
    "names",
    "other_providers",
    "notice",
    "notice_es",
    "channels",
    "have_ready",
    "have_ready_es",
    "escalation",
    "handover",
    "bill_page",
    "words",
    "words_es",
    "writing",
    "official_sites",
    "theme",
)


@dataclass(frozen=True, slots=True)
class Writing:
    """How articles are written in the browser."""

    review: bool = False
    """Whether a second person has to approve a text before it is published."""


@dataclass(frozen=True, slots=True)
class Site:
    """The operator's words: brand, notice and contact channels."""

    name: str = "Billing help center"
    provider: str = ""
    names: tuple[str, ...] = ()
    """Further names of the provider: short ones, earlier ones, usual misspellings."""
    other_providers: tuple[str, ...] = ()
    """Companies that offer the same; a question that names one is not about this provider."""
    notice: str = ""
    """Who runs the site and who does not; shown on every page."""
    notice_es: str = ""
    """The same in Spanish."""
    channels: tuple[Channel, ...] = ()
    have_ready: tuple[str, ...] = ()
    """Things to have at hand when contacting an agent."""
    have_ready_es: tuple[str, ...] = ()
    """The same in Spanish."""
    escalation: tuple[LadderStep, ...] = ()
    """The steps to take if a problem is not solved, lowest first."""
    handover: HandOver | None = None
    """The destination of requests for a call or a ticket; None if customers cannot make any."""
    has_bill_page: bool = True
    """Whether the pages lead to the sample bill."""
    words: OwnWords = field(default_factory=OwnWords)
    """Words of the pages in place of ours, where the subject is not a bill."""
    writing: Writing = Writing()
    official_sites: tuple[str, ...] = ()
    """Hosts that articles may link to, each with its subdomains; empty for any."""

    theme: Theme = field(default_factory=Theme)
    """The operator's color in place of ours."""

    def channel_texts(self) -> dict[str, str]:
        """Return the text that replaces each channel's name in an article, in Spanish after ``es.``.

        After ``url.`` comes the address of those that have one.
        """
        texts = {channel.name: channel.text for channel in self.channels}
        texts |= {f"url.{channel.name}": channel.url for channel in self.channels if channel.url}
        return texts | {f"es.{channel.name}": channel.in_language("es").text for channel in self.channels}

    def notice_in(self, language: str) -> tuple[str, str]:
        """Return the notice in a language, and the language it is in: English if that is the only one."""
        return (self.notice_es, "es") if language == "es" and self.notice_es else (self.notice, "en")

    def have_ready_in(self, language: str) -> tuple[str, ...]:
        """Return what to have at hand, in a language: ``es`` if the operator gives it, or English."""
        return self.have_ready_es if language == "es" and self.have_ready_es else self.have_ready

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its name, or None."""
        return next((c for c in self.channels if c.name == name), None)

    def shown_channels(self, audience: str = "residential") -> list[Channel]:
        """Return an audience's channels that have a source, in the file's order."""
        return [c for c in self.channels if c.audience == audience and c.is_sourced]


def read_site(path: Path, fields: Mapping[str, Located]) -> Site:
    """Read the operator's words.

    :param path: The operator's file.
    :param fields: Its values by key.
    :return: The site.
    :raises ConfigError: Naming line and remedy.
    """
    channels = read_channels(path, fields["channels"]) if "channels" in fields else ()
    names = frozenset(channel.name for channel in channels)
    return Site(
        name=text(path, fields, "name") or Site().name,
        provider=text(path, fields, "provider"),
        names=texts(path, fields["names"]) if "names" in fields else (),
        other_providers=texts(path, fields["other_providers"]) if "other_providers" in fields else (),
        notice=text(path, fields, "notice"),
        notice_es=text(path, fields, "notice_es"),
        channels=channels,
        have_ready=texts(path, fields["have_ready"]) if "have_ready" in fields else (),
        have_ready_es=texts(path, fields["have_ready_es"]) if "have_ready_es" in fields else (),
        escalation=read_ladder(path, fields["escalation"], names) if "escalation" in fields else (),
        handover=read_handover(path, fields["handover"]) if "handover" in fields else None,
        has_bill_page=yes_or_no(path, fields, "bill_page", default=True),
        words=read_own_words(path, fields),
        writing=_writing(path, fields["writing"]) if "writing" in fields else Writing(),
        official_sites=texts(path, fields["official_sites"]) if "official_sites" in fields else (),
        theme=read_theme(path, fields["theme"]) if "theme" in fields else Theme(),
    )


def _writing(path: Path, node: Located) -> Writing:
    fields = mapping(path, node, ("review",))
    return Writing(review=yes_or_no(path, fields, "review", default=False))
