"""Draw the pictures of articles into articles/pictures, in English and Spanish.

Usage: python scripts/pictures.py [--check]

Words come from articles/pictures/drawings.yaml. Every figure and date comes from the sample bill, articles/bill.yaml,
so that the two cannot disagree. --check draws nothing, and fails if a file is not as it would be drawn.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import yaml
from drawing import LEFT, RIGHT, Sheet

from kb.bill.reader import load_bill
from kb.html.words.dates import DATES_EN, DATES_ES
from kb.types import BillLine, BillPart

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "articles"
FOLDER = ARTICLES / "pictures"
WORDS = FOLDER / "drawings.yaml"
MONTHS = {"en": DATES_EN.months, "es": DATES_ES.months}
YEAR = 2025
"""Of dates on the sample bill, which has none; only the lengths of months matter, so it is no leap year."""
INSTALLED_DAYS = 10
"""Days of the first, partial month in the picture of a first bill."""
PAID_AFTER = 6
"""Days from the statement date to the payment in the picture of a payment's way."""
_AMOUNT = re.compile(r"[−-]?\$[\d,]+\.\d\d")


@dataclass(frozen=True, slots=True)
class Bill:
    """The sample bill in one language."""

    parts: tuple[BillPart, ...]
    language: str

    def part(self, part_id: str) -> BillPart:
        """Return a part by its id."""
        for part in self.parts:
            if part.id == part_id:
                return part
        raise SystemExit(f"articles/bill.yaml has no part {part_id!r}, which a picture shows. Add it, or redraw.")

    def line(self, part_id: str, label: str) -> BillLine:
        """Return a line of a part by its English label."""
        for line in self.part(part_id).lines:
            if line.label == label:
                return line
        raise SystemExit(f"articles/bill.yaml has no line {label!r} in {part_id!r}, which a picture shows.")

    def label(self, line: BillLine) -> str:
        """Return a line's words."""
        return line.spanish or line.label if self.language == "es" else line.label

    def title(self, part: BillPart) -> str:
        """Return a part's title."""
        return (part.spanish or part.words).title if self.language == "es" else part.words.title

    def number(self, part_id: str) -> int:
        """Return the number that the page of the sample bill gives a part."""
        return self.parts.index(self.part(part_id)) + 1

    def sum(self, part_id: str) -> Decimal:
        """Return what the amounts of a part add up to."""
        values = (line.value for line in self.part(part_id).lines)
        return sum((amount(value) for value in values if _AMOUNT.fullmatch(value)), Decimal())

    def day(self, part_id: str, label: str) -> date:
        """Return the date of a line."""
        return day_of(self.line(part_id, label).value)

    def on(self, day: date) -> str:
        """Return a date in words."""
        month = MONTHS[self.language][day.month - 1]
        return f"{day.day} de {month}" if self.language == "es" else f"{month} {day.day}"

    def value(self, line: BillLine) -> str:
        """Return a line's amount or date in words."""
        return self.on(day_of(line.value)) if _is_day(line.value) else line.value


def amount(text: str) -> Decimal:
    """Return an amount of the bill as a number."""
    return Decimal(text.replace("−", "-").replace("$", "").replace(",", ""))


def money(value: Decimal) -> str:
    """Return an amount as it is printed."""
    return f"{'−' if value < 0 else ''}${abs(value):,.2f}"


def _is_day(text: str) -> bool:
    return text.partition(" ")[0] in MONTHS["en"]


def day_of(text: str) -> date:
    """Return a date such as ``May 4``."""
    month, _, day = text.partition(" ")
    return date(YEAR, MONTHS["en"].index(month) + 1, int(day))


def a_month_from(day: date, months: int = 1) -> date:
    """Return the same day of another month."""
    return day.replace(month=day.month + months)


# ------------------------------------------------------------------------------------------------ the pictures


