"""What does each action take? The sample events, through their handlers, on the embedded engine.

Every route has a sample, so every route is measured. Each runs in a house of its own: ann, signed
in, with a socket; ben beside her; the den, which ten connections hear, ann's own among them. What
nobody asks for has no sample: a picture has come, which a message may be waiting for.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from PIL import Image
from teahouse import bootstrap
from teahouse.actions.send_message import send_message
from teahouse.adapters.dynamodb.proofs import DynamoDbProofs
from teahouse.app import App
from teahouse.domain.connection import ROOM_ROW_MS, Listener
from teahouse.domain.upload import Upload, incoming_key
from teahouse.protocol.codec import encode

from local_cloud.prices import (
    HTTP_REQUEST,
    LAMBDA_REQUEST,
    MILLION,
    READ_UNIT,
    WEB_SOCKET_MESSAGE,
    WRITE_UNIT,
    message_units,
    request_units,
)
from tests.cast import ANN, BEN, member, opened, room
from tests.engine import client, forget_all
from tests.functions.world_of_samples import CONNECTION, EVENTS, Context, connect, furnish, sample
from tests.store_seam import seam
from tests.world import CountedIds, RecordingBroadcaster, engine_app, head_of, lean_app

HEARING = 10  # connections that hear the den, the asker's own among them
FREE_OF_MESSAGES = ("authorize", "connect", "disconnect")  # moments of a socket's life, not frames
UNMEASURED = "documents."  # the same for everybody, and as long as there is to tell
AWAITED = "process_upload, a message waits"
GARDEN, YARD = "garden", "yard"  # a public and a private room that ann is not in
PICTURE = "a-picture-of-ann"  # uploaded, and not looked at yet
SETTINGS = {"RATE_SCALE": "100000", "STORE_GENERATION": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one action takes; the folder of its function tells how its coming is charged."""

    name: str
    reads: float
    writes: float
    posts: int
    bytes_in: int
    bytes_out: int
    folder: str
    invocations: int = 1

    @property
    def dollars_per_million(self) -> float:
        """What a million of them cost, without the time of Lambda."""
        coming = HTTP_REQUEST * request_units(self.bytes_in) if self.folder == "rest" else 0.0
        if self.folder == "websocket" and self.name not in FREE_OF_MESSAGES:
            coming = WEB_SOCKET_MESSAGE * message_units(self.bytes_in)
        each = (
            coming
            + WEB_SOCKET_MESSAGE * self.posts
            + LAMBDA_REQUEST * self.invocations
            + READ_UNIT * self.reads
            + WRITE_UNIT * self.writes
        )
        return round(each * MILLION, 2)


@dataclass(frozen=True, slots=True)
class Case:
    """A sample event, and how it is asked otherwise."""

    name: str
    folder: str
    stem: str
    hearing: int = HEARING
    changes: Mapping[str, Any] | None = None


def cases() -> list[Case]:
    """List what is measured: every sample, and a few that show what an action grows with."""
    listed = [
        Case(_name(folder, path.stem), folder, path.stem)
        for folder in ("websocket", "rest")
        for path in sorted((EVENTS / folder).glob("*.json"))
        if not path.stem.startswith(UNMEASURED)
    ]
    said = Case("sendMessage, 100 hear", "websocket", "send_message", hearing=100)
    long = {"text": "x" * 8000}
    named = {"text": "@ben-name, tea?"}
    return [
        *listed,
        said,
        Case("sendMessage, names a member", "websocket", "send_message", changes=named),
        Case("sendMessage, an answer", "websocket", "send_message", changes={"replyTo": 2}),
        Case("sendMessage, 8,000 letters", "websocket", "send_message", changes=long),
        Case("joinRoom, 100 hear", "websocket", "join_room", hearing=100),
        Case("joinRoom, of a public room", "websocket", "join_room", changes={"roomId": GARDEN}),
        Case(
            "POST /api/memberships, somebody new",
            "rest",
            "rooms.join_by_code",
            changes={"code": room(YARD).code},
        ),
        *(Case(name, "background", "process_upload") for name in ("process_upload", AWAITED)),
    ]


def measure_all(url: str) -> list[Line]:
    """Measure every case, each on empty tables."""
    dynamodb = client(url)
    lines = []
    for case in cases():
        forget_all(dynamodb)
        lines.append(measure(case))
    dynamodb.close()
    return lines


