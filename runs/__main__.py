"""`python -m runs` and `moneytrail` are the same command."""


def main() -> None:
    """Start the command line, which worker processes, importing this module too, do not need."""
    from runs.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
