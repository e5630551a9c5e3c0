"""Does every example of the API's documents work as it stands? Each is sent to the local cloud.

The house is furnished as the examples know it: ann, signed in; ben beside her; the den.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from websockets.sync.client import connect

from local_cloud.cloud import LocalCloud, running
from tests.architecture.declared import ROOT
from tests.architecture.test_api_documents import validator
from tests.e2e.person import Answer, call
from tests.functions.world_of_samples import sample

pytestmark = pytest.mark.e2e

FURNISH = """
from teahouse.bootstrap.rest import app
from tests.functions.world_of_samples import furnish
furnish(app())
"""
KEEPER = "ProcessUploadFunction"  # may write what is kept of a picture
Json = dict[str, Any]


class House:
    """The local cloud, and who ann is there."""

    def __init__(self, whole: LocalCloud) -> None:
        self.url = whole.url
        self._endpoints = {
            "AWS_ENDPOINT_URL_DYNAMODB": whole.engine_url,
            "AWS_ENDPOINT_URL_S3": whole.services_url,
            "UPLOADS_BUCKET": whole.cloud.functions[KEEPER].environment["UPLOADS_BUCKET"],
        }
        self._keys = whole.signatures.session_for(KEEPER).environment()
        self._cookie = "sid=" + sample("rest", "accounts.read_me")["cookies"][0].partition("=")[2]

    def furnish(self) -> None:
        """Let everybody and everything be there (again)."""
        subprocess.run(
            [sys.executable, "-c", FURNISH],
            cwd=ROOT,
            check=True,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'layers' / 'teahouse'}:{ROOT}",
                **self._endpoints,
                **self._keys,
            },
        )

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask as ann's browser does."""
        signed = {"Cookie": self._cookie, "Origin": self.url, **headers}
        return call(self.url, method, path, body, headers=signed)


def in_a_house(act: Callable[[House], None]) -> None:
    """Run the local cloud on the project's own template around a test."""

    async def main() -> None:
        parameters = {"CookieSecure": "false", "RateScale": "1000"}
        async with running(ROOT / "template.yaml", data=None, parameters=parameters) as whole:
            house = House(whole)
            await asyncio.to_thread(house.furnish)
            await asyncio.to_thread(act, house)

    asyncio.run(main())


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """List the requests: first those that take nothing away."""
    listed = [
        (method.upper(), path, operation)
        for path, each in document["paths"].items()
        for method, operation in each.items()
    ]
    yield from sorted(listed, key=lambda each: _turn(*each[:2]))


def _turn(method: str, path: str) -> int:
    """Rank what takes something away: a session's end comes before what a new furnishing needs."""
    if (method, path) == ("DELETE", "/api/me"):
        return 4  # nothing brings ann back into her rooms
    if (method, path) == ("DELETE", "/api/rooms/{roomId}"):
        return 3  # nothing opens the den again
    if path == "/api/recoveries":
        return 2
    return 1 if method in ("DELETE", "PUT") or path.endswith("/code") else 0


def ends_the_session(method: str, path: str) -> bool:
    return path == "/api/recoveries" or (method == "DELETE" and "/sessions/" in path)


def test_every_example_of_a_request_is_answered_as_documented() -> None:
    def act(house: House) -> None:
        document = house.asks("GET", "/api/openapi.json").body
        answered = 0
        for method, template, operation in operations(document):
            answer = house.asks(method, path_of(template, operation), **asked(operation))
            key = f"{method} {template}"
            shown = operation["responses"].get(str(answer.status))
            assert shown is not None, (key, answer)
            assert 200 <= answer.status < 300, (key, answer)
            content = shown.get("content", {}).get("application/json")
            assert (answer.body is None) == ("content" not in shown), key
            if content and content["schema"]:
                validator(document, content["schema"]).validate(answer.body)
            if ends_the_session(method, template):
                house.furnish()
            answered += 1
        assert answered > 30

    in_a_house(act)


def path_of(template: str, operation: Json) -> str:
    asked = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            template = template.replace("{" + parameter["name"] + "}", parameter["example"])
        elif parameter["in"] == "query" and "example" in parameter:
            asked[parameter["name"]] = parameter["example"]
    return f"{template}?{urlencode(asked)}" if asked else template


def asked(operation: Json) -> Json:
    """Give body and headers of the example."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    headers = {
        parameter["name"]: parameter["example"]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }
    return {"body": content.get("example"), **headers}


def test_every_example_of_a_frame_is_answered_as_documented() -> None:
    def act(house: House) -> None:
        document = house.asks("GET", "/api/asyncapi.json").body
        ticket = house.asks("POST", "/api/tickets").body["ticket"]
        address = f"ws://{urlsplit(house.url).netloc}/ws"
        names: list[Any] = ["teahouse.v1", f"ticket.{ticket}"]
        with connect(address, subprotocols=names, origin=house.url) as socket:  # type: ignore[arg-type]
            asks = [k for k, v in document["operations"].items() if v["action"] == "receive"]
            for name in sorted(asks, key=lambda name: name == "deleteMessage"):
                message = document["components"]["messages"][name]
                for example in message["examples"]:
                    said = example["payload"]
                    socket.send(json.dumps(said))
                    replies = answers_of(document, name)
                    if replies:
                        heard = heard_by(document, socket, said["id"])
                        assert heard["type"] in replies, (said, heard)
            socket.send(json.dumps({"action": "hello", "id": "junk", "more": 1}))
            assert heard_by(document, socket, "junk")["code"] == "bad_request"

    in_a_house(act)


def answers_of(document: Json, name: str) -> set[str]:
    """Give what answers an action when it is carried out."""
    replies = document["operations"][name]["reply"]["messages"]
    return {reply["$ref"].rpartition("/")[2] for reply in replies} - {"refused"}


def heard_by(document: Json, socket: Any, request_id: str) -> Json:
    """Wait for an answer; whatever comes before it must be documented too."""
    while True:
        frame = dict(json.loads(socket.recv(timeout=15)))
        message = document["components"]["messages"][frame["type"]]
        validator(document, message["payload"]).validate(frame)
        if frame.get("re") == request_id:
            return frame


def test_the_page_to_read_is_served_with_its_style_and_without_leave_to_run_anything() -> None:
    def act(house: House) -> None:
        page = house.asks("GET", "/api/docs")
        style = house.asks("GET", "/api/docs/style.css")

        assert page.headers["Content-Type"].startswith("text/html")
        assert "POST /api/sessions" in page.body
        assert style.headers["Content-Type"].startswith("text/css")
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'")

    in_a_house(act)
