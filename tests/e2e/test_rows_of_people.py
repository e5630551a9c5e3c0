"""Rows B1 to D4 of what Teahouse takes the place of: push to one person, pairs, the open room.

A test a row, named after it, through real sockets and real HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.person import Json, Person, position_of
from tests.e2e.system import System, running
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run a system in which nobody waits long for somebody to have left."""
    parameters = {"PresenceGraceSeconds": "0.5"}
    with running(tmp_path_factory.mktemp("data"), parameters=parameters) as whole:
        yield whole


@pytest.fixture(scope="module", autouse=True)
def first(system: System) -> Person:
    """Register the first account of the house."""
    person = Person.registers(system.url, "Head")
    Person.everyone.remove(person)
    return person


@pytest.fixture
def administrator(first: Person) -> Person:
    """Let the first account be itself: the administrator."""
    return Person(first.base, first.user, first.access_token)


def lobby_of(person: Person) -> str:
    """Name the lobby, as a person finds it."""
    rooms = person.does({"action": "hello"})["rooms"]
    return str(next(room["id"] for room in rooms if room["kind"] == "public"))


def den_of(owner: Person, *others: Person) -> str:
    """Open a private room; the others come in by its code."""
    room = owner.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    for person in others:
        assert person.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    return str(room["id"])


def sees(person: Person, room_id: str, kind: str, other: Person) -> Json:
    """Keep the connection, as a page does, until a `presence` names the other."""
    position = {"epoch": "any", "seq": 1}
    wanted = other.user["id"]

    def is_told(frame: Json) -> bool:
        return frame.get("type") == "presence" and wanted in frame.get(kind, ())

    while not any(is_told(frame) for frame in person.seen):
        person.does({"action": "ping", "positions": {room_id: position}})
    return next(frame for frame in reversed(person.seen) if is_told(frame))


