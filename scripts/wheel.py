"""Add the files that ``kb example`` copies to the wheel, for hatchling; an editable installation reads the checkout."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Example(BuildHookInterface):
    """A build hook that puts the shipped articles and site.yaml into the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files.

        :param version: ``standard`` or ``editable``.
        :param build_data: What hatchling receives.
        """
        if version == "standard":
            build_data["force_include"] |= {"articles": "kb/example/articles", "site.yaml": "kb/example/site.yaml"}
