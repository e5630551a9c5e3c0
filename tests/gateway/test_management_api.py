"""1.11 (9) and 1.8: `@connections`, asked by boto3 and by hand.

Sources: the API model "apigatewaymanagementapi 2018-11-29"; what boto3 makes of each answer was
measured with boto3 1.44.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed

from local_cloud.limits import Limits
from tests.gateway.target import SIGNED, Target, running, soon, upgrade_request

NOBODY = "AAAAAAAAAAAAAAA="


async def asked(target: Target, ask: Callable[[Any], Any]) -> Any:
    """Let boto3 ask, in a thread."""
    client = target.management_client()
    try:
        return await asyncio.to_thread(ask, client)
    finally:
        client.close()


async def refusal(target: Target, ask: Callable[[Any], Any]) -> ClientError:
    with pytest.raises(ClientError) as caught:
        await asked(target, ask)
    return caught.value


async def test_boto3_posts_a_text_frame(target: Target) -> None:
    """Measured: boto3 sends `/ws/@connections/...%3D`; the data leaves as a text frame."""
    async with target.connected() as (socket, connection_id):
        data = "你好 {}".encode()
        answer = await asked(
            target, lambda c: c.post_to_connection(ConnectionId=connection_id, Data=data)
        )

        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert await soon(socket.recv()) == "你好 {}"  # a str: it came as text


async def test_every_length_of_frame_arrives_whole(target: Target) -> None:
    """RFC 6455, 5.2: lengths of 7, 16 and 64 bits, and the edges between them."""
    async with target.connected() as (socket, connection_id):
        for length in (0, 1, 125, 126, 127, 65_535, 65_536, 131_072):
            assert (await target.post(connection_id, b"x" * length)).status == 200
            assert len(await soon(socket.recv())) == length


async def test_get_tells_times_in_iso_8601(target: Target) -> None:
    """API model, GetConnection: milliseconds and `Z`."""
    async with target.connected(user_agent_header="curl/8") as (_, connection_id):
        path = f"/ws/@connections/{connection_id.replace('=', '%3D')}"
        reply = await target.http("GET", path, headers=SIGNED)

        assert reply.status == 200
        assert reply.json["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "curl/8"}
        for name in ("connectedAt", "lastActiveAt"):
            pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
            assert re.fullmatch(pattern, reply.json[name])
        described = await asked(target, lambda c: c.get_connection(ConnectionId=connection_id))
        age = datetime.now(UTC) - described["ConnectedAt"]
        assert 0 <= age.total_seconds() < 60


async def test_last_active_moves_with_posts_and_messages() -> None:
    now = [1_742_085_982_306]
    async with (
        running(clock=lambda: now[0]) as target,
        target.connected(user_agent_header=None) as (_, connection_id),
    ):
        now[0] += 1_234
        await target.post(connection_id, b"x")
        path = f"/ws/@connections/{connection_id}"
        reply = await target.http("GET", path, headers=SIGNED)

    assert reply.json == {
        "connectedAt": "2025-03-16T00:46:22.306Z",
        "identity": {"sourceIp": "127.0.0.1"},
        "lastActiveAt": "2025-03-16T00:46:23.540Z",
    }


async def test_delete_closes_the_socket_and_runs_disconnect(target: Target) -> None:
    """API model, DeleteConnection: 204; the event's code and reason were captured on AWS."""
    async with target.connected() as (socket, connection_id):
        answer = await asked(target, lambda c: c.delete_connection(ConnectionId=connection_id))

        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        with pytest.raises(ConnectionClosed) as caught:
            await soon(socket.recv())
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1000
        context = (await target.event_of("Disconnect"))["requestContext"]
        assert context["disconnectStatusCode"] == 1000
        assert context["disconnectReason"] == "Connection Closed Normally"
        assert (await target.post(connection_id, b"x")).status == 410


