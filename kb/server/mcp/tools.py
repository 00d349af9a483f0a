"""The tools of the MCP server: search, one article, the ways to reach the company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from kb import __version__
from kb.app.container import Container
from kb.errors import KbError
from kb.html.documents import machines
from kb.html.words import Language
from kb.server.mcp import answers
from kb.types import DEFAULT_K, MAX_K, QuerySource

_READ_ONLY: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS: Final = (
    "This is the help center {name}. Its answers are articles that editors wrote; nothing is generated. Ask 'search' "
    "with the customer's whole question in the customer's words, English or Spanish. Do what 'what_to_do' says. If "
    "there is no answer, say that there is none: never answer a question about bills here from anything else."
)


def server(container: Container, site_address: str = "", visit: Callable[[], str] | None = None) -> MCPServer[None]:
    """Return the server with its tools; no transport runs yet.

    :param container: Gives the answerer and the operator's words.
    :param site_address: The help center's public address without a slash at its end; empty for addresses that begin
        with one.
    :param visit: Gives the random key of the visit that a question belongs to; without it, none is recorded.
    :return: The server; its tools run in threads, and may be called at the same time.
    """
    site = container.settings.site
    made: MCPServer[None] = MCPServer(
        name=site.name, version=__version__, instructions=INSTRUCTIONS.format(name=site.name), log_level="WARNING"
    )

    def search(
        question: Annotated[str, Field(description="The customer's whole question, in the customer's words.")],
        k: Annotated[int, Field(ge=1, le=MAX_K, description="How many articles are ranked.")] = DEFAULT_K,
    ) -> answers.Search:
        # Half of a surrogate pair is valid in JSON's escapes, but in no UTF-8.
        text = question.encode("utf-8", "replace").decode("utf-8")
        try:
            work = partial(container.answerer.ask, text, max(k, DEFAULT_K))
            answer = container.admission.ask(visit() if visit is not None else "assistant", text, work)
            if visit is not None:
                traffic = container.settings.traffic
                container.visits.record(answer, source=QuerySource.MCP, visit=visit(), traffic=traffic)
        except KbError as error:
            raise ToolError(str(error)) from error
        return answers.search(replace(answer, hits=answer.hits[:k]), site_address)

    def read_article(
        article_id: Annotated[str, Field(description="As 'search' gives it; an earlier id is known, too.")],
        language: Annotated[
            Language, Field(description="Of the text: the customer's. An article without a translation is in English.")
        ] = Language.ENGLISH,
    ) -> str:
        try:
            library = container.answerer.library
        except KbError as error:
            raise ToolError(str(error)) from error
        article = library.resolve(article_id)
        if article is None:
            raise ToolError(f"There is no article {article_id!r}. Find its id with the tool 'search'.")
        return machines.article(article.in_language(language), library, site, site_address)

    def channels() -> answers.Channels:
        return answers.channels(site, site_address)

    made.add_tool(
        search,
        title="Search the help center",
        description=(
            "Answer a question from the help center's articles: the direct answer and the part of the article that "
            "answers it, two or three articles to choose from, or the decision that no article answers it."
        ),
        annotations=_READ_ONLY,
    )
    made.add_tool(
        read_article,
        title="Read an article",
        description=(
            "Return one whole article as Markdown, in English or Spanish, with its sources and the day of its last "
            "review."
        ),
        annotations=_READ_ONLY,
        structured_output=False,
    )
    made.add_tool(
        channels,
        title="Ways to reach the company",
        description="List the telephone numbers, chats and pages for reaching a person, each with its dated source.",
        annotations=_READ_ONLY,
    )
    return made
