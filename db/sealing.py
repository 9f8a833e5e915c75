"""Keeps what must not lie open: sealed text, fingerprints, signatures; one key, apart from it."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


@dataclass(frozen=True)
class Key:
    """The school's secret; 32 bytes, in the environment or a file that only its owner reads."""

    secret: bytes

    def part(self, purpose: str) -> bytes:
        """Return the key of one purpose, so that no two uses share one."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def seal(self, text: str) -> bytes:
        """Encrypt a text (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self.part("seal")).encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt a text; raises `InvalidTag` where it was changed or another key sealed it."""
        return AESGCM(self.part("seal")).decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()

    def seal_bytes(self, content: bytes, about: str) -> bytes:
        """Encrypt a file's bytes; they open only as what they are said to be about."""
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self.part("seal bytes")).encrypt(nonce, content, about.encode())
        return nonce + sealed

    def unseal_bytes(self, sealed: bytes, about: str) -> bytes:
        """Decrypt a file's bytes; raises `InvalidTag` where anything does not fit."""
        cipher = AESGCM(self.part("seal bytes"))
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())

    @property
    def mark(self) -> str:
        """Return what tells this key from others and nothing of it."""
        return hmac.new(self.part("mark"), b"", hashlib.sha256).hexdigest()[:16]

    def fingerprint(self, text: str) -> str:
        """Return what finds the same text again without telling it."""
        return hmac.new(self.part("fingerprint"), text.encode(), hashlib.sha256).hexdigest()

    def sign(self, text: str) -> str:
        """Return 22 characters that only this key's holder could have added to a text."""
        signature = hmac.digest(self.part("sign"), text.encode(), "sha256")
        return base64.urlsafe_b64encode(signature[:16]).decode().rstrip("=")


def load_key(folder: Path, given: str = "") -> Key:
    """Return the key that was given (64 hex digits), else the folder's, made at first use."""
    if given:
        return Key(bytes.fromhex(given))
    path = folder / "key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return Key(bytes.fromhex(path.read_text().strip()))
