"""Every fixed word of the customers’ pages in English: one module an area, the same names in each language."""

from kb.ui.words.english.article import *  # noqa: F403
from kb.ui.words.english.ask import *  # noqa: F403
from kb.ui.words.english.bill import *  # noqa: F403
from kb.ui.words.english.browse import *  # noqa: F403
from kb.ui.words.english.case import *  # noqa: F403
from kb.ui.words.english.contact import *  # noqa: F403
from kb.ui.words.english.dates import *  # noqa: F403
from kb.ui.words.english.feedback import *  # noqa: F403
from kb.ui.words.english.frame import *  # noqa: F403
from kb.ui.words.english.handover import *  # noqa: F403
from kb.ui.words.english.privacy import *  # noqa: F403
