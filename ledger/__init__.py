"""The books: accounts, postings, journals, Beancount text, audit. They do not need the world."""
