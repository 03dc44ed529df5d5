"""Requests wait in one line, or in one line for dollars and one for each coin.

The requests of a line are paid in the order of arrival.
"""

from des.custody.waiting_lines import DOLLARS, Request, WaitingLines

BTC, ALTS = 1, 2  # the numbers of the lines for the first two coins


def asks(asked_us: int, cents: int, *lots: int) -> Request:
    return Request(asked_us, 0, f"r-{asked_us}", cents, "", lots)


def paid(lines: WaitingLines, *able: int) -> list[str]:
    """Return the holders of paid requests, if only the requests in some lines can be paid.

    *able* has the numbers of these lines.
    """
    return [each.holder for each in lines.serve(lambda one: lines.line_of(one) in able)]


def waiting(by_coin: bool, *requests: Request) -> WaitingLines:
    lines = WaitingLines(by_coin)
    for request in requests:
        for part in lines.parts(request):
            lines.add(part)
    return lines


def test_a_request_for_two_coins_and_dollars_waits_in_three_lines():
    lines = waiting(True, asks(1, 70, 5, 3))
    parts = [(each.cents, each.lots) for each in lines.in_order()]

    assert parts == [(0, (5, 0)), (0, (0, 3)), (70, ())]
    assert [lines.waits_in(line) for line in (DOLLARS, BTC, ALTS)] == [True] * 3


def test_a_request_is_not_split_if_there_is_a_single_line():
    whole = asks(1, 70, 5, 3)

    assert waiting(False, whole).in_order() == [whole]


def test_a_request_for_a_missing_coin_waits_while_other_requests_are_paid():
    lines = waiting(True, asks(1, 0, 5, 0), asks(2, 0, 0, 3), asks(3, 70), asks(4, 0, 1, 0))

    assert paid(lines, ALTS, DOLLARS) == ["r-2", "r-3"]
    assert [each.holder for each in lines.in_order()] == ["r-1", "r-4"]
    assert paid(lines, BTC) == ["r-1", "r-4"]
    assert not lines


def test_in_a_single_line_a_request_waits_behind_an_earlier_request_that_cannot_be_paid():
    lines = waiting(False, asks(1, 0, 5, 0), asks(2, 70))

    assert [*lines.serve(lambda one: one.cents > 0)] == []
    assert len(lines.in_order()) == 2


def test_after_a_payment_in_one_line_the_requests_in_other_lines_are_tried_again():
    lines = waiting(True, asks(1, 0, 5, 0), asks(2, 70))
    done: list[str] = []

    def pay(request: Request) -> bool:
        return request.cents > 0 or "r-2" in done

    for each in lines.serve(pay):
        done.append(each.holder)

    assert done == ["r-2", "r-1"]
