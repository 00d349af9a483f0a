"""A front matter that is not YAML, read key by key."""

from __future__ import annotations

from kb.content.articles.recover import recover_keys

_FRONT = """\
title: "no end
kind: faq
# a comment
examples:
  - one
  - two: three: four
tests:
- five
categry fees
owner: x
owner: y
keywords: [a,
  b]
related: *alias"""


def test_keys_that_are_yaml_alone_are_read_with_their_places() -> None:
    """What a mistake touches is lost, and named; everything else is there, the first of two equal keys, too."""
    root, lost = recover_keys(_FRONT, first_line=2)
    assert root.plain() == {"kind": "faq", "owner": "x", "keywords": ["a", "b"]}
    assert lost == {"title", "examples", "tests", "related"}
    assert root.value["kind"].line == 3
    assert root.keys == {"kind": (3, 1), "owner": (11, 1), "keywords": (13, 1)}
    assert (root.value["keywords"].value[1].line, root.value["keywords"].value[1].column) == (14, 3)


def test_text_without_keys_gives_none() -> None:
    """There is nothing to read, and nothing is lost."""
    root, lost = recover_keys("- [\n", first_line=2)
    assert (root.value, lost) == ({}, frozenset())
