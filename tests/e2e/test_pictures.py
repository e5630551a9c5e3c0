"""A2, A5, A12: pictures by a form, made anew, and shown only to those who may see the room."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.e2e.person import Person, new_message_id, position_of
from tests.e2e.pictures import announces, media, picture, sends_form, settled, uploads


@pytest.fixture
def ann(base: str) -> Person:
    return Person.registers(base, "Ann")


@pytest.fixture
def ben(base: str) -> Person:
    return Person.registers(base, "Ben")


def den_of(ann: Person, *others: Person) -> str:
    """Open a den with others in it, all on their sockets and hearing it."""
    room = ann.asks("POST", "/api/rooms", {"name": "The den"}).body["room"]
    for person in others:
        assert person.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    for person in (ann, *others):
        person.opens_a_socket()
        assert person.does({"action": "hello"})["type"] == "welcome"
        person.joins(room["id"])
    return str(room["id"])


def says(person: Person, den: str, *attachments: str, text: str = "") -> Any:
    """Say something that carries pictures."""
    frame = {
        "action": "sendMessage",
        "roomId": den,
        "clientMessageId": new_message_id(),
        "position": position_of(person.joins(den)),
        "text": text,
        "attachments": list(attachments),
    }
    return person.does(frame)


def messages(person: Person, den: str) -> Any:
    return person.asks("GET", f"/api/rooms/{den}/messages").body["messages"]


def test_a12_a_picture_is_uploaded_said_and_seen_by_who_is_in_the_room(
    ann: Person, ben: Person, base: str
) -> None:
    den, cleo = den_of(ann, ben), Person.registers(base, "Cleo")
    upload = uploads(ann, picture())
    assert media(ben, upload).status == 404  # it stands nowhere yet, and is ann's alone
    assert media(ann, upload).status == 200

    sent = says(ann, den, upload)
    heard = ben.hears_type("events")["events"][-1]
    assert sent["type"] == "sent", sent
    ready = {"id": upload, "state": "ready", "width": 640, "height": 480}
    assert sent["event"]["attachments"] == heard["attachments"] == [ready]
    assert messages(ben, den)[-1]["attachments"] == [ready]
    seen = media(ben, upload)
    assert seen.status == 200
    assert Image.open(BytesIO(seen.body)).size == (640, 480)
    assert media(ben, upload, "/thumb").status == 200
    assert media(cleo, upload).status == media(cleo, upload, "/thumb").status == 404


def test_what_is_served_cannot_be_taken_for_a_page(ann: Person) -> None:
    headers = media(ann, uploads(ann, picture())).headers

    assert headers["content-type"] == "image/webp"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == "inline"
    assert headers["cache-control"] == "private, max-age=31536000, immutable"


def test_a_message_that_waits_for_its_picture_heals_when_it_is_ready(
    ann: Person, ben: Person
) -> None:
    den = den_of(ann, ben)
    form = announces(ann, picture())
    sent = says(ann, den, form["id"], text="look")
    assert sent["event"]["attachments"] == [{"id": form["id"], "state": "waiting"}]
    ben.hears_type("events")

    assert sends_form(form, picture()) == 204
    (event,) = ben.hears_type("events")["events"]
    assert (event["kind"], event["target"]) == ("attachmentSettled", sent["seq"])
    assert event["attachment"]["state"] == "ready"
    assert messages(ben, den)[-1]["attachments"] == [event["attachment"]]
    assert messages(ben, den)[-1]["changedSeq"] == event["seq"]
    assert media(ben, form["id"]).status == 200


def test_what_is_no_picture_is_refused_and_the_message_says_so(ann: Person) -> None:
    """Control: the picture above. What it claims to be counts nothing."""
    den = den_of(ann)
    data = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    form = announces(ann, data)
    says(ann, den, form["id"], text="look")

    assert sends_form(form, data) == 204
    (event,) = ann.hears_type("events")["events"]
    refused = {"id": form["id"], "state": "refused", "reason": "not_a_picture"}
    assert event["attachment"] == refused
    assert media(ann, form["id"]).status == 404
    assert says(ann, den, form["id"])["code"] == "invalid"


def test_a_form_brings_only_what_was_announced(ann: Person) -> None:
    """Control: the last form."""
    data = picture()
    for changes in (
        {"key": "kept/stolen/image"},
        {"key": "incoming/another"},
        {"Content-Type": "image/svg+xml"},
        {"x-amz-date": "20200101T000000Z"},
    ):
        assert sends_form(announces(ann, data), data, **changes) in (400, 403), changes
    assert sends_form(announces(ann, data), b"") == 400
    assert sends_form(announces(ann, data), b"\0" * (5 * 1024 * 1024 + 1)) == 400
    assert sends_form(announces(ann, data), data) == 204


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"contentType": "image/svg+xml"}, 422),
        ({"sizeBytes": 0}, 422),
        ({"sizeBytes": 5 * 1024 * 1024 + 1}, 413),
        ({"purpose": "page"}, 422),
        ({"key": "kept/mine"}, 422),
        ({}, 201),
    ],
)
def test_only_pictures_of_a_bearable_size_may_come(
    ann: Person, changes: dict[str, Any], status: int
) -> None:
    body = {"contentType": "image/png", "sizeBytes": 1_000, "purpose": "attachment"}

    assert ann.asks("POST", "/api/uploads", {**body, **changes}).status == status


def test_a_message_carries_only_its_authors_uploads_and_each_once(ann: Person, ben: Person) -> None:
    """Control: the first message."""
    den = den_of(ann, ben)
    used, bens, avatar = (
        uploads(ann, picture()),
        uploads(ben, picture()),
        uploads(ann, picture(), "avatar"),
    )
    assert says(ann, den, used)["type"] == "sent"

    for attachments in ([used], [bens], [avatar], ["nothing"], [bens, bens]):
        answer = says(ann, den, *attachments, text="look")
        assert (answer["type"], answer.get("code")) == ("refused", "invalid"), attachments


def test_the_same_message_again_is_the_first_though_its_picture_is_ready_by_then(
    ann: Person,
) -> None:
    den = den_of(ann)
    form = announces(ann, picture())
    frame = {
        "action": "sendMessage",
        "roomId": den,
        "clientMessageId": new_message_id(),
        "position": position_of(ann.joins(den)),
        "text": "",
        "attachments": [form["id"]],
    }
    first = ann.does(frame)
    assert sends_form(form, picture()) == 204
    assert settled(ann, form["id"])["state"] == "ready"

    again = ann.does(frame)
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    key = secrets.token_urlsafe(16)
    body = {"text": "", "attachments": [uploads(ann, picture())]}
    path = f"/api/rooms/{den}/messages"
    assert ann.asks("POST", path, body, idempotency_key=key).status == 201
    assert ann.asks("POST", path, body, idempotency_key=key).status == 200


def test_with_the_message_goes_its_picture(ann: Person, ben: Person) -> None:
    """Control: it is there before."""
    den = den_of(ann, ben)
    upload = uploads(ann, picture())
    sent = says(ann, den, upload)
    assert media(ben, upload).status == 200

    done = ann.does({"action": "deleteMessage", "roomId": den, "seq": sent["seq"]})
    assert done["type"] == "done", done
    assert media(ben, upload).status == media(ann, upload).status == 404
    page = ben.asks("GET", f"/api/rooms/{den}/events").body["events"]
    assert upload not in str(page)


def test_who_is_removed_sees_the_rooms_pictures_no_more(ann: Person, ben: Person) -> None:
    """Control: before."""
    den = den_of(ann, ben)
    upload = uploads(ann, picture())
    says(ann, den, upload)
    assert media(ben, upload).status == 200

    ann.asks("DELETE", f"/api/rooms/{den}/members/{ben.user['id']}")
    assert media(ben, upload).status == 404


def test_a2_an_avatar_is_shown_to_whoever_is_signed_in_and_the_old_one_goes(
    ann: Person, ben: Person
) -> None:
    """Control: before she takes it, nobody else sees it."""
    first, second = uploads(ann, picture(), "avatar"), uploads(ann, picture("red"), "avatar")
    assert media(ben, first).status == 404

    me = ann.asks("PATCH", "/api/me", {"avatar": first}).body["user"]
    assert me["avatarUrl"] == f"/media/{first}"
    seen = media(ben, first)
    assert (seen.status, Image.open(BytesIO(seen.body)).size) == (200, (256, 256))

    assert ann.asks("PATCH", "/api/me", {"avatar": second}).status == 200
    assert media(ben, first).status == 404
    assert media(ben, second).status == 200
    assert ann.asks("PATCH", "/api/me", {"avatar": ""}).body["user"]["avatarUrl"] is None
    assert media(ben, second).status == 404


def test_an_avatar_is_a_picture_of_ones_own(ann: Person, ben: Person) -> None:
    """Control: it is taken, and again by whoever did not hear the answer."""
    for avatar in ("nothing", uploads(ben, picture(), "avatar"), uploads(ann, picture())):
        answer = ann.asks("PATCH", "/api/me", {"avatar": avatar})
        assert (answer.status, list(answer.body["fields"])) == (422, ["avatar"]), avatar
    mine = {"avatar": uploads(ann, picture(), "avatar")}
    for _ in range(2):
        assert ann.asks("PATCH", "/api/me", mine).status == 200


def test_a5_a_room_has_a_picture_from_the_start_and_another_later(ann: Person, ben: Person) -> None:
    """Control: a picture of somebody else's is none."""
    first, second = uploads(ann, picture(), "avatar"), uploads(ann, picture("red"), "avatar")
    opened = {"name": "The den", "description": "Tea, mostly.", "avatar": first}
    stolen = {**opened, "avatar": uploads(ben, picture(), "avatar")}
    assert ann.asks("POST", "/api/rooms", stolen).status == 422

    room = ann.asks("POST", "/api/rooms", opened).body["room"]
    invited = ben.asks("GET", f"/api/invitations/{room['code']}").body["room"]
    assert room["avatarUrl"] == invited["avatarUrl"] == f"/media/{first}"
    assert media(ben, first).status == 200

    assert ben.asks("POST", "/api/memberships", {"code": room["code"]}).status == 201
    ben.opens_a_socket()
    ben.joins(room["id"])
    path = f"/api/rooms/{room['id']}"
    assert ben.asks("PATCH", path, {"avatar": ""}).status == 403
    shown = ann.asks("PATCH", path, {"avatar": second})
    assert shown.body["room"]["avatarUrl"] == f"/media/{second}"
    [event] = ben.hears_type("events")["events"]
    assert (event["kind"], event["avatar"]) == ("roomChanged", second)
    assert media(ben, first).status == 404
    assert ann.asks("PATCH", path, {"avatar": ""}).body["room"]["avatarUrl"] is None
    assert media(ben, second).status == 404
