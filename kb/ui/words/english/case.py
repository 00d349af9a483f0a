"""Opening hours, the case sheet, the reminder and the ladder of escalation."""

from __future__ import annotations

from typing import Final

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIME_AM: Final = "{hour}:{minute} AM"
TIME_PM: Final = "{hour}:{minute} PM"
DAY_AT: Final = "{weekday}, {time}"
OPEN_NOW: Final = "Open now"
CLOSED_NOW: Final = "Closed now"
OPEN_ALWAYS: Final = "at any hour"
OPEN_UNTIL: Final = "until {time}"
OPENS_AT: Final = "opens {time}"
CENTER_TIME: Final = "at the center"
YOUR_TIME: Final = "your time"
WEEK_HOURS: Final = "Hours at the center"
WEEK_CLOSED: Final = "closed"
WAIT: Final = "Usual wait: about {count} minutes"

CASE_TITLE: Final = "Your case sheet"
CASE_LEAD: Final = (
    "A few notes make the call shorter and keep what was promised. They stay in this visit only: nothing you write "
    "here is saved or passed on. Closing or reloading the page empties it, so keep a copy at the end."
)
CASE_OPEN: Final = "Prepare for the call with a case sheet"
CASE_TABS: Final = ("Before", "During", "After")
CASE_LABELS: Final = {
    "question": "What you asked",
    "articles": "Articles you have read",
    "happened": "What happened",
    "amounts": "Amounts and dates",
    "wanted": "What you ask for",
    "contacted": "Day you contact them",
    "representative": "Representative’s name",
    "case_number": "Case number",
    "promised": "What was promised",
    "promised_by": "By when",
}
CASE_HINTS: Final = {
    "happened": "For example: the total rose in May, and I changed nothing",
    "amounts": "For example: $82.99 instead of $72.99, bill of May 4",
    "wanted": "For example: a credit of $10, or the reason in writing",
    "promised": "In their words. Read it back: “You have noted that …?”",
}
CASE_BEFORE: Final = "Write it down once, in short sentences. You can read it out on the phone."
CASE_DURING: Final = "Keep this part open while you talk. Ask for each of these before you hang up."
CASE_AFTER: Final = "Keep what was said, and put the promised day in your calendar."
CASE_EMPTY: Final = "Nothing is written yet. Printed now, the sheet has lines to fill in by hand."
CASE_COPY: Final = "Copy"
CASE_COPIED: Final = "Copied"
CASE_PRINT: Final = "Print or save as PDF"
CASE_TEXT: Final = "Download as text"
CASE_REMINDER: Final = "Add {day} to your calendar"
CASE_REMINDER_NONE: Final = "For a calendar reminder, enter under “During” by when it was promised."
CASE_FILE: Final = "case-sheet.txt"
CASE_REMINDER_FILE: Final = "follow-up.ics"
REMINDER_TITLE: Final = "Follow up: was it done?"
REMINDER_TITLE_CASE: Final = "Follow up on case {case_number}: was it done?"
REMINDER_TEXT: Final = "If nothing has happened, call again and start from the case number."
CASE_CLEAR: Final = "Empty the sheet"

LADDER_TITLE: Final = "If it is not solved"
LADDER_LEAD: Final = (
    "Go one step at a time, calm and clear. The days count from the day you contact them: change it on the case sheet."
)
LADDER_FROM: Final = "From {day}"
LADDER_TODAY: Final = "On {day}"
LADDER_ANSWER: Final = "If you do it that day, an answer is due by {day} ({count} days)"
LADDER_SAY: Final = "Words that help"
LADDER_ARTICLE: Final = "How to do this"
LADDER_ANSWER_DAYS: Final = "An answer is due within {count} days."
