"""The books: accounts, postings, journals, Beancount text, audit. They know nothing of SimPy."""
