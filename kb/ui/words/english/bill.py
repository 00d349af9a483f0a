"""The page about the bill: the sample, its parts, and a line of one's own."""

from __future__ import annotations

from typing import Final

NAV_BILL: Final = "Your bill"
BILL_TITLE: Final = "Your bill, part by part"
BILL_LEAD: Final = (
    "This is a made-up bill in the order bills usually have. Choose a part to read what it means. "
    "Your own bill may look a little different."
)
BILL_SAMPLE: Final = "Sample"
BILL_SAMPLE_NOTE: Final = "A made-up bill. No real account, no real prices."
BILL_PICTURE: Final = "A made-up bill with numbered parts. The list of parts says the same in words."
BILL_COMPANY: Final = "Example Cable Co."
BILL_STATEMENT: Final = "Statement"
BILL_COUPON: Final = "Send this part with a payment by mail"
BILL_PARTS: Final = "The parts of the bill"
BILL_ON_SAMPLE: Final = "On the sample"
BILL_ARTICLES: Final = "Read more"
BILL_ASK: Final = "Ask: “{question}”"
BILL_CLOSE: Final = "Close this part"
BILL_NONE: Final = "There is no sample bill here yet. Ask your question, or browse the topics."

LINE_TITLE: Final = "What does a line on your bill mean?"
LINE_LEAD: Final = "Type a line as it is printed. It is looked up and forgotten: nothing is stored."
LINE_WORDING: Final = "The line, as printed"
LINE_WORDING_HINT: Final = "For example: Broadcast TV Surcharge"
LINE_AMOUNT: Final = "Amount, if you like"
LINE_AMOUNT_HINT: Final = "For example: 27.00"
LINE_SUBMIT: Final = "Explain this line"
LINE_EMPTY: Final = "Type the words of the line first."
LINE_NOT_AMOUNT: Final = "“{amount}” is not an amount we can read. Write it like 27.00 or −5.00."
LINE_PART: Final = "Such a line usually belongs to “{part}”."
LINE_CREDIT: Final = "{amount} has a minus: it is a credit, so it lowers what you owe."
LINE_MONTHLY: Final = "If it comes every month, {amount} is {year} in a year."
LINE_ARTICLE: Final = "What explains it"
LINE_CHOICES: Final = "It may be one of these"
LINE_UNKNOWN: Final = (
    "We cannot say what “{line}” is. An agent can: ask what event or service caused it, and since when."
)
LINE_CONTACT: Final = "Contact an agent"
LINE_FOUND: Final = "Found: {title}"
