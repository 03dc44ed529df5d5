"""Cash: holders' claims, deposits and withdrawals."""
