"""Add to the wheel what ``kb example`` copies; an installation in place reads it from the checkout. For hatchling."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Example(BuildHookInterface):
    """Puts the shipped articles and site.yaml into the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files.

        :param version: ``standard``, or ``editable`` for an installation in place.
        :param build_data: What hatchling is told.
        """
        if version == "standard":
            build_data["force_include"] |= {"articles": "kb/example/articles", "site.yaml": "kb/example/site.yaml"}
