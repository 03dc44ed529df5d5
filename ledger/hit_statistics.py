"""The number of firms' hits on stale quotes, and the medians of gain and age.

A median needs every fill, and a run of the exchange's whole life can have twenty million fills. So
the figures are computed when the run is sealed. The manifest stores them, and reports read them
there. If the manifest has no such figures, reports compute them from the fills. The audit compares
the manifest with the fills.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ledger.motives import Motive
from ledger.run_folder import MANIFEST, RunFolder

ALL = "all firms"
WITHOUT_RESULTS = "0.1.0"  # the version whose manifests state no results
KEY = "hits"  # the key of the figures on hits in the manifest


class FillStatistics(NamedTuple):
    """A firm's hits: their number, the median gain, and the median age of the quotes."""

    fills: int
    median_edge_bps: Decimal | None  # basis points of the traded value
    median_age_s: Decimal | None  # age of the lead price in the quote, at the fill


NO_FILLS = FillStatistics(0, None, None)


def fill_statistics(run: RunFolder) -> Mapping[str, FillStatistics]:
    """Return the statistics of hits on the house venue, for each firm and for all firms."""
    kept = _kept(run)
    return statistics_in_fills(run) if kept is None else kept


def statistics_in_fills(run: RunFolder) -> Mapping[str, FillStatistics]:
    """Compute the number and medians of hits from the fills, not from the manifest."""
    found = run.select(
        """
        SELECT coalesce(taker, ?), count(*),
               median((lead - price) * sign(lots) / price * 10000)::DECIMAL(18, 2),
               (median(quote_age_us) / 1000000)::DECIMAL(18, 3)
        FROM rows WHERE motive = ? AND venue = ? GROUP BY GROUPING SETS ((taker), ())
        """,
        [ALL, Motive.PICKOFF.word, run.chart.parties.house],
    )
    return {firm: FillStatistics(*figures) for firm, *figures in found}


def sealed_statistics(run: RunFolder) -> Mapping[str, object]:
    """Return the manifest's entry with the statistics of hits, for each firm and for all firms."""
    found = sorted(statistics_in_fills(run).items())
    return {KEY: {firm: [n, *map(_text, medians)] for firm, (n, *medians) in found}}


def wrong_statistics(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each firm whose figures in the manifest do not agree with its fills.

    If the manifest must have figures but has none, yield one sentence.
    """
    kept, due = _kept(run), statistics_in_fills(run)
    if kept is None:
        if states_results(run):
            yield f"{MANIFEST}: the key `{KEY}` with the figures on firms' hits is missing"
        return
    for firm in sorted({*kept, *due}):
        said, found = kept.get(firm), due.get(firm)
        if said != found:
            yield (
                f"{MANIFEST}: hits of {firm} have the figures {_told(said)}, but the fills give "
                f"{_told(found)} (number, median gain in basis points, median age in seconds)"
            )


def states_results(run: RunFolder) -> bool:
    """Return whether a run was sealed by a version that states results in the manifest."""
    version = _about(run).get("program", {}).get("version")
    return version is not None and version != WITHOUT_RESULTS


def _about(run: RunFolder) -> Mapping[str, Any]:
    path = run.path / MANIFEST
    about: Mapping[str, Any]
    about = json.loads(path.read_text(encoding="utf-8")).get("run", {}) if path.is_file() else {}
    return about


def _kept(run: RunFolder) -> Mapping[str, FillStatistics] | None:
    kept = _about(run).get(KEY)
    return kept and {
        firm: FillStatistics(n, *map(_number, medians)) for firm, (n, *medians) in kept.items()
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _told(found: FillStatistics | None) -> str:
    return "none" if found is None else ", ".join(map(str, found))
