"""Lines for Fava in the group's own books: an extension, and links to saved queries.

To Beancount these are notes. Without moneytrail Fava opens the books all the same.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlencode

from ledger.text import quoted

EXTENSION, PAGE = "moneytrail_fava", "MoneyTrail"  # a module, and a class of it

# Saved queries that have a link of their own, with its label; the others are on Fava's page
# for queries.
ANSWERED = {
    "hole": "How large is the hole?",
    "where-did-the-money-go": "The hole by kind",
    "who-received-it": "Who received it?",
    "where-did-the-cash-go": "Cash by receiver",
    "hole-by-day": "The hole by day",
    "claims-against-cash": "What customers are owed",
}


def fava_texts(title: str, queries: Sequence[str], start: date) -> Iterator[str]:
    """Yield Fava's lines for the books called *title*, with these saved queries."""
    yield ";; For Fava alone: the page that moneytrail adds, and links to the saved queries.\n"
    yield f'{start} custom "fava-extension" {quoted(EXTENSION)}\n'
    for name in queries:
        if name in ANSWERED:
            asked = urlencode({"query_string": f".run {name}"})
            link = f"/{slug(title)}/query/?{asked}"
            yield f'{start} custom "fava-sidebar-link" {quoted(ANSWERED[name])} {quoted(link)}\n'
    yield "\n"


def page_address(title: str) -> str:
    """Return the address of the extension's page in Fava, for the books called *title*."""
    return f"/{slug(title)}/extension/{PAGE}/"


def slug(title: str) -> str:
    """Return the word by which Fava's addresses name books: their title without marks."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\s\w-]", "", title).strip().lower())
