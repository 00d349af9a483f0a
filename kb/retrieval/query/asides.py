"""Tells whether a question only mentions an organization: to compare with, to pay with, to leave it."""

from __future__ import annotations

from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEAVING = _words(
    "switch switched switching move moved moving came come coming port ported porting transfer transferred "
    "transferring change changed changing go going went leave leaving cambie cambio cambiar cambiarme pase paso pasar "
    "pasarme vengo vine porte"
)
_TOWARD = _words("from to over back de a desde for")
_COMPARED = _words("than vs versus like unlike que leaving left beats beat")
_OR = _words("and or nor y e o u ni n")

_PAYS = _words("banks credit-cards card-networks payment-apps")
"""Fields whose organizations customers name as a way to pay."""
_PAYING = _words("with w using via through on from to con usando usar en desde por use add by")
_ACCEPTING = _words("accept accepts accepted take takes acepta aceptan asepta aseptan reciben toman toma")
_BETWEEN = _words("my a an the mi la el de una un your their new old same card debit credit prepaid tarjeta cuenta")
_NETWORKS = "card-networks"
_OF_ISSUER = _words("account balance bill charge charged charges cuenta estado loan login rewards statement website")
"""Before these a question may be about Visa itself; otherwise it is about paying with a Visa card."""

_PAID_IN = _words("gas-stations pharmacies restaurants shops supermarkets")
_AT = _words("at in inside en")
_PAID = _words("pay paid payd paying pagar pago pague pagando")
_HELPS = "government"
_HELPED = _words("on through for get gets getting recibo tengo with para con")
_OF_PERSON = _words("number numbers check checks income numero cheque")
_SHOWS = _words("streaming internet-tv-phone")
_WATCHING = _words("watch watches watching stream streams streaming through use using veo vemos")
_MAKES = "phones-and-electronics"
_OF_MAKER = _words("account app bill card charge charged financing order pay payment plan refund store support website")
_REACH = 4


def is_aside(tokens: Sequence[str], start: int, end: int, field: str) -> bool:
    """Return whether a name is only mentioned.

    :param tokens: The words of the question, in lower case.
    :param start: Position of the name's first word.
    :param end: Position after its last.
    :param field: Its line of business.
    :return: True for a company that is compared with, left, or paid with, for a program that the customer is in, and
        for the maker of a device.
    """
    before = tokens[max(0, start - _REACH) : start]
    after = tokens[end] if end < len(tokens) else ""
    last = before[-1] if before else ""
    if last in _COMPARED or (last in _TOWARD and any(word in _LEAVING for word in before[:-1])):
        return True
    led = _before_determiners(before)
    if field in _PAYS:
        return _is_paid_with(tokens[:start], led, after, field)
    if field in _PAID_IN:
        return led in _AT and any(word in _PAID for word in tokens[:start])
    if field == _HELPS:
        return led in _HELPED or after in _OF_PERSON
    if field in _SHOWS:
        return any(word in _WATCHING for word in before[-3:])
    return field == _MAKES and after not in _OF_MAKER


def _is_paid_with(before: Sequence[str], led: str, after: str, field: str) -> bool:
    is_its_own = after in _OF_ISSUER
    if field == _NETWORKS and not is_its_own:
        return True
    is_paid = led in _PAYING and not (led == "on" and is_its_own)  # a fee on my Chase statement is by Chase
    return is_paid or any(word in _ACCEPTING for word in before)


def is_list(tokens: Sequence[str], start: int) -> bool:
    """Return whether a name continues a list: "with PayPal or Venmo"."""
    return start > 0 and tokens[start - 1] in _OR


def _before_determiners(words: Sequence[str]) -> str:
    """Return the last word that is not a determiner, pronoun or kind of card; empty if there is none."""
    return next((word for word in reversed(words) if word not in _BETWEEN), "")
