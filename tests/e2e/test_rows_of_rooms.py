"""Rows A1 to A15, C3 and C4 of what Teahouse takes the place of: rooms, and one to one.

A test a row, named after it, through real sockets and real HTTP. A5 and A12 are among the pictures.
"""

from __future__ import annotations

import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.person import ANSWER_S, Answer, Json, Person, call, new_message_id, position_of
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e

PASSWORD = "correct horse battery"  # of everybody who `registers`


def signs_in(base: str, username: str, password: str = PASSWORD) -> Answer:
    return call(base, "POST", "/api/sessions", {"username": username, "password": password})


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def rooms_of(person: Person) -> dict[str, Json]:
    return {room["id"]: room for room in person.asks("GET", "/api/rooms").body["rooms"]}


def kinds_heard(person: Person, room_id: str) -> list[str]:
    frames = [f for f in person.seen if f["type"] == "events" and f["roomId"] == room_id]
    return [event["kind"] for frame in frames for event in frame["events"]]


def test_a1_registering_signs_in_and_nobody_learns_which_names_there_are(base: str) -> None:
    ann = Person.registers(base, "Ann")
    name = ann.user["username"]

    wrong, unknown = signs_in(base, name, "wrong horse"), signs_in(base, "nobody-here")
    taken = call(base, "POST", "/api/accounts", {"username": name.upper(), "password": PASSWORD})
    short = call(base, "POST", "/api/accounts", {"username": "ann", "password": "12345"})

    assert ann.asks("GET", "/api/me").body["user"] == ann.user
    assert signs_in(base, name.upper()).status == 201  # the control
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert (wrong.status, wrong.body["code"]) == (401, "not_signed_in")
    assert (taken.status, taken.body["code"]) == (409, "conflict")
    assert (short.status, short.body["code"]) == (422, "invalid")


def test_a2_every_account_is_in_the_lobby_with_a_colour_of_its_own(base: str) -> None:
    ann = Person.registers(base, "Ann")

    [lobby] = rooms_of(ann).values()

    assert (lobby["id"], lobby["kind"], lobby["role"]) == ("lobby", "public", "member")
    assert ann.user["color"].startswith("#")
    listed = ann.asks("GET", "/api/rooms/public").body["rooms"]
    assert "lobby" in {room["id"] for room in listed}


def test_a3_a_session_survives_a_reload_and_signing_out_ends_it_and_its_socket(base: str) -> None:
    ann = Person.registers(base, "Ann")
    answer = signs_in(base, ann.user["username"])
    cookie = {"Cookie": cookie_of(answer), "Origin": base}
    line = connect(
        base.replace("http", "ws", 1) + "/ws",
        origin=base,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie["Cookie"]},
        subprotocols=["teahouse.v1"],  # type: ignore[list-item]
        compression=None,
    )
    with line:
        renewed = call(base, "POST", "/api/sessions/renew", {}, headers=cookie)
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert renewed.body["user"] == ann.user
        assert "refreshToken" not in renewed.body

        ended = call(base, "DELETE", "/api/sessions/current", headers=cookie)

        assert ended.status == 204
        assert '"goodbye"' in str(line.recv(timeout=ANSWER_S))
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=ANSWER_S)
    assert call(base, "GET", "/api/me", headers=cookie).status == 401
    token = {"Authorization": f"Bearer {renewed.body['accessToken']}"}
    assert call(base, "GET", "/api/me", headers=token).status == 401
    assert ann.asks("GET", "/api/me").status == 200  # another session


def test_a4_a_guest_reads_only_the_rooms_it_is_in(base: str) -> None:
    _, _, den = two_in_a_room(base)
    guest = Person.enters(base)
    guest.opens_a_socket()

    refused = guest.does({"action": "joinRoom", "roomId": den})

    assert list(rooms_of(guest)) == ["lobby"]
    assert guest.asks("GET", "/api/rooms/lobby/messages").status == 200
    assert guest.asks("GET", f"/api/rooms/{den}/messages").status == 404
    assert (refused["type"], refused["code"]) == ("refused", "not_a_member")


