"""Writes the data of the page as blocks. The page checks the hash of each block.

A block is the text of a script element that a browser doesn't run. The text has no line ends, since
a browser could change them, and no "<", since this character could end the element.
"""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass

GZIP_LEVEL = 9
SHORT = "application/json"
PACKED = "application/gzip+base64"


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """One block of the page's data."""

    name: str
    type: str
    text: str

    @property
    def sha256(self) -> str:
        """Return the hash of the text as it is in the page."""
        return sha256(self.text.encode())


def packed(name: str, content: bytes) -> SealedBlock:
    """Compress bytes into a text. The same bytes always give the same text."""
    small = gzip.compress(content, GZIP_LEVEL, mtime=0)
    return SealedBlock(name, PACKED, base64.b64encode(small).decode())


def listed(name: str, content: object) -> SealedBlock:
    """Return content as a block of uncompressed JSON text, which is for small content only."""
    return SealedBlock(name, SHORT, compact(content).replace("<", "\\u003c"))


def compact(content: object) -> str:
    """Return a value as JSON on one line, in ASCII."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))


def sha256(content: bytes) -> str:
    """Return a hash in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
