"""The life of the group: key dates, balance sheets, solvency, share prices, queues, a summary."""