def test_a6_a_code_of_128_bits_shows_the_room_lets_in_and_can_be_renewed(base: str) -> None:
    ann, ben = Person.registers(base, "Ann"), Person.registers(base, "Ben")
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    old, path = room["code"], f"/api/rooms/{room['id']}"

    shown = call(base, "GET", f"/api/invitations/{old}").body["room"]
    new = ann.asks("POST", f"{path}/code").body["code"]

    assert len(old) >= 22  # of base64url: 6 bits each
    assert shown == {"id": room["id"], "name": "The den", "avatarUrl": None, "memberCount": 1}
    assert ben.asks("POST", "/api/memberships", {"code": old}).status == 404
    joined = [ben.asks("POST", "/api/memberships", {"code": new}) for _ in range(2)]
    assert [answer.status for answer in joined] == [201, 200]
    assert "code" not in joined[0].body["room"]  # a member may not invite
    assert call(base, "GET", f"/api/invitations/{old}").status == 404


def test_a7_my_rooms_with_unread_and_last_message_and_heard_again_after_a_reconnect(
    base: str,
) -> None:
    ann, ben, den = two_in_a_room(base)
    start = position_of(ann.joins(den))
    ben.closes()
    for text in ("one", "two"):
        last = ann.sends(den, text, start)

    listed, room = rooms_of(ben)[den], ben.asks("GET", f"/api/rooms/{den}").body["room"]
    tablet = Person(base, ann.user, ann.access_token)
    tablet.opens_a_socket()
    ann.says({"action": "markRead", "roomId": den, "seq": last["seq"]})
    tablet.hears_type("read")
    known = rooms_of(ben)[den]
    ben.opens_a_socket()
    joined = ben.joins(den, start)
    phone = Person(base, ben.user, ben.access_token)
    phone.opens_a_socket()
    ben.says({"action": "markRead", "roomId": den, "seq": last["seq"]})
    assert phone.hears_type("read")["unread"] == 0
    ann.sends(den, "three", start)

    assert next(iter(rooms_of(ben))) == den  # the most recent first
    assert (room["name"], room["unread"]) == ("The den", 2)
    assert listed["lastMessage"]["text"] in ("one", "two")  # a list may lag by a second
    assert (known["lastMessage"]["text"], known["head"]) == ("two", last["seq"])
    assert [event["text"] for event in joined["events"] if "text" in event] == ["one", "two"]
    assert ben.hears_type("events")["events"][0]["text"] == "three"
    assert ben.asks("GET", f"/api/rooms/{den}").body["room"]["unread"] == 1


def test_a8_who_joins_and_who_leaves_is_told_live(base: str) -> None:
    ann, _, den = two_in_a_room(base)
    code = rooms_of(ann)[den]["code"]
    ann.joins(den)
    cleo = Person.registers(base, "Cleo")

    assert cleo.asks("POST", "/api/memberships", {"code": code}).status == 201
    came = ann.hears_type("events")
    assert cleo.asks("DELETE", f"/api/rooms/{den}/members/me").status == 204
    left = ann.hears_type("events")

    assert [(e["kind"], e["userId"]) for e in (*came["events"], *left["events"])] == [
        ("memberJoined", cleo.user["id"]),
        ("memberLeft", cleo.user["id"]),
    ]
    assert came["users"][cleo.user["id"]]["displayName"] == "Cleo"


