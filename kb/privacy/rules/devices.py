"""Rules for licenses and devices: codes next to their name, typed or spelled, and MAC addresses by shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.privacy import lexicon
from kb.privacy.numerals import ALL, FILLER_PHRASES, FILLERS
from kb.privacy.text import Kind, Piece, apart, group

_I: Final = re.IGNORECASE
_VX: Final = re.IGNORECASE | re.VERBOSE
_LICENSE: Final = re.compile(
    r"""
    \blicen[sc]e\b(?!\s+(?:fees?|agreement|plates?\s+fee)) | \blic\b\.? | \bd\.?\s?l\b\.?(?=\s?(?:\#|no|num|is|:|\d
      |[a-z]\d|[a-z]\b|one|two|three|four|five|six|seven|eight|nine|zero))
    | \blicencia\b | \bpermit\b | \bpassport\b | \bpasaporte\b | \bstate\s+id\b | \b(?:photo|driver'?s?|government
      |gov|school|military|tribal|national)\s+id\b
    | \bid(?:entification)?\s+(?:card|number|no\b\.?|num\b|\#) | \bidentification\b | \bidentificaci[oó]n\b
      | \bmatr[ií]cula\b | \bc[eé]dula\b | \bcurp\b | \bine\b
    | \bcredencial\b | \bgreen\s+card\b | \bresident\s+card\b | \bvisa\s+number\b
    """,
    _VX,
)
_DEVICE: Final = re.compile(
    r"""
    \bserial(?:s|es)?\b | \bserie\b | \bs\s?/\s?n\b | \bsn\b | \bmac\b | \bimei\b | \besn\b | \bmeid\b | \biccid\b
      | \beid\b
    | \b(?:device|host|receiver|unit|equipment|modem|router|box|smart\s?card|sim)\s+(?:id|number|no\b\.?|num\b|\#)
    | \bbarcode\b | \basset\s+tag\b | \bc[oó]digo\s+de\s+barras\b | \bn[uú]mero\s+del?\s+(?:equipo|aparato|m[oó]dem
      |dispositivo|receptor|router|caja)
    """,
    _VX,
)
_MAC: Final = re.compile(
    r"(?<![\w:.\-])(?P<value>[0-9a-f]{2}(?:([:\-.])[0-9a-f]{2}(?:\2[0-9a-f]{2}){4})"
    r"|(?=[a-f ]{0,16}\d)(?=[\d ]{0,16}[a-f])[0-9a-f]{2}(?: [0-9a-f]{2}){5}"
    r"|(?=[0-9.]{0,12}[a-f])[0-9a-f]{4}([.\-])[0-9a-f]{4}\3[0-9a-f]{4})(?![\w:\-]|\.\d)",
    _I,
)
_LONG_CODE: Final = re.compile(
    r"(?<![\w/.@\-])(?P<value>(?=[A-Z\d\-]{0,24}\d)[A-Z\d][A-Z\d\-]{8,28}[A-Z\d])(?![\w/@\-])"
)
"""Capitals and figures together, too long for a model."""
_BEFORE: Final = 120
_THEN_NAMED: Final = re.compile(
    r"^\W*(?:(?:and|y)\s+)?(?:that\s+)?(?:is|was|'s|es|era|as|for|=|-+)\W*(?:(?:the|my|our|his|her|their|a|el|la"
    r"|mi|su|un)\s+)*(?:[^\W\d_]+(?:'s)?\s+(?:de\s+)?){0,2}$",
    _I,
)
"""The text between a code and the name that comes after it."""
_TOKEN: Final = re.compile(rf"\b(?:{FILLER_PHRASES})\b|[^\W_]+|[^\w\s]", _I)
_LETTERS: Final = frozenset(
    """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar
    papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu bee cee dee eff gee aitch jay kay ell
    em en pee cue queue ar ess tee vee ex zee zed be ce efe ge hache jota ka ele eme ene eñe pe cu erre ese te
    uve ve equis ye zeta griega
    """.split()
)
"""Words that letters are spelled with, besides the letters themselves."""
_SHAKY: Final = frozenset(
    "be ce ge ka pe cu te ve ye ese en em ar ex jay kay papa delta golf hotel mike de a i y e o".split()
)
"""Of these, those that are words as well: letters only next to other parts of a code."""
_EXAMPLE: Final = frozenset({"as", "like", "for", "de", "como"})
"""Words between a letter and a word that begins with it: "B as in boy", "F de foca"."""
_JOINERS: Final = frozenset(
    {"capital", "letter", "letra", "mayuscula", "mayúscula", "lowercase", "uppercase", "number", "the", "la", "el"}
)
_SIGNS: Final = frozenset("-.,:;/#|·_")
_BETWEEN: Final = 12
"""Tokens between the name of a code and its beginning."""
_LONGEST: Final = 48
"""Tokens of one code."""
_LEAST_FIGURES: Final = 3
_LEAST_PARTS: Final = 4
"""Letters and figures of a code together."""
_SHORTEST_BARE: Final = 6
_LONGEST_CAPITALS: Final = 5
_LONGEST_SMALL: Final = 4
"""Small letters together in a code that are not a word."""
_SHORTENED: Final = 3
"""Length of an abbreviation; a longer word with a period ends a sentence."""
_STOPS: Final = frozenset(".?!\n")
_AFTER_CODE: Final = re.compile(
    r"\s*(?:dollars?|bucks|d[oó]lares|pesos|percent|%|months?|meses|days?|d[ií]as|weeks?|semanas|hours?|horas"
    r"|years?|a[ñn]os|boxes|cajas|times|veces"
    r"|minutes|minutos|mbps|gb|gig|calls|channels?|devices?|rooms?|tvs?)\b",
    _I,
)
_DATE_OR_PRICE: Final = re.compile(r"\$\s?\d|\d{1,2}/\d{1,2}/\d{2,4}|\d+\.\d\d(?!\d)")
_DECADE: Final = re.compile(r"(?:19|20)\d\d")


def devices(text: str) -> Iterator[Piece]:
    """Find licenses and serial numbers next to their name, also spelled, and MAC addresses by shape."""
    yield from apart(_devices(text))


def _devices(text: str) -> Iterator[Piece]:
    yield from (group(m, Kind.DEVICE) for m in _MAC.finditer(text))
    yield from (group(m, Kind.DEVICE) for m in _LONG_CODE.finditer(text) if _is_mixed(m["value"]))
    named = [(m.start(), m.end(), Kind.DEVICE) for m in _DEVICE.finditer(text)]
    named += [(m.start(), m.end(), Kind.LICENSE) for m in _LICENSE.finditer(text)]
    named.sort()
    # A code belongs to the last name before it: so no part of a text is looked at twice.
    for (start, end, kind), until in zip(named, [*(start for start, _, _ in named[1:]), len(text)], strict=False):
        code = _code_after(text, end, until) or _code_before(text, start)
        if code is not None:
            yield Piece(*code, kind)


def _is_mixed(value: str) -> bool:
    """Return whether a long code has both letters and enough figures."""
    figures = sum(c.isdigit() for c in value)
    return figures >= _LEAST_PARTS and len(value) - figures - value.count("-") >= 2  # noqa: PLR2004 - a model has one or two


def _code_before(text: str, end: int) -> tuple[int, int] | None:
    """Return the place of the last code that ends right before its name: "4417RAX0092D is the serial number"."""
    tokens = list(_TOKEN.finditer(text, max(0, end - _BEFORE), end))
    found = None
    at = 0
    while at < len(tokens):
        code, used = _code(text, tokens, at)
        if code is not None and _THEN_NAMED.search(text[code[1] : end]):
            found = code
        at += max(1, used)
    return found


def _code_after(text: str, start: int, until: int) -> tuple[int, int] | None:
    """Return the place of the first code that begins soon after its name."""
    tokens = list(_TOKEN.finditer(text, start, min(until, start + 400)))
    words, at = 0, 0
    while at < len(tokens) and words <= _BETWEEN:
        if tokens[at][0] in _STOPS and _ends_sentence(text, tokens, at):
            return None
        code, used = _code(text, tokens, at)
        if code is not None:
            return code
        step = max(1, used)
        words += sum(token[0][0].isalnum() for token in tokens[at : at + step])
        at += step
    return None


def _ends_sentence(text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a sign ends a sentence, and not an abbreviation such as "no."."""
    end = tokens[at].end()
    shortened = tokens[at][0] == "." and (at == 0 or len(tokens[at - 1][0]) <= _SHORTENED)
    return not shortened and (end >= len(text) or text[end].isspace())


def _code(text: str, tokens: Sequence[re.Match[str]], first: int) -> tuple[tuple[int, int] | None, int]:
    """Return the place of a code that begins at a token, and how many tokens were looked at."""
    if not _is_part(tokens, first, begins=True):
        return None, 1
    at, last, figures, parts = first, first, 0, 0
    while at < len(tokens) and at - first < _LONGEST:
        example = _example(tokens, at)
        if example:
            last, parts, at = at + example - 1, parts + 1, at + example
        elif _is_part(tokens, at, begins=False):
            word = tokens[at][0].lower()
            n = sum(c.isdigit() for c in word) or (word in ALL and not word.isdigit())
            figures, parts = figures + n, parts + (len(word) if any(c.isdigit() for c in word) else 1)
            last, at = at, at + 1
        elif _is_between(tokens, at):
            at += 1
        else:
            break
    start, end = tokens[first].start(), tokens[last].end()
    value = text[start:end]
    if figures < _LEAST_FIGURES or parts < _LEAST_PARTS or not _is_code(text, value, end):
        return None, last - first + 1
    return (start, end), last - first + 1


def _is_code(text: str, value: str, end: int) -> bool:
    """Return whether a value is not a date, a price, a year or a count."""
    if _DATE_OR_PRICE.search(value) or _DECADE.fullmatch(value) or (_AFTER_CODE.match(text, end) and value.isdigit()):
        return False
    return not value.isdigit() or len(value) >= _SHORTEST_BARE


def _is_part(tokens: Sequence[re.Match[str]], at: int, *, begins: bool) -> bool:
    """Return whether a token is a letter, a figure or a word for one, or letters with figures."""
    word = tokens[at][0].lower()
    if any(c.isdigit() for c in word):
        return True
    if word in _SHAKY and (begins or len(word) > 1):
        is_doubled = at > 0 and tokens[at - 1][0].lower() == word
        return _is_sure(tokens, at + 1) or (not begins and (is_doubled or _is_sure(tokens, at - 1)))
    if word in ALL or word in _LETTERS or (len(word) == 1 and word.isalpha()):
        return True
    return word.isalpha() and _are_letters(tokens, at, begins=begins)


def _are_letters(tokens: Sequence[re.Match[str]], at: int, *, begins: bool) -> bool:
    """Return whether a word is letters of a code: in capitals, or a few small ones that are not a word."""
    word = tokens[at][0]
    if word.isupper() and len(word) <= _LONGEST_CAPITALS:
        return not begins or _has_figures_next(tokens, at)
    return len(word) <= _LONGEST_SMALL and word.lower() not in lexicon.plain() and _has_figures_next(tokens, at)


def _is_sure(tokens: Sequence[re.Match[str]], at: int, depth: int = 2) -> bool:
    """Return whether a token can only be a part of a code, or comes before one that can."""
    while at < len(tokens) and (tokens[at][0] in _SIGNS or " " in tokens[at][0]):
        at += 1
    if not 0 <= at < len(tokens):
        return False
    word = tokens[at][0].lower()
    if word in _SHAKY:
        return depth > 0 and _is_sure(tokens, at + 1, depth - 1)
    if any(c.isdigit() for c in word) or word in ("dash", "guion", "guión", "colon", "dot"):
        return True
    return (word in ALL and word not in ("o", "mil")) or word in _LETTERS or (len(word) == 1 and word.isalpha())


def _has_figures_next(tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether the next word has figures, whatever sign is between."""
    after = next(
        (t[0].lower() for t in tokens[at + 1 : at + 4] if t[0] not in _SIGNS and t[0].lower() not in FILLERS), ""
    )
    return any(c.isdigit() for c in after) or after in ALL


def _example(tokens: Sequence[re.Match[str]], at: int) -> int:
    """Return how many tokens "B as in boy" takes; none if a token does not begin such words."""
    letter = tokens[at][0].lower()
    if len(letter) != 1 or not letter.isalpha() or at + 2 >= len(tokens) or tokens[at + 1][0].lower() not in _EXAMPLE:
        return 0
    n = at + 2
    if tokens[n][0].lower() == "in":
        n += 1
    return n - at + 1 if n < len(tokens) and tokens[n][0].lower().startswith(letter) else 0


def _is_between(tokens: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a token may stand within a code: a sign, or a word such as "dash"."""
    word = tokens[at][0].lower()
    return word in _SIGNS or word in FILLERS or " " in word or (word in _JOINERS and _is_sure(tokens, at + 1))
