"""The command `python -m runs`, which is the same as the command `moneytrail`."""


def main() -> None:
    """Start the command line. Worker processes import this module, but do not call `main`."""
    from runs.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
