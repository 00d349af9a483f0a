"""Every code of a finding of ``kb check``, with its severity and its meaning.

``docs/articles.md`` lists the same table; a test compares the two.
"""

from __future__ import annotations

from kb.types import Finding, Severity

_ERROR, _WARNING, _ADVICE = Severity.ERROR, Severity.WARNING, Severity.ADVICE

CODES: dict[str, tuple[Severity, str]] = {
    # One file cannot be read as an article.
    "unreadable": (_ERROR, "The file cannot be opened."),
    "too-large": (_ERROR, "The file is larger than any article."),
    "link-out": (_ERROR, "A link in place of a file leads out of the folder of articles, or nowhere."),
    "linked-folder": (_WARNING, "A link to a folder is not followed."),
    "encoding": (_ERROR, "The file is not UTF-8 text, or holds a NUL character."),
    "left-out": (_WARNING, "A Markdown file is not read, because its name does not end in .md or begins with '_'."),
    "no-front-matter": (_ERROR, "The file does not begin with a front matter between two lines '---'."),
    "yaml": (_ERROR, "The front matter is not valid YAML."),
    "schema": (_ERROR, "A required key is missing or empty, or a value is not one of those allowed."),
    "unknown-key": (_ERROR, "The front matter has a key that means nothing here, often a typing error."),
    "wrong-type": (_ERROR, "A value is of the wrong kind, such as a number where text is expected."),
    "date": (_ERROR, "A date is impossible or written in another form than YYYY-MM-DD."),
    "id": (_ERROR, "The file's name cannot be an article's id."),
    "duplicate-id": (_ERROR, "Two files, or a file and a redirect, claim the same id."),
    "channel": (_ERROR, "The text names a contact channel that site.yaml does not have."),
    "not-for": (_ERROR, "A question of 'not_for' belongs to no other article or signpost."),
    "bill-article": (_ERROR, "A part of the sample bill names an article that customers cannot open."),
    "empty-body": (_WARNING, "There is nothing below the front matter."),
    # Translations.
    "translation-alone": (_ERROR, "A translation has no article of its name in its folder."),
    "untranslated": (_ERROR, "A translation lacks a title, a summary or its text, or has them in English."),
    "untranslated-text": (_WARNING, "A paragraph of a translation is in English."),
    "translation-headings": (
        _WARNING,
        "A translation has other headings than the English text; customers read English until they match.",
    ),
    "translation-outdated": (_ADVICE, "The English text has changed since, or nothing says which one was translated."),
    # Links between articles.
    "dead-link": (_WARNING, "A link leads to an article that does not exist."),
    "dead-anchor": (_WARNING, "A link leads to a heading that its article does not have."),
    "old-id": (_ADVICE, "A link or 'related' uses an earlier id; it works, by a redirect."),
    "self-link": (_ADVICE, "An article links or relates to itself."),
    "link-to-draft": (_WARNING, "A published article links to a draft, which customers cannot open."),
    "link-to-signpost": (_ERROR, "A link or 'related' leads to a signpost, which customers cannot open."),
    "signpost-link": (_ERROR, "A signpost links to an article that does not exist."),
    "dead-related": (_WARNING, "The list 'related' names an article that does not exist."),
    "related-draft": (_WARNING, "A published article relates to a draft, which customers cannot open."),
    "related-one-way": (_ADVICE, "An article relates to another one that does not relate back."),
    "orphan": (_ADVICE, "No other published article links or relates to this one."),
    "missing-redirect": (_WARNING, "An id that was published before is neither an article nor a redirect now."),
    "redirect-to-self": (_WARNING, "An article lists its own id among its redirects."),
    # The front matter as a whole.
    "duplicate-title": (_WARNING, "Two articles have the same title."),
    "category-folder": (_WARNING, "The category is not the name of the folder the file lies in."),
    "signpost-folder": (_ERROR, "A signpost lies outside the folder elsewhere/, or an article inside it."),
    "duplicate-item": (_ADVICE, "A list names the same thing twice."),
    "no-summary": (_ADVICE, "There is no summary."),
    "placeholder": (_WARNING, "A published article still has a 'TODO:' in it."),
    "layout": (_ADVICE, "Spaces at line ends, line ends, the last line end or the order of keys are untidy."),
    # Dates and sources.
    "overdue": (_ADVICE, "The article is due for review."),
    "future-date": (_WARNING, "A date lies in the future."),
    "figure-without-date": (_ADVICE, "A paragraph gives an amount of money but not as of when."),
    "no-source": (_ADVICE, "The article gives an amount of money but no sources."),
    # Text and structure.
    "phone-number": (_WARNING, "A telephone number is typed into the text; it belongs in site.yaml, as a channel."),
    "unknown-placeholder": (_WARNING, "Curly braces that name no channel are shown to customers as they are."),
    "unknown-admonition": (
        _WARNING,
        "A '> [!WORD]' is not NOTE, TIP or WARNING on a line of its own, and is shown as it is.",
    ),
    "picture-elsewhere": (
        _ERROR,
        "A picture is neither next to the article nor in pictures/, so customers never see it.",
    ),
    "picture-missing": (_ERROR, "The file of a picture does not exist."),
    "picture-type": (_ERROR, "A picture is of a type that is not shown, or its file is damaged."),
    "picture-size": (_ERROR, "A picture has more than 2 MB, or more than 4,096 pixels in width or height."),
    "picture-drawing": (_ERROR, "A drawing in SVG is damaged or too large, or holds what customers may not get."),
    "picture-location": (_WARNING, "A photo says where it was taken."),
    "alt-text": (_ERROR, "An image has no text for those who cannot see it, or only the name of its file."),
    "conflict-mark": (_ERROR, "The marks of a merge that was not finished are in the text."),
    "lost-cells": (_ERROR, "A row of a table has more cells than the heading, and they disappear."),
    "yaml-comment": (_ERROR, "YAML takes the rest of a text for a comment, from a number sign on."),
    "open-fence": (_WARNING, "A block of code has no end, so all that follows is code."),
    "undefined-label": (_WARNING, "A link by reference has a label that nothing defines."),
    "duplicate-label": (_WARNING, "A label of a link is defined twice; the first definition counts."),
    "heading-space": (_WARNING, "A line looks like a heading and is none, because of the space after its marks."),
    "foreign-markup": (_WARNING, "Markup of another tool is shown to customers as it is."),
    "raw-html": (_WARNING, "Raw HTML is shown to customers as text."),
    "heading-order": (_WARNING, "A heading skips a level, or is a level 1 heading, which the title is already."),
    "search-for-sources": (
        _WARNING,
        "A summary or first paragraph speaks of the search for sources, not of the answer.",
    ),
    "process-words": (_ADVICE, "A text speaks of where it was read, not of the customer."),
    "british-spelling": (_ADVICE, "A word is spelled as in Britain."),
    "date-style": (_ADVICE, "A date is not written as in the US, such as June 23, 2019."),
    "reading-grade": (_ADVICE, "A text asks for more than nine years of school, by the Flesch-Kincaid grade."),
    "long-sentence": (_ADVICE, "A sentence has more than 30 words."),
    "long-signpost": (_WARNING, "A signpost has more than three sentences."),
    "tutorial-without-steps": (_WARNING, "A tutorial has no numbered list of at least two steps."),
    "reference-without-table": (_ADVICE, "A reference has no table."),
    # The operator's file.
    "dead-step": (_WARNING, "A step of the escalation in site.yaml names an article that customers cannot open."),
    # Examples and tests.
    "test-repeats-example": (_WARNING, "A test is the same as an example, or nearly, and so proves nothing."),
    "duplicate-example": (_WARNING, "The same example appears twice, in one article or in two."),
    "duplicate-test": (_WARNING, "The same test appears twice, in one article or in two."),
    "not-for-example": (_ERROR, "A question of 'not_for' is also an example, in this file or another one."),
    "signpost-example": (_ERROR, "An example of a signpost is also an example of an article."),
    "logged-question": (_ERROR, "A question of an article is a customer's as it was typed."),
    "few-examples": (_ADVICE, "There are fewer than 10 examples."),
    "few-tests": (_ADVICE, "There are fewer than 4 tests."),
    # Sections that questions are tied to.
    "dead-section": (_WARNING, "An example or a test is tied to a section that its article does not have."),
    "duplicate-heading": (_WARNING, "Two sections of an article have the same heading."),
    "section-without-example": (_WARNING, "Examples of the article are tied to sections, but none to this one."),
}


def finding(path: str, at: tuple[int, int], code: str, message: str, fix: str) -> Finding:
    """Return a finding with the severity its code has.

    :param path: The file.
    :param at: Line and column, from 1.
    :param code: A key of :data:`CODES`.
    :param message: What is wrong.
    :param fix: What to do about it.
    :return: The finding.
    """
    return Finding(path, at[0], at[1], CODES[code][0], code, message, fix)
