"""Telephone numbers typed into a text, and the channels of site.yaml that have the same number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_AREA = r"(?:\([2-9]\d{2}\)[ .-]?|[2-9]\d{2}[ .-])"
_TOLL_FREE = r"8(?:00|33|44|55|66|77|88)"
PHONE: Final = re.compile(
    rf"(?<![\w$.,/+-])(?<!\d )(?:\+?1[ .-]?)?{_AREA}[2-9]\d{{2}}[ .-]\d{{4}}(?![\w-]|[.,/]\d)"  # 1 (833) 267-6094
    rf"|(?<![\w$.,/+-])1?{_TOLL_FREE}\d{{7}}(?![\w-]|[.,/]\d)"  # 8332676094
    rf"|(?<![\w$.,/+-])(?:1[ .-])?{_TOLL_FREE}[ .-](?=[A-Z0-9-]*[A-Z]{{3}})[A-Z0-9-]{{7,}}\b"  # 1-800-SPECTRUM
    r"|(?<![\w$])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?![\w-])"  # +44 20 7946 0958
    r"|(?i:(?<=call )|(?<=dial )|(?<=phone ))\d{3}[ .-]\d{4}(?![\w-]|[.,/]\d)"
)
"""A telephone number as people type it."""
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_NATIONAL: Final = 10
"""Digits of a number without the country code 1."""


def digits(number: str) -> str:
    """Return what is dialed for a number: its digits, letters as on a keypad, without the country code 1."""
    dialed = re.sub(r"\D", "", number.upper().translate(_KEYS))
    return dialed[1:] if len(dialed) == _NATIONAL + 1 and dialed.startswith("1") else dialed


def channel_of(number: str, channels: Mapping[str, str]) -> str:
    """Return the name of the channel that has a number; empty if none has.

    :param number: As typed, or the address of a link that begins with ``tel:``.
    :param channels: The text of each channel, by name; Spanish ones after ``es.`` are left out.
    :return: The first one, because two may share a number.
    """
    dialed = digits(number.removeprefix("tel:"))
    same = (name for name, text in channels.items() if "." not in name and PHONE.fullmatch(text.strip()))
    return next((name for name in same if digits(channels[name]) == dialed), "")


def by_channel(text: str, channels: Mapping[str, str]) -> str:
    """Return a text with the numbers that a channel has as the channel writes them."""
    return PHONE.sub(lambda match: channels.get(channel_of(match[0], channels), match[0]).strip(), text)
