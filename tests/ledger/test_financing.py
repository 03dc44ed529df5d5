"""A loan has the link of its lender, and the link of the payment for which it is taken."""

from ledger.financing import lend, loan_link


def test_a_loan_for_a_payment_of_interest_has_only_one_link_if_its_lender_receives_the_interest():
    of_itself, of_another = loan_link("Lender01"), loan_link("Lender02")

    for asked_for, links in ((of_itself, (of_itself,)), (of_another, (of_itself, of_another))):
        assert lend(0, "Lender01", "Alameda", 5_00, (asked_for,)).links == links
