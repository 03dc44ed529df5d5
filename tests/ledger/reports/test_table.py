"""`Table` is made from rows or objects. `LaterTable` is computed when it is first read."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from ledger.reports.table import LaterTable, Table


@dataclass(frozen=True)
class Quote:
    """A typed row with three fields and one computed property."""

    class_: str
    bid_usd: Decimal
    ask_usd: Decimal

    @property
    def spread_usd(self) -> Decimal:
        return self.ask_usd - self.bid_usd


@pytest.mark.parametrize("row", [("a",), ("a", 1, 2), ()])
def test_a_row_with_too_few_or_too_many_cells_is_refused(row):
    with pytest.raises(ValueError, match=rf"sums: {len(row)} cells in 2 columns"):
        Table("sums", "Sums", ("what", "usd"), [("b", 1), row])


def test_a_column_shows_the_attribute_of_the_same_name():
    quotes = [Quote("wide", Decimal(1), Decimal(3)), Quote("narrow", Decimal(2), Decimal(3))]

    table = Table.of("quotes", "Quotes", ("class", "spread_usd", "ask_usd"), quotes, ("A note.",))

    assert table.rows == [("wide", 2, 3), ("narrow", 1, 3)]
    assert table.notes == ("A note.",)


def test_a_column_is_refused_if_the_objects_have_no_attribute_of_the_same_name():
    with pytest.raises(AttributeError, match="mid_usd"):
        Table.of("quotes", "Quotes", ("mid_usd",), [Quote("wide", Decimal(1), Decimal(3))])


def test_a_table_on_demand_is_computed_only_once_and_only_when_its_content_is_first_read():
    computed = []

    def make() -> Table:
        computed.append("sums")
        return Table("sums", "Sums", ("what", "usd"), [("b", 1)], ("A note.",))

    later = LaterTable("sums", make, has_rows=True)
    assert (later.name, later.has_rows, computed) == ("sums", True, [])

    assert (later.title, later.columns, later.notes) == ("Sums", ("what", "usd"), ("A note.",))
    assert later.rows == [("b", 1)]
    assert computed == ["sums"]


@pytest.mark.parametrize("rows", [[], [("b", 1)]])
def test_a_table_on_demand_computes_whether_it_has_rows_if_the_caller_does_not_state_this(rows):
    later = LaterTable("sums", lambda: Table("sums", "Sums", ("what", "usd"), rows))

    assert later.has_rows == bool(rows)


def test_a_table_on_demand_has_only_the_attributes_of_a_table():
    later = LaterTable("sums", lambda: Table("sums", "Sums", ("usd",), []))

    with pytest.raises(AttributeError, match="colour"):
        _ = later.colour
