"""In this folder it lets all tests of the world's parts import `kept_books` and `naive_race`."""
