"""A study judges a statement by the percentage of its members that support the statement."""

import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ledger.run_folder import RunFolder
from runs.claims.claims import claims
from runs.claims.figures import FIGURES
from runs.claims.money_figures import LEVERED
from runs.claims.over_study import OVER_MEMBERS, over_study
from runs.study.study_file import StudyError, study_path

SHIPPED = study_path("life").with_suffix("")


def test_the_last_column_is_the_percentage_of_members_that_support_the_statement(
    tiny_run: RunFolder,
):
    study = over_study("life")
    with duckdb.connect() as connection:
        read = connection.execute(f"FROM '{SHIPPED}/members.parquet' ORDER BY member").fetchnumpy()
    is_drawn = np.isfinite(np.ma.filled(read["input share_2019"], np.nan)) & (read["failed"] == "")
    lost = read["pickoff_usd"][is_drawn][study.which]

    found = claims([tiny_run], study)

    rows = {row[0]: row for row in found.tables()[-1].rows}
    number = next(
        each.number
        for each in found.judged
        if each.statement.decides
        and each.statement.decides.figure == "stale-loss"
        and each.statement.decides.plain == "at least 1 bn"
    )
    assert rows[number][-1] == round(100 * np.mean(lost >= 1e9))
    assert float(rows[number][3]) == pytest.approx(np.percentile(lost, 5) / 1e6, abs=0.1)
    which = "plausible members" if study.are_plausible else "members, plausible or not,"
    assert f" % of {len(lost)} {which} of the study `life` support" in found.answer()
    assert "study `life`" not in claims([tiny_run]).answer()


def test_the_share_of_quotes_in_the_hole_is_missing_if_there_is_no_hole_and_zero_if_quotes_gain():
    study = over_study("life")
    hole = study.members.drawn("hole_usd")
    shares = OVER_MEMBERS["quotes-of-hole"](study.members)

    earned = study.members.drawn("quotes_usd") < 0
    assert earned.any()
    assert np.array_equal(np.isnan(shares), hole <= 0)
    assert (shares[earned & (hole > 0)] == 0).all()


def test_uses_of_a_member_for_leveraged_positions_are_the_sum_of_the_same_kinds_as_in_a_run():
    study = over_study("life")
    with duckdb.connect() as connection:
        uses = {
            f"use {kind}": connection.execute(
                f"SELECT coalesce(\"use {kind}\", 0) FROM '{SHIPPED}/members.parquet' "
                "WHERE NOT isnan(\"input share_2019\") AND failed = '' ORDER BY member"
            ).fetchnumpy()
            for kind in ("Portfolio", "VariationMargin", "Funding")
        }
    used = sum(np.maximum(np.nan_to_num(next(iter(u.values()))), 0) for u in uses.values())

    found = OVER_MEMBERS["leveraged-of-uses"](study.members)

    np.testing.assert_allclose(found, 100 * used / study.members.drawn("uses_usd"))
    assert LEVERED == ("Portfolio", "Directional", "VariationMargin", "Funding")


def test_each_figure_of_a_study_is_also_a_figure_of_a_run():
    assert set(OVER_MEMBERS) <= set(FIGURES)


def test_missing_or_changed_results_of_a_study_are_refused(tmp_path: Path):
    with pytest.raises(StudyError):
        over_study(str(tmp_path))
    changed = tmp_path / "life"
    shutil.copytree(SHIPPED, changed)
    (changed / "study.toml").write_text("question = 'another'\n")
    with pytest.raises(StudyError):
        over_study(str(changed))
