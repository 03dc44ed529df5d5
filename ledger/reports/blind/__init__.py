"""A blind audit finds causes from figures, without the names of kinds and parties."""
