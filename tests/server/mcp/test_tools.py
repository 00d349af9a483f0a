"""The tools of the MCP server, asked by the SDK's own client: what is said, and above all what is not."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest
from mcp.client import Client

from kb.errors import IndexDamaged
from kb.server.mcp import answers
from kb.server.mcp.tools import server
from kb.settings.hours import OpeningHours, Span
from kb.types import Answered, Hit, NoAnswerReason, OutcomeKind, Passage
from tests.ui import fakes
from tests.ui.fakes import FakeAnswerer, FakeContainer, FakeJournal

HELP = "https://help.example.com"


def with_client(container: FakeContainer, ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """Return what a client gets of the server."""

    async def run() -> Any:
        async with Client(server(container, HELP)) as client:
            return await ask(client)

    return anyio.run(run)


def call(container: FakeContainer, tool: str, **arguments: Any) -> Any:
    """Call a tool; return its structured result, which its text repeats, or the text of an error."""
    reply = with_client(container, lambda client: client.call_tool(tool, arguments))
    text = reply.content[0].text
    if reply.is_error or reply.structured_content is None:
        return text
    assert json.loads(text) == reply.structured_content
    return reply.structured_content


@pytest.fixture(autouse=True)
def answerer(container: FakeContainer) -> FakeAnswerer:
    """Put a fake answerer behind the tools."""
    fake = FakeAnswerer()
    container.put(answerer=fake)
    return fake


def test_what_an_assistant_is_told(container: FakeContainer) -> None:
    """Three tools that change nothing, each described, and what to do without an answer."""

    async def ask(client: Client) -> Any:
        return client.instructions, (await client.list_tools()).tools

    instructions, tools = with_client(container, ask)
    assert "Billing Help" in instructions
    assert "say that there is none" in instructions
    assert [tool.name for tool in tools] == ["search", "read_article", "channels"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    found = tools[0].output_schema["$defs"]["Found"]["properties"]
    assert "to be said first" in found["direct_answer"]["description"]


def test_an_answer_has_its_part_and_its_address(container: FakeContainer, answerer: FakeAnswerer) -> None:
    """The other articles are named as what they are."""
    found = call(container, "search", question="How do I set up Auto Pay?")
    assert (found["outcome"], found["confidence"], found["reason"]) == ("answered", 0.9, None)
    answer = found["answer"]
    assert answer["article_id"] == "set-up-autopay"
    assert answer["address"] == f"{HELP}/article?id=set-up-autopay#set-it-up"
    assert answer["part"]["heading"] == "Set it up"
    assert [each["article_id"] for each in found["related"]] == ["why-bill-went-up"]
    assert "Add nothing" in found["what_to_do"]
    assert answerer.asked == ["How do I set up Auto Pay?"]


def lead(text: str, anchor: str = "") -> Passage:
    """Return a part of an article."""
    return Passage("a#0", "a", "A heading", anchor, text, text)


@pytest.mark.parametrize(
    ("direct", "shown", "said"),
    [
        (lead("First."), lead("First."), ("First.", None)),
        (lead("First."), lead("More.", "more"), ("First.", "More.")),
        (None, lead("More.", "more"), (None, "More.")),
    ],
)
def test_the_direct_answer_comes_first_and_once(
    answerer: FakeAnswerer, direct: Passage | None, shown: Passage, said: tuple[str | None, str | None]
) -> None:
    """A part is given only if it is another text."""
    hit = Hit(1, "a", "A", shown, 0.9, lead=direct)
    answer = replace(answerer.ask("x"), outcome=Answered(hit, ()), hits=(hit,))
    found = answers.search(answer, "").answer
    assert found is not None
    assert (found.direct_answer, found.part.text if found.part else None) == said
    assert found.address.startswith("/article?id=a")


def test_choices_are_no_answer(container: FakeContainer) -> None:
    """Which one is meant is for the customer to say."""
    found = call(container, "search", question="late")
    assert (found["outcome"], found["answer"]) == ("clarify", None)
    assert [each["article_id"] for each in found["choices"]] == ["late-fee", "late-payment"]
    assert not {each["article_id"] for each in found["related"]} & {"late-fee", "late-payment"}


def test_no_answer_is_said_as_such(container: FakeContainer) -> None:
    """It is no error; titles that are close are named, and none of their text."""
    found = call(container, "search", question="who wrote hamlet")
    assert (found["outcome"], found["reason"], found["answer"]) == ("no_answer", "below_threshold", None)
    assert "Do not answer from the related articles" in found["what_to_do"]
    assert all(set(each) == {"article_id", "title", "address"} for each in found["related"])


def test_a_signpost_says_who_helps(container: FakeContainer) -> None:
    """With the companies named; where there is none, only those."""
    found = call(container, "search", question="my comcast wifi crawls")
    assert found["reason"] == "elsewhere"
    assert found["signpost"]["title"] == "Slow internet"
    assert found["signpost"]["names"] == ["Comcast"]
    found = call(container, "search", question="netflix charged me")
    assert found["signpost"] == {"title": None, "text": None, "names": ["Netflix", "Hulu"]}


def test_an_agent_and_an_empty_question(container: FakeContainer) -> None:
    """The one gets the channels at once, the other is asked again."""
    assert "tool 'channels'" in call(container, "search", question="agent")["what_to_do"]
    assert call(container, "search", question=" ")["reason"] == "empty_query"


def test_every_decision_says_what_to_do() -> None:
    """None is forgotten when one is added."""
    assert set(answers.TO_DO) == {*OutcomeKind, *NoAnswerReason} - {OutcomeKind.NO_ANSWER}


def test_questions_are_recorded_as_those_of_the_api(container: FakeContainer) -> None:
    """With their source, their visit and the whole ranking; reading is not recorded."""
    journal = FakeJournal()
    container.put(journal=journal)

    async def ask(client: Client) -> Any:
        found = await client.call_tool("search", {"question": "How do I set up Auto Pay?", "k": 1})
        await client.call_tool("read_article", {"article_id": "late-fee"})
        await client.call_tool("search", {"question": "who wrote hamlet"})
        return found.structured_content

    async def run() -> Any:
        async with Client(server(container, HELP, lambda: "a" * 32)) as client:
            return await ask(client)

    assert anyio.run(run)["related"] == []
    asked = [(text, source, visit, traffic) for _, text, source, visit, traffic in journal.queries]
    assert asked == [
        ("How do I set up Auto Pay?", "mcp", "a" * 32, "customer"),
        ("who wrote hamlet", "mcp", "a" * 32, "customer"),
    ]


def test_an_article_is_its_markdown(container: FakeContainer) -> None:
    """By its id or an earlier one; neither an unknown id nor a signpost is an article."""
    text = call(container, "read_article", article_id="autopay-setup")
    assert text.startswith("# How do I set up Auto Pay?")
    assert f"<{HELP}/a/set-up-autopay>" in text
    for unknown in ("nope", fakes.SIGNPOST.id):
        assert f"There is no article '{unknown}'. Find its id" in call(container, "read_article", article_id=unknown)


def test_an_article_is_read_in_the_language_asked_for(container: FakeContainer, answerer: FakeAnswerer) -> None:
    """As far as it is translated; there are two languages."""
    library = fakes.library()
    original = library.articles["why-bill-went-up"]
    spanish = replace(original, title="¿Por qué subió mi factura?", language="es")
    changed = {**library.articles, original.id: replace(original, translations={"es": spanish})}
    answerer.library = replace(library, articles=changed)
    text = call(container, "read_article", article_id=original.id, language="es")
    assert text.startswith("# ¿Por qué subió mi factura?")
    assert f"<{HELP}/a/why-bill-went-up?lang=es>" in text
    assert call(container, "read_article", article_id="late-fee", language="es").startswith("# What is the late fee?")
    assert "validation error" in call(container, "read_article", article_id="late-fee", language="fr")


def test_channels_without_a_source_are_left_out(container: FakeContainer) -> None:
    """As on the pages; hours are a text."""
    phone = replace(
        fakes.SITE.channels[0], opening=OpeningHours("America/New_York", (*(((Span(480, 1500)),),) * 5, (), ()))
    )
    site = replace(fakes.SITE, channels=(phone, *fakes.SITE.channels[1:]))
    container.put(settings=replace(fakes.settings(), site=site))
    found = call(container, "channels")
    assert [each["name"] for each in found["channels"]] == ["phone", "chat"]
    assert found["channels"][0]["text"] == "(833) 267-6094"
    assert found["channels"][0]["hours"].startswith("Mon 08:00-01:00; Tue")
    assert found["channels"][0]["hours"].endswith("Sat closed; Sun closed (America/New_York)")
    assert found["contact_page"] == f"{HELP}/contact"
    assert found["notice"] == fakes.NOTICE


@pytest.mark.parametrize("arguments", [{}, {"question": 3}, {"question": "x", "k": 0}, {"question": "x", "k": 101}])
def test_wrong_arguments_are_refused(
    container: FakeContainer, answerer: FakeAnswerer, arguments: dict[str, object]
) -> None:
    """With what is wrong; nothing is asked."""
    assert "validation error" in call(container, "search", **arguments)
    assert not answerer.asked


def test_without_a_good_index(container: FakeContainer) -> None:
    """Each tool that needs one says so; the channels are there."""
    container.put(answerer=IndexDamaged("No version is good. Build again: kb build --full"))
    assert "kb build --full" in call(container, "search", question="x")
    assert "kb build --full" in call(container, "read_article", article_id="late-fee")
    assert call(container, "channels")["channels"]
