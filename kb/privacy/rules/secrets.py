"""Rules for e-mail addresses, however they are spelled, and for passwords and answers to security questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.privacy.text import Kind, Piece, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_VX: Final = re.IGNORECASE | re.VERBOSE
_ENDS: Final = r"(?:com|net|org|edu|gov|mil|info|biz|io|co|us|me|mx|uk|es|ca|de|tv|online)"
_DOT: Final = r"(?:\s*[(\[<{]\s*(?:dot|punto)\s*[)\]>}]\s*|\s+(?:dot|punto)\s+|\s*\.\s*)"
_LOCAL: Final = r"[\w.+\-]{1,64}(?:\s+(?:dot|punto|underscore)\s+[\w\-]{1,64}){0,3}"
_SIGNED: Final = re.compile(
    rf"""
      (?P<a>[\w.+%'\-]{{1,64}}@{{1,2}}[\w\-]{{1,64}}
         (?:(?:\.{{1,2}}|[,;](?={_ENDS}\b)|\s+(?:dot|punto)\s+)[\w\-]{{1,64}}){{1,6}})
    | (?P<b>[\w.+%'\-]{{1,64}}\s{{0,2}}@\s{{0,2}}[\w\-]{{1,64}}(?:\s?\.\s?[\w\-]{{1,64}}){{0,4}}\s?\.\s?{_ENDS}\b)
    | (?P<endless>\w[\w.+\-]{{1,63}}@[\w\-]{{2,64}})
    """,
    _VX,
)
_SPELLED: Final = (
    (
        re.compile(r"[(\[<{]\s*(?:at|arroba|@)\s*[)\]>}]", re.IGNORECASE),
        re.compile(
            rf"(?P<value>{_LOCAL}\s*[(\[<{{]\s*(?:at|arroba|@)\s*[)\]>}}]\s*[\w\-]{{1,64}}(?:{_DOT}[\w\-]{{1,64}}){{0,4}})",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(rf"\s(?:dot|punto)\s+{_ENDS}\b", re.IGNORECASE),
        re.compile(
            rf"(?P<value>{_LOCAL}\s+(?:at|arroba)\s+[\w\-]{{1,64}}(?:(?:\s+(?:dot|punto)\s+|\.)[\w\-]{{1,64}}){{0,3}}"
            rf"\s+(?:dot|punto)\s+{_ENDS}\b)",
            re.IGNORECASE,
        ),
    ),
)
"""Each slow pattern with a quick one that must match first."""
_MAIL_HOSTS: Final = r"(?:gmail|hotmail|icloud|outlook|protonmail|yahoo)"
_AT_SITE: Final = re.compile(rf"\s(?:at|arroba)\s+(?:[\w\-]+\.|{_MAIL_HOSTS}\b)", re.IGNORECASE)
_AT: Final = re.compile(
    rf"(?P<name>[\w.+\-]{{1,64}})\s+(?:at|arroba)\s+(?P<host>[\w\-]{{2,64}}(?:\.[\w\-]{{1,64}}){{0,3}}\.{_ENDS}|{_MAIL_HOSTS})\b",
    re.IGNORECASE,
)
_MAILBOX: Final = re.compile(r"mail|log\s?in|\buser|\bid\b|\bcorreo|usuario", re.IGNORECASE)
_NEAR: Final = 40
"""Characters on either side in which a mailbox or login must be named, for an address without an ending."""
_NO_NAMES: Final = frozenset(
    """
    a account address agent am an and arrive arrived available back be been bill billing bills blog browse
    browsing buy call called chat check checked checking cost customer customers deal down email file find form
    found get go going gone guy had here him home i in info information is it item link log login look looked
    looking looks mail mailbox me my myself number off offer offered on one online order ordered out over page
    paid password pay paying payment people plan posted price prices purchase purchased read reading review saw
    see seen service shop shopping shown sign signed site stare stared stay store support team that the them
    then there things this times to try trying up us was watch watched website went work worked working works
    you
    """.split()
)
"""Words before "at example.com" that mean the site, not a mailbox."""


def emails(text: str) -> Iterator[Piece]:
    """Find e-mail addresses, also with "at" and "dot", with spaces and with typing errors."""
    for sign, pattern in _SPELLED:
        if sign.search(text):
            yield from (group(m, Kind.EMAIL) for m in pattern.finditer(text))
    if _AT_SITE.search(text):
        for m in _AT.finditer(text):
            if m["name"].lower() not in _NO_NAMES:
                yield Piece(m.start("name"), m.end("host"), Kind.EMAIL)
    if "@" not in text:
        return
    for m in _SIGNED.finditer(text):
        near = _MAILBOX.search(text, max(0, m.start() - _NEAR), m.end() + _NEAR)
        if m["endless"] is None or near is not None:
            yield group(m, Kind.EMAIL, m.lastgroup or "a")


# ----------------------------------------------------------------------------------------------- passwords

_WORDS: Final = (
    r"(?:\bpass\s?(?:word|phrase|code|wd|wrd)s?\b|\bpasswd\b|\bpass(?=\s*[:=])|\bmy\s+pass(?=\s+(?:is|was)\b)|\bpwd?\b|\bpsw\b"
    r"|contrase[nñ]a|\bclave\b|\bsecret\s+word\b|\bpalabra\s+secreta\b)"
)
_NAMED: Final = re.compile(
    r"pass|pwd?\b|psw|contrase|clave|secret|security|answer|maiden|respuesta|log|user|id|usuario", re.IGNORECASE
)
_QUOTED: Final = r"\"(?P<q>[^\"\x00]{2,60})\"|'(?P<s>[^'\x00]{3,60})'"
_ONE: Final = r"(?P<token>[^\s\x00\"]{2,60})"
_STATED: Final = re.compile(
    rf"""
    {_WORDS}(?P<gap>[^\x00.?!:=\"\n]{{0,50}}?)
    (?:\s*(?P<sign>[:=])\s*
     |\s+(?P<verb>is|was|es|era|to|a|as)\s+
      (?:(?:still|now|currently|actually|just|probably|again|only|this|ahora)\s*:?\s+)?:?\s*)
    (?:{_QUOTED}|{_ONE})
    """,
    _VX,
)
_NEXT_TO: Final = re.compile(rf"{_WORDS}\s*\#?\s*(?:{_QUOTED}|{_ONE})", _VX)
_FIRST: Final = re.compile(
    rf"(?P<token>[^\s\x00\"]{{4,60}})\s+(?:is|was|es|as|for)\s+(?:the|my|mi|la|our|a)\s+(?:[\w\-]+\s+){{0,2}}?{_WORDS}",
    _VX,
)
_PAIR: Final = re.compile(
    r"\b(?:log\s?in|user(?:\s?name)?|id|usuario)\b[:=\s]+[^\s/\x00]{2,60}\s*(?:/|\spass\s)\s*(?P<token>[^\s\x00]{4,60})",
    _VX,
)
_ANSWER: Final = re.compile(
    r"""
    (?:(?:security|secret)\s+(?:question\s+)?answer|answer\s+to\s+(?:my|the)\s+(?:security|secret)\s+question
      |maiden\s+name|respuesta\s+(?:secreta|de\s+seguridad))
    \s*(?:\s(?:is|was|es)\s|[:=])\s*["']?(?P<token>[^\s\x00"']{2,60})
    """,
    _VX,
)
_NOT_SECRET: Final = frozenset(
    """
    a about accepted access again all also always an and any applicable at bad being blank blocked bloqueada
    broken by cambiada can cannot case change changed compromised confidential correct correcta could de did
    different difficult disabled do does easy el empty en enter equivocada esta está even expirada expired
    failing fine for forgotten from get gone good hacked had hard has have hidden how if in incorrect incorrecta
    invalid inválida is it its just la leaked less locked log long lost mala mi missing must muy my necesaria
    needed never new no none not nueva obligatoria of off ok okay old on open optional or out outdated pay
    please protected que qué recover rejected requerida required reset right safe same saved secure see
    sensitive set short should show sign simple so stolen stored strong stuck temporary that the them there to
    too un una unavailable under unknown update updated use useless valid vencida verify view válida weak what
    when where which who why will with without working would wrong your
    """.split()
)
"""Words after "password is" that describe the password."""
_STOPS: Final = re.compile(
    r"\s+(?:and|but|so|or|because|which|why|please|can|it|i|y|pero|porque|when|for|on|in|at|what|if)\b|[.,;!?)\]\n\x00]|$",
    _VX,
)
_LONGEST_PHRASE: Final = 120
"""Characters of a phrase that is a secret."""
_LOOSE: Final = ("to", "a", "as")
"""Words between "password" and its value that come before much else as well."""
_OPENERS: Final = "([{<'\""
_EDGES: Final = ".,;:!?)]}>'\""


def passwords(text: str) -> Iterator[Piece]:
    """Find passwords after or before their names, and answers to security questions."""
    if not _NAMED.search(text):
        return
    for m in _STATED.finditer(text):
        if (piece := _stated(m)) is not None:
            yield piece
    for pattern in (_NEXT_TO, _FIRST, _PAIR):
        for m in pattern.finditer(text):
            quoted = _quoted(m)
            if quoted is not None:
                yield quoted
            elif m["token"] is not None and _looks_secret(m["token"]):
                yield _token(m)
    for m in _ANSWER.finditer(text):
        if m["token"].lower() not in _NOT_SECRET:
            yield Piece(m.start("token"), _phrase_end(text, m.start("token")), Kind.PASSWORD)


def _quoted(match: re.Match[str]) -> Piece | None:
    for name in ("q", "s"):
        if name in match.re.groupindex and match[name] is not None:
            return group(match, Kind.PASSWORD, name)
    return None


def _stated(match: re.Match[str]) -> Piece | None:
    """Return the piece after "password is": a token that looks like a secret, or words to the end of the phrase."""
    quoted = _quoted(match)
    if quoted is not None:
        is_phrase = " " in match.string[quoted.start : quoted.end]
        return None if is_phrase and match["verb"] in _LOOSE else quoted
    token = match["token"]
    if _looks_secret(token):
        return _token(match)
    plain = token.strip(_EDGES).lower()
    if match["verb"] in _LOOSE or _describes_it(plain):
        return None
    start = match.start("token")
    return Piece(start, _phrase_end(match.string, start), Kind.PASSWORD)


def _describes_it(word: str) -> bool:
    return not word or word in _NOT_SECRET or word.endswith(("ing", "ed", "n't"))


def _phrase_end(text: str, start: int) -> int:
    """Return the end of a phrase of at most four words."""
    last = min(len(text), start + _LONGEST_PHRASE)
    stop = _STOPS.search(text, start + 1, last)
    end = stop.start() if stop else last
    words = list(re.finditer(r"\S+", text[start:end]))[:4]
    return start + words[-1].end() if words else end


def _token(match: re.Match[str]) -> Piece:
    token = match["token"].rstrip(_EDGES.replace("!", ""))
    end = match.start("token") + len(token)
    return Piece(end - len(token.lstrip(_OPENERS)), end, Kind.PASSWORD)


def _looks_secret(token: str) -> bool:
    """Return whether a token is not a word: letters with digits, or signs or capitals within it."""
    token = token.lstrip(_OPENERS)
    core = token.strip(_EDGES)
    if len(core) < 4:  # noqa: PLR2004 - too short for a password
        return False
    letters = any(c.isalpha() for c in core)
    figures = any(c.isdigit() for c in core)
    signs = any(not c.isalnum() and c not in "'-/." for c in token.rstrip(".,;:?)]}>'\""))
    inner = any(c.isupper() for c in core[1:]) and any(c.islower() for c in core)
    return letters and (figures or signs or inner)
