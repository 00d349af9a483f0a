"""Finds the names of organizations in a question: a name tells whom it is about, which its words may not.

"My Comcast bill is too high" reads like a question about this provider's bill. Names are matched as whole words, in the
usual misspellings too. A name that is also an everyday word ("target", "discover", "dish") needs evidence, see
:class:`Evidence`. A name that is only compared with ("switched from Verizon") or only pays ("with my Chase card") is
not counted; see :mod:`kb.retrieval.query.asides`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kb.common.files import canonical_json
from kb.common.folding import without_accents
from kb.retrieval.query.asides import is_aside, is_list

OWN_FIELD = "own"
OTHER_PROVIDERS = "other_providers"
"""The field of the companies that site.yaml names as offering the same."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PLUS = re.compile(r"(?<=\w)\+")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_END_OF_SENTENCE = re.compile(r"[.!?:;¿¡\n]")
_MY_BILL = re.compile(r"\b(my|the|our|a) (bill|account|statement|service|payment|autopay|auto pay)\b", re.IGNORECASE)
_MI_FACTURA = re.compile(r"\b(?:mi|la|el|una) (?:factura|cuenta|servicio|recibo|bill|pago)\b", re.IGNORECASE)
_LEAST_PLURAL = 4

_NOUNS = _words(
    "account accounts app autopay balance bank bill billing bills card cards charge charges customer fee fees "
    "insurance invoice loan login membership mobile money network online order pay payment payments plan plus points "
    "policy premium purchase receipt refund rewards servicing statement store subscription support visa website "
    "wireless credit checking savings mortgage gift kiosk package delivery representative tarjeta cuenta factura "
    "banco pago suscripcion seguro tienda pedido"
)
_SHOP_NOUNS = _words("app card credit gift money order points purchase receipt rewards store website")
"""After "Wendy's" these speak of a company; "account" and "bill" speak of a person as well."""
_SUBJECTS = _words(
    "i you we they u it he she who can could did do does dont didnt will would should might may must lets"
)
"""After these the word is a verb: "I discover charges"."""
_OBJECTS = _words("bills charges fees payment payments plans")
"""So is a word after "to" and before these: "to chase payments"."""
_BEFORE = _words("my from by with at via called call pay paid owe through using mi de con por a")
_AFTER = _words(
    "and but charged charges took keeps says said is was wants because again bill about or so me my i the too now has "
    "y pero cobro cobra dice que"
)


class Evidence(StrEnum):
    """The evidence that an everyday word is a name; the value marks the word in the list."""

    ANY = ""
    """A capital letter within a sentence, or one of the words that customers put next to a name."""
    CAPITAL = "^"
    """A capital letter only: "current", "upgrade" and "express" are put before "bill" and "fee" as they are."""
    NOUN = "+"
    """A noun after it only: a first name has a capital letter anyway."""


@dataclass(frozen=True, slots=True)
class Organization:
    """A company or public body that customers name."""

    name: str
    """As the public writes it."""
    field: str
    """Its line of business, such as ``banks``."""
    aliases: tuple[str, ...] = ()
    """Further names, abbreviations and usual misspellings."""
    words: frozenset[str] = frozenset()
    """Those of its names, in lower case, that are everyday words as well, each after the mark of its evidence."""

    def evidence(self, tokens: tuple[str, ...]) -> Evidence | None:
        """Return the evidence that one of its names needs; None if it is no everyday word."""
        for word in sorted(self.words):  # the marked ones first
            mark = Evidence(word[0]) if word[0] in (Evidence.CAPITAL, Evidence.NOUN) else Evidence.ANY
            listed = _tokens_of_name(word)
            if tokens[:-1] == listed[:-1] and {*_forms(tokens[-1])} & {*_forms(listed[-1])}:
                return mark
        return None


@dataclass(frozen=True, slots=True)
class Named:
    """The organizations that a text names."""

    us: bool = False
    """Whether it names this provider."""
    others: tuple[str, ...] = ()
    """The others that it is about, by name, in their order; without those that it only compares or pays with."""
    mentioned: tuple[str, ...] = ()
    """All others, however they are mentioned."""


