"""Rules for names of people: introduced ones, whatever they are, and given names wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from kb.privacy import lexicon
from kb.privacy.rules.name_words import (
    DOES,
    NO_NAMES,
    PARTICLES,
    PLACES_AFTER,
    PLACES_BEFORE,
    STATES,
    SUFFIXES,
    SURNAME_WORDS,
)
from kb.privacy.text import Kind, Piece, apart

_VX: Final = re.IGNORECASE | re.VERBOSE


class _Trust(IntEnum):
    """How sure it is that the words after something are a name."""

    NOTHING = 0
    """Nothing came before."""
    BEGINNING = 1
    """"I am", "it's", "con": what follows is often something else."""
    ROLE = 2
    """"Agent", "my husband", "the technician": a name may follow, or a verb."""
    NAMED = 3
    """"My name is", "me llamo": hardly anything else follows."""


_KIN: Final = (
    r"(?:wife|husband|spouse|partner|fianc[eé]+|mother|mom|mum|father|dad|son|daughter|sister|brother|aunt|uncle"
    r"|grandma"
    r"|grandmother|grandpa|grandfather|grandson|granddaughter|cousin|niece|nephew|roommate|room\s?mate|neighbou?r"
    r"|boyfriend"
    r"|girlfriend|ex|ex-?wife|ex-?husband|landlord|tenant|boss|friend|caregiver|kid|stepson|stepdaughter|in-?law)"
)
_PARIENTE: Final = (
    r"(?:espos[oa]|marido|mujer|mam[aá]|madre|pap[aá]|padre|hij[oa]|herman[oa]|abuel[oa]|abuelit[oa]|t[ií][oa]"
    r"|prim[oa]|sobrin[oa]"
    r"|niet[oa]|vecin[oa]|suegr[oa]|cu[ñn]ad[oa]|novi[oa]|inquilin[oa]|compañer[oa]|amig[oa]|ex)"
)
_ROLES: Final = (
    r"(?:rep(?:resentative)?|agent|lady|man|guy|woman|girl|gentleman|person|dude|tech(?:nician)?|installer"
    r"|supervisor|manager|employee"
    r"|cashier|clerk|advisor|specialist|salesman|salesperson|collector|attorney|lawyer|agente|t[eé]cnic[oa]"
    r"|ejecutiv[oa]|operador(?:a)?"
    r"|asesor(?:a)?|emplead[oa]|encargad[oa]|gerente|supervisor(?:a)?|vendedor(?:a)?|representante|muchach[oa]"
    r"|chic[oa]|joven|licenciad[oa]"
    r"|instalador(?:a)?)"
)
_ON: Final = (
    r"(?:on|of|for|en|de|del)\s+(?:(?:the|this|my|our|la|el|mi|esta)\s+)?(?:account|bill|card|lease|contract"
    r"|service|cuenta|factura|recibo|tarjeta|contrato)"
)
_SAYS: Final = (
    r"(?:is|was|'s|are|should\s+be|would\s+be|used\s+to\s+be|reads?|says?|shows?|as|es|era|son|est[aá]|debe\s+ser"
    r"|dice|aparece\s+como|sale\s+como)"
)
_HOLDER: Final = (
    r"(?:(?:account|card|policy|primary|main)\s?-?holder|cardholder|(?:authorized|primary|main)\s+(?:user|person"
    r"|customer)s?"
    r"|account\s+owner|subscriber|customer|titular(?:\s+de\s+la\s+(?:cuenta|tarjeta))?|usuari[oa]\s+autorizad[oa]"
    r"|client[ea]|suscriptor|dueñ[oa]\s+de\s+la\s+cuenta)"
)
_USER: Final = (
    r"(?:(?:account|card|primary)\s?-?holder|cardholder|(?:authorized|primary)\s+user|account\s+owner|titular"
    r"|usuari[oa]\s+autorizad[oa])"
)
_NAMED: Final = re.compile(
    rf"""
    \b(?:
        (?:(?:full|first|last|middle|legal|real|maiden|given|family|nick|sur|customer|account|cardholder|contact|user
          |birth)\s?-?)?
        names?(?:\s+{_ON})?\s*(?:{_SAYS}\b(?:\s+(?:really|actually|now|still|just|spelled|listed\s+as|also|not))*|[:=])
      | (?:first|last|full|middle|customer|account\s?holder'?s?|contact|given|maiden|my|the|by)\s+name(?!s|'
        |\s*(?:{_SAYS}\b|[:=])|\s+{_ON})
      | (?:in|under|by|on)\s+(?:the\s+)?name(?:\s+of)? | names?\s+{_ON}(?=\s+(?-i:[A-ZÁÉÍÓÚÑ]))
      | {_HOLDER}(?:'s\s+name)?\s*(?:{_SAYS}|[:=])
      | (?:addressed|made\s+out|mailed|registered|assigned|belongs?|transferred)\s+to(?:\s+(?:a|my)\s+{_KIN})?
      | (?:signed|opened|written|approved|set\s+up|handled|completed)\s+by | (?:c/o|care\s+of|attn|attention
        |signed)\b\s*[:,.]?
      | (?:named|goes\s+by|(?:is|was|were|am|who's|lady|guy|man|woman|girl|agent|rep|person)\s+called)
      | me\s+llamo | (?:se|te)\s+llama(?:ba|s)? | a\s+nombre\s+de(?:l?\s+(?:mi\s+{_PARIENTE}|un[oa]?|se[ñn]ora?))?
      | (?:mi|su|el|tu)\s+(?:verdadero\s+)?(?:nombre|apellido)(?:\s+(?:completo|correcto|real
        |legal))?(?:\s+{_ON})?\s*(?:{_SAYS}|[:=])
      | (?:nombre|apellidos?)(?:\s+(?:completo|del\s+titular|del\s+cliente))?\s*(?:{_SAYS}\b|[:=]) | apellidos?
      | firmad[oa]\s+por | dirigid[oa]\s+a | (?:de|por)\s+parte\s+de | pertenece\s+a
      | (?:on\s+)?behalf\s+of(?:\s+(?:a|my)\s+{_KIN})? | en\s+nombre\s+de(?:\s+mi\s+{_PARIENTE})? | (?:calling
        |speaking)\s+for | familia | (?:me|le)\s+(?:dicen|llaman)
      | un[oa]?\s+tal | atentamente\s*[,:]? | atte\.?\s*[,:]?
    )\s*(?=[^\W\d_])
    """,
    _VX,
)
_ROLE: Final = re.compile(
    rf"""
    \b(?: {_ROLES}(?:,|\s+(?:named|called|llamad[oa]|de\s+nombre))?
        | (?:my|his|her|their|our|the|an?|late|mi|su|de\s+mi|la|el|un[oa]?)\s+(?:{_KIN}|{_PARIENTE}
          |{_ROLES})(?:'s\s+name)?(?:,|\s+(?:is|es|named|called|de\s+nombre))?
        | {_USER} | bill\s+of | account\s+of | cuenta\s+de | hi | hello | hey | hola | dear | estimad[oa] | thanks
          | gracias
        | mi\s+nombre(?:\s+completo)? | nombre\s+(?:del\s+(?:titular|cliente)|completo) | (?-i:\bI), | yo,
          | power\s+of\s+attorney\s+for
        | call\s+me | ask\s+for | pregunt[ea]n?\s+por
    )\s+(?=[^\W\d_])
    """,
    _VX,
)
_TITLED: Final = re.compile(
    r"\b(?P<title>(?:mrs?|ms|dr|sra?|srta|mister|don|do[ñn]a|miss|se[ñn]or(?:a|ita)?|prof|hon|sgt|capt"
    r"|rev)\b\.?\s+(?:(?:don|do[ñn]a)\s+)?)(?=[^\W\d_])",
    re.IGNORECASE,
)
_BEGINNING: Final = re.compile(
    r"""
    \b(?: this\s+is | (?:it|here)(?:\s+i|')s | i\s+am | i'm | im | we\s+are | soy | somos | habla(?!\s+espa)
      | (?:les?|quien)\s+(?:habla|escribe) | aqu[ií] | ac[aá]
        | (?:sp[eo]a?k(?:e|ing|s)?|talk(?:ed|ing)?|chatt(?:ed|ing)|dealt|dealing|met)\s+(?:with|to)
        | (?:helped|assisted|served|told|sold|promised|contacted|called|billed|visited|overcharged)\s+by
          | habl(?:[eé]|ando|o|amos|aron|[oó])\s+(?:con|a)
        | (?:me|nos)\s+(?:atendi[oó]|ayud[oó]|vendi[oó]|llam[oó]|dijo|cobr[oó]|prometi[oó]|coment[oó]|respondi[oó]
          |contest[oó]|colg[oó]|transfiri[oó])
        | atendid[oa]\s+por | (?:signed|regards|sincerely|yours|cheers|best|saludos|cordialmente|respectfully)
    )\b[,.!:\s-]{1,4}(?=[^\W\d_])
    """,
    _VX,
)
_SAID: Final = (
    r"(?:said|says|told|promised|lied|hung|answered|quoted|offered|agreed|assured|refused|sold|helped|transferred"
    r"|me\s+(?:dijo|prometi[oó]"
    r"|cobr[oó]|colg[oó]|atendi[oó]|ofreci[oó]|asegur[oó]|vendi[oó]|transfiri[oó]))"
)
_BEFORE_SAID: Final = re.compile(
    rf"(?P<name>\b[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+(?:\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)?)(?i:,?\s+(?:(?:who|from|in|at|with|de"
    rf"|en|del)\s+(?:[^\W\d_]+\s+){{1,3}}?)?{_SAID})\b"
)
_FIRST: Final = re.compile(r"^\s{0,3}(?P<name>[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+\s[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+),\s")
"""Two capitalized words and a comma at the beginning."""
_BEFORE_BOTH: Final = re.compile(
    r"\b(?:for|by|with|about|named|con|para|sobre)\s+"
    r"(?P<name>[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]{2,}\s(?:[A-ZÁÉÍÓÚÑ]\.?\s)?[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]{2,})"
    r"(?!\s+[A-ZÁÉÍÓÚÑ]|[\w'’])"
)
"""Two capitalized words, and not three, after a word that people stand after."""
_AT_START: Final = re.compile(
    r"^\W*(?P<name>[^\W\d_]+(?:\s+[^\W\d_]+){0,2}?)\s*,?\s+(?:here|calling|speaking|writing|again\s+(?:here"
    r"|about)|aqu[ií]|al\s+habla|le\s+(?:habla|escribe))\b",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"(?:(?i:\bthanks?(?:\s+you)?|\bregards|\bsincerely|\bgracias|\bsaludos|\bcordialmente|\bbest|\bcheers"
    r"|\byours(?:\s+truly)?)[,.!:]?\s+|\s[-–—~]{1,3}\s{0,3}|\n[ ]{0,3}|^\s{0,3}[-–—~]\s{0,3})"
    r"(?P<name>[A-ZÁÉÍÓÚÑ][a-záéíóúñü'’]+(?:\s+[A-ZÁÉÍÓÚÑ]\.?)?(?:\s+[A-ZÁÉÍÓÚÑ][\w'’]+){0,2})\s*[.!]?\s*$"
)
_DOUBTFUL_TITLES: Final = frozenset(("miss", "don", "hon", "rev"))
"""Titles that are words as well, in small letters."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_LEAST_UNKNOWN: Final = 3
_MOST_WORDS: Final = 4
_MOST_SMALL: Final = 3
"""Words of a name in small letters; more would be the sentence that goes on."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    bare: str
    """In small letters, without accents, period and "'s"."""
    is_capital: bool
    is_upper: bool
    """In capitals from end to end, in a text that is not."""
    ends: bool
    """Whether a sentence ends here."""


def names(text: str) -> Iterator[Piece]:
    """Find names: what "my name is" and the like introduce, and given names anywhere, each with its last name."""
    words = _words(text)
    if not words:
        return
    yield from apart(_names(text, words, {word.start: n for n, word in enumerate(words)}))


def _words(text: str) -> list[_Word]:
    """Return the words; in a text all in capitals, none counts as capitalized."""
    shouts = text.isupper()
    words = []
    for match in _WORD.finditer(text):
        word = match[0]
        core = word.rstrip(".")
        if core[-2:] in ("'s", "’s"):
            core = core[:-2]
        ends = word.endswith(".") and len(core) > 2  # noqa: PLR2004 - an initial or a title has a period, too
        end = match.start() + (len(word) if word.endswith(".") and not ends else len(core))
        is_capital = word[0].isupper() and not shouts and (len(core) == 1 or not core.isupper())
        is_upper = core.isupper() and not shouts
        words.append(_Word(match.start(), end, lexicon.bare(core), is_capital, is_upper, ends))
    return words


def _names(text: str, words: Sequence[_Word], places: dict[int, int]) -> Iterator[Piece]:
    given, rare, also_words, plain = lexicon.given(), lexicon.given_rare(), lexicon.given_words(), lexicon.plain()
    known = [
        n for n, w in enumerate(words) if w.bare in given or (w.is_capital and (w.bare in rare or w.bare in also_words))
    ]
    if known or not plain.issuperset(w.bare for w in words):
        yield from _introduced(text, words, places, _TITLED, _Trust.NAMED)
        yield from _introduced(text, words, places, _NAMED, _Trust.NAMED)
        yield from _introduced(text, words, places, _ROLE, _Trust.ROLE)
        for pattern in (_BEGINNING, _BEFORE_SAID, _BEFORE_BOTH, _FIRST, _AT_START, _SIGNED):
            yield from _introduced(text, words, places, pattern, _Trust.BEGINNING)
    elif not also_words.isdisjoint(w.bare for w in words):
        # Nothing but plain words: some are names, too, and one of them may be said to be a name.
        yield from _introduced(text, words, places, _NAMED, _Trust.NAMED)
    for n in known:
        yield from _at(text, words, n, _Trust.NOTHING)


def _introduced(
    text: str, words: Sequence[_Word], places: dict[int, int], pattern: re.Pattern[str], trust: _Trust
) -> Iterator[Piece]:
    """Yield the names after what a pattern matches, or in its group "name", with a title before it."""
    has_name, has_title = "name" in pattern.groupindex, "title" in pattern.groupindex
    for match in pattern.finditer(text):
        believed = trust
        if has_title and match["title"].strip(". ") in _DOUBTFUL_TITLES:
            believed = _Trust.BEGINNING
        if pattern is _BEFORE_BOTH and not all(_is_unknown(w) for w in _words(match["name"]) if len(w.bare) > 1):
            continue
        for piece in _at(text, words, places.get(match.start("name") if has_name else match.end()), believed):
            yield Piece(match.start(), piece.end, piece.kind) if has_title else piece


def _at(text: str, words: Sequence[_Word], first: int | None, trust: _Trust) -> Iterator[Piece]:
    """Yield the name that begins at a word, if one does."""
    if first is None or not _begins(words, first, trust):
        return
    last, n_words, at = first, 1, first + 1
    while at < len(words) and n_words < _MOST_WORDS and not words[last].ends:
        between = text[words[at - 1].end : words[at].start]
        if between.strip(" .") or "\n" in between or words[at - 1].ends:
            break
        if (words[at].bare in PARTICLES and at == last + 1) or _two_particles(words, at, last):
            at += 1
            continue
        if not _continues(words[first], words[at], is_next=at == last + 1, n_words=n_words):
            break
        last, n_words, at = at, n_words + 1, at + 1
    yield Piece(words[first].start, words[last].end, Kind.NAME)


def _two_particles(words: Sequence[_Word], at: int, last: int) -> bool:
    return at == last + 2 and words[at].bare in ("la", "los", "las") and words[at - 1].bare == "de"


def _begins(words: Sequence[_Word], first: int, trust: _Trust) -> bool:
    """Return whether a name begins at a word, by what came before it and by the word itself."""
    word = words[first]
    if _cannot_begin(words, first, trust):
        return False
    is_rare = word.bare in lexicon.given_rare() and (word.is_capital or trust is not _Trust.NOTHING)
    if word.bare in lexicon.given() or is_rare:
        return True
    if trust is _Trust.NOTHING:
        return word.is_capital and _is_full_name(words, first)
    after = words[first + 1] if first + 1 < len(words) else None
    return _is_capital_name(word, after, trust) if word.is_capital else _is_small_name(word, after, trust)


def _cannot_begin(words: Sequence[_Word], first: int, trust: _Trust) -> bool:
    """Return whether a word is not a name here, whatever lists it is on: talk, a place, or an initial alone."""
    word = words[first]
    if word.bare in NO_NAMES or word.bare in PARTICLES:
        return True
    if len(word.bare) == 1 and not (word.is_capital and trust is _Trust.NAMED):
        return True
    if trust is _Trust.NAMED:
        return False
    is_after_place = first > 0 and words[first - 1].bare in PLACES_BEFORE
    return word.bare in PLACES_BEFORE or is_after_place or (trust is _Trust.NOTHING and _is_place(words, first))


def _is_capital_name(word: _Word, after: _Word | None, trust: _Trust) -> bool:
    """Return whether a capitalized word that was introduced is a name."""
    if word.bare in lexicon.given_words() and after is not None and _is_unknown(after):
        return True
    is_also_name = word.bare in lexicon.given_words() or word.bare in SURNAME_WORDS
    return word.bare not in lexicon.plain() or (is_also_name and trust >= _Trust.ROLE)


def _is_small_name(word: _Word, after: _Word | None, trust: _Trust) -> bool:
    """Return whether a word in small letters that was introduced is a name, though not a known one."""
    if trust is _Trust.NAMED:
        return word.bare in lexicon.given_words() or word.bare not in lexicon.plain()
    is_word = len(word.bare) < _LEAST_UNKNOWN or word.bare in lexicon.plain()
    return trust is _Trust.ROLE and after is not None and after.bare in DOES and not is_word


def _is_place(words: Sequence[_Word], first: int) -> bool:
    """Return whether a capitalized word stands after "in", or before "County" or the letters of a state."""
    if not words[first].is_capital:
        return False
    after = words[first + 1] if first + 1 < len(words) else None
    if after is not None and (after.bare in PLACES_AFTER or (after.is_upper and after.bare.upper() in STATES)):
        return True
    return (
        first > 0
        and words[first - 1].bare in ("in", "en", "near", "outside")
        and (after is None or not after.is_capital)
    )


def _is_full_name(words: Sequence[_Word], first: int) -> bool:
    """Return whether a given name that is also a word is followed by a last name, both capitalized."""
    if first + 1 >= len(words) or words[first].ends:
        return False
    after = words[first + 1]
    return (
        words[first].bare in lexicon.given_words()
        and after.is_capital
        and after.start == words[first].end + 1
        and after.bare not in NO_NAMES
        and after.bare not in lexicon.plain()
        and (after.bare in lexicon.given() or after.bare in lexicon.given_rare())
    )


def _is_unknown(word: _Word) -> bool:
    """Return whether a capitalized word is not among the plain ones."""
    return (
        word.is_capital
        and len(word.bare) >= _LEAST_UNKNOWN
        and word.bare not in lexicon.plain()
        and word.bare not in NO_NAMES
    )


def _continues(first: _Word, word: _Word, *, is_next: bool, n_words: int) -> bool:
    """Return whether a word is another part of a name."""
    low = word.bare
    if low in SUFFIXES or low in NO_NAMES:
        return low in SUFFIXES
    if len(low) == 1:
        return (first.is_capital or first.is_upper) == word.is_capital and low not in ("a", "i", "y", "e", "o")
    if word.is_capital or first.is_capital:
        return word.is_capital and first.is_capital
    is_plain = low in lexicon.plain()
    if first.is_upper and word.is_upper and not is_plain:
        return True
    is_known = low in lexicon.given() or low in lexicon.given_rare() or low in SURNAME_WORDS
    return n_words < _MOST_SMALL and (is_known or (not is_plain and (is_next or n_words > 1)))