def bill_page_1(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the first page: account, the sums of page two, the total and how to pay."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    _part(sheet, bill, "account")
    sheet.rule()
    sheet.lines(words["summary"], LEFT, RIGHT - LEFT, "bold")
    for part_id in ("services", "one-time", "partial-month", "taxes"):
        sheet.badge(bill.number(part_id))
        sheet.row(bill.title(bill.part(part_id)), money(bill.sum(part_id)), LEFT + 32)
        sheet.y += 4
    sheet.rule("tear")
    _part(sheet, bill, "payment")
    return sheet


def bill_page_2(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the second page: every line with its amount."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    for n, part_id in enumerate(("services", "one-time", "partial-month", "taxes")):
        if n:
            sheet.rule()
        _part(sheet, bill, part_id)
        sheet.row(words["sum"], money(bill.sum(part_id)), LEFT + 32, "bold")
        sheet.y += 4
    return sheet


def _part(sheet: Sheet, bill: Bill, part_id: str) -> None:
    part = bill.part(part_id)
    sheet.badge(bill.number(part_id))
    sheet.lines(bill.title(part), LEFT + 32, RIGHT - LEFT - 32, "bold")
    for line in part.lines:
        sheet.row(bill.label(line), bill.value(line), LEFT + 32)
    sheet.y += 4


def account_number(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the first page with a ring around the account number, on top and on the coupon."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    number = bill.line("account", "Account number")
    for n, where in enumerate((words["top"], words["coupon"])):
        if n:
            _faint(sheet, 4)
            sheet.rule("tear")
        sheet.lines(where, LEFT, RIGHT - LEFT, "here")
        sheet.ring(LEFT - 6, sheet.y, RIGHT - LEFT + 12, 32)
        sheet.y += 6
        sheet.row(bill.label(number), number.value, LEFT + 6)
        sheet.y += 12
        if not n:
            for line in bill.part("account").lines[1:]:
                sheet.row(bill.label(line), bill.value(line), LEFT + 6)
    return sheet


def _faint(sheet: Sheet, rows: int) -> None:
    """Draw lines that stand for the rest of a page."""
    sheet.y += 6
    for n in range(rows):
        sheet.rect("faint", LEFT + 6, sheet.y, (170, 130, 190, 110)[n % 4], 7)
        sheet.rect("faint", RIGHT - 50, sheet.y, 44, 7)
        sheet.y += 16


def first_bill(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw what a first bill adds up, and the second bill next to it, in the same scale."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    ahead, taxes = bill.sum("services"), bill.sum("taxes")
    days = (words["partial"].format(days=INSTALLED_DAYS), (ahead * INSTALLED_DAYS / 30).quantize(Decimal("0.01")))
    once = bill.line("one-time", "Installation")
    rows = [days, (words["ahead"], ahead), (words["once"].format(line=bill.label(once)), amount(once.value))]
    _stack(sheet, words["first"], [*rows, (words["taxes"], taxes)])
    sheet.y += 10
    _stack(sheet, words["second"], [(words["ahead"], ahead), (words["taxes"], taxes)])
    return sheet


def _stack(sheet: Sheet, title: str, rows: list[tuple[str, Decimal]]) -> None:
    """Draw amounts on top of each other, each with its words, and their sum."""
    sheet.row(title, money(sum((value for _, value in rows), Decimal())), LEFT, "bold")
    sheet.y += 4
    for label, value in rows:
        top, tall = sheet.y, max(float(value) * 0.62, 26)
        sheet.rect("bar", LEFT, top, 56, tall, 0)
        sheet.y = top + 3
        sheet.row(label, money(value), LEFT + 68)
        sheet.y = max(sheet.y + 3, top + tall)


def partial_month(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the month of a change, the bill after it, and the month that is billed ahead."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    (line,) = bill.part("partial-month").lines
    changed, last = (day_of(found) for found in re.findall(r"[A-Z][a-z]+ \d+", line.label))
    made = bill.day("account", "Statement date")
    start, end = a_month_from(made, -1), a_month_from(made)
    days, whole = (last - changed).days + 1, (made - start).days
    monthly = amount(line.value) * whole / days
    scale = (RIGHT - LEFT - 8) / (end - start).days
    places = [LEFT + 4 + (day - start).days * scale for day in (start, changed, made, end)]
    top = sheet.y + 34
    for kind, left, right in zip(("bar", "solid", "bar"), places, places[1:], strict=False):
        sheet.rect(kind, left, top, right - left, 26, 0)
    for n, place in enumerate(places[:3], 1):
        sheet.line("path", place, top - 6, place, top + 32)
        sheet.badge(n, min(max(place, LEFT + 11), RIGHT - 11), top - 18)
    sheet.y = top + 46
    values = {"days": days, "amount": line.value, "monthly": money(monthly), "whole": whole}
    values |= {"before": bill.on(changed - timedelta(1)), "last": bill.on(last), "until": bill.on(end - timedelta(1))}
    for n, (day, name) in enumerate(((start, "start"), (changed, "change"), (made, "bill")), 1):
        sheet.noted(n, f"{bill.on(day)}: {words[name]}", [words[f"{name}_rest"].format(**values)])
    return sheet


def promotion_ends(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the price of some months before and after the end of a promotion."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    off = -amount(bill.line("services", "Promotional discount").value)
    before = bill.sum("services")
    scale, step = 0.9, 44
    more = float(off) * scale
    base = sheet.y + 34 + float(before) * scale + more
    for n in range(6):
        left = LEFT + 6 + n * step + (24 if n > 2 else 0)  # noqa: PLR2004 - three months with the promotion
        tall = float(before) * scale
        sheet.rect("bar", left, base - tall, 32, tall, 0)
        if n > 2:  # noqa: PLR2004 - as above
            sheet.rect("solid", left, base - tall - more, 32, more, 0)
        else:
            sheet.rect("gap", left, base - tall - more, 32, more, 0)
    middle = LEFT + 6 + 3 * step + 6
    sheet.line("tear", middle, sheet.y, middle, base + 6)
    for x, value in ((LEFT + 6 + 60, before), (middle + 66, before + off)):
        sheet.put_words(x, sheet.y + 16, money(value), "bold", "middle")
    sheet.line("rule", LEFT, base, RIGHT, base)
    sheet.put_words(LEFT + 66, base + 20, words["with"], "", "middle")
    sheet.put_words(middle + 66, base + 20, words["without"], "", "middle")
    sheet.y = base + 36
    sheet.rect("gap", LEFT, sheet.y + 1, 22, 18, 0)
    sheet.lines(words["discount"].format(off=money(off)), LEFT + 32, RIGHT - LEFT - 32)
    sheet.y += 8
    sheet.rect("solid", LEFT, sheet.y + 1, 22, 18, 0)
    sheet.lines(
        words["rise"].format(off=money(off), before=money(before), after=money(before + off)),
        LEFT + 32,
        RIGHT - LEFT - 36,
    )
    return sheet


def serial_number(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the label of a box with a ring around its serial number."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    top = sheet.y
    sheet.rect("paper", LEFT, top, RIGHT - LEFT, 196, 10)
    for n in range(9):
        sheet.rect("faint", LEFT + 16 + n * 32, top + 10, 20, 5)
    sheet.rect("paper", LEFT + 14, top + 26, RIGHT - LEFT - 28, 156)
    sheet.y = top + 34
    rows = (words["model"], words["serial"], words["mac"])
    for n, row in enumerate(rows):
        if n == 1:
            sheet.ring(LEFT + 18, sheet.y - 3, RIGHT - LEFT - 36, 52)
            sheet.badge(1, RIGHT - 36, sheet.y + 22)
        elif n:
            sheet.badge(n, RIGHT - 36, sheet.y + 22)
        sheet.put_words(LEFT + 30, sheet.y + 15, row, "bold" if n == 1 else "")
        if n:
            _bars(sheet, LEFT + 30, sheet.y + 22, row)
        sheet.y += 54 if n else 28
    sheet.y = top + 208
    sheet.noted(1, words["this"], [words["this_rest"]])
    sheet.noted(2, words["other"], [words["other_rest"]])
    return sheet


def _bars(sheet: Sheet, x: float, y: float, text: str) -> None:
    """Draw stripes as of a bar code; they follow from the text, and no machine reads them."""
    for n, character in enumerate(text * 2):
        width = 1 + ord(character) % 4
        if x + n * 6 + width < RIGHT - 66:
            sheet.rect("ink", x + n * 6, y, width, 20, 0)


def complaint_ladder(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw the steps from a case number to a complaint, one below the other."""
    sheet = Sheet(words["title"], bill.language)
    steps = [(words[f"step_{n}"], words[f"get_{n}"]) for n in range(1, 5)]
    for n, (step, get) in enumerate(steps, 1):
        sheet.noted(n, step, [get])
        if n < len(steps):
            sheet.y -= 4
            sheet.arrow_down(LEFT + 11, 34, words["no"])
            sheet.y += 2
    return sheet


def payment_posting(bill: Bill, words: Mapping[str, str]) -> Sheet:
    """Draw which bill shows a payment: one made before the statement date, and one made after it."""
    sheet = Sheet(words["title"], bill.language, words["stamp"])
    made, due = bill.day("account", "Statement date"), bill.day("payment", "Due date")
    values = {"made": bill.on(made), "next": bill.on(a_month_from(made)), "due": bill.on(due)}
    points = (
        (words["before"], words["before_rest"]),
        (f"{bill.on(made)}: {words['made']}", words["made_rest"]),
        (f"{bill.on(made + timedelta(PAID_AFTER))}: {words['paid']}", words["paid_rest"]),
        (f"{bill.on(due)}: {words['due']}", words["due_rest"]),
        (f"{bill.on(a_month_from(made))}: {words['next']}", words["next_rest"]),
    )
    place = len(sheet.elements)  # the line lies under the numbers
    first = sheet.y + 10
    for n, (title, rest) in enumerate(points, 1):
        last = sheet.y + 10
        sheet.noted(n, title.format(**values), [rest.format(**values)])
    sheet.elements.insert(
        place, f'<line class="path" x1="{LEFT + 11}" y1="{first:.0f}" x2="{LEFT + 11}" y2="{last:.0f}"/>'
    )
    return sheet


DRAWINGS: dict[str, Callable[[Bill, Mapping[str, str]], Sheet]] = {
    "bill-page-1": bill_page_1,
    "bill-page-2": bill_page_2,
    "account-number": account_number,
    "first-bill": first_bill,
    "partial-month": partial_month,
    "promotion-ends": promotion_ends,
    "serial-number": serial_number,
    "complaint-ladder": complaint_ladder,
    "payment-posting": payment_posting,
}


def drawn() -> Iterator[tuple[Path, str]]:
    """Yield every picture's file with what belongs into it."""
    parsed, findings = load_bill(ARTICLES)
    if parsed is None:
        raise SystemExit(f"articles/bill.yaml cannot be read: {findings[0]}")
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    for name, draw in DRAWINGS.items():
        for language in ("en", "es"):
            ending = ".svg" if language == "en" else f".{language}.svg"
            sheet = draw(Bill(parsed.parts, language), words["all"][language] | words[name][language])
            yield FOLDER / f"{name}{ending}", sheet.svg()


def main() -> None:
    """Draw every picture, or compare it with its file."""
    parser = argparse.ArgumentParser(description="Draw the pictures of articles into articles/pictures.")
    parser.add_argument("--check", action="store_true", help="draw nothing; fail if a file is not as it would be drawn")
    check = parser.parse_args().check
    old = [p for p, text in drawn() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    if check and old:
        sys.exit(f"{len(old)} pictures are out of date, such as {old[0].relative_to(ROOT)}. Run: make pictures")
    for path, text in drawn():
        if path in old:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {len(text) / 1000:.1f} kB")
    print("every picture is up to date")


if __name__ == "__main__":
    main()