@dataclass(frozen=True, eq=False)
class Organizations:
    """The organizations that are looked for; compared by identity, because there are thousands."""

    listed: tuple[Organization, ...]
    own: tuple[str, ...] = ()
    """Names of this provider."""
    _entries: Mapping[str, list[_Entry]] = field(init=False, repr=False, compare=False)
    """By first token, the longest names first."""
    _fields: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fill the tables."""
        entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        own = Organization("", OWN_FIELD, tuple(name for name in self.own if name.strip()))
        for organization in (own, *self.listed):
            for name in (organization.name, *organization.aliases):
                tokens = _tokens_of_name(name)
                if tokens:
                    entries[tokens[0]].append(_Entry(tokens, organization, organization.evidence(tokens)))
        for found in entries.values():
            found.sort(key=lambda entry: -len(entry.tokens))
        object.__setattr__(self, "_entries", dict(entries))
        object.__setattr__(self, "_fields", {o.name: o.field for o in self.listed})

    def field_of(self, name: str) -> str:
        """Return an organization's line of business; empty if it is not listed."""
        return self._fields.get(name, "")

    def named(self, text: str) -> Named:
        """Return the organizations that a text names.

        :param text: As typed, because capital letters are evidence.
        :return: Each once.
        """
        typed = _typed(text)
        tokens = [_bare(word.text) for word in typed]
        us, others, mentioned, last = False, [], [], (0, False)
        for start, end, organization in self._matches(tokens, typed):
            if organization.field == OWN_FIELD:
                us = True
                continue
            mentioned.append(organization.name)
            goes_on = last == (start - 1, True) and is_list(tokens, start)
            aside = goes_on or is_aside(tokens, start, end, organization.field)
            last = (end, aside)
            if not aside:
                others.append(organization.name)
        return Named(us, tuple(dict.fromkeys(others)), tuple(dict.fromkeys(mentioned)))

    def words(self) -> set[str]:
        """Return the words of all names, in lower case."""
        return {token for found in self._entries.values() for entry in found for token in entry.tokens}

    def renamed(self, text: str, name: str) -> str:
        """Return a question as a customer of another company would ask it.

        :param text: A question about this provider.
        :param name: The other company.
        :return: With its name in place of this provider's, or before the bill, account or service; empty if the
            question says neither, or names another organization already.
        """
        if self.named(text).mentioned:
            return ""
        for own in sorted(self.own, key=len, reverse=True):
            pattern = re.compile(rf"(?<![\w.@/]){re.escape(own)}(?!\w|\.\w)", re.IGNORECASE)
            if pattern.search(text):
                return pattern.sub(lambda _: name, text)
        english = _MY_BILL.sub(lambda match: f"{match[1]} {name} {match[2]}", text, count=1)
        if english != text:
            return english
        spanish = _MI_FACTURA.sub(lambda match: f"{match[0]} de {name}", text, count=1)
        return spanish if spanish != text else ""

    def _matches(self, tokens: Sequence[str], typed: Sequence[_Typed]) -> Iterator[tuple[int, int, Organization]]:
        at = 0
        while at < len(tokens):
            entry = self._entry(tokens, typed, at)
            if entry is None:
                at += 1
            else:
                yield at, at + len(entry.tokens), entry.organization
                at += len(entry.tokens)

    def _entry(self, tokens: Sequence[str], typed: Sequence[_Typed], at: int) -> _Entry | None:
        for first in _forms(tokens[at]):
            for entry in self._entries.get(first, ()):
                end = at + len(entry.tokens)
                if end > len(tokens):
                    continue
                *middle, last = tokens[at:end] if len(entry.tokens) > 1 else [first]
                if (*middle, last) != entry.tokens and entry.tokens not in {(*middle, form) for form in _forms(last)}:
                    continue
                if entry.evidence is None or _is_meant(entry.evidence, tokens, typed, at, end):
                    return entry
        return None

    def to_json(self) -> list[list[Any]]:
        """Return the listed ones as plain JSON values."""
        return [[o.name, o.field, list(o.aliases), sorted(o.words)] for o in self.listed]

    @classmethod
    def from_json(cls, values: Iterable[Sequence[Any]], own: Sequence[str] = ()) -> Organizations:
        """Return those of :meth:`to_json`."""
        return cls(tuple(Organization(n, f, tuple(a), frozenset(w)) for n, f, a, w in values), tuple(own))


@dataclass(frozen=True, slots=True)
class _Entry:
    tokens: tuple[str, ...]
    organization: Organization
    evidence: Evidence | None
    """None if it is no everyday word."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as it was typed."""

    text: str
    has_capital: bool
    """Whether its capital letter is evidence: not at the start of a sentence, nor where most words have one."""


