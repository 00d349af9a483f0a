"""Roles from an ID token's claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb.accounts.oidc import SignIn, sign_in_of
from kb.types import Role, User

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
IAT = int(NOW.timestamp()) - 60
ROLES = {Role.LEAD: ("Support-Leads", "kim@example.com"), Role.EDITOR: ("writers",), Role.OPERATOR: ("ops",)}


def role(**claims: object) -> Role | None:
    """Return the role that claims give."""
    found = sign_in_of({"iat": IAT, **claims}, ROLES, claim="groups", longest=timedelta(hours=12), now=NOW)
    return found.user.role if found and found.user else None


@pytest.mark.parametrize(
    ("claims", "wanted"),
    [
        ({"groups": ["staff", "support-leads"]}, Role.LEAD),
        ({"groups": "writers"}, Role.EDITOR),
        ({"groups": ["writers", "ops"]}, Role.OPERATOR),
        ({"groups": ["staff"]}, None),
        ({"groups": None}, None),
        ({"groups": [7, {"ops": 1}]}, None),
        ({"email": "Kim@Example.com", "email_verified": True}, Role.LEAD),
        ({"email": "kim@example.com", "email_verified": False}, None),
        ({"email": "kim@example.com", "email_verified": "true"}, None),
        ({"email": "kim@example.com"}, None),
        ({"name": "ops"}, None),
        ({}, None),
    ],
)
def test_a_role_comes_from_the_claim_or_a_verified_address(claims, wanted):
    """The most powerful of several roles applies; an unverified address gives no role."""
    assert role(**claims) is wanted


@pytest.mark.parametrize(
    ("iat", "wanted"),
    [
        (IAT, Role.EDITOR),
        (int(NOW.timestamp()) - 12 * 3600, None),
        (int(NOW.timestamp()) + 120, Role.EDITOR),
        (int(NOW.timestamp()) + 3600, None),
        (None, None),
        (True, None),
        ("now", None),
    ],
)
def test_who_signed_in_too_long_ago_has_no_role(iat, wanted):
    """The session starts at the token's own time, with a tolerance of five minutes; without a time there is none."""
    assert role(iat=iat, groups=["writers"]) is wanted


def test_the_name_is_the_first_that_there_is():
    """The name comes from the first claim that has one, cleaned so that it can appear in a history."""
    claims = {"iat": IAT, "groups": ["ops"], "email": "kim@example.com", "name": " Kim\n\x00Lee "}
    found = sign_in_of(claims, ROLES, claim="groups", longest=timedelta(hours=1), now=NOW)
    assert found is not None
    assert found.user == User("KimLee", Role.OPERATOR, is_local=False)


def test_a_sign_in_names_the_person_the_subject_and_the_time():
    """A sign-in without a role is still a sign-in; an outdated token is not."""
    claims = {"iat": IAT, "name": " Eve\u202e ", "sub": "e\n7", "groups": ["staff"]}
    told = {"claim": "groups", "longest": timedelta(hours=12)}
    issued = datetime(2026, 11, 25, 8, 59, tzinfo=UTC)
    assert sign_in_of(claims, ROLES, now=NOW, **told) == SignIn("Eve", "e7", issued, None)
    writer = sign_in_of({**claims, "groups": "writers"}, ROLES, now=NOW, **told)
    assert writer == SignIn("Eve", "e7", issued, User("Eve", Role.EDITOR, is_local=False))
    assert sign_in_of(claims, ROLES, now=NOW + timedelta(hours=12), **told) is None
