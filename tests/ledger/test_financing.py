"""The links of loans and of the payments that they fund."""

from ledger.financing import lend, loan_link


def test_a_loan_that_pays_interest_to_its_own_lender_has_one_link():
    of_itself, of_another = loan_link("Lender01"), loan_link("Lender02")

    for asked_for, links in ((of_itself, (of_itself,)), (of_another, (of_itself, of_another))):
        assert lend(0, "Lender01", "Alameda", 5_00, (asked_for,)).links == links
