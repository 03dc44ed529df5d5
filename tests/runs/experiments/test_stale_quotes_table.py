"""The loss on stale quotes by latency, displayed size and number of firms, and its tables."""

from datetime import date

from runs.experiments import stale_quotes
from runs.experiments.stale_quotes import Month, Quoted, losses, stale_quote_tables, ways


def test_the_loss_on_stale_quotes_grows_with_latency_and_with_size_and_with_the_number_of_firms(
    monkeypatch,
):
    """All cases have the same week, seed and prices, so the differences are not due to chance."""
    load = stale_quotes.load

    def a_week(name, tables):
        run = tables["run"] | {"end": date(2021, 5, 8), "day_ledgers": []}
        return load(name, tables | {"run": run})

    monkeypatch.setattr(stale_quotes, "load", a_week)
    tried = [
        Quoted(latency_s, size, firms)
        for latency_s, size, firms in (
            (0.5, 100_000, 8),
            (2.0, 100_000, 8),
            (2.0, 10_000_000, 1),
            (2.0, 10_000_000, 8),
        )
    ]
    monkeypatch.setattr(stale_quotes, "ways", lambda _: tried)
    fresh, late, large_to_one, large = losses(Month(1.0, 1)).values()

    assert 0 < fresh < late < large_to_one < large < 100 * late


def test_the_tables_have_the_mean_loss_over_seeds_and_its_standard_error():
    def found(ticks: float, seed: int) -> dict[Quoted, float]:
        return {each: ticks + seed for each in ways(ticks)}

    cases = [Month(t, s) for t in stale_quotes.TICKS_PER_S for s in (1, 2, 3)]
    by_latency, by_ticks = stale_quote_tables({case: found(*case) for case in cases})

    # The values 1, 2 and 3 have a mean of 2 and a standard deviation of 1. The standard error is
    # 1 / sqrt(3).
    assert set(by_latency.rows[0][2::2]) == {f"{stale_quotes.DENSE + 2:.3f}"}
    assert set(by_latency.rows[0][3::2]) == {"0.577"}
    assert by_ticks.rows[0][1:] == ("1", "3.000", "0.577", "1.000", "0.000")
    assert by_ticks.rows[5][4:] == ("", "")