async def test_a_gone_connection_is_an_empty_410_that_boto3_knows(target: Target) -> None:
    """Measured: without `x-amzn-ErrorType` boto3 raises a generic ClientError, code "410"."""
    async with target.connected() as (_, connection_id):
        assert (await target.post(connection_id, b"control")).status == 200
    await target.event_of("Disconnect")

    for gone in (connection_id, NOBODY):
        reply = await target.post(gone, b"x")
        assert (reply.status, reply.body) == (410, b"")
        assert reply.headers["x-amzn-errortype"] == "GoneException"
        for ask in (
            lambda c, gone=gone: c.post_to_connection(ConnectionId=gone, Data=b"x"),
            lambda c, gone=gone: c.get_connection(ConnectionId=gone),
            lambda c, gone=gone: c.delete_connection(ConnectionId=gone),
        ):
            error = await refusal(target, ask)
            assert type(error).__name__ == "GoneException"
            assert error.response["Error"]["Code"] == "GoneException"


@pytest.mark.parametrize("bad", ["abc", "A" * 16, "A" * 16 + "=", "A" * 14 + "+=", "%00", "a/b"])
async def test_an_id_of_the_wrong_shape_is_a_bad_request(target: Target, bad: str) -> None:
    """Seen on AWS: 400 "Invalid connectionId: ...", which the model does not know."""
    reply = await target.http("POST", f"/ws/@connections/{bad}", b"x", SIGNED)

    assert reply.status == 400
    assert reply.headers["x-amzn-errortype"] == "BadRequestException"
    assert reply.json["message"].startswith("Invalid connectionId: ")


async def test_boto3_sees_a_bad_request_as_a_plain_client_error(target: Target) -> None:
    """Measured: the code comes from the header, the class stays ClientError."""
    error = await refusal(target, lambda c: c.post_to_connection(ConnectionId="abc", Data=b"x"))

    assert type(error) is ClientError
    assert error.response["Error"]["Code"] == "BadRequestException"


async def test_more_than_128_kb_is_too_large(target: Target) -> None:
    """API model, PostToConnection: Data has at most 131,072 bytes; boto3 does not check it."""
    async with target.connected() as (_, connection_id):
        error = await refusal(
            target,
            lambda c: c.post_to_connection(ConnectionId=connection_id, Data=b"x" * 131_073),
        )
        assert type(error).__name__ == "PayloadTooLargeException"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 413
        assert (await target.post(connection_id, b"x" * 131_072)).status == 200


async def test_data_that_is_no_text_is_refused(target: Target) -> None:
    """Our own choice: a text frame of bytes would make the client fail the connection."""
    async with target.connected() as (socket, connection_id):
        assert (await target.post(connection_id, b"\xff\xfe")).status == 400
        await target.post(connection_id, b"fine")
        assert await soon(socket.recv()) == "fine"


async def test_an_unsigned_request_is_forbidden(target: Target) -> None:
    """API model, ForbiddenException. Control: the same requests signed, below and above."""
    async with target.connected() as (_, connection_id):
        path = f"/ws/@connections/{connection_id.replace('=', '%3D')}"
        for method in ("POST", "GET", "DELETE"):
            for headers in ({}, {"Authorization": "Bearer x"}):
                reply = await target.http(method, path, b"x", headers)
                assert reply.status == 403
                assert reply.headers["x-amzn-errortype"] == "ForbiddenException"
                assert reply.json == {"message": "Forbidden"}
        assert (await target.http("GET", path, headers=SIGNED)).status == 200


