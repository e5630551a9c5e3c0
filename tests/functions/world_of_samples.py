"""Who and what do the sample events speak of? Ann, signed in; ben beside her; the den."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, Connection
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, hash_secret, parse_credential
from teahouse.domain.upload import Upload
from teahouse.ports import SlotTaken

from tests.cast import ANN, BEN, NOON_MS, member, opened, room, said

EVENTS = Path(__file__).parent.parent.parent / "events"
CONNECTION = "L0SM9cOFvHcCIhw="


class Context:
    """What handlers read of Lambda's context."""

    aws_request_id = "8e1f7a2c-0000-4000-8000-000000000000"
    function_name = "a-function"
    memory_limit_in_mb = 512


def sample(folder: str, stem: str) -> dict[str, Any]:
    """Read a sample event."""
    event: dict[str, Any] = json.loads((EVENTS / folder / f"{stem}.json").read_text("utf-8"))
    return event


def furnish(app: App) -> None:
    """Put people, session, room and its first three slots in the store; may be done again."""
    password_hash = app.passwords.hash("correct horse battery")
    app.accounts.create(replace(ANN, username="ann-name", is_administrator=True), password_hash)
    proof = app.proofs.find("ann-name")
    if proof is not None:  # of the sockets' Apps, which have no need of it
        code = json.loads(sample("rest", "accounts.recover")["body"])["code"]
        app.proofs.replace(proof, replace(proof, recovery_hash=hash_secret(code)))
        app.proofs.put_key(_key())
    app.accounts.create(BEN, None)
    app.accounts.put_session(_session())
    app.rooms.create(room("den"), member("den", ANN, role="owner"), opened())
    app.members.admit(member("den", BEN), None, read=(1, 0))
    app.uploads.create(_upload())
    app.uploads.settle("upload-of-ann", "ready", size=(640, 480))
    for variant in ("image", "thumb"):
        app.objects.put(f"kept/upload-of-ann/{variant}", b"a picture", "image/webp")
    for entry in (said(2, by=BEN), said(3, by=ANN)):
        with suppress(SlotTaken):
            app.log.put("den", entry)


def connect(app: App) -> None:
    """Let the samples' connection be there."""
    connection = Connection(
        id=CONNECTION,
        user_id=ANN.id,
        session_id="session-of-ann",
        connected_at=NOON_MS,
        lease_until=NOON_MS + LEASE_MS,
    )
    app.connections.put_if_absent(connection)


def _upload() -> Upload:
    return Upload(
        id="upload-of-ann",
        owner_id=ANN.id,
        purpose="attachment",
        content_type="image/png",
        size_bytes=48_213,
        created_at=NOON_MS,
    )


def _key() -> ApiKey:
    return ApiKey(
        id="key-of-ann",
        user_id=ANN.id,
        name="The weather",
        scopes=frozenset({"read"}),
        secret_hash=hash_secret("s3cret"),
        created_at=NOON_MS,
    )


def _session() -> Session:
    cookie: str = sample("rest", "accounts.read_me")["cookies"][0]
    parsed = parse_credential(cookie.partition("=")[2])
    assert parsed is not None
    user_id, session_id, secret = parsed
    return Session(
        id=session_id,
        user_id=user_id,
        secret_hash=hash_secret(secret),
        created_at=NOON_MS,
        last_used_at=NOON_MS,
    )
