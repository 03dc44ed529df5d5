"""A signature is valid only with the public key of the signer and for the signed manifest."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.proof.seal import broken_seals, seal
from ledger.proof.signature import SignatureError, check_signer, sign, wrong_signature
from ledger.run_folder import MANIFEST, SIGNATURE

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed"
)


def new_key(path: Path) -> Path:
    asked = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(asked, check=True, stdin=subprocess.DEVNULL)
    return path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two pairs of keys."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        new_key(folder / name)
    return folder


@pytest.fixture
def folder(tmp_path: Path, keys: Path) -> Path:
    """Return a sealed run that is signed with our key."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "main.beancount").write_text("; books\n", encoding="utf-8")
    seal(run, {"seed": 1})
    sign(run, keys / "ours")
    return run


def test_a_signature_is_valid_only_with_the_key_of_its_signer(folder, keys):
    assert list(wrong_signature(folder, keys / "ours.pub")) == []
    assert (
        list(wrong_signature(folder, keys / "ours")) == []
    )  # The check is given the private key, and reads the public key in the same folder.

    (problem,) = wrong_signature(folder, keys / "theirs.pub")

    assert problem.startswith(f"{SIGNATURE}: this is not a signature of {MANIFEST} by ")


def test_a_signature_is_not_part_of_the_seal(folder):
    assert broken_seals(folder) == []

    (folder / SIGNATURE).unlink()

    assert broken_seals(folder) == []


def test_a_signature_is_invalid_after_the_run_is_sealed_again(folder, keys):
    (folder / "main.beancount").write_text("; other books\n", encoding="utf-8")
    seal(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"])

    assert broken_seals(folder) == []
    assert len(list(wrong_signature(folder, keys / "ours.pub"))) == 1


def test_an_unsigned_run_is_reported(folder, keys):
    (folder / SIGNATURE).unlink()

    (problem,) = wrong_signature(folder, keys / "ours.pub")

    assert problem == f"{SIGNATURE}: this file is missing, so the run is not signed"


def test_a_signature_that_was_made_for_another_purpose_is_invalid(folder, keys):
    asked = ["ssh-keygen", "-Y", "sign", "-n", "file", "-f", str(keys / "ours")]
    manifest = (folder / MANIFEST).read_bytes()
    done = subprocess.run(asked, input=manifest, capture_output=True, check=True)
    (folder / SIGNATURE).write_bytes(done.stdout)

    assert len(list(wrong_signature(folder, keys / "ours.pub"))) == 1


def test_if_signing_fails_the_old_signature_stays_valid(folder, keys):
    with pytest.raises(SignatureError, match="this key can't sign"):
        sign(folder, keys / "nosuch")

    assert list(wrong_signature(folder, keys / "ours.pub")) == []


def test_without_ssh_keygen_the_error_names_the_package_to_install(folder, keys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    for asks in (
        lambda: sign(folder, keys / "ours"),
        lambda: check_signer(keys / "ours"),
        lambda: list(wrong_signature(folder, keys / "ours.pub")),
    ):
        with pytest.raises(SignatureError, match="install OpenSSH"):
            asks()


def test_a_missing_key_file_is_refused(folder, tmp_path):
    with pytest.raises(SignatureError, match="no public SSH key"):
        list(wrong_signature(folder, tmp_path / "nosuch.pub"))
    with pytest.raises(SignatureError, match="no such key"):
        check_signer(tmp_path / "nosuch")
