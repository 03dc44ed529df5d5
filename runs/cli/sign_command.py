"""The command that signs a run's seal."""

from pathlib import Path

import click

from ledger.mistake import MistakeError
from ledger.proof.seal import broken_seals
from ledger.proof.signature import sign
from ledger.run_folder import RunFolder
from runs.cli.parameters import ANY_RUN


@click.command("sign")
@click.argument("run", type=ANY_RUN)
@click.argument("key", type=click.Path(path_type=Path))
def sign_command(run: RunFolder, key: Path) -> None:
    """Sign a run's seal with a KEY, as `run --sign` does.

    \b
      moneytrail sign runs/out/tiny-seed1 ~/.ssh/id_ed25519

    KEY is the file of a private SSH key. The signature is the file manifest.json.sig beside the
    manifest. Anyone who has your public key can check with `audit --verify` that the seal is yours.
    The command refuses a run that has changed since it was sealed.
    """
    if broken := broken_seals(run.path):
        raise MistakeError(f"{run.path}: {broken[0]}; a changed run can't be signed")
    sign(run.path, key)
    click.echo(run.path)
