"""Rules for postal addresses: the part up to the door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.privacy import lexicon
from kb.privacy.text import Kind, Piece, apart, digits, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_VX: Final = re.IGNORECASE | re.VERBOSE
_SURE: Final = (
    r"(?:street|str?|avenue|ave?|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|circle|cir|terrace|ter"
    r"|parkway|pkwy|highway|hwy|trail|trl)"
)
_PERHAPS: Final = (
    r"(?:way|place|pl|loop|run|square|sq|plaza|plz|alley|crossing|xing|path|pike|row|walk|point|pt|ridge|cove"
    r"|bend|commons"
    r"|crescent|landing|pass|hollow|creek|heights|hts|meadows?|station|manor|estates?|glen|green|grove|hill|knoll"
    r"|vista|view)"
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
_LITTLE: Final = "one|two|three|four|five|six|seven|eight|nine|ten|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez"
"""Numbers that are not heard as dictated, since they have one digit."""
_UNIT: Final = (
    rf"(?:apartment|apartamento|apart|apt|apto|depto|departamento|unit|unidad|suite|ste|lot|lote|room|rm|floor|fl"
    rf"|piso|casa|bldg|building"
    rf"|edificio|trailer|trlr|space|spc|no|n[uú]mero)\b\.?\s?\#?\s?(?:(?:{_LITTLE})\b|\w{{1,5}})(?:[\s-]?[b-h]\b)?"
    rf"|\#\s?\w{{1,5}}"
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
_CALLE_WORDS: Final = r"[^\W\d_][\w'.]*"
_CALLE: Final = re.compile(
    rf"""
    (?P<value>
        (?:\b(?:la|el)\s+)?\b(?:calle|c/|avenida|avda\.?|av\.|carrera|paseo|camino|callej[oó]n|bulevar|boulevard
          |blvd\.?|carretera|calzada|privada|pasaje|vereda|cerrada
            |circuito|rinc[oó]n|andador|urbanizaci[oó]n|urb\.|colonia|col\.|residencial|condominio|edificio
              |fraccionamiento|barrio|sector|manzana|parcelas?|torre|bloque)
        \s+(?P<name>(?:{_CALLE_WORDS}\s+){{0,4}}?(?:\d{{1,3}}(?:\s+de\s+{_CALLE_WORDS})?,?\s+)?)
        (?P<named>(?:,\s*)?(?:\#|n[uú]mero|num\.?|no\.?|n[ºo°]\.?|casa|lote|km\.?|apto\.?|apartamento|depto\.?
          |departamento|interior|piso|local|unidad|edificio|al)\s*)?\#?\d{{1,5}}(?:-?[a-z])?\b
        (?:,?\s+(?:\#|n[uú]mero|num\.?|no\.?|lote|casa|km)\s?\d{{1,5}}\b)?
        (?:,?\s+(?:apto|apt|apartamento|piso|casa|depto|departamento|interior|int|local|lote|edificio
          |unidad)\.?\s?\#?\w{{1,5}}){{0,2}}
      | (?<![\w$.,/])(?:n[uú]mero\s+)?\d{{1,5}}\s+(?:(?:de|en)\s+)?(?:la\s+|el\s+)?(?:calle|avenida|paseo|camino
        |bulevar|privada|carretera)\s+{_CALLE_WORDS}(?:\s+(?-i:[A-ZÁÉÍÓÚÑ])[\w'.]*){{0,2}}
        (?:,?\s+(?:apto|apt|apartamento|piso|casa|depto)\.?\s?\#?\w{{1,5}})?
    )
    """,
    _VX,
)
_CALLE_LINKS: Final = frozenset(
    "de del la las los el y san santa santo don doña norte sur este oeste número numero".split()
)
_COUNTED: Final = re.compile(
    r"\s{0,2}(?:d[ií]as?|horas?|veces|meses|a[ñn]os?|semanas?|minutos?|d[oó]lares|pesos|cajas?|l[ií]neas?|canales"
    r"|megas|personas|days?|hours?|times|months?"
    r"|years?|weeks?|minutes?|dollars?|bucks|boxes|lines|channels|people|calls|%|percent|mbps|gb|gig)\b",
    re.IGNORECASE,
)
_HOUSE_NAME: Final = (
    r"(?P<name>(?:[^\W\d_][\w'’.]*|\d{1,3}(?:st|nd|rd|th)\b)(?:\s+(?!apartment|apartamento|apt|apto|unit|suite"
    r"|casa\b)[^\W\d_][\w'’.]*){0,3})"
)
_HOUSE_UNIT: Final = (
    rf"(?P<unit>,?\s*(?:(?:apartment|apartamento|apto|apt|depto|unit|suite|ste|lot|lote|casa|piso)\b\.?\s?\#?"
    rf"|\#)\s?(?:(?:{_LITTLE})\b|\w{{1,5}})(?:[\s-]?[b-h]\b)?)?"
)
_HOUSE: Final = re.compile(
    rf"(?P<value>(?<![\w$.,/:\-])\d{{1,6}}[a-z]?\s+(?:{_SIDE}\s+)?{_HOUSE_NAME}{_HOUSE_UNIT})(?P<town>(?:,?\s+[^\W\d_]+){{0,2}},?\s+(?:[a-z]{{2}}\s+)?\d{{5}}(?!\d))?",
    re.IGNORECASE,
)
"""A house and a street's name without its type."""
_LIVES: Final = re.compile(
    r"""
    \b(?: (?:liv(?:e|es|ed|ing)|resid(?:e|es|ing)|stay(?:s|ing)?|located|situated) (?:\s+(?:over|here|now
      |right))?\s+(?:at|on|in)
      | (?:address|domicilio|direcci[oó]n)(?:\s+[^\W\d_]+){0,4}? \s*(?:is|was|es|era|:|to|at|en|a|of|be|says?|reads?
        |shows?|dice)?
      | viv(?:o|e|imos|en|[ií]a|[ií]amos)\s+(?:aqu[ií]\s+)?en | (?:domicilio|direcci[oó]n)
    )\s*:?\s*(?:la\s+|el\s+|the\s+)?$
    """,
    _VX,
)
"""Words right before a house that leave no doubt."""
_GOES: Final = re.compile(
    r"""
    (?: \b(?:mov(?:e|ed|es|ing)|relocat(?:e|ed|ing)|transfer(?:s|red|ring)?|switch(?:ed)?|service|install(?:ed
      |ation)?|tech(?:nician)?|visit|connect(?:ed)?|disconnect(?:ed)?
          |hook(?:ed)?\s+up|send|sent|ship(?:ped)?|mail(?:ed)?|deliver(?:ed|y)?|goes|going|come|came|house|home|place
            |property|apartment|condo|unit|trailer|office|store|shop
          |business|rental|bill(?:ed)?|should|supposed|change[ds]?|box|router|modem|check|refund|letter|equipment
            |package|internet|cable|corner|near|across|next|i'?m|i\s+am|we'?re|am
          |account|be|used|was|rent|own|lease|bill|turn(?:ed)?|new|old|right|wrong|rento|alquilo|ponga\w*|instead
            |rather|not|correct(?:ed)?|fix(?:ed)?|update[ds]?
          |mud(?:[eé]|o|amos|ar|arme|amos|anza)|mand[aeo]\w*|m[aá]nd\w+|env[ií]\w*|lleg\w+|cambi[eéo]\w*|estoy
            |estamos|est[aá]|servicio|casa|departamento|apartamento|queda|ubicad[oa]
          |negocio|oficina|recibo|factura|t[eé]cnico|instal\w+|conect\w+|desconect\w+|transf\w+|mudanza|soy)\b
      [^\d\x00\n.?!$]{0,45}? | ^ | [,:;]\s* )
    \b(?:at|to|from|into|in|on|is|be|say|says|out\s+of|of|than|en|a|al|de|es|para|desde|hasta|it's|its|and|y|rent|own
      |lease|shows?|off|place|rento|alquilo|disconnect|connect|cancel)\s+(?:the\s+|la\s+|el\s+|number\s+)?$
    | \b(?:(?:i|we|my\s+\w+)\s+(?:rent|own|lease)|rento|alquilo|alquilamos|rentamos)\s+$
    """,
    _VX,
)
"""Words before a house that may as well stand before another number."""
_NEAR_HOUSE: Final = 90
_SHORT_NUMBER: Final = 2
_NEXT: Final = 20
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
_NOT_IN_NAMES: Final = frozenset(
    """
    mbps gbps kbps mhz ghz monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december lunes martes miercoles jueves viernes sabado
    domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre spectrum
    charter comcast xfinity roku netflix hulu wifi tv internet mobile hours ago st nd rd th wi ok est edt pst
    cst
    """.split()
)
"""Capitalized words that are not streets either."""
_NAME_WORD: Final = re.compile(r"[^\W\d_][\w'’.]*|\d{1,3}(?:st|nd|rd|th)\b", re.IGNORECASE)
_LOT: Final = re.compile(
    r"\b(?P<value>(?:lot|space|spc|trailer|building"
    r"|bldg)\.?\s?\#?\d{1,4}[a-z]?,?\s+(?:at\s+)?(?:(?-i:[A-Z])[\w'’]+\s+){0,3}"
    r"(?:(?:apt|apartment|unit)\b\.?\s?\#?\w{1,5}|(?-i:[A-Z])[\w'’]+))",
    re.IGNORECASE,
)
"""A lot or a building with the park's name or a door."""
_NAME_FIRST: Final = re.compile(
    r"(?P<value>(?-i:[A-ZÁÉÍÓÚÑ])[\w'’.]+(?:\s+(?:(?:de|del|la|las|los"
    r"|el)\s+){0,2}(?-i:[A-ZÁÉÍÓÚÑ])[\w'’.]+){0,3}\s+(?:(?:\#|n[uú]mero|num\.?|no\.?)\s?\d{1,5}"
    r"|\d{1,4})\b(?![\d,.:/$%\-])"
    r"(?:,?\s+(?:apto|apt|apartamento|piso|casa|depto|departamento|interior|int)\.?\s?\#?\w{1,5})?)",
    re.IGNORECASE,
)
"""A street's name before the number, as in Spanish."""
_THEN: Final = re.compile(
    r"^\W*\b(?:to|a|and|y|or|o|not|no|instead\s+of|into|new|now|hasta|por|es|is|one|it's|at|en)?(?:\s+(?:is|at|la"
    r"|el|de))?\W*$",
    re.IGNORECASE,
)
"""The text between two addresses."""
_AT_HOME: Final = re.compile(
    r"\b(?:viv(?:o|e|imos|en)\s+(?:aqu[ií]\s+)?en|(?:domicilio|direcci[oó]n)(?:\s+(?:correcta|nueva|actual"
    r"|de\s+\w+))?\s*(?:es|:|en)?|mud(?:[eé]|o|amos|ar|arme|amos)\s+a"
    r"|casa\s+(?:est[aá]\s+)?en|servicio\s+en|estoy\s+en|address\s*(?:is|:)|live\s+(?:at|on))\s*$",
    re.IGNORECASE,
)
_TYPE: Final = re.compile(rf"(?:{_SURE}|{_PERHAPS})\.?", re.IGNORECASE)
_PLACE_BEFORE: Final = re.compile(
    r"(?:^|\b(?:at|to|from|in|on|of|is|address|lives?|living|moved|near|home|house|and|for|en"
    r"|vivo)\b)[\s:,(\[\"]*(?:the\s+)?$",
    re.IGNORECASE,
)
_LONGEST_SHORTENED: Final = 5
"""Length of an abbreviation with its period, such as "Mtn."; a longer word with a period ends a sentence."""
_SURE_TYPE: Final = re.compile(_SURE, re.IGNORECASE)
_CAPITAL_TYPE: Final = re.compile(_CAPITAL, re.IGNORECASE)


def addresses(text: str) -> Iterator[Piece]:
    """Find house and street with direction and apartment, post office boxes, and numbered roads."""
    yield from apart(_addresses(text))


def _addresses(text: str) -> Iterator[Piece]:
    for pattern in (_BOX, _ROUTE):
        yield from (group(m, Kind.ADDRESS) for m in pattern.finditer(text))
    yield from (group(m, Kind.ADDRESS) for m in _CALLE.finditer(text) if _is_calle(m))
    for m in _STREET.finditer(text):
        if _is_street(m):
            yield group(m, Kind.ADDRESS)
    yield from (group(m, Kind.ADDRESS) for m in _LOT.finditer(text))
    for m in _NAME_FIRST.finditer(text):
        is_home = _AT_HOME.search(text, max(0, m.start() - _NEAR_HOUSE), m.start()) is not None
        if is_home and not _COUNTED.match(text, m.end()) and _is_name(m["value"].split()[0]):
            yield group(m, Kind.ADDRESS)
    last = None
    for m in _HOUSE.finditer(text):
        follows = (
            last is not None
            and m.start("value") - last <= _NEXT
            and _THEN.match(text[last : m.start("value")]) is not None
        )
        if (end := _house_end(m, follows=follows)) is not None:
            yield Piece(m.start("value"), end, Kind.ADDRESS)
            last = end


def _is_street(match: re.Match[str]) -> bool:
    name = match["name"].split()
    if any(
        word.strip(".,").lower() in _NO_STREET
        or word.lower() in ("apartment", "apt", "apto", "unit", "suite")
        or (len(word) > _LONGEST_SHORTENED and word[-1] == ".")
        for word in name
    ):
        return False
    if all(word[0].isupper() or word[0].isdigit() for word in name) and match["type"][0].isupper():
        return True
    if _CAPITAL_TYPE.fullmatch(match["type"]):
        return False
    if _SURE_TYPE.fullmatch(match["type"]) and match["type"].lower() not in ("drive", "court", "circle", "ter"):
        return True
    return _PLACE_BEFORE.search(match.string, max(0, match.start() - 20), match.start()) is not None


def _is_calle(match: re.Match[str]) -> bool:
    """Return whether what follows "calle" is a street's name and number, and not talk about a street."""
    if _COUNTED.match(match.string, match.end("value")):
        return False
    if match["name"] is None or match["named"]:
        return True
    words = [w.strip(".,") for w in match["name"].split()]
    return all(_is_name(w) or lexicon.bare(w) in _CALLE_LINKS or w.isdigit() for w in words) or (
        len(words) <= _SHORT_NUMBER
        and _LIVES.search(match.string, max(0, match.start() - _NEAR_HOUSE), match.start()) is not None
    )


def _house_end(match: re.Match[str], *, follows: bool) -> int | None:
    """Return where a house with a street's name ends; None if the words around it do not make it one."""
    words = list(_NAME_WORD.finditer(match.string, match.start("name"), match.end("name")))
    first = words[0][0].strip(".,'’")
    if lexicon.bare(first) in _NO_STREET or _COUNTED.match(
        match.string, match.end("value") if match["unit"] is None else match.end("unit")
    ):
        return None
    start = max(0, match.start("value") - _NEAR_HOUSE)
    is_home = _LIVES.search(match.string, start, match.start("value")) is not None
    has_town = match["town"] is not None or match["unit"] is not None
    is_near = is_home or has_town or follows or _GOES.search(match.string, start, match.start("value")) is not None
    is_long = len(digits(match["value"].split()[0])) > _SHORT_NUMBER
    if not is_near or not (is_home or (_is_name(first) and (has_town or is_long or first[0].isupper()))):
        return None
    if match["unit"] is not None:
        return match.end("unit")
    end = words[0].end()
    for word in words[1:]:
        if not _is_name(word[0]) and not _TYPE.fullmatch(word[0]):
            break
        end = word.end()
    return end - (match.string[end - 1] in ".,")


def _is_name(word: str) -> bool:
    """Return whether a word can be a part of a street's name: capitalized, or not a plain word."""
    low = lexicon.bare(word.strip(".,'’"))
    if low in _NO_STREET or low in _NOT_IN_NAMES or (word.isupper() and len(word) > 1):
        return False
    return word[0].isupper() or low not in lexicon.plain()
