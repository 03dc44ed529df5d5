"""Signatures of seals: OpenSSH's own tool signs the manifest with an SSH key.

A seal shows that nothing has changed since the run was sealed. But a changed run can be sealed
again. A signature shows who made the seal. `ssh-keygen` also signs git commits, and users can sign
a run with the same keys. The signature is a file beside the manifest, and not part of the seal.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.mistake import MistakeError
from ledger.run_folder import MANIFEST, SIGNATURE

_TOOL = "ssh-keygen"
_NO_TOOL = f"{_TOOL} is not installed; install OpenSSH, which has this tool"
_NAMESPACE = "moneytrail"  # a signature for another namespace is not valid
_SIGNER = "signer"  # a fixed name, since the audit checks the key, not a name
_PUBLIC_KEY = re.compile(r"^(?:ssh|ecdsa|sk)-\S+ +\S+", re.MULTILINE)


class SignatureError(MistakeError):
    """A run can't be signed, or its signature can't be checked."""


def sign(folder: Path, key: Path) -> None:
    """Sign a run's manifest. The signature replaces an older signature.

    Args:
        folder: the run's folder.
        key: the file of a private SSH key, or of the public key if an agent has the private key.

    Raises:
        SignatureError: the tool is missing, or the key can't be used.
    """
    asked = ("-Y", "sign", "-f", str(key), "-n", _NAMESPACE)
    done = _ask(asked, (folder / MANIFEST).read_bytes())
    if done.returncode:
        raise SignatureError(f"{key}: this key can't sign ({_said(done)})")
    (folder / SIGNATURE).write_bytes(done.stdout)


def check_signer(key: Path) -> None:
    """Before a run begins, raise an error if the key or the tool for signing is missing.

    Raises:
        SignatureError: the tool is missing, or the file of the key is missing.
    """
    if not key.is_file():
        raise SignatureError(f"{key}: no such key; make one with: ssh-keygen -t ed25519 -f {key}")
    if shutil.which(_TOOL) is None:
        raise SignatureError(_NO_TOOL)


def wrong_signature(folder: Path, key: Path) -> Iterator[str]:
    """Yield a sentence if a run's seal is not signed with the given key.

    Args:
        folder: the run's folder.
        key: a file with the signer's public key, such as `id_ed25519.pub`. If the file has several
            keys, a signature with any of these keys is valid.

    Raises:
        SignatureError: the tool is missing, or the file has no key.
    """
    keys = _public_keys(key)
    signature, manifest = folder / SIGNATURE, folder / MANIFEST
    if not signature.is_file():
        yield f"{SIGNATURE}: this file is missing, so the run is not signed"
        return
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as signers:
        signers.write("".join(f'{_SIGNER} namespaces="{_NAMESPACE}" {key}\n' for key in keys))
        signers.flush()
        asked = ("-Y", "verify", "-f", signers.name, "-I", _SIGNER, "-n", _NAMESPACE)
        done = _ask((*asked, "-s", str(signature)), manifest.read_bytes())
    if done.returncode:
        yield f"{SIGNATURE}: this is not a signature of {MANIFEST} by {key} ({_said(done)})"


def _public_keys(key: Path) -> list[str]:
    """Return the public keys in the file *key*. If it has none, return those in *key*.pub.

    Raises:
        SignatureError: there is no public key.
    """
    beside = key.with_name(f"{key.name}.pub")
    for path in (key, beside):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        if keys := _PUBLIC_KEY.findall(text):
            return keys
    raise SignatureError(f"{key}: no public SSH key is found here; give the signer's .pub file")


def _ask(asked: Sequence[str], told: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run([_TOOL, *asked], input=told, capture_output=True, check=False)
    except OSError as error:
        raise SignatureError(_NO_TOOL) from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line of the tool's output, or the exit code if there is no output."""
    lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else f"exit code {done.returncode}"