def test_a9_the_server_says_who_spoke_and_when_and_a_retry_is_no_second_message(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    start, message_id = position_of(ann.joins(den)), new_message_id()
    ben.joins(den)

    first, again = (ann.sends(den, "tea?", start, message_id) for _ in range(2))
    claimed = ann.does(
        {
            **{"action": "sendMessage", "roomId": den, "clientMessageId": new_message_id()},
            **{"position": start, "text": "I am ben", "by": ben.user["id"]},
        }
    )
    eve = Person.registers(base, "Eve")
    eve.opens_a_socket()
    refused = eve.sends(den, "let me in", start)

    heard = ben.hears_type("events")["events"][0]
    assert heard == first["event"] == again["event"]
    assert (heard["by"], heard["clientMessageId"]) == (ann.user["id"], message_id)
    assert heard["at"] > 1_700_000_000_000
    assert again["duplicate"] is True
    assert (claimed["code"], refused["code"]) == ("bad_request", "not_a_member")
    messages = ben.asks("GET", f"/api/rooms/{den}/messages").body["messages"]
    assert [message["text"] for message in messages] == ["tea?"]


def test_a10_history_goes_back_to_the_first_message_in_both_directions_and_around_one(
    base: str,
) -> None:
    ann, _, den = two_in_a_room(base)
    start = position_of(ann.joins(den))
    seqs = [ann.sends(den, f"message {n}", start)["seq"] for n in range(12)]

    def page(query: str) -> list[int]:
        answer = ann.asks("GET", f"/api/rooms/{den}/messages?limit=5&{query}")
        return [message["seq"] for message in answer.body["messages"]]

    assert page("") == seqs[-5:]
    assert page(f"before={seqs[-5]}") == seqs[2:7]
    assert page(f"before={seqs[2]}") == seqs[:2]
    assert page(f"after={seqs[1]}") == seqs[2:7]
    assert page(f"around={seqs[6]}") == seqs[4:9]
    log = ann.asks("GET", f"/api/rooms/{den}/events?after=0&limit=200").body
    assert [event["seq"] for event in log["events"]] == list(range(1, log["head"] + 1))


def test_a11_each_message_has_author_and_time_and_the_first_new_one_is_known(base: str) -> None:
    """What bubbles, day separators, the divider and "jump to latest" are drawn from."""
    ann, ben, den = two_in_a_room(base)
    place = position_of(ann.joins(den))
    said = [ann.sends(den, text, place)["event"] for text in ("One.", "Two.", "Three.")]
    ben.says({"action": "markRead", "roomId": den, "seq": said[0]["seq"]})
    own = ben.sends(den, "Four.", place)["event"]

    page = ben.asks("GET", f"/api/rooms/{den}/messages").body
    room = ben.asks("GET", f"/api/rooms/{den}").body["room"]

    shown = page["messages"][-4:]
    authors = [page["users"][message["by"]] for message in shown]
    assert [message["by"] == ben.user["id"] for message in shown] == [False, False, False, True]
    assert {(a["displayName"], a["avatarUrl"]) for a in authors} == {("Ann", None), ("Ben", None)}
    assert [message["sentAt"] for message in shown] == [event["at"] for event in (*said, own)]
    assert sorted(event["at"] for event in said) == [event["at"] for event in said]
    assert (room["readSeq"], room["unread"]) == (said[0]["seq"], 3)
    assert room["head"] == page["head"] == own["seq"]


def test_a13_a_room_is_left_or_closed_and_one_to_one_needs_no_code(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    ben.joins(den)

    assert ann.asks("DELETE", f"/api/rooms/{den}/members/me").status == 403  # nobody would own it
    assert ann.asks("DELETE", f"/api/rooms/{den}").status == 204
    closed = ben.hears_type("events")["events"][0]
    refused = ben.sends(den, "too late", {"epoch": "any", "seq": 1})
    direct = ann.asks("POST", "/api/direct-rooms", {"userId": ben.user["id"]})
    assert ben.asks("DELETE", f"/api/rooms/{den}/members/me").status == 204

    assert closed["kind"] == "roomClosed"
    assert refused["code"] in ("room_closed", "stale_position")
    assert direct.body["room"]["kind"] == "direct"
    assert ben.hears_type("roomRemoved")["reason"] == "left"
    assert den not in rooms_of(ben)


def test_a14_page_requests_socket_and_pictures_are_behind_one_door(base: str) -> None:
    ann = Person.registers(base, "Ann")

    with urllib.request.urlopen(base + "/", timeout=ANSWER_S) as page:
        text, policy = page.read().decode(), page.headers["content-security-policy"]
    ann.opens_a_socket()

    assert '<div id="app">' in text
    assert "default-src 'none'" in policy
    assert ann.does({"action": "ping"})["type"] == "pong"
    assert call(base, "GET", "/api/health").body["ok"] is True
    assert ann.asks("GET", "/media/nothing-there").body["code"] == "not_found"


def test_a15_one_socket_hears_every_room_it_joined_and_no_other(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    garden, attic = (
        ann.asks("POST", "/api/rooms", {"name": name, "kind": "public"}).body["room"]["id"]
        for name in ("The garden", "The attic")
    )
    for room_id in (den, garden):
        ben.joins(room_id)
    starts = {room_id: position_of(ann.joins(room_id)) for room_id in (den, garden, attic)}

    for room_id, start in starts.items():
        ann.sends(room_id, f"in {room_id}", start)
    ben.does({"action": "unjoinRoom", "roomId": garden})
    ann.sends(garden, "unheard", starts[garden])
    ann.sends(den, "the last", starts[den])
    ben.hears(lambda f: f["type"] == "events" and f["events"][0].get("text") == "the last")

    assert (kinds_heard(ben, den), kinds_heard(ben, attic)) == (["messageSent"] * 2, [])
    assert kinds_heard(ben, garden) == ["messageSent"]


def test_c3_and_c5_a_direct_room_opens_on_both_sides_and_stays_theirs(base: str) -> None:
    ann, ben, _ = two_in_a_room(base)
    eve = Person.registers(base, "Eve")
    eve.opens_a_socket()

    [found] = ann.asks("GET", f"/api/users?query={ben.user['username']}").body["users"]
    created = ann.asks("POST", "/api/direct-rooms", {"userId": found})
    assert created.status == 201, created
    room = created.body["room"]
    assert (room["kind"], room["name"], room["peer"]["id"]) == ("direct", "Ben", ben.user["id"])
    added = ben.hears_type("roomAdded")["room"]
    assert (added["id"], added["name"]) == (room["id"], "Ann")
    again = ben.asks("POST", "/api/direct-rooms", {"userId": ann.user["id"]})
    assert (again.status, again.body["room"]["id"]) == (200, room["id"])

    start = position_of(ann.joins(room["id"]))
    ben.joins(room["id"])
    ann.sends(room["id"], "between us", start)
    assert ben.hears_type("events")["events"][0]["text"] == "between us"
    listed = ben.does({"action": "hello"})["rooms"]
    assert {r["id"]: r["name"] for r in listed}[room["id"]] == "Ann"
    assert eve.does({"action": "joinRoom", "roomId": room["id"]})["code"] == "not_a_member"
    assert eve.asks("GET", f"/api/rooms/{room['id']}/messages").status == 404
    assert eve.asks("POST", "/api/direct-rooms", {"userId": "nobody-at-all"}).status == 404


def test_c4_several_conversations_at_a_time_one_closed_and_opened_again(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    cleo = Person.registers(base, "Cleo")
    code = rooms_of(ann)[den]["code"]
    assert cleo.asks("POST", "/api/memberships", {"code": code}).status == 201
    cleo.opens_a_socket()
    rooms = {}
    for other in (ben, cleo):
        room = ann.asks("POST", "/api/direct-rooms", {"userId": other.user["id"]}).body["room"]
        rooms[room["id"]] = other
        ann.joins(room["id"])
        other.sends(room["id"], "hello", position_of(other.joins(room["id"])))
    with_ben, with_cleo = rooms

    ann.does({"action": "unjoinRoom", "roomId": with_ben})
    ben.sends(with_ben, "still there?", position_of(ben.joins(with_ben)))
    cleo.sends(with_cleo, "and I", position_of(cleo.joins(with_cleo)))
    ann.hears(lambda f: f["type"] == "events" and f["events"][0].get("text") == "and I")
    again = ann.joins(with_ben, {"epoch": ann.joins(with_ben)["epoch"], "seq": 1})

    assert (kinds_heard(ann, with_ben), kinds_heard(ann, with_cleo)) == (
        ["messageSent"],
        ["messageSent"] * 2,
    )
    assert "still there?" in [event.get("text") for event in again["events"]]
