"""A strict reader of calendar files, written from RFC 5545 and not with the library that writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(;[A-Za-z0-9-]+=(\"[^\"\x00-\x08\x0a-\x1f]*\"|[^\",;:\x00-\x1f]*))*)"
    r":(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^\",;:]*)")
_UTC = re.compile(r"\d{8}T\d{6}Z")
_LOCAL = re.compile(r"\d{8}T\d{6}")
_DURATION = re.compile(r"[+-]?P(\d+W|(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)")
_ONCE = {"VEVENT": ("UID", "DTSTAMP", "DTSTART", "SUMMARY"), "VALARM": ("ACTION", "TRIGGER", "DESCRIPTION")}


@dataclass
class Component:
    """A component with its properties and the components in it."""

    name: str
    properties: dict[str, list[tuple[dict[str, str], str]]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)

    def one(self, name: str) -> tuple[dict[str, str], str]:
        """Return parameters and value of a property that occurs exactly once."""
        values = self.properties.get(name, [])
        assert len(values) == 1, f"{self.name} has {len(values)} of {name}"
        return values[0]

    def all(self, name: str) -> list[Component]:
        """Return the components of a name in it."""
        return [p for p in self.parts if p.name == name]


def parse(data: bytes) -> Component:
    """Parse a file, refusing whatever RFC 5545 does not allow."""
    assert data.endswith(b"\r\n"), "the last line has no end (3.1)"
    raw = data[:-2].split(b"\r\n")
    for line in raw:
        assert b"\r" not in line, "a carriage return alone (3.1)"
        assert b"\n" not in line, "a line feed alone (3.1)"
        assert len(line) <= 75, f"a line of {len(line)} bytes is not folded (3.1)"
    unfolded = re.sub(rb"\r\n[ \t]", b"", data[:-2]).decode("utf-8")  # strict: a fold inside a character joins again
    stack: list[Component] = [Component("")]
    for line in unfolded.split("\r\n"):
        match = _LINE.fullmatch(line)
        assert match, f"no content line: {line!r}"
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            done = stack.pop()
            assert done.name == value, f"END:{value} closes {done.name}"
            stack[-1].parts.append(done)
        else:
            parameters = {k.upper(): v.strip('"') for k, v in _PARAMETER.findall(match["parameters"])}
            stack[-1].properties.setdefault(name, []).append((parameters, value))
    assert len(stack) == 1, "a component has no end"
    assert not stack[0].properties
    (calendar,) = stack[0].parts
    _check(calendar)
    return calendar


def _check(calendar: Component) -> None:
    assert calendar.name == "VCALENDAR"
    assert calendar.one("VERSION")[1] == "2.0"
    assert calendar.one("PRODID")[1]
    zones = {zone.one("TZID")[1] for zone in calendar.all("VTIMEZONE")}
    for zone in calendar.all("VTIMEZONE"):
        observances = zone.all("STANDARD") + zone.all("DAYLIGHT")
        assert observances, "a time zone without an observance (3.6.5)"
        for observance in observances:
            assert _LOCAL.fullmatch(observance.one("DTSTART")[1])
            for name in ("TZOFFSETFROM", "TZOFFSETTO"):
                assert re.fullmatch(r"[+-]\d{4}(\d{2})?", observance.one(name)[1])
    events = calendar.all("VEVENT")
    assert events
    for event in events:
        for name in _ONCE["VEVENT"]:
            event.one(name)
        assert _UTC.fullmatch(event.one("DTSTAMP")[1]), "DTSTAMP must be in UTC (3.8.7.2)"
        for name in ("DTSTART", "DTEND"):
            parameters, value = event.one(name)
            assert _LOCAL.fullmatch(value) or _UTC.fullmatch(value)
            if "TZID" in parameters:
                assert parameters["TZID"] in zones, f"no VTIMEZONE for {parameters['TZID']} (3.2.19)"
        for alarm in event.all("VALARM"):
            for name in _ONCE["VALARM"]:
                alarm.one(name)
            assert _DURATION.fullmatch(alarm.one("TRIGGER")[1])


def plain(value: str) -> str:
    """Return a TEXT value without its escapes, refusing a lone backslash, comma or semicolon (3.3.11)."""
    assert re.fullmatch(r"([^\\;,]|\\[\\;,nN])*", value), f"not escaped: {value!r}"
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
