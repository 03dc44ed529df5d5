"""Writes the data of the exhibit as blocks. The exhibit checks the hash of each block.

A block is the text of a script element. The element is marked as data, so a browser doesn't run the
text. The text has no line ends, which a browser could change. It also has no "<", which could end
the element.
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
    """One block of data in the exhibit."""

    name: str
    type: str
    text: str

    @property
    def sha256(self) -> str:
        """Return the hash of the text as it is in the page."""
        return sha256(self.text.encode())


def packed(name: str, content: bytes) -> SealedBlock:
    """Return bytes as a block of compressed text. The same bytes always give the same text."""
    small = gzip.compress(content, GZIP_LEVEL, mtime=0)
    return SealedBlock(name, PACKED, base64.b64encode(small).decode())


def listed(name: str, content: object) -> SealedBlock:
    """Return content as a block of JSON text. It is not compressed, so use it for small content."""
    return SealedBlock(name, SHORT, compact(content).replace("<", "\\u003c"))


def compact(content: object) -> str:
    """Return a value as JSON on one line, in ASCII."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))


def sha256(content: bytes) -> str:
    """Return the SHA-256 hash of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
