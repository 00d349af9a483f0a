"""The API's OpenAPI 3.1 description, made from the records and enums of the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias

from kb import __version__
from kb.html.format import LONGEST_QUERY
from kb.retrieval.query.suggestible import SuggestionKind
from kb.types import DEFAULT_K, MAX_K, ArticleKind, EventKind, NoAnswerReason, OutcomeKind

Schema: TypeAlias = dict[str, Any]

ADDRESS: Final = "/api/openapi.json"
_STRING: Final[Schema] = {"type": "string"}
_TEXTS: Final[Schema] = {"type": "array", "items": _STRING}
_QUERY_ID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_K: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": MAX_K, "default": DEFAULT_K}
_WHAT_K_IS: Final = "How many articles of the ranking are given."


def _one_of(names: Iterable[StrEnum]) -> Schema:
    return {"type": "string", "enum": [name.value for name in names]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(fields: Mapping[str, Schema], optional: Iterable[str] = (), text: str = "") -> Schema:
    required = [name for name in fields if name not in set(optional)]
    described = {"description": text} if text else {}
    return {"type": "object", **described, "properties": dict(fields), "required": required}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_LANGUAGE: Final[Schema] = {"type": "string", "description": "The language of the text: en or es."}
SCHEMAS: Final[Mapping[str, Schema]] = {
    "Hit": _object(
        {
            "rank": {"type": "integer", "minimum": 1},
            "article_id": _STRING,
            "title": _STRING,
            "heading": {"type": "string", "description": "Of the passage; the title before the first heading."},
            "anchor": {"type": "string", "description": "Of the heading: /article?id={article_id}#{anchor}."},
            "passage": {"type": "string", "description": "The part of the article that answers, as plain text."},
            "direct_answer": {
                **_or_null(_STRING),
                "description": "The article's text before its first heading, to be shown first; null without one.",
            },
            "score": {"type": "number", "description": "Similarity; higher is nearer."},
            "language": _LANGUAGE,
        },
        optional=("language",),
        text="One article of the ranking.",
    ),
    "Answer": _object(
        {
            "id": {"description": "Always null here; the batch of the command line echoes one."},
            "query": {"type": "string", "description": "The question, as far as it was read."},
            "cut": {
                "type": "boolean",
                "description": f"Whether the question was longer than the {LONGEST_QUERY} characters that are read.",
            },
            "outcome": _one_of(OutcomeKind),
            "confidence": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "description": "Calibrated probability that rank 1 answers the question.",
            },
            "hits": {**_list_of("Hit"), "description": "The ranking, best first, for every outcome."},
            "choices": {**_TEXTS, "description": "Ids to choose from if the outcome is clarify; else empty."},
            "reason": _or_null(_one_of(NoAnswerReason)),
            "signpost": {
                **_or_null(_ref("Signpost")),
                "description": "What the question is about if the reason is elsewhere; else null.",
            },
            "index_version": _STRING,
            "took_ms": {"type": "number", "minimum": 0},
            "query_id": {**_QUERY_ID, "description": "Names this question in /api/feedback."},
        },
        text="What was decided about a question. Show hits[0] only if the outcome is answered.",
    ),
    "Signpost": _object(
        {
            "id": _or_null(_STRING),
            "title": {**_or_null(_STRING), "description": "What the question seems to be about."},
            "text": {**_or_null(_STRING), "description": "Who helps with it, in two or three sentences of Markdown."},
            "names": {**_TEXTS, "description": "The companies that the question is about."},
        },
        text="What a question is about that is not answered here. It has no page. Without one, only names are given.",
    ),
    "Question": _object(
        {"text": {"type": "string", "description": "The customer's words."}, "k": {**_K, "description": _WHAT_K_IS}},
        optional=("k",),
    ),
    "Event": {
        **_object(
            {
                "query_id": _QUERY_ID,
                "event": _one_of(EventKind),
                "article_id": {
                    "type": "string",
                    "maxLength": 200,
                    "description": "The article it is about; one that is here.",
                },
                "reason": {"type": "string", "maxLength": 100, "description": "Why, as one of the choices you offer."},
                "text": {
                    "type": "string",
                    "maxLength": 2000,
                    "description": "The customer's own words, redacted here.",
                },
            },
            optional=("article_id", "reason", "text"),
            text="What came after a question. The same event of a question is recorded once, however often it is sent.",
        ),
        "additionalProperties": False,
    },
    "Recorded": _object(
        {"query_id": _QUERY_ID, "event": _one_of(EventKind), "recorded": {"type": "boolean", "const": True}}
    ),
    "Suggestion": _object(
        {
            "kind": _one_of(SuggestionKind),
            "text": _STRING,
            "article_id": _STRING,
            "address": {"type": "string", "description": "Where choosing it leads, on this server."},
        }
    ),
    "Suggestions": _object(
        {
            "text": {"type": "string", "description": "What was typed, as it was sent."},
            "suggestions": _list_of("Suggestion"),
            "announcement": {"type": "string", "description": "To be read out by a screen reader."},
        }
    ),
    "Popular": _object({"suggestions": _list_of("Suggestion")}),
    "Section": _object(
        {"heading": _STRING, "anchor": _STRING, "level": {"type": "integer"}, "text": _STRING},
        text="A part of an article, as plain text.",
    ),
    "Source": _object(
        {
            "address": _STRING,
            "dated": {"type": "string", "description": "The source's own date, or unknown."},
            "read": {"type": "string", "description": "When the copy was read."},
        }
    ),
    "Article": _object(
        {
            "id": _STRING,
            "title": _STRING,
            "kind": _one_of(kind for kind in ArticleKind if kind is not ArticleKind.SIGNPOST),
            "category": _STRING,
            "summary": _STRING,
            "address": {"type": "string", "description": "Of the page, on this server."},
            "sections": _list_of("Section"),
            "related": {**_TEXTS, "description": "Ids of articles."},
            "reviewed": _or_null({"type": "string", "format": "date"}),
            "language": _LANGUAGE,
            "languages": {**_TEXTS, "description": "Those that it is written in."},
            "out_of_date": {"type": "boolean", "description": "Whether the English text has changed since."},
            "sources": _list_of("Source"),
        }
    ),
    "Alive": _object({"status": {"type": "string", "const": "alive"}}),
    "Ready": _object(
        {
            "status": {"type": "string", "const": "ready"},
            "index_version": _STRING,
            "articles": {"type": "integer"},
            "index_files": {
                "enum": ["loaded", "good", "damaged"],
                "description": "The index on disk, verified hourly; 'loaded' before the first time.",
            },
        }
    ),
    "NotReady": _object({"status": {"type": "string", "const": "not ready"}, "reason": _STRING}),
    "Error": _object({"error": {"type": "string", "description": "One sentence: what is wrong, and what to do."}}),
}


# --------------------------------------------------------------------------------------------------- answers


def _json(name: str, text: str, headers: Schema | None = None) -> Schema:
    content = {"application/json": {"schema": _ref(name)}}
    return {"description": text, "content": content, **({"headers": headers} if headers else {})}


def _errors(*statuses: int) -> dict[str, Schema]:
    retry = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    texts = {
        400: "The body is not JSON in UTF-8.",
        404: "It does not exist.",
        413: "The body is too long.",
        422: "A value is missing or has the wrong form.",
        429: "Too many requests from this address.",
        503: "No index serves yet.",
    }
    return {str(s): _json("Error", texts[s], retry if s == 429 else None) for s in statuses}  # noqa: PLR2004 - HTTP


def _parameter(name: str, schema: Schema, text: str, place: str = "query", *, required: bool = True) -> Schema:
    return {"name": name, "in": place, "required": required, "schema": schema, "description": text}


def _operation(name: str, summary: str, responses: Schema, **more: Any) -> Schema:
    return {"operationId": name, "summary": summary, **more, "responses": responses}


def _body(name: str) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


_TEXT: Final = _parameter("text", _STRING, "The customer's words.")
_LANG: Final = _parameter(
    "lang",
    _STRING,
    "en or es: the language of what is shown, as far as it is translated. Without it, or with any other word, that of "
    "the question, and English for an article.",
    required=False,
)
PATHS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "/api/ask": {
        "get": _operation(
            "ask",
            "Ask a question.",
            {"200": _json("Answer", "The answer, or that there is none."), **_errors(422, 429, 503)},
            parameters=[_TEXT, _parameter("k", _K, _WHAT_K_IS, required=False), _LANG],
        ),
        "post": _operation(
            "askByPost",
            "Ask a question whose words stay out of addresses and therefore out of logs. Prefer this one.",
            {"200": _json("Answer", "The answer, or that there is none."), **_errors(400, 413, 422, 429, 503)},
            parameters=[_LANG],
            requestBody=_body("Question"),
        ),
    },
    "/api/feedback": {
        "post": _operation(
            "feedback",
            "Tell what came after a question: opened, helpful, an agent contacted.",
            {
                "200": _json("Recorded", "Committed if it is chose, helpful, not_helpful or contacted."),
                **_errors(400, 404, 413, 422, 429, 503),
            },
            requestBody=_body("Event"),
        )
    },
    "/api/suggest": {
        "get": _operation(
            "suggest",
            "Suggest articles and questions while a customer types. None of it is kept.",
            {"200": _json("Suggestions", "At most eight, best first."), **_errors(422, 429, 503)},
            parameters=[_TEXT, _LANG],
        )
    },
    "/api/popular": {
        "get": _operation(
            "popular",
            "Suggest what is asked and read most, for a field in which nothing is typed yet.",
            {"200": _json("Popular", "At most five, the first ones first; none while too little is known.")}
            | _errors(429, 503),
        )
    },
    "/api/articles/{id}": {
        "get": _operation(
            "article",
            "Read an article as plain text, by its id.",
            {
                "200": _json("Article", "The article."),
                "301": {
                    "description": "The id is an earlier one.",
                    "headers": {"Location": {"schema": _STRING, "description": "The article under its id."}},
                },
                **_errors(404, 429, 503),
            },
            parameters=[_parameter("id", _STRING, "An article's id, or an earlier one.", "path"), _LANG],
        )
    },
    ADDRESS: {
        "get": _operation(
            "description",
            "This description.",
            {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}}
            | _errors(429),
        )
    },
    "/metrics": {
        "get": _operation(
            "metrics",
            "Figures for Prometheus: questions, times, the index, the journal.",
            {"200": {"description": "Its text format.", "content": {"text/plain": {"schema": _STRING}}}},
        )
    },
    "/healthz": {"get": _operation("alive", "Whether the process lives.", {"200": _json("Alive", "It does.")})},
    "/readyz": {
        "get": _operation(
            "ready",
            "Whether an index serves.",
            {"200": _json("Ready", "One does."), "503": _json("NotReady", "None does yet, or the process ends.")},
        )
    },
}


def description(site_name: str) -> Schema:
    """Return the whole description.

    :param site_name: The help center's name, for the title.
    :return: An OpenAPI 3.1 document as plain JSON values.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name}: API",
            "version": __version__,
            "description": (
                "Questions are answered from articles that editors wrote; nothing is generated. Personal data is "
                "taken out of a question before it is written anywhere.\n\n"
                "Errors: every one is an object with the key error. Besides those of each operation, 404 says that "
                "there is nothing at an address, and 405 that it does not take the method, with the right ones in "
                "Allow. Retry after 429 and 503, and after no other.\n\n"
                "Versions: the version is the program's. Addresses have none. Keys and values of enums may be added "
                "at any time, so pass over those you do not know; removing or renaming one, or a stricter check of "
                "what is sent, raises the first number, or the second while the first is 0. index_version in an "
                "answer names the articles it is from, and changes with each build."
            ),
        },
        "paths": {path: dict(operations) for path, operations in PATHS.items()},
        "components": {"schemas": dict(SCHEMAS)},
    }


# -------------------------------------------------------------------------------------------------- methods


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods an address takes, HEAD next to GET; none where there is nothing.

    :param path: As it was requested.
    :return: In the order GET, HEAD, POST, OPTIONS.
    """
    for pattern, methods in _patterns():
        if pattern.fullmatch(path):
            return methods
    return ()


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    found = []
    for path, operations in PATHS.items():
        parts = [r"[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")]
        methods = [*(("GET", "HEAD") if "get" in operations else ()), *(("POST",) if "post" in operations else ())]
        found.append((re.compile("/".join(parts)), (*methods, "OPTIONS")))
    return tuple(found)
