"""Entries that several tests add to the hand-written runs `afternoon` and `life`."""


def gift(usd: int) -> str:
    """Return an entry in which FTX receives a gift of cash, in the evening of the second day."""
    return f"""
2022-05-10 * "Outside" "FTX receives a gift" #gift
  seq: 26
  time: "21:00:00.000000"
  Assets:FTX:Cash                             {usd}.00 USD
  Equity:FTX:Opening                         -{usd}.00 USD
  Assets:Outside:Cash                        -{usd}.00 USD
  Equity:Outside:Opening                      {usd}.00 USD
"""


# FTX's books have a debt to Alameda. Alameda's books do not have this claim.
ONE_SIDED_DEBT = """
2022-07-02 * "Alameda" "FTX credits Alameda with 7.00, and Alameda does not record it"
  seq: 33
  time: "13:00:00.000000"
  Liabilities:FTX:Customers:Alameda            -7.00 USD
  Income:FTX:Fees                               7.00 USD
"""