def measure(case: Case) -> Line:
    """Run a sample in a house of its own; the tables are empty."""
    event = _uploaded() if case.folder == "background" else sample(case.folder, case.stem)
    if case.changes:
        event["body"] = json.dumps(json.loads(event["body"]) | case.changes, ensure_ascii=False)
    is_http = case.folder == "rest"
    module = case.stem.partition(".")[0]
    handler = import_module(f"functions.{case.folder}.{module}").lambda_handler
    with _house(case) as app, seam() as seen:
        answer = handler(json.loads(json.dumps(event)), Context()) or {}
        broadcaster = app.broadcaster
        assert isinstance(broadcaster, RecordingBroadcaster)
        posted = [len(encode(frame)) for _, frame in broadcaster.posts]
    assert not is_http or answer["statusCode"] < 300, (case.name, answer)
    return Line(
        name=case.name,
        reads=seen.read_units,
        writes=seen.write_units,
        posts=len(posted),
        bytes_in=len((event.get("body") or "").encode()),
        bytes_out=sum(posted) + (len((answer.get("body") or "").encode()) if is_http else 0),
        folder=case.folder,
    )


@contextlib.contextmanager
def _house(case: Case) -> Iterator[App]:
    ids = CountedIds(prefix="an-id-")
    is_lean = case.folder == "websocket"
    app = lean_app(ids=ids) if is_lean else engine_app(ids=ids, proofs=DynamoDbProofs())
    kept = dict(os.environ)
    os.environ.update(SETTINGS)
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        os.environ.pop(name, None)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            furnish(engine_app(ids=ids, proofs=DynamoDbProofs(), objects=app.objects))
            if case.stem not in ("authorize", "connect"):
                connect(app)
                assert app.accounts.create(BEN, "a hash")
                if case.folder == "background":
                    _upload(app, is_awaited=case.name == AWAITED)
                _let_them_hear(app, case.hearing)
                if GARDEN in str(case.changes) or YARD in str(case.changes):
                    _open_more_rooms(app, case.hearing)
            bootstrap.use(app)
            yield app
    finally:
        bootstrap.use(None)
        os.environ.clear()
        os.environ.update(kept)


def _let_them_hear(app: App, hearing: int) -> None:
    others = [Listener(connection_id=f"line-{n:08}=", user_id=BEN.id) for n in range(hearing - 1)]
    for listener in (Listener(connection_id=CONNECTION, user_id=ANN.id), *others):
        app.connections.register("den", listener, app.clock.now_ms() + ROOM_ROW_MS)


def _open_more_rooms(app: App, hearing: int) -> None:
    others = [Listener(connection_id=f"line-{n:08}=", user_id=BEN.id) for n in range(hearing - 1)]
    for made in (room(GARDEN, kind="public", code=None), room(YARD)):
        made = replace(made, owner_id=BEN.id)
        app.rooms.create(made, member(made.id, BEN, role="owner"), opened(BEN))
        for listener in others:
            app.connections.register(made.id, listener, app.clock.now_ms() + ROOM_ROW_MS)


def _uploaded() -> dict[str, Any]:
    """Make what S3 tells of a new object, as far as it is looked at."""
    return {"Records": [{"s3": {"object": {"key": incoming_key(PICTURE)}}}]}


def _upload(app: App, *, is_awaited: bool) -> None:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "PNG")
    app.uploads.create(
        Upload(
            id=PICTURE,
            owner_id=ANN.id,
            purpose="attachment",
            content_type="image/png",
            size_bytes=len(file.getvalue()),
            created_at=app.clock.now_ms(),
        )
    )
    app.objects.put(incoming_key(PICTURE), file.getvalue(), "image/png")
    if is_awaited:
        send_message(
            app,
            sender_id=ANN.id,
            room_id="den",
            client_message_id=app.ids.new_code(),
            position=head_of(app, "den"),
            text="look",
            attachments=(PICTURE,),
        )


def _name(folder: str, stem: str) -> str:
    event = sample(folder, stem)
    if folder == "rest":
        return str(event["routeKey"])
    key = str(event["requestContext"]["routeKey"])
    return stem if key.startswith("$") else key
