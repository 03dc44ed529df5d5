"""Custody of customers' money: their claims, deposits and withdrawals."""
