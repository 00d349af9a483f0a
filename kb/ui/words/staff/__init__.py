"""Every fixed word of the pages for staff, which are in English only: one module an area."""

from kb.ui.words.staff.findings import *  # noqa: F403
from kb.ui.words.staff.insights import *  # noqa: F403
from kb.ui.words.staff.preview import *  # noqa: F403
from kb.ui.words.staff.sign_in import *  # noqa: F403
from kb.ui.words.staff.writing import *  # noqa: F403
