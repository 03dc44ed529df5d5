"""Roles are read back unchanged, and impossible roles are refused."""

import pytest

from ledger.notes import Role
from ledger.roles import RoleError, read_parties

ROLES = (
    ("house", "FTX"),
    ("maker", "Alameda"),
    ("lead", "Binance"),
    ("retail", "Retail"),
    ("other_makers", "OtherMakers"),
    ("firm", "Firm01"),
    ("firm", "Firm02"),
)
KEEPERS = {name for _, name in ROLES}


def test_the_roles_of_a_run_are_read_back_unchanged(simulated):
    roles = simulated.notes(Role)
    parties = read_parties(roles, simulated.chart.parties.names)

    assert [Role(*each) for each in parties.roles()] == roles


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (("firm", "Firm02"), ("firm", "Firm99"), "for whom no account is opened; name"),
        (("firm", "Firm02"), ("firm", "Firm01"), "names 'Firm01' twice; leave"),
        (("firm", "Firm02"), ("fern", "Firm02"), "is unknown; give one of house, maker"),
        (("firm", "Firm02"), ("lead", "Firm02"), "already has the party Binance; name only one"),
        (("firm", "Firm01"), ("firms", "Firm01"), "is unknown; give one of"),
        (("lead", "Binance"), ("firm", "Binance"), "is missing; name the party"),
    ],
)
def test_impossible_roles_are_refused_and_the_error_states_the_remedy(old, new, said):
    roles = [Role(*(new if each == old else each)) for each in ROLES]

    with pytest.raises(RoleError) as refused:
        read_parties(roles, KEEPERS)

    assert refused.value.role == (old[0] if "missing" in said else new[0])
    assert said in str(refused.value)
