"""Roles are read back as they were written, and what is no cast of a run is refused by its line."""

import pytest
from beancount import loader

from ledger.notes import Role
from ledger.roles import RoleError, read_parties

ROLES = """\
2022-05-09 custom "role" "house" "FTX"
2022-05-09 custom "role" "maker" "Alameda"
2022-05-09 custom "role" "lead" "Binance"
2022-05-09 custom "role" "retail" "Retail"
2022-05-09 custom "role" "other_makers" "OtherMakers"
2022-05-09 custom "role" "firm" "Firm01"
2022-05-09 custom "role" "firm" "Firm02"
2022-05-09 open Assets:FTX:Cash USD
2022-05-09 open Assets:Alameda:Cash USD
2022-05-09 open Assets:Binance:Cash USD
2022-05-09 open Assets:Retail:Cash USD
2022-05-09 open Assets:OtherMakers:Cash USD
2022-05-09 open Assets:Firm01:Cash USD
2022-05-09 open Assets:Firm02:Cash USD
"""


def test_every_party_of_a_run_has_the_role_it_was_written_with(simulated):
    parties = read_parties(simulated.entries)

    assert list(parties.roles()) == [(each.role, each.name) for each in simulated.notes(Role)]


@pytest.mark.parametrize(
    ("old", "new", "role", "line", "said"),
    [
        ('"firm" "Firm02"', '"firm" "Firm99"', "firm", 7, "for whom no account is opened; name"),
        ('"firm" "Firm02"', '"firm" "Firm01"', "firm", 7, "names 'Firm01' twice; leave"),
        ('"firm" "Firm02"', '"fern" "Firm02"', "fern", 7, "is unknown; give one of house, maker"),
        ('"firm" "Firm02"', '"lead" "Firm02"', "lead", 7, "is Binance's already; name one"),
        ('"firm" "Firm01"\n', '"firms" "Firm01"\n', "firms", 6, "is unknown; give one of"),
        ('"lead" "Binance"', '"firm" "Binance"', "lead", None, "is missing; name the party"),
    ],
)
def test_roles_that_are_not_those_of_a_run_are_refused(old, new, role, line, said):
    entries, errors, _ = loader.load_string(ROLES.replace(old, new))
    assert not errors

    with pytest.raises(RoleError) as refused:
        read_parties(entries)

    assert (refused.value.role, refused.value.line) == (role, line)
    assert said in str(refused.value)
    assert str(refused.value).startswith(
        "main.beancount" if line is None else f"main.beancount:{line}: "
    )