def test_c2_a_live_list_of_who_is_online_right_with_several_tabs(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    den = den_of(ann, ben)
    tab = Person(base, ben.user, ben.access_token)
    for person in (ann, ben, tab):
        person.opens_a_socket()
    assert ann.joins(den)["online"] == [ann.user["id"]]

    ben.joins(den)
    both = sorted([ann.user["id"], ben.user["id"]])
    assert ann.hears_type("presence")["online"] == both
    assert tab.joins(den)["online"] == both
    ben.closes()
    tab.closes()

    assert sees(ann, den, "left", ben)["online"] == [ann.user["id"]]
    told = [frame for frame in ann.seen if frame.get("type") == "presence"]
    assert [(frame.get("entered"), frame.get("left")) for frame in told] == [
        ([ben.user["id"]], None),
        (None, [ben.user["id"]]),
    ]
    members = ann.asks("GET", f"/api/rooms/{den}/members").body["members"]
    assert {m["user"]["displayName"]: m["online"] for m in members} == {"Ann": True, "Ben": False}


def test_d2_entered_and_left_with_the_number_of_people_and_no_word_of_a_reload(base: str) -> None:
    ann, guest = Person.registers(base, "Ann"), Person.enters(base)
    for person in (ann, guest):
        person.opens_a_socket()
    lobby = lobby_of(ann)
    ann.joins(lobby)

    guest.joins(lobby)
    entered = ann.hears_type("presence")
    guest.opens_a_socket()
    assert len(guest.joins(lobby)["online"]) == 2
    guest.closes()
    left = sees(ann, lobby, "left", guest)

    assert entered["entered"] == [guest.user["id"]]
    assert entered["users"][guest.user["id"]]["displayName"] == guest.user["displayName"]
    assert (len(entered["online"]), len(left["online"])) == (2, 1)
    assert len([frame for frame in ann.seen if frame.get("type") == "presence"]) == 2


def test_d4_a_new_name_is_told_to_who_hears_a_room_and_signs_what_is_said(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    cleo = Person.registers(base, "Cleo")
    cleo.opens_a_socket()
    place = position_of(ann.joins(den))

    changed = ben.asks("PATCH", "/api/me", {"displayName": "小本"}).body["user"]
    told = ann.hears_type("userChanged")["user"]
    ben.sends(den, "hello", place)
    said = ann.hears_type("events")

    assert told == {**changed, "displayName": "小本"}
    assert said["users"][ben.user["id"]]["displayName"] == "小本"
    drawn = ann.asks("GET", f"/api/users/{ben.user['id']}/avatar.svg")
    assert (drawn.status, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "小</text>" in drawn.body
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert ann.asks("GET", "/api/users/nobody/avatar.svg").status == 404
    cleo.does({"action": "ping"})
    assert "userChanged" not in {frame["type"] for frame in cleo.seen}


def test_d4_your_nickname_and_how_many_people_are_here(base: str) -> None:
    guest = Person.enters(base)
    guest.opens_a_socket()

    welcome = guest.does({"action": "hello"})

    assert welcome["user"]["displayName"] == guest.user["displayName"]
    joined = guest.joins(lobby_of(guest))
    assert guest.user["id"] in joined["online"]
    assert joined["users"][guest.user["id"]] == guest.user


def test_typing_is_seen_by_the_others_only(base: str) -> None:
    ann, ben, eve = (Person.registers(base, name) for name in ("Ann", "Ben", "Eve"))
    den = den_of(ann, ben)
    for person in (ann, ben, eve):
        person.opens_a_socket()
    ann.joins(den)
    ben.joins(den)

    ben.says({"action": "signalTyping", "roomId": den})
    refused = eve.does({"action": "signalTyping", "roomId": den})

    typing = ann.hears_type("typing")
    assert (typing["roomId"], typing["userId"]) == (den, ben.user["id"])
    assert (refused["type"], refused["code"]) == ("refused", "not_a_member")
    ben.does({"action": "ping"})
    assert [frame for frame in ben.seen if frame["type"] == "typing"] == []


def test_b1_the_server_says_welcome_and_answers(base: str) -> None:
    ann = Person.registers(base, "Ann")
    den = den_of(ann)
    ann.opens_a_socket()

    welcome = ann.does({"action": "hello"})
    sent = ann.sends(den, "tea?", position_of(ann.joins(den)))

    assert welcome["user"]["id"] == ann.user["id"]
    assert {room["id"]: room["head"] for room in welcome["rooms"]}[den] == 1
    assert (sent["type"], sent["event"]["text"]) == ("sent", "tea?")


def test_b2_a_push_reaches_every_device_of_one_person_and_waits_while_they_are_away(
    base: str,
) -> None:
    ann, ben, eve = (Person.registers(base, name) for name in ("Ann", "Ben", "Eve"))
    den = den_of(ann, ben)
    phone = Person(base, ben.user, ben.access_token)
    for person in (ben, phone, eve):
        person.opens_a_socket()
    path = f"/api/users/{ben.user['id']}/notifications"
    like = {"kind": "like", "title": "Ann likes it", "body": "the tea", "link": f"/rooms/{den}"}

    told = ann.asks("POST", path, like)
    heard = [person.hears_type("notification") for person in (ben, phone)]
    ben.closes()
    phone.closes()
    later = ann.asks("POST", path, {**like, "title": "And again"})

    assert (told.status, later.status) == (202, 202)
    assert heard == [{"type": "notification", "createdAt": heard[0]["createdAt"],
                      "id": told.body["id"], "by": ann.user["id"], **like}] * 2  # fmt: skip
    page = ben.asks("GET", "/api/notifications").body
    assert [n["title"] for n in page["notifications"]] == ["And again", "Ann likes it"]
    assert page["unread"] == 2
    ben.opens_a_socket()
    assert ben.does({"action": "hello"})["unreadNotifications"] == 2
    assert ben.asks("POST", "/api/notifications/read").body["unread"] == 0
    assert ben.does({"action": "hello"})["unreadNotifications"] == 0
    away = ann.asks("POST", path, {**like, "link": "https://elsewhere.example/"})
    assert (away.status, away.body["code"]) == (422, "invalid")
    assert ann.asks("POST", "/api/users/nobody/notifications", like).status == 404
    eve.does({"action": "ping"})
    assert [frame for frame in eve.seen if frame["type"] == "notification"] == []


def test_b2_likes_mentions_and_answers_push_to_whom_they_concern(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    den = den_of(ann, ben)
    for person in (ann, ben):
        person.opens_a_socket()
        position = position_of(person.joins(den))

    named = ann.sends(den, f"@{ben.user['username']}, tea?", position)["seq"]
    mention = ben.hears_type("notification")
    react = {"action": "react", "roomId": den, "seq": named, "emoji": "🍵", "on": True}
    assert ben.does(react)["type"] == "done"
    reaction = ann.hears_type("notification")

    assert (mention["kind"], mention["link"]) == ("mention", f"/rooms/{den}/{named}")
    assert (reaction["kind"], reaction["body"]) == ("reaction", "🍵")
    assert ben.asks("GET", "/api/notifications").body["unread"] == 1


def test_b3_a_bearer_token_and_401_without(base: str) -> None:
    ann = Person.registers(base, "Ann")
    stranger = Person(base, ann.user, "no-token")

    assert ann.asks("GET", "/api/notifications").status == 200
    refused = stranger.asks("GET", "/api/notifications")
    assert (refused.status, refused.body["code"]) == (401, "not_signed_in")


def test_c6_an_echo_and_an_announcement_to_everybody_by_an_administrator(
    base: str, administrator: Person
) -> None:
    ben, away = Person.registers(base, "Ben"), Person.registers(base, "Cleo")
    ben.opens_a_socket()
    ben.does({"action": "hello"})

    assert ben.does({"action": "ping"})["type"] == "pong"
    said = administrator.asks("POST", "/api/announcements", {"text": "The house closes at ten."})

    assert said.status == 202
    assert ben.hears_type("announcement")["text"] == "The house closes at ten."
    [kept] = away.asks("GET", "/api/notifications").body["notifications"]
    assert (kept["kind"], kept["body"]) == ("announcement", "The house closes at ten.")
    refused = ben.asks("POST", "/api/announcements", {"text": "buy tea"})
    assert (refused.status, refused.body["code"]) == (403, "forbidden")


def test_c1_and_d1_a_guest_has_a_name_and_a_colour_kept_over_a_reconnect(base: str) -> None:
    chosen, drawn = Person.enters(base, "Mad Hatter"), Person.enters(base)

    assert chosen.user["displayName"] == "Mad Hatter"
    assert drawn.user["displayName"].strip()
    assert drawn.user["color"].startswith("#")
    for _ in range(2):
        drawn.opens_a_socket()
        welcome = drawn.does({"action": "hello"})
        assert welcome["user"] == drawn.user


def test_d3_what_is_said_is_heard_with_the_name_and_colour_the_server_gave(base: str) -> None:
    guest, ann = Person.enters(base), Person.registers(base, "Ann")
    for person in (guest, ann):
        person.opens_a_socket()
    lobby = lobby_of(guest)
    ann.joins(lobby)
    position = position_of(guest.joins(lobby))

    sent = guest.sends(lobby, "hello everybody", position)
    empty = guest.sends(lobby, "   ", position)

    heard = ann.hears_type("events")
    assert heard["events"] == [sent["event"]]
    assert heard["users"][guest.user["id"]]["color"] == guest.user["color"]
    assert (empty["type"], empty["code"]) == ("refused", "invalid")


def test_c5_history_survives_leaving_and_only_members_read_it(base: str) -> None:
    ann, ben, eve = (Person.registers(base, name) for name in ("Ann", "Ben", "Eve"))
    den = den_of(ann, ben)
    ann.opens_a_socket()
    ann.sends(den, "kept", position_of(ann.joins(den)))
    ann.closes()

    page = ben.asks("GET", f"/api/rooms/{den}/messages").body
    refused = eve.asks("GET", f"/api/rooms/{den}/messages")

    assert [message["text"] for message in page["messages"]] == ["kept"]
    assert (refused.status, refused.body["code"]) == (404, "not_found")


def test_c2_people_one_shares_a_room_with_are_found_by_name_and_by_being_here(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Benedict")
    den = den_of(ann, ben)
    ben.opens_a_socket()
    ben.joins(den)

    named = ann.asks("GET", "/api/users?query=benedict").body["users"]
    here = ann.asks("GET", "/api/users?online=true").body["users"]
    nobody = ann.asks("GET", "/api/users?query=nobody-of-this-name").body

    assert named == {ben.user["id"]: ben.user}
    assert ben.user["id"] in here
    assert ann.user["id"] not in here
    assert nobody == {"users": {}}
