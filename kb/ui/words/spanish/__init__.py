"""Every fixed word of the customers’ pages in Spanish, under the same names as in English."""

from kb.ui.words.spanish.article import *  # noqa: F403
from kb.ui.words.spanish.ask import *  # noqa: F403
from kb.ui.words.spanish.bill import *  # noqa: F403
from kb.ui.words.spanish.browse import *  # noqa: F403
from kb.ui.words.spanish.case import *  # noqa: F403
from kb.ui.words.spanish.contact import *  # noqa: F403
from kb.ui.words.spanish.dates import *  # noqa: F403
from kb.ui.words.spanish.feedback import *  # noqa: F403
from kb.ui.words.spanish.frame import *  # noqa: F403
from kb.ui.words.spanish.handover import *  # noqa: F403
from kb.ui.words.spanish.privacy import *  # noqa: F403
