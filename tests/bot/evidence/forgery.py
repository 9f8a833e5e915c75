"""What somebody who wants another truth can do to an archive."""

import json
import zipfile
from datetime import UTC, datetime

from bot.evidence.archive import MANIFEST, SUMS, Packer
from db import ledger

AT = datetime(2026, 12, 1, tzinfo=UTC)


def unpack(path):
    """Return every file of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, files):
    """Pack files as any program would: no seal."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def pack_sealed(path, files):
    """Pack files with new lists and a new seal, as our own program would."""
    files = dict(files)
    manifest = json.loads(files.pop(MANIFEST))
    files.pop(SUMS)
    del manifest["files"]
    packer = Packer(path, AT)
    for name, content in files.items():
        packer.add(name, content)
    packer.finish(manifest)


def forge_chain(path):
    """Say that learner 3 consented in another language, and make everything fit that."""
    files = unpack(path)
    line = json.loads(files["ledger/P00003.jsonl"])
    old = line["hash"]
    line["payload"]["consent"] = 99
    line["payload_hash"] = ledger.digest(line["salt"], ledger.canonical(line["payload"]))
    line["hash"] = ledger.digest(
        line["prev_hash"], "1", line["at"], line["kind"], line["payload_hash"]
    )
    new = line["hash"]
    files["ledger/P00003.jsonl"] = f"{ledger.canonical(line)}\n".encode()
    files[MANIFEST] = files[MANIFEST].replace(old.encode(), new.encode())
    dossier = files["dossiers/P00003.pdf"].replace(old.encode(), new.encode())
    files["dossiers/P00003.pdf"] = dossier
    pack_sealed(path, files)
