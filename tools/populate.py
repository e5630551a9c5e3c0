"""Who is in a new house? The cast, two rooms and a few words, through the REST API.

`python -m tools.populate http://localhost:8787` may be run again: what is there already stays as
it is. The password is known to everybody who has read this file, so only a loopback address is
accepted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

PASSWORD = "teahouse-demo"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANSWER_LIMIT_S = 30


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast."""

    username: str
    display_name: str
    language: str


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """A room and what has been said in it: (who, what), in order."""

    name: str
    description: str
    kind: str
    members: tuple[str, ...]  # the first one opens it
    words: tuple[tuple[str, str], ...]


CAST = (
    Person("annie", "Ann", "en"),
    Person("benny", "Ben", "en"),
    Person("xiaoming", "小明", "zh-CN"),
)
ROOMS = (
    DemoRoom(
        "茶室 The tea room",
        "For the three of us. 三个人的小天地。",
        "private",
        ("annie", "benny", "xiaoming"),
        (
            ("annie", "Welcome! The kettle is on."),
            ("xiaoming", "你好！有龙井吗？"),
            ("benny", "Longjing, oolong, and a rather strong black tea."),
        ),
    ),
    DemoRoom(
        "Tea garden",
        "Everybody is welcome. 欢迎光临。",
        "public",
        ("xiaoming",),  # a public room has no code: people come in when they open it
        (("xiaoming", "请坐！ Sit down wherever you like."),),
    ),
)


class PopulateError(Exception):
    """The house cannot be furnished; the text is one sentence."""


@dataclass(slots=True)
class House:
    """A Teahouse somewhere, asked over its REST API."""

    host: str
    port: int

    def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request; returns the status and the parsed answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_LIMIT_S)
        try:
            connection.request(
                method,
                path,
                json.dumps(body).encode() if body is not None else None,
                {"Content-Type": "application/json", **(headers or {})},
            )
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PopulateError(f"{method} {path} got no answer: {error}") from error
        finally:
            connection.close()

    def need(self, method: str, path: str, body: Any, token: str, **headers: str) -> Any:
        """Send one request as somebody; its answer, which must be a success.

        Raises:
            PopulateError: it was refused.
        """
        given = {"Authorization": f"Bearer {token}"}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        status, answer = self.ask(method, path, body, headers=given)
        if status >= 400:
            raise PopulateError(f"{method} {path} was refused with {status}: {answer}")
        return answer


def populate(url: str) -> None:
    """Make sure that the cast, the rooms and their first words are there.

    Raises:
        PopulateError: the address is not of this machine, or a request was refused.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        raise PopulateError(f"demo users are for one's own machine only, and {url} is elsewhere")
    house = House(parts.hostname, parts.port)
    tokens = {person.username: enter(house, person) for person in CAST}
    for room in ROOMS:
        furnish(house, room, tokens)


def enter(house: House, person: Person) -> str:
    """Sign somebody in, or up; returns the access token."""
    credentials = {"username": person.username, "password": PASSWORD}
    status, answer = house.ask("POST", "/api/sessions", credentials)
    if status == 401:
        profile = {"displayName": person.display_name, "language": person.language}
        status, answer = house.ask("POST", "/api/accounts", {**credentials, **profile})
    if status != 201:
        raise PopulateError(f"{person.username} cannot sign in: {status} {answer}")
    token: str = answer["accessToken"]
    return token


def furnish(house: House, room: DemoRoom, tokens: dict[str, str]) -> None:
    """Open a room, let its members in, and repeat what they said, unless it is there."""
    owner, *others = room.members
    mine = house.need("GET", "/api/rooms", None, tokens[owner])["rooms"]
    opened = next((one for one in mine if one["name"] == room.name), None)
    if opened is None:
        wanted = {"name": room.name, "description": room.description, "kind": room.kind}
        opened = house.need("POST", "/api/rooms", wanted, tokens[owner])["room"]
    path = f"/api/rooms/{quote(opened['id'])}"
    for username in others:
        code = house.need("GET", path, None, tokens[owner])["room"]["code"]
        house.need("POST", "/api/memberships", {"code": code}, tokens[username])
    for number, (username, text) in enumerate(room.words):
        house.need(
            "POST",
            f"{path}/messages",
            {"text": text},
            tokens[username],
            Idempotency_Key=f"teahouse-demo-words-{number:04d}",
        )


def main(arguments: list[str] | None = None) -> int:
    """Furnish the house at an address."""
    parser = argparse.ArgumentParser(prog="populate", description=__doc__)
    parser.add_argument("url", nargs="?", default="http://localhost:8787")
    try:
        populate(parser.parse_args(arguments).url)
    except PopulateError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
