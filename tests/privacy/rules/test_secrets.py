"""Addresses of mail, passwords, and answers to security questions."""

from __future__ import annotations

import pytest

from kb.privacy.rules.secrets import emails, passwords
from tests.privacy.rules.tables import found

MAIL, SECRET = "email address: ", "password: "


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("jo@example.com", [f"{MAIL}jo@example.com"]),
        ("jo @ example.com", [f"{MAIL}jo @ example.com"]),
        ("a@b.com and c@d.org", [f"{MAIL}a@b.com", f"{MAIL}c@d.org"]),
        ("jo [at] example [dot] com", [f"{MAIL}jo [at] example [dot] com"]),
        ("jo at example dot com", [f"{MAIL}jo at example dot com"]),
        ("jo at example.com", [f"{MAIL}jo at example.com"]),
        ("jo at gmail", [f"{MAIL}jo at gmail"]),
        ("look at example.com", []),
        ("Look at example.com", []),
        ("jo at example.com or a@b.com", [f"{MAIL}jo at example.com", f"{MAIL}a@b.com"]),
    ],
)
def test_addresses_of_mail(text, pieces):
    """With a sign, spelled out, or at a site that is not being looked at."""
    assert found(emails, text) == pieces


@pytest.mark.parametrize(
    ("text", "is_mail"),
    [
        ("jo@example", False),
        ("mail jo@example", True),
        (f"mail{' ' * 36}jo@example", True),
        (f"mail{' ' * 37}jo@example", False),
        (f"jo@example{' ' * 36}mail", True),
        (f"jo@example{' ' * 37}mail", False),
    ],
)
def test_an_address_without_an_end_needs_a_word(text, is_mail):
    """Mail or a login must be mentioned within forty characters."""
    assert found(emails, text) == ([f"{MAIL}jo@example"] if is_mail else [])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("password is hunter2", [f"{SECRET}hunter2"]),
        ("password: tr0ub4dor", [f"{SECRET}tr0ub4dor"]),
        ("password to hunter2", [f"{SECRET}hunter2"]),
        ("password is now hunter2", [f"{SECRET}hunter2"]),
        ("password is blue", [f"{SECRET}blue"]),
        ("password is blue and it fails", [f"{SECRET}blue"]),
        ("password is blue horse sky moon sun", [f"{SECRET}blue horse sky moon"]),
        ("password is blue,green", [f"{SECRET}blue,green"]),
        ("contraseña es luna llena", [f"{SECRET}luna llena"]),
        ("pw: abc", [f"{SECRET}abc"]),
        ("pw: x. thanks", [f"{SECRET}x"]),
    ],
)
def test_what_a_password_is_said_to_be(text, pieces):
    """A token that looks like one, or a phrase of up to four words."""
    assert found(passwords, text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "password is not working",
        "password is Blocked",
        "password is failing",
        "password is rejected",
        "password is sleeping",
        "password is borked",
        "password is isn't",
        "password is ...",
        "password to account",
        "password as plain",
        "password a horse",
        "password blue",
        "nothing of the kind",
    ],
)
def test_what_is_said_about_a_password(text):
    """That it fails, was changed, or what it is for."""
    assert found(passwords, text) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("password 'my dog'", [f"{SECRET}my dog"]),
        ('password "secret"', [f"{SECRET}secret"]),
        ('password is "two words"', [f"{SECRET}two words"]),
        ('password to "two words"', []),
        ('password to "word"', [f"{SECRET}word", f"{SECRET}word"]),
        ("password as 'two words'", []),
    ],
)
def test_what_is_quoted_is_a_password(text, pieces):
    """In either kind of quotes, unless a loose word is before a phrase."""
    assert set(found(passwords, text)) == set(pieces)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("hunter2 is my password", "hunter2"),
        ("user jo / abcd1", "abcd1"),
        ("login jo pass abcd1", "abcd1"),
        ("password hunter2", "hunter2"),
        ("password (hunter2)", "hunter2"),
        ("password hunter2!", "hunter2!"),
        ("password [hunter2].", "hunter2"),
        ("password {hunter2}?", "hunter2"),
        ("password hunter2;", "hunter2"),
        ("password abc1X", "abc1X"),
    ],
)
def test_a_token_that_looks_like_a_secret(text, secret):
    """Before its name, after a login, or right after its name; brackets and marks around it are none of it."""
    assert found(passwords, text) == [f"{SECRET}{secret}"]


@pytest.mark.parametrize(
    ("token", "is_secret"),
    [
        ("abc1", True),
        ("ab1", False),
        ("(ab1)", False),
        ("1234", False),
        ("abcd", False),
        ("ab$c", True),
        ("abcd!", True),
        ("ab!d", True),
        ("abcd?", False),
        ("abcd.", False),
        ("$$$$", False),
        ("a-b/c'd", False),
        ("a.bcd", False),
        ("a_bcd", True),
        ("McDonald", True),
        ("Donald", False),
        ("BLUE", False),
        ("bLUE", True),
        ("aBcd", True),
        ("ABCD]X", True),
        ("(Abcd", False),
    ],
)
def test_what_looks_like_a_secret(token, is_secret):
    """Four signs or more: letters with digits, with a sign inside, or with a capital inside."""
    assert found(passwords, f"password {token}") == ([f"{SECRET}{token}"] if is_secret else [])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("maiden name is Smith", [f"{SECRET}Smith"]),
        ("maiden name is Smith Jones of the old family", [f"{SECRET}Smith Jones of the"]),
        ("security answer: fluffy", [f"{SECRET}fluffy"]),
        ("secret answer is none", []),
        ("security answer is Blocked", []),
    ],
)
def test_answers_to_security_questions(text, pieces):
    """Up to four words, unless they say something about the answer."""
    assert found(passwords, text) == pieces


def test_a_secret_phrase_has_an_end():
    """A secret phrase ends after 120 characters or with the text; a mark right at its beginning does not end it."""
    assert found(passwords, f"password is {'y' * 130}") == [f"{SECRET}{'y' * 120}"]
    assert found(passwords, f"my password is xx {'y' * 130}") == [f"{SECRET}xx {'y' * 117}"]
    assert found(passwords, "password is !abc, and so on") == [f"{SECRET}!abc"]
