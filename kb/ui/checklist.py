"""Steps to tick off: the numbers of a tutorial's steps become boxes."""

from __future__ import annotations

import re

from kb.html.words import words
from kb.ui.formatting import escape

_TAG = re.compile(r"<(/?)(ol|ul|li)\b[^>]*>")


def with_boxes(safe: str) -> str:
    """Return HTML in which every item of an outermost numbered list can be ticked off.

    :param safe: Safe HTML of a tutorial.
    :return: The same with a checkbox at the beginning of each step.
    """
    open_lists: list[str] = []
    step = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal step
        closing, name = found[1] == "/", found[2]
        if name == "li":
            if closing or open_lists != ["ol"]:
                return found[0]
            step += 1
            label = escape(words().article.step_done.format(number=step))
            return f'{found[0]}<input type="checkbox" class="kb-step" aria-label="{label}">'
        if closing:
            open_lists.pop()
            return found[0]
        if not open_lists:
            step = 0
        open_lists.append(name)
        return found[0] if open_lists != ["ol"] else found[0].replace("<ol", '<ol class="kb-steps"', 1)

    return _TAG.sub(replace, safe)
