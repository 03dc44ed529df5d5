"""Directives for Fava, which shows books in a browser: links to saved queries, and our own page.

The directives are in the files of the group's own books. Beancount does nothing with them. If
moneytrail is not installed, Fava can open `group.beancount`, which has the links but not the page.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlencode

from ledger.run_folder import GROUP
from ledger.text import EXACT, HEADER, quoted
from ledger.transaction import MONEY

FAVA_FILE = "fava-group.beancount"
EXTENSION, PAGE = "moneytrail_fava", "MoneyTrail"  # our module for Fava, and its class

# Fava reports an error if it cannot import an extension. So only FAVA_FILE names our extension.
WITH_PAGE = f"""\
{HEADER};; The group's own books in Fava, with the page that moneytrail adds. This file
;; needs moneytrail. Without moneytrail, open {GROUP} instead.
option "title" {{title}}
option "operating_currency" "{MONEY}"
{EXACT}include "{GROUP}"
{{start}} custom "fava-extension" "{EXTENSION}"
"""

# The saved queries that get a link in Fava's sidebar, each with the label of its link. Fava's own
# page of queries lists all saved queries.
ANSWERED = {
    "hole": "How large is the hole?",
    "where-did-the-money-go": "The hole by kind",
    "who-received-it": "Who received it?",
    "where-did-the-cash-go": "Cash by receiver",
    "hole-by-day": "The hole by day",
    "claims-against-cash": "What customers are owed",
}


def with_page(title: str, start: date) -> str:
    """Return the text of FAVA_FILE, for the books called *title*."""
    return WITH_PAGE.format(title=quoted(title), start=start)


def sidebar_texts(title: str, queries: Sequence[str], start: date) -> Iterator[str]:
    """Yield lines with links to the *queries* in ANSWERED, for the books called *title*."""
    yield ";; For Fava alone: links to the saved queries.\n"
    for name in queries:
        if name in ANSWERED:
            asked = urlencode({"query_string": f".run {name}"})
            link = f"/{slug(title)}/query/?{asked}"
            yield f'{start} custom "fava-sidebar-link" {quoted(ANSWERED[name])} {quoted(link)}\n'
    yield "\n"


def page_address(title: str) -> str:
    """Return the path of our page on Fava's server, for the books called *title*."""
    return f"/{slug(title)}/extension/{PAGE}/"


def slug(title: str) -> str:
    """Write a title as in Fava's addresses: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\s\w-]", "", title).strip().lower())
