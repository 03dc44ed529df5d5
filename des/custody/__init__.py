"""Cash: holders, deposits and withdrawals."""
