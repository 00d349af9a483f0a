"""Every fixed word of the pages, in the language of the reader: ``words().ask.title``.

Each area of the pages has a class, with an instance per language next to it; the pages for staff are in English only.
"""

from kb.html.words.catalog import Language, use_language, words

__all__ = ["Language", "use_language", "words"]
