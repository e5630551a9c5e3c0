"""Do people get in and out by REST as the contract says? On both stores, with real tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from teahouse import __version__, bootstrap
from teahouse.adapters.tokens import JwtTokens
from teahouse.app import App
from teahouse.domain.session import ABSOLUTE_MS, ACCESS_TOKEN_MS, TICKET_MS
from teahouse.edge.rates import Rates

from functions.rest import accounts as accounts_module
from functions.rest import health as health_module
from functions.rest import sessions as sessions_module
from functions.rest import tickets as tickets_module
from tests.asking import SITE, Answer, ask
from tests.world import engine_app, memory_app

accounts = accounts_module.lambda_handler
health = health_module.lambda_handler
sessions = sessions_module.lambda_handler
tickets = tickets_module.lambda_handler

PASSWORD = "correct horse"


@pytest.fixture(params=["memory", "engine"])
def app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    for name in ("SITE_ORIGIN", "COOKIE_SECURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RATE_SCALE", "1000")
    for module in (accounts_module, sessions_module, tickets_module):
        monkeypatch.setattr(module.api, "_rates", Rates())
    if request.param == "memory":
        plain = memory_app()
        app = memory_app(
            accounts=plain.accounts, proofs=plain.proofs, tokens=JwtTokens(plain.accounts)
        )
    else:
        request.getfixturevalue("engine_url")
        plain = engine_app()
        app = engine_app(tokens=JwtTokens(plain.accounts))
    bootstrap.use(app)
    yield app
    bootstrap.use(None)


@pytest.fixture
def username() -> str:
    """A name that nobody has yet."""
    return f"ann-{secrets.token_hex(6)}"


def register(username: str, /, **more: Any) -> Answer:
    body = {"username": username, "password": PASSWORD} | more
    return ask(accounts, "POST /api/accounts", body)


def sign_in(username: str, password: str = PASSWORD, **more: Any) -> Answer:
    return ask(sessions, "POST /api/sessions", {"username": username, "password": password} | more)


def me(**asking: Any) -> Answer:
    return ask(accounts, "GET /api/me", **asking)


def test_health_tells_the_version_and_asks_nobody() -> None:
    bootstrap.use(None)

    answer = ask(health, "GET /api/health")

    assert (answer.status, answer.body) == (200, {"ok": True, "version": __version__})


def test_registering_answers_with_user_token_and_cookie(app: App, username: str) -> None:
    answer = register(username, displayName="安 Ann", language="zh-CN")

    assert answer.status == 201
    assert set(answer.body) == {"user", "accessToken", "expiresAt"}
    user = answer.body["user"]
    assert (user["displayName"], user["username"], user["kind"]) == ("安 Ann", username, "account")
    assert user["avatarUrl"] is None
    told_to_oneself = {"administrator"}  # of the first account there ever was
    assert set(user) - told_to_oneself == {
        *("id", "displayName", "username", "color", "avatarUrl", "kind")
    }
    assert answer.body["expiresAt"] == app.clock.now_ms() + ACCESS_TOKEN_MS
    (cookie,) = answer.cookies
    assert cookie.startswith("__Host-sid=")
    assert cookie.split("; ")[1:] == [
        "Path=/",
        f"Max-Age={ABSOLUTE_MS // 1000}",
        "HttpOnly",
        "Secure",
        "SameSite=Strict",
    ]
    assert me(cookie=answer.cookie).body == {"user": user}
    assert me(token=answer.body["accessToken"]).body == {"user": user}


def test_only_callers_that_want_tokens_get_a_refresh_token(app: App, username: str) -> None:
    registered = register(username, tokens=True)
    signed_in = sign_in(username, tokens=True)
    guest = ask(sessions, "POST /api/guests", {"tokens": True})

    for answer in (registered, signed_in, guest):
        assert answer.cookie == f"__Host-sid={answer.body['refreshToken']}"
    assert "refreshToken" not in sign_in(username).body


def test_without_tls_the_cookie_is_plain(
    app: App, username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COOKIE_SECURE", "false")

    answer = register(username)

    assert answer.cookie.startswith("sid=")
    assert "Secure" not in answer.cookies[0]
    assert "HttpOnly" in answer.cookies[0]
    assert me(cookie=answer.cookie).status == 200


def test_a_taken_name_is_a_conflict_that_says_where(app: App, username: str) -> None:
    assert register(username).status == 201

    answer = register(username.upper())

    assert (answer.status, answer.code) == (409, "conflict")
    assert list(answer.body["fields"]) == ["username"]
    assert answer.cookies == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ann"}, "username"),
        ({"password": "short"}, "password"),
        ({"password": 12345678}, "password"),
        ({"displayName": ""}, "displayName"),
        ({"language": "fr"}, "language"),
        ({"tokens": "yes"}, "tokens"),
        ({"id": "me"}, "id"),
        ({"kind": "bot"}, "kind"),
    ],
)
def test_what_is_not_acceptable_is_invalid(
    app: App, username: str, changes: dict[str, Any], field: str
) -> None:
    answer = register(username, **changes)

    assert (answer.status, answer.code) == (422, "invalid")
    assert list(answer.body["fields"]) == [field]
    assert PASSWORD not in answer.text
    assert register(username).status == 201


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app: App, username: str) -> None:
    register(username)
    assert sign_in(username).status == 201

    wrong, unknown = sign_in(username, "wrong horse"), sign_in(username + "x")

    assert wrong == unknown
    assert (wrong.status, wrong.code) == (401, "not_signed_in")
    assert wrong.cookies == []


@pytest.mark.parametrize("name", ["", " ", "a", "安" * 9, "a#b\x00c", "x" * 3000, "n\n" * 20])
def test_a_name_that_nobody_can_have_gets_that_answer_too(
    app: App, username: str, name: str
) -> None:
    register(username)

    assert sign_in(name) == sign_in(username, "wrong horse")


def test_a_guest_needs_nothing_and_gets_a_name(app: App) -> None:
    english = ask(sessions, "POST /api/guests")
    chinese = ask(sessions, "POST /api/guests", {}, headers={"accept-language": "zh-CN,zh;q=0.9"})
    named = ask(sessions, "POST /api/guests", {"nickname": "Cleo"})

    assert [a.status for a in (english, chinese, named)] == [201, 201, 201]
    assert english.body["user"]["kind"] == "guest"
    assert "username" not in english.body["user"]
    assert "的" in chinese.body["user"]["displayName"]
    assert named.body["user"]["displayName"] == "Cleo"
    assert me(cookie=named.cookie).body["user"] == named.body["user"]


def test_a_session_is_renewed_by_cookie_or_by_refresh_token(app: App, username: str) -> None:
    signed_in = register(username, tokens=True)
    app.clock.sleep(60)
    refresh = {"refreshToken": signed_in.body["refreshToken"]}

    by_cookie = ask(sessions, "POST /api/sessions/renew", cookie=signed_in.cookie)
    by_token = ask(sessions, "POST /api/sessions/renew", refresh)

    assert by_cookie.status == by_token.status == 200
    assert "refreshToken" not in by_cookie.body
    assert by_token.body["refreshToken"] == refresh["refreshToken"]
    for answer in (by_cookie, by_token):
        assert answer.body["expiresAt"] == app.clock.now_ms() + ACCESS_TOKEN_MS
        assert me(token=answer.body["accessToken"]).status == 200
        assert answer.cookie == signed_in.cookie


@pytest.mark.parametrize("body", [{"tokens": True}, {"refreshToken": None, "tokens": True}])
def test_no_script_reads_from_a_renewal_what_the_cookie_holds(
    app: App, username: str, body: dict[str, Any]
) -> None:
    """HttpOnly keeps the credential from scripts. Control: whoever has it may get it again."""
    signed_in = register(username, tokens=True)
    refresh = body | {"refreshToken": signed_in.body["refreshToken"]}
    assert "refreshToken" in ask(sessions, "POST /api/sessions/renew", refresh).body

    answer = ask(sessions, "POST /api/sessions/renew", body, cookie=signed_in.cookie)
    empty = ask(sessions, "POST /api/sessions/renew", {"refreshToken": ""}, cookie=signed_in.cookie)

    assert answer.status == 200
    assert "refreshToken" not in answer.body
    assert empty.code == "not_signed_in"


def test_nothing_and_junk_renew_nothing(app: App, username: str) -> None:
    cookie = register(username).cookie
    foreign = {"origin": "https://evil.example.org"}
    assert ask(sessions, "POST /api/sessions/renew", cookie=cookie).status == 200

    assert ask(sessions, "POST /api/sessions/renew").code == "not_signed_in"
    junk = ask(sessions, "POST /api/sessions/renew", {"refreshToken": "junk"})
    assert junk.code == "not_signed_in"
    crossed = ask(sessions, "POST /api/sessions/renew", cookie=cookie, headers=foreign)
    assert crossed.code == "forbidden"


def test_an_access_token_ends_after_ten_minutes_and_the_session_goes_on(
    app: App, username: str
) -> None:
    answer = register(username)
    app.clock.sleep(ACCESS_TOKEN_MS / 1000 - 1)
    assert me(token=answer.body["accessToken"]).status == 200

    app.clock.sleep(1)

    assert me(token=answer.body["accessToken"]).status == 401
    assert me(cookie=answer.cookie).status == 200


def test_my_sessions_are_listed_and_ended_one_by_one(app: App, username: str) -> None:
    here, there = register(username), sign_in(username)

    listed = ask(sessions, "GET /api/sessions", cookie=here.cookie).body["sessions"]
    current = [line["id"] for line in listed if line["current"]]
    (other,) = [line["id"] for line in listed if not line["current"]]
    ended = ask(sessions, f"DELETE /api/sessions/{other}", cookie=here.cookie)
    again = ask(sessions, f"DELETE /api/sessions/{other}", cookie=here.cookie)

    assert len(current) == 1
    assert set(listed[0]) == {"id", "createdAt", "lastUsedAt", "endsAt", "current"}
    assert (ended.status, ended.text, ended.cookies) == (204, "", [])
    assert again.code == "not_found"
    assert me(cookie=there.cookie).status == 401
    assert me(cookie=here.cookie).status == 200


@pytest.mark.parametrize(("which", "is_there_ended"), [("current", False), ("all", True)])
def test_signing_out_stops_cookie_and_token_at_once(
    app: App, username: str, which: str, is_there_ended: bool
) -> None:
    here, there = register(username), sign_in(username)

    answer = ask(sessions, f"DELETE /api/sessions/{which}", cookie=here.cookie)

    assert answer.status == 204
    assert answer.cookies[0].startswith("__Host-sid=; Path=/; Max-Age=0;")
    assert me(cookie=here.cookie).status == 401
    assert me(token=here.body["accessToken"]).status == 401
    assert (me(cookie=there.cookie).status == 401) is is_there_ended


def test_signing_out_wants_a_session_and_our_own_page(app: App, username: str) -> None:
    cookie = register(username).cookie
    foreign = {"origin": "https://evil.example.org"}

    assert ask(sessions, "DELETE /api/sessions/current").status == 401
    crossed = ask(sessions, "DELETE /api/sessions/all", cookie=cookie, headers=foreign)
    assert crossed.status == 403
    own = {"origin": SITE, "sec-fetch-site": "same-origin"}
    assert ask(sessions, "DELETE /api/sessions/all", cookie=cookie, headers=own).status == 204


def test_a_person_changes_the_name_that_others_see(app: App, username: str) -> None:
    cookie = register(username).cookie

    answer = ask(accounts, "PATCH /api/me", {"displayName": " Anna "}, cookie=cookie)

    assert (answer.status, answer.body["user"]["displayName"]) == (200, "Anna")
    assert me(cookie=cookie).body == answer.body
    forged = ask(accounts, "PATCH /api/me", {"id": "ben", "displayName": "Ben"}, cookie=cookie)
    assert forged.code == "invalid"
    assert ask(accounts, "PATCH /api/me", {"displayName": "Ben"}).code == "not_signed_in"


def test_a_ticket_is_for_whoever_is_signed_in(app: App, username: str) -> None:
    answer = register(username)

    issued = ask(tickets, "POST /api/tickets", token=answer.body["accessToken"])

    assert issued.status == 201
    assert set(issued.body) == {"ticket", "expiresAt"}
    assert issued.body["expiresAt"] == app.clock.now_ms() + TICKET_MS
    assert len(issued.body["ticket"]) == 43
    assert ask(tickets, "POST /api/tickets").code == "not_signed_in"


def test_guessing_passwords_is_slowed_down_by_name(
    app: App, username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(username)
    monkeypatch.setenv("RATE_SCALE", "1")

    guesses = [sign_in(username, f"wrong horse {i}").status for i in range(6)]
    right = sign_in(username.upper())
    other = sign_in(username + "x")

    assert guesses == [401] * 5 + [429]
    assert right.status == 429, "the right password too, in letters of either case"
    assert 1 <= int(right.headers["retry-after"]) <= 60
    assert other.status == 401, "another name is not slowed down"


def test_who_reconnects_in_a_loop_waits_for_tickets_and_nobody_else_does(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket without a cookie needs a ticket for each handshake."""
    loud, quiet = (ask(sessions, "POST /api/guests", {"tokens": True}).body for _ in range(2))
    monkeypatch.setenv("RATE_SCALE", "1")

    asked = [ask(tickets, "POST /api/tickets", token=loud["accessToken"]) for _ in range(6)]

    assert [answer.status for answer in asked] == [201] * 5 + [429]
    assert asked[-1].code == "too_many_requests"
    assert int(asked[-1].headers["retry-after"]) >= 1
    assert ask(tickets, "POST /api/tickets", token=quiet["accessToken"]).status == 201


def test_many_new_people_from_one_address_are_slowed_down(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATE_SCALE", "1")

    entered = [ask(sessions, "POST /api/guests").status for _ in range(31)]

    assert entered == [201] * 30 + [429]