def _typed(text: str) -> list[_Typed]:
    """Return the words of a text."""
    text = _signs_as_words(text)
    found = list(_TOKEN.finditer(text))
    is_shouted = sum(match[0][0].isupper() for match in found) > len(found) / 2
    starts = [0, *(match.end() for match in found)]
    gaps = [text[end : match.start()] for end, match in zip(starts, found, strict=False)]
    return [
        _Typed(match[0], n > 0 and match[0][0].isupper() and not is_shouted and not _END_OF_SENTENCE.search(gap))
        for n, (match, gap) in enumerate(zip(found, gaps, strict=True))
    ]


@lru_cache(maxsize=1)
def _listed() -> tuple[Mapping[str, Organization], Mapping[tuple[str, ...], str]]:
    """Return the shipped list by name, and each name by the tokens of every alias."""
    text = files("kb.retrieval").joinpath("data/organizations.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {
        name: Organization(name, kind, tuple(filter(None, aliases.split("|"))), frozenset(filter(None, w.split("|"))))
        for name, kind, aliases, w in rows
    }
    return found, {_tokens_of_name(alias): o.name for o in found.values() for alias in (o.name, *o.aliases)}


def shipped(other_providers: Sequence[str] = ()) -> list[Organization]:
    """Return the shipped list.

    :param other_providers: Names of companies that offer the same as this one; those in the list get that field.
    :return: In the order of their names.
    """
    listed, by_key = _listed()
    found = dict(listed)
    for other in other_providers:
        known = found.get(by_key.get(_tokens_of_name(other), ""))
        name = other if known is None else known.name
        aliases, words = ((), frozenset()) if known is None else (known.aliases, known.words)
        found[name] = Organization(name, OTHER_PROVIDERS, tuple(aliases), frozenset(words))
    return [found[name] for name in sorted(found)]


@lru_cache(maxsize=4)
def organizations_of(other_providers: tuple[str, ...], own: tuple[str, ...]) -> Organizations:
    """Return what is looked for in the questions of a site; the tables are made once.

    :param other_providers: Names of companies that offer the same.
    :param own: Names of this provider.
    :return: The shipped list with both.
    """
    return Organizations(tuple(shipped(other_providers)), own)


@lru_cache(maxsize=4)
def organizations_json(organizations: Organizations) -> bytes:
    """Return the file of what is looked for; it is written once for all versions of a process."""
    return canonical_json(organizations.to_json())


@lru_cache(maxsize=4)
def organizations_from(data: bytes, own: tuple[str, ...]) -> Organizations:
    """Return the organizations of a file; the tables are made once for all versions that have the same."""
    return Organizations.from_json(json.loads(data), own)


def _tokens_of_name(name: str) -> tuple[str, ...]:
    return tuple(_bare(word) for word in _TOKEN.findall(_signs_as_words(name)))


def _signs_as_words(text: str) -> str:
    """Return a text with the signs that belong to names as words: "AT&T", "Disney+"."""
    return _PLUS.sub(" plus", text.replace("&", " and "))


def _bare(word: str) -> str:
    plain = without_accents(word.lower()).replace("’", "'")
    return plain.removesuffix("'s").replace("'", "")


def _forms(token: str) -> tuple[str, ...]:
    """Return a token, and without a plural or possessive ending: "comcasts" is a name, too."""
    is_long = len(token) > _LEAST_PLURAL and token.endswith("s")
    return (token, token[:-1]) if is_long else (token,)


def _is_meant(evidence: Evidence, tokens: Sequence[str], typed: Sequence[_Typed], start: int, end: int) -> bool:
    """Return whether an everyday word is a name here, by its capital letter or by the words next to it."""
    before = tokens[start - 1] if start else ""
    after = tokens[end] if end < len(tokens) else ""
    has_capital = typed[start].has_capital
    if evidence is Evidence.CAPITAL:
        is_title = after in _NOUNS and typed[end].has_capital  # "Current Bill", "Upgrade Fee"
        return has_capital and typed[end - 1].text[0].isupper() and not is_title
    is_possessive = _POSSESSIVE.search(typed[end - 1].text) is not None
    nouns = _SHOP_NOUNS if evidence is Evidence.NOUN and is_possessive else _NOUNS
    is_verb = before in _SUBJECTS or (before == "to" and after in _OBJECTS)
    if after in nouns and not is_verb:
        return True
    if evidence is Evidence.NOUN:
        return False
    return has_capital or (before in _BEFORE and (not after or after in _AFTER))
