"""Rules for what names a person or a device: names that are introduced, birthdays, licenses, MAC and serial numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.privacy.rules.given_names import GIVEN_NAMES
from kb.privacy.spoken import FILLER, LETTER, NUMBER
from kb.privacy.text import Kind, Piece, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_I: Final = re.IGNORECASE
_VX: Final = re.IGNORECASE | re.VERBOSE

# ------------------------------------------------------------------------------------------------------- names

_INTRODUCED: Final = re.compile(
    r"""
    \b(?:
        (?:my|his|her|their)\s+(?:(?:full|first|last|legal|real|maiden|(?:wife|husband|mother|father|son|daughter)'s)\s+)?
        name\s*(?:is|was|'s)
      | (?:(?:account|bill|service|it)\s+is\s+)?(?:in|under)\s+the\s+name(?:\s+of)?
      | (?:the\s+)?name\s+on\s+the\s+(?:account|bill|card)\s+(?:is|was|says|reads)
      | name\s*:
      | me\s+llamo | mi\s+nombre\s+(?:completo\s+)?es | (?:est[aá]\s+)?a\s+nombre\s+de | se\s+llama(?:ba)?
      | account\s+holder(?:'s\s+name)?\s*(?:is|:) | titular\s*(?:es|:)
      | signed\s*, | atentamente\s*, | soy(?=\s+[^\W\d_]+\s+[^\W\d_]+\s*(?:,|\by\b|\bde\b|$))
    )\s+(?P<rest>\S[^\n\x00]{0,60})
    """,
    _VX,
)
_CAPITALIZED: Final = re.compile(
    r"""
    \b(?i:(?:this|here)\s+is|i\s+am|i'm|soy|habla|le\s+habla|speaking\s+(?:with|to)|spoke\s+(?:with|to)|talked\s+(?:with|to)
        |(?:rep(?:resentative)?|agent|lady|man|guy|technician|tech|supervisor|manager|agente|t[eé]cnic[oa]|se[ñn]or(?:a|ita)?)
          (?:\s+(?:named|called|llamad[oa]))?
        |habl(?:[eé]|ando|o|amos)\s+con|me\s+atendi[oó]|mr|mrs|ms|dr|sr|sra|srta)\b\.?,?\s+
    (?P<rest>[A-ZÁÉÍÓÚÑ]['’]?[A-Z]?[a-záéíóúñü][^\n\x00]{0,60})
    """,
    re.VERBOSE,
)
_NAME_WORD: Final = re.compile(r"[^\W\d_][\w'’.\-]*")
_PARTICLES: Final = frozenset("de del la las los van von da di el y bin al o'".split())
_MOST_WORDS: Final = 4
_FIRST_AND_LAST: Final = 2
"""Words of a name in small letters; more would be the sentence that goes on."""
_NO_NAMES: Final = frozenset(
    """
    a about account accounts actually all already also an and another any are at autopay auto back bank bill
    billed billing bills but by cable call called can card cargo casa charge charged charges charter chat
    cliente customer customers de declined different due el en english ese esta este estoy fee fees for from
    getting going had has have he her here home hotmail how i i'd i'll i'm i've if im in incorrect internet is
    it its just la late listed mi misspelled mobile moved my name never new no not nueva nuevo of on one or
    other our out over paid pay payment paying phone please por que real representative returning right senior
    service shown sin soy spanish spectrum spelled still store su support sure that the their there they this to
    today trying tv un una unable unhappy upset us using very visa was what when where which who why will with
    writing wrong wireless yes you your customer service tech time warner cox xfinity comcast verizon monday
    tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december español inglés dueño dueña titular usuario usuaria veterano madre padre
    """.split()
)
"""Words after "I am" and "speaking with" that are no names."""


_KIN: Final = (
    r"(?:wife|husband|mother|mom|father|dad|son|daughter|sister|brother|aunt|uncle|roommate|neighbor|late\s+husband)"
)
_PARIENTE: Final = r"(?:espos[oa]|mam[aá]|pap[aá]|hij[oa]|herman[oa]|abuel[oa]|t[ií][oa]|vecin[oa]|suegr[oa])"
_SMALL: Final = re.compile(
    rf"""
    \b(?:this\s+is|here\s+is|i\s+am|i'm|im|soy|habla|(?:sp[eo]a?k(?:e|ing)?|talk(?:ed|ing)?)\s+(?:with|to)|habl(?:[eé]|ando|o)\s+con
        |(?:rep(?:resentative)?|agent|lady|man|guy|tech(?:nician)?|supervisor|manager|agente|t[eé]cnic[oa]|se[ñn]or(?:a|ita)?)
        |named|called|name|llamad[oa]|nombre(?:\s+de)?|cuenta\s+de|bill\s+of|account\s+of|mrs?|ms|dr|sra?|srta
        |my\s+{_KIN}(?:'s\s+name)?|mi\s+{_PARIENTE}|hi|hello|hola|hey)\b[.,:]?\s+
    (?P<rest>[^\W\d_][^\n\x00]{{0,60}})
    """,
    _VX,
)
_HERE: Final = re.compile(
    r"(?:^|[.,!?]\s+)(?P<rest>[^\W\d_][\w'’]+(?:\s+[^\W\d_][\w'’]+)?)(?:\s+(?:here|calling|speaking|aqu[ií])\b)", _I
)
_SIGNED: Final = re.compile(
    r"(?i:\bthanks?(?:\s+you)?|\bregards|\bsincerely|\bgracias|\bsaludos)[,.!]\s+(?P<rest>[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+(?:\s+[A-ZÁÉÍÓÚÑ][\w'’]+){0,2})\s*\.?$",
    re.MULTILINE,
)


def _apart(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces in their order, without those that overlap an earlier one."""
    taken: list[Piece] = []
    for piece in pieces:
        if not any(piece.start < other.end and other.start < piece.end for other in taken):
            taken.append(piece)
            yield piece


def names(text: str) -> Iterator[Piece]:
    """Find names: any words after "my name is" and the like, capitalized ones after "this is" and the like."""
    yield from _apart(_names(text))


def _names(text: str) -> Iterator[Piece]:
    for match in _INTRODUCED.finditer(text):
        yield from _name(match, must_be_capital=False)
    for pattern in (_CAPITALIZED, _SIGNED):
        for match in pattern.finditer(text):
            yield from _name(match, must_be_capital=True)
    for pattern in (_SMALL, _HERE):
        for match in pattern.finditer(text):
            first = _NAME_WORD.match(match["rest"])
            if first is not None and first[0].strip(".'’-").lower() in GIVEN_NAMES:
                yield from _name(match, must_be_capital=False)


def _name(match: re.Match[str], *, must_be_capital: bool) -> Iterator[Piece]:
    """Yield the words at the beginning of a match's rest that can be a name."""
    rest, start = match["rest"], match.start("rest")
    end, words, at = 0, 0, 0
    has_capital = rest[:1].isupper()
    while words < _MOST_WORDS:
        word = _NAME_WORD.match(rest, at)
        if word is None:
            break
        plain = word[0].strip(".'’-").lower()
        is_name = (word[0][0].isupper() and (not must_be_capital or not word[0].isupper() or len(plain) == 1)) or (
            not must_be_capital and not has_capital
        )
        if plain in _PARTICLES and words:
            at = _next(rest, word.end())
            continue
        if not is_name or plain in _NO_NAMES or (words >= _FIRST_AND_LAST and not has_capital):
            break
        end, words = word.end(), words + 1
        if word[0].endswith(".") and len(word[0]) > 3:  # noqa: PLR2004 - an initial or a title has a period, too
            end -= 1
            break
        at = _next(rest, word.end())
        if at == word.end():
            break
    if end:
        yield Piece(start, start + end, Kind.NAME)


def _next(rest: str, end: int) -> int:
    """Return where the next word begins, if only spaces are between."""
    at = end
    while at < len(rest) and rest[at] == " ":
        at += 1
    return at


# --------------------------------------------------------------------------------------------------- birthdays

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
    r"|diciembre)"
)
_DAY: Final = (
    r"(?:\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{1,4}"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:of\s+)?(?:19|20)?\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?{_MONTH}\.?,?\s+(?:of\s+|de(?:l)?\s+)?(?:19|20)?\d\d|\d{{6}}(?!\d)|\d{{8}}(?!\d)"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}\s+de\s+{_MONTH})"
)
_BORN: Final = re.compile(
    rf"(?:\bd\.?o\.?b\b\.?|date\s+of\s+birth|birth\s?da(?:y|te)|\bborn\b|fecha\s+de\s+nacimiento|\bnac[ií](?:d[oa])?\b|cumplea[ñn]os"
    rf"|\bnaci[oó]\b)[^\d\x00\n]{{0,30}}?(?P<value>{_DAY})",
    _I,
)


_BORN_WORDS: Final = (
    r"(?:\bd\.?o\.?b\b\.?|date\s+of\s+birth|birth\s?da(?:y|te)|\bborn\b"
    r"|nacimiento|\bnac[ií](?:d[oa])?\b|cumplea[ñn]os|\bnaci[oó]\b)"
)
_DATE_WORD: Final = rf"(?:{NUMBER}|{_MONTH}|{FILLER}|\d{{1,4}}(?:st|nd|rd|th)?|de|del|of|the|and|y|el)\b"
_BORN_SPOKEN: Final = re.compile(
    rf"{_BORN_WORDS}[^\d\x00\n]{{0,20}}?\b(?P<value>(?:{NUMBER}|{_MONTH}|\d{{1,2}})\b(?:[\s,]+{_DATE_WORD}){{1,14}})",
    _I,
)
_ENOUGH_OF_A_DATE: Final = 2
_SAID: Final = re.compile(rf"\b(?:{NUMBER}|{_MONTH})\b|\d+", _I)


def birthdays(text: str) -> Iterator[Piece]:
    """Find dates of birth next to their name, in figures or in words."""
    yield from _apart(_birthdays(text))


def _birthdays(text: str) -> Iterator[Piece]:
    yield from (group(m, Kind.BIRTHDAY) for m in _BORN.finditer(text))
    for m in _BORN_SPOKEN.finditer(text):
        said = list(_SAID.finditer(m["value"]))
        if len(said) >= _ENOUGH_OF_A_DATE:
            yield Piece(m.start("value"), m.start("value") + said[-1].end(), Kind.BIRTHDAY)


# ------------------------------------------------------------------------------------------ licenses and devices

_LICENSE: Final = re.compile(
    r"""
    (?:\b(?:driver'?s?|driving)\s+licen[sc]e|\blicencia(?:\s+de\s+(?:conducir|manejar))?|\bd\.?l\.?\s?(?:\#|no\.?|number)|\bstate\s+id|\bpassport|\bpasaporte)
    [^\d\x00\n]{0,25}?\b(?P<value>(?=[a-z\-]{0,4}\d)[a-z]{0,3}-?\d[\w\-]{3,16})
    """,
    _VX,
)
_MAC: Final = re.compile(
    r"(?<![\w:.\-])(?P<value>[0-9a-f]{2}(?:([:\-.])[0-9a-f]{2}(?:\2[0-9a-f]{2}){4})|(?=[0-9.]{0,12}[a-f])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:\-]|\.\d)",
    _I,
)
_BARE_MAC: Final = re.compile(r"\bmac\b[^\x00\n]{0,20}?\b(?P<value>(?=[a-f]*\d)[0-9a-f]{12})\b", _I)
_SERIAL: Final = re.compile(
    r"""
    (?:\bserial(?:\s+(?:number|no\.?|num|\#))?|\bs/n\b|\bsn\b\s*[:\#]|n[uú]mero\s+de\s+serie|\bserie\b)
    [^\w\x00\n]{0,6}(?:(?:is|es|was|on\s+(?:the|my|it)|of|del?|label|box|modem|router|caja|m[oó]dem|it|says|reads|dice)\W{1,3}){0,5}
    (?P<value>(?=[a-z\-]{0,12}\d)[a-z0-9][a-z0-9\-]{5,24})(?!\w)
    """,
    _VX,
)


_CODE: Final = rf"(?:{NUMBER}|{LETTER}|{FILLER}|\d{{1,12}}|[a-z]{{1,3}}\d[a-z\d]{{0,10}}|\d[a-z\d]{{1,10}}|de)\b"
_SPELLED: Final = re.compile(
    rf"(?:(?P<license>licen[sc]e|licencia|\bd\.?l\b\.?|pasaporte|passport)|\bserial\b|\bserie\b|\bs/n\b|\bmac\b)[^\x00\n]{{0,30}}?\b"
    rf"(?P<value>(?:{NUMBER}|{LETTER}|\d{{1,12}}|[a-z]{{1,3}}\d[a-z\d]{{0,10}})\b(?:[\s,.:\-]+{_CODE}){{3,24}})",
    _I,
)
_FIGURE: Final = re.compile(rf"\b(?:{NUMBER})\b|\d+", _I)
_LAST: Final = re.compile(rf"\b(?:{NUMBER}|{LETTER}|\w*\d\w*)\b", _I)
_LEAST_FIGURES: Final = 3


def devices(text: str) -> Iterator[Piece]:
    """Find licenses and serial numbers next to their name, also spelled, and MAC addresses by shape."""
    yield from _apart(_devices(text))


def _devices(text: str) -> Iterator[Piece]:
    yield from (group(m, Kind.LICENSE) for m in _LICENSE.finditer(text))
    for pattern in (_MAC, _BARE_MAC, _SERIAL):
        yield from (group(m, Kind.DEVICE) for m in pattern.finditer(text))
    for m in _SPELLED.finditer(text):
        if len(_FIGURE.findall(m["value"])) >= _LEAST_FIGURES:
            end = m.start("value") + [last.end() for last in _LAST.finditer(m["value"])][-1]
            yield Piece(m.start("value"), end, Kind.LICENSE if m["license"] else Kind.DEVICE)
