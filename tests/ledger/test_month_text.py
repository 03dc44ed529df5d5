"""A month's text is split into entries, and is read again only if the file has changed."""

from ledger.month_text import entries_of


def test_a_month_whose_file_was_replaced_has_the_entries_of_the_new_file(tmp_path):
    month, new = tmp_path / "2022-05.beancount", tmp_path / "new"
    month.write_text('2022-05-01 * "a"\n  seq: 1\n\n')
    before = entries_of(month)
    new.write_text('2022-05-01 * "b"\n  seq: 2\n\n')
    new.replace(month)

    assert list(before) == [1]
    assert entries_of(month) == {2: '2022-05-01 * "b"\n  seq: 2\n\n'}
    assert entries_of(month) is entries_of(month)  # an unchanged file is read only once
