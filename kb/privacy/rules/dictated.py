"""Rules for numbers that were dictated: who says digits one by one says a number that is somebody's.

A typed number needs a shape or a name next to it, since bills are full of numbers. Nobody dictates a price digit by
digit, so here a word that names a kind may stand further away, on either side, and six digits need no word at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.privacy.spoken import Run
from kb.privacy.text import CLAIMED, Kind, Piece

_VX: Final = re.IGNORECASE | re.VERBOSE
_BEFORE: Final = 70
_AFTER: Final = 35
"""Characters before and after a number in which a word for its kind is looked for."""
_LEAST_SINGLE: Final = 6
"""Digits, said one by one, that need no word."""
_KINDS: Final[Sequence[tuple[Kind, re.Pattern[str], range]]] = (
    (
        Kind.SSN,
        re.compile(r"\bssn|\bitin\b|\bsocial\b(?!\s+media)|\bseguro\b|\btax(?:payer)?\s+id|\bss\s?(?:\#|n)", _VX),
        range(4, 10),
    ),
    (
        Kind.CODE,
        re.compile(
            r"\bc[vs][vc]2?\b|\bcid\b|security\s+(?:code|number)|\bthree\s+(?:digits?|numbers?)|\bback\b"
            r"|\bfront\b|de\s+atr[aá]s|seguridad|verifica"
            r"|\bverif|\bconfirm|one[\s-]?time|\bcodes?\b|\bc[oó]digos?\b|reverso|\botp\b|\b3\s+digits?",
            _VX,
        ),
        range(3, 9),
    ),
    (
        Kind.PIN,
        re.compile(r"\bpins?\b|\bnip\b|\bpass\s?codes?\b|\bclave\b|\bcontrase[ñn]a\b|\bpassword\b", _VX),
        range(4, 9),
    ),
    (
        Kind.CARD,
        re.compile(
            r"\bcards?\b|\bvisa\b|master\s?card|\bamex\b|american\s+express|\bdiscover\b|\btarjetas?\b|\bdebit"
            r"|\bcredit\s+card",
            _VX,
        ),
        range(4, 20),
    ),
    (
        Kind.PHONE,
        re.compile(
            r"\bphone|\bcell|\bmobile\b|\btel\b|\btel[eé]fono|\bcelular|\bcel\b|\bcall|\btext\b|\breach|\bll[aá]m"
            r"|\bm[aá]rqu|\bmarc[ao]|\bline\b|\bl[ií]nea\b"
            r"|\bmensaje|\bwhats|\bdial|\bcontact|\bnumber\b|\bn[uú]mero\b|\bring\b|\bfax\b|\bextension",
            _VX,
        ),
        range(7, 16),
    ),
    (
        Kind.ACCOUNT,
        re.compile(
            r"\bacc(?:oun)?ts?\b|\bacct|\bcuentas?\b|\bcustomer\b|\bcliente\b|\bbill\b|\brecibo\b|\bfactura\b|\bmember",
            _VX,
        ),
        range(4, 24),
    ),
)
"""Each kind with the words that name it and the numbers of digits that it may have; the first that fits is taken."""
_LAST_FOUR: Final = re.compile(r"\blast\b|\bend(?:s|ing|ed)?\b|[uú]ltim[oa]s|termina|acaba|\bfinal", re.IGNORECASE)
_MEANT: Final = frozenset({Kind.PIN, Kind.CODE})
_FOUR: Final = 4
_WHOLE_ACCOUNT: Final = 6
_NINE: Final = 9
_COUNTED: Final = re.compile(
    r"\s{0,2}(?:-\s?)?(?:dollars?|bucks|d[oó]lares|pesos|cents?|centavos|percent|por\s+ciento|%|months?"
    r"|mes(?:es)?|days?|d[ií]as?|weeks?|semanas?|hours?|horas?"
    r"|years?|a[ñn]os?|minutes?|minutos?|megas?|mbps|gigs?|gb|times|veces|lines?|l[ií]neas?|boxes|cajas?"
    r"|channels?|canales|phones|tvs?|people|personas|calls"
    r"|llamadas|feet|pies|miles|payments?|pagos|am|pm|o'?clock|bills?|facturas|customers?|agents?|am\b|more"
    r"|m[aá]s|or\b|o\b|of\b|de\s+(?:enero|febrero|marzo"
    r"|abril|mayo|junio|julio|agosto|sep|oct|nov|dic))\b",
    re.IGNORECASE,
)
_NOT_PERSONAL: Final = re.compile(
    r"(?:\bchannels?|\bcanal(?:es)?|\bzip(?:\s+code)?(?:\s+is)?|c[oó]digo\s+postal|\berror(?:\s+code)?|\bmodels?"
    r"|\bmodelo|\border|\bpedido|\bticket|\bboleto"
    r"|\bchapter|\bpage|\bversion|\bfrom|\bbetween|\bentre|\bsince|\bdesde|\b(?:la|el)\s+(?:error|canal)"
    r"|\bcost[so]?|\bcuesta|\bpaid|\bpagu[eé]|\bcharged(?:\s+me)?"
    r"|\bcobraron)\s*(?:number|n[uú]mero|es|is|\#)?\s*$",
    re.IGNORECASE,
)


def dictated(text: str, runs: Sequence[Run]) -> Iterator[Piece]:
    """Find the dictated numbers that have a word for their kind near, or many digits said one by one."""
    for run in runs:
        kind = _kind(text, run)
        if kind is not None and CLAIMED not in text[run.start : run.end]:
            yield Piece(run.start, run.end, kind)


def _kind(text: str, run: Run) -> Kind | None:
    n_digits = run.end - run.start
    before = text[max(0, run.start - _BEFORE) : run.start]
    after = text[run.end : run.end + _AFTER]
    if _NOT_PERSONAL.search(before) or (_COUNTED.match(after) and run.n_single < _LEAST_SINGLE):
        return None
    near = before[before.rfind("\n\n") + 1 :]
    best: tuple[int, Kind] | None = None
    for kind, words, lengths in _KINDS:
        if n_digits in lengths and _is_enough(kind, run, near):
            distance = _distance(words, near, after)
            if distance is not None and (best is None or distance < best[0]):
                best = distance, kind
    if best is not None:
        return best[1]
    return Kind.ACCOUNT if run.n_single >= _LEAST_SINGLE or n_digits >= _NINE else None


def _is_enough(kind: Kind, run: Run, before: str) -> bool:
    """Return whether a number of this length can be of this kind: four digits need "last four", unless it is a PIN."""
    n_digits = run.end - run.start
    if kind in _MEANT:
        return True
    if n_digits == _FOUR:
        return _LAST_FOUR.search(before) is not None
    if kind is Kind.SSN:
        return n_digits == _NINE
    if kind is Kind.ACCOUNT:
        return n_digits >= _WHOLE_ACCOUNT
    return kind is not Kind.CARD or n_digits >= 12  # noqa: PLR2004 - the shortest card number


def _distance(words: re.Pattern[str], before: str, after: str) -> int | None:
    """Return how far the nearest word of a kind is, in characters; None if there is none."""
    distances = [len(before) - m.end() for m in words.finditer(before)]
    match = words.search(after)
    if match is not None:
        distances.append(match.start() + _AFTER // 2)
    return min(distances, default=None)
