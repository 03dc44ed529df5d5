"""``python -m runs`` is the command ``moneytrail``."""

from runs.cli import main

main()
