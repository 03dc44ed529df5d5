"""Lines for Fava, which shows books in a browser: links to saved queries, and a page of our own.

The lines are in files of the group's own books. Beancount ignores the lines. If moneytrail is not
installed, Fava can still show the group's books, but without the page.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlencode

from ledger.run_folder import GROUP
from ledger.text import EXACT, HEADER, quoted
from ledger.transaction import MONEY

FAVA_FILE = "fava-group.beancount"
EXTENSION, PAGE = "moneytrail_fava", "MoneyTrail"  # the module of the extension, and its class

# Fava reports an error if it cannot import an extension. So only this file names our extension.
WITH_PAGE = f"""\
{HEADER};; The group's own books in Fava, with the page that moneytrail adds. Needs moneytrail
;; installed; without it Fava opens {GROUP}.
option "title" {{title}}
option "operating_currency" "{MONEY}"
{EXACT}include "{GROUP}"
{{start}} custom "fava-extension" "{EXTENSION}"
"""

# The saved queries that have a link in Fava's sidebar, and the label of the link. Fava's page of
# queries has all saved queries.
ANSWERED = {
    "hole": "How large is the hole?",
    "where-did-the-money-go": "The hole by kind",
    "who-received-it": "Who received it?",
    "where-did-the-cash-go": "Cash by receiver",
    "hole-by-day": "The hole by day",
    "claims-against-cash": "What customers are owed",
}


def with_page(title: str, start: date) -> str:
    """Return the file that lets Fava show the books called *title* together with the page."""
    return WITH_PAGE.format(title=quoted(title), start=start)


def sidebar_texts(title: str, queries: Sequence[str], start: date) -> Iterator[str]:
    """Yield a link to each saved query in ANSWERED, for the books called *title*."""
    yield ";; For Fava alone: links to the saved queries.\n"
    for name in queries:
        if name in ANSWERED:
            asked = urlencode({"query_string": f".run {name}"})
            link = f"/{slug(title)}/query/?{asked}"
            yield f'{start} custom "fava-sidebar-link" {quoted(ANSWERED[name])} {quoted(link)}\n'
    yield "\n"


def page_address(title: str) -> str:
    """Return the address in Fava of the extension's page, for the books called *title*."""
    return f"/{slug(title)}/extension/{PAGE}/"


def slug(title: str) -> str:
    """Return the name that Fava's addresses use for books: the title without punctuation."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\s\w-]", "", title).strip().lower())