async def test_boto3_sees_a_refused_signature_as_forbidden() -> None:
    """The verifier is told method, path with query, headers and body as they were sent."""
    seen: list[tuple[str, str, str, bytes]] = []

    def verify(method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        seen.append((method, path, headers["authorization"].partition(" ")[0], body))

    async with running(verify=verify) as target:
        error = await refusal(
            target, lambda c: c.post_to_connection(ConnectionId=NOBODY, Data=b"hi")
        )

    assert type(error).__name__ == "ForbiddenException"
    path = "/ws/@connections/AAAAAAAAAAAAAAA%3D"
    assert seen == [("POST", path, "AWS4-HMAC-SHA256", b"hi")]


async def test_a_wrong_stage_or_method_is_forbidden(target: Target) -> None:
    """API model, ForbiddenException; a stage in the path of a custom domain gives it on AWS."""
    async with target.connected() as (_, connection_id):
        for method, stage in (("POST", "prod"), ("PUT", "ws"), ("PATCH", "ws")):
            path = f"/{stage}/@connections/{connection_id}"
            assert (await target.http(method, path, b"x", SIGNED)).status == 403
        path = f"/ws/%40connections/{connection_id}"
        assert (await target.http("POST", path, b"control", SIGNED)).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "localhost", "localhost:1", "10.0.0.1:{port}"]
)
async def test_a_foreign_host_is_forbidden(target: Target, host: str) -> None:
    """Against DNS rebinding: a page that points its own name at loopback still names itself.

    Control: the server's own names are served.
    """
    async with target.connected() as (_, connection_id):
        path = f"/ws/@connections/{connection_id}"
        foreign = {**SIGNED, "Host": host.format(port=target.port)}
        assert (await target.http("GET", path, headers=foreign)).status == 403
        for own in ("localhost", "127.0.0.1", "[::1]"):
            headers = {**SIGNED, "Host": f"{own}:{target.port}"}
            assert (await target.http("GET", path, headers=headers)).status == 200


async def test_a_client_that_does_not_read_is_limited_and_others_are_not() -> None:
    """API model, LimitExceededException: also "the client's socket buffer is full"."""
    async with running(limits=Limits(send_buffer_bytes=200_000)) as target:
        reader, writer = await asyncio.open_connection(target.host, target.port, limit=1)
        writer.write(upgrade_request())
        event = await target.event_of("Connect")
        slow_id = event["requestContext"]["connectionId"]
        await soon(reader.readexactly(20))
        async with target.connected() as (socket, quick_id):
            statuses = [(await target.post(slow_id, b"x" * 131_072)).status for _ in range(100)]
            assert statuses[0] == 200
            assert statuses[-1] == 429
            assert set(statuses) == {200, 429}
            error = await refusal(
                target, lambda c: c.post_to_connection(ConnectionId=slow_id, Data=b"x" * 131_072)
            )
            assert type(error).__name__ == "LimitExceededException"
            assert (await target.post(quick_id, b"quick")).status == 200
            assert await soon(socket.recv()) == "quick"
        writer.transport.abort()


async def test_a_handler_may_post_while_its_own_invocation_is_pending(target: Target) -> None:
    """Handlers answer by `@connections`: the gateway must serve them meanwhile."""

    async def answer(event: dict[str, Any]) -> dict[str, Any]:
        connection_id = event["requestContext"]["connectionId"]
        await asked(
            target,
            lambda c: c.post_to_connection(ConnectionId=connection_id, Data=event["body"].encode()),
        )
        return {"statusCode": 200}

    target.on("Default", answer)
    async with target.connect() as socket:
        await socket.send("echo")
        assert await soon(socket.recv()) == "echo"


async def test_posts_pipelined_on_one_line_arrive_in_order(target: Target) -> None:
    """HTTP/1.1, RFC 9112, 9.3.2: answers come in the order of the requests."""
    async with target.connected() as (socket, connection_id):
        reader, writer = await asyncio.open_connection(target.host, target.port)
        for number in range(200):
            text = str(number)
            writer.write(
                f"POST /ws/@connections/{connection_id} HTTP/1.1\r\n"
                f"Host: localhost:{target.port}\r\nAuthorization: {SIGNED['Authorization']}\r\n"
                f"Content-Length: {len(text)}\r\n\r\n{text}".encode()
            )
        for number in range(200):
            assert await soon(socket.recv()) == str(number)
            head = await soon(reader.readuntil(b"\r\n\r\n"))
            assert head.startswith(b"HTTP/1.1 200 ")
        writer.close()
