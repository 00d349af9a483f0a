"""Rules for postal addresses: the part up to the door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.privacy.text import Kind, Piece, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_VX: Final = re.IGNORECASE | re.VERBOSE
_SURE: Final = (
    r"(?:street|str?|avenue|ave?|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|circle|cir|terrace|ter"
    r"|parkway|pkwy|highway|hwy|trail|trl)"
)
_PERHAPS: Final = (
    r"(?:way|place|pl|loop|run|square|sq|plaza|plz|alley|crossing|xing|path|pike|row|walk|point|pt|ridge|cove|bend|commons"
    r"|crescent|landing|pass|hollow|creek|heights|hts|meadows?|station|manor|estates?|glen|green|grove|hill|knoll|vista|view)"
)
_CAPITAL: Final = (
    r"(?:annex|arcade|bayou|beach|bluffs?|bottom|branch|bridge|brooks?|burgs?|bypass|camp|canyon|cape|causeway|centers?"
    r"|circles|cliffs?|club|common|corners?|course|courts|coves|crest|crossroads?|curve|dale|dam|divide|drives|estate"
    r"|expressway|extensions?|falls?|ferry|fields?|flats?|fords?|forest|forges?|forks?|fort|freeway|gardens?|gateway"
    r"|glens|greens|groves|harbors?|haven|hills|inlet|islands?|isle|junctions?|keys?|knolls|lakes?|land|lights?|loaf"
    r"|locks?|lodge|mall|manors|mews|mills?|missions?|motorway|mount|mountains?|neck|orchard|oval|overpass|parks?"
    r"|passage|pines?|plains?|points|ports?|prairie|radial|ramp|ranch|rapids?|rest|ridges|river|shoals?|shores?|skyway"
    r"|springs?|spurs?|squares|stream|summit|throughway|trace|tracks?|trafficway|tunnel|turnpike|tpke|underpass|unions?"
    r"|valleys?|viaduct|views|villages?|ville|walks|wall|wells?)"
)
"""The rest of the postal service's list: everyday words, which count when they are capitalized."""
_SIDE: Final = r"(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|north\s?east|north\s?west|south\s?east|south\s?west)\b\.?"
_NUMBER: Final = r"(?<![\w$.,/:])(?<!\d-)\d{1,6}(?:-?[a-z](?![a-z])|-\d{1,4}|\s1/2)?"
_UNIT: Final = (
    r"(?:apartment|apt|apto|unit|suite|ste|lot|room|rm|floor|fl|trailer|trlr|no)\b\.?\s?\#?\s?\w{1,5}|\#\s?\w{1,5}"
)
_TAIL: Final = rf"(?:,?\s+{_SIDE}(?!\w))?(?:,?\s*(?:{_UNIT}))?"
_WORD: Final = r"(?:[a-z][\w'.\-]*|\d{1,3}(?:st|nd|rd|th))"
_STREET: Final = re.compile(
    rf"(?P<value>(?:(?:apt|unit|suite|apto)\.?\s?\#?\w{{1,4}},?\s+)?{_NUMBER}\s+(?P<name>(?:{_SIDE}\s+)?(?:{_WORD}\s+){{1,5}}?)"
    rf"(?P<type>{_SURE}\b(?!\s+{_SURE}\b)|(?:{_PERHAPS}|{_CAPITAL})\b(?!\s+(?:[a-z'.]+\s+)?{_SURE}\b))\.?{_TAIL})",
    _VX,
)
_ROUTE: Final = re.compile(
    rf"(?P<value>{_NUMBER}\s+(?:{_SIDE}\s+)?(?:(?:old|county|state|us|u\.s\.|farm\s+to\s+market|private|township)\s+)?"
    rf"(?:road|rd|route|rte|rt|highway|hwy|cr|sr|fm)\.?\s+\#?\d{{1,4}}[a-z]?\b{_TAIL})",
    _VX,
)
_BOX: Final = re.compile(
    rf"(?P<value>{_NUMBER}\s+(?:{_SIDE}\s+)?(?:broadway|avenue\s+(?:of\s+(?:the\s+)?\w+|[a-z]))\b{_TAIL}"
    r"|(?:\bp\.?\s?o\.?\s*b\.?o?x?|\bpost\s+office\s+box|\bapartado(?:\s+postal)?"
    r"|(?:\brr|\brural\s+route|\bhc|\bpsc|\bcmr|\bunit)\s?\#?\d{1,5},?\s+box)"
    r"\s*(?:\#|no\.?|number)?\s?\d{1,6}[a-z]?\b)",
    _VX,
)
_CALLE: Final = re.compile(
    r"(?P<value>\b(?:calle|avenida|avda\.?|carrera|paseo|camino|callej[oó]n|urbanizaci[oó]n)\s+(?:[\w'.]+\s+){0,4}?(?:\#|n[uú]mero|num\.?|no\.?)?\s?\d{1,5}\b"
    r"(?:\s+(?:\#|n[uú]mero|num\.?|no\.?)\s?\d{1,5}\b)?(?:,?\s+(?:apto|apt|apartamento|piso|casa|depto)\.?\s?\#?\w{1,5})?"
    r"|(?<![\w$.,/])\d{1,5}\s+(?:calle|avenida|paseo|camino)\s+[\w']+(?:,?\s+(?:apto|apt|apartamento)\.?\s?\#?\w{1,5})?)",
    _VX,
)
_LIVES: Final = re.compile(
    r"""
    \b(?: liv(?:e|es|ing)\s+(?:at|on)
      | (?:address|domicilio|direcci[oó]n)(?:\s+de\s+servicio)?\s*(?:is|was|es|:|to|at|en|a|of)?
      | mov(?:ed|ing|e)\s+(?:from|to|out\s+of|into) | viv(?:o|e|imos|[ií]a)\s+en | mud(?:[eé]|o|amos|ar)\s+(?:a|de)
      | service\s+(?:at|to)
      | servicio\s+(?:en|a) | (?:house|home|apartment|place|casa|departamento)\s+(?:at|on|en) )\s+(?:la\s+|el\s+)?
    (?P<value>(?<![\w$.,/])\d{1,6}[a-z]?\s+(?P<name>[^\W\d_][\w'.]*(?:\s+(?!apartment|apt|apto|unit|suite)[^\W\d_][\w'.]*){0,2})(?:,?\s*(?:apartment|apt|apto|unit|suite|\#)\.?\s?\#?\w{1,5})?)
    """,
    _VX,
)
"""A house and a street's name without its type, after words that say that somebody lives there."""
_NO_STREET: Final = frozenset(
    """
    a about after agents ago all also am an and any are as at away back be because been before being bill billed
    bills block blocks bought box boxes but by call called calls can cannot cent cents channels charge charged
    charges credit customers day days did do dollar dollars down due during each every extra fee fees feet for
    free from gb get gets gig go got had has have he her his hour hours i if in inches into is it its just less
    line lines mb mbps me mile miles min mins minute minutes month monthly months more my new no not now of off
    on only or other our out over paid pay payment people per percent phones please plus pm rooms second seconds
    see service services she so some still techs than that the their them then there they this time times to too
    tv tvs two under up us was we week weeks went were what when where which while who will with within without
    works year years yet you your
    """.split()
)
"""Words that are not street names, and often follow a number."""
_PLACE_BEFORE: Final = re.compile(
    r"(?:^|\b(?:at|to|from|in|on|of|is|address|lives?|living|moved|near|home|house|and|for|en|vivo)\b)[\s:,(\[\"]*(?:the\s+)?$",
    re.IGNORECASE,
)
_LONGEST_SHORTENED: Final = 5
"""Length of an abbreviation with its period, such as "Mtn."; a longer word with a period ends a sentence."""
_SURE_TYPE: Final = re.compile(_SURE, re.IGNORECASE)
_CAPITAL_TYPE: Final = re.compile(_CAPITAL, re.IGNORECASE)


def addresses(text: str) -> Iterator[Piece]:
    """Find house and street with direction and apartment, post office boxes, and numbered roads."""
    for pattern in (_BOX, _ROUTE, _CALLE):
        yield from (group(m, Kind.ADDRESS) for m in pattern.finditer(text))
    for m in _STREET.finditer(text):
        if _is_street(m):
            yield group(m, Kind.ADDRESS)
    for m in _LIVES.finditer(text):
        if m["name"].split()[0].strip(".,").lower() not in _NO_STREET:
            yield group(m, Kind.ADDRESS)


def _is_street(match: re.Match[str]) -> bool:
    name = match["name"].split()
    if any(
        word.strip(".,").lower() in _NO_STREET or (len(word) > _LONGEST_SHORTENED and word[-1] == ".") for word in name
    ):
        return False
    if all(word[0].isupper() or word[0].isdigit() for word in name) and match["type"][0].isupper():
        return True
    if _CAPITAL_TYPE.fullmatch(match["type"]):
        return False
    if _SURE_TYPE.fullmatch(match["type"]) and match["type"].lower() not in ("drive", "court", "circle", "ter"):
        return True
    return _PLACE_BEFORE.search(match.string, max(0, match.start() - 20), match.start()) is not None
