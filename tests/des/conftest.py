"""Its place puts `kept_books` and `naive_race` within reach of all tests of the world's parts."""
