"""Which forms has the page, what is right in each, and what is refused, where and how?"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.window import PASSWORD, Window

Typed = dict[str, str]


@dataclass(frozen=True)
class Form:
    """How a form is come to, what is right in it, and what is refused in it and where."""

    name: str
    opens: Callable[[Window], None]
    right: Typed
    submit: str
    call: tuple[str, str]
    # What is typed, and what is said at which fields before anybody is asked.
    wrong: tuple[tuple[Typed, tuple[tuple[str, str], ...]], ...] = ()
    # (status, code, refused field), and what is said where: "" is beside the button.
    refused: tuple[tuple[tuple[int, str, str], tuple[str, str]], ...] = ()


def _opens(*steps: str) -> Callable[[Window], None]:
    def click(window: Window) -> None:
        for step in steps:
            window.find(step).click()

    return click


def _reports(window: Window) -> None:
    window.acts("hello", "report")


NAME = "field.username.invalid"
WORD = "field.password.invalid"
ROOM = "field.roomName.invalid"
ABOUT = "field.description.invalid"
FRESH = f"fresh-{secrets.token_hex(4)}"
STRANGERS = (
    Form(
        "signing up",
        _opens("choice-signUp"),
        {"sign-up-username": FRESH, "sign-up-password": PASSWORD, "sign-up-display-name": "安"},
        "sign-up-submit",
        ("POST", "/api/accounts"),
        (
            (
                {"sign-up-username": "", "sign-up-password": "", "sign-up-display-name": ""},
                (("sign-up-username", NAME), ("sign-up-password", WORD)),
            ),
            (
                {"sign-up-password": "x" * 129, "sign-up-display-name": "x" * 33},
                (("sign-up-password", WORD), ("sign-up-display-name", "field.displayName.invalid")),
            ),
        ),
        (
            ((409, "conflict", ""), ("sign-up-username", "field.username.taken")),
            ((422, "invalid", "password"), ("sign-up-password", WORD)),
        ),
    ),
    Form(
        "signing in",
        _opens("choice-signIn"),
        {"sign-in-username": "somebody", "sign-in-password": PASSWORD},
        "sign-in-submit",
        ("POST", "/api/sessions"),
        (
            (
                {"sign-in-username": "", "sign-in-password": ""},
                (
                    ("sign-in-username", "field.username.missing"),
                    ("sign-in-password", "field.password.missing"),
                ),
            ),
        ),
        (
            ((401, "not_signed_in", ""), ("sign-in-password", "refusal.wrong_password")),
            ((422, "invalid", "username"), ("sign-in-password", "refusal.wrong_password")),
        ),
    ),
    Form(
        "recovering",
        _opens("choice-signIn", "forgot-password"),
        {"recover-username": "somebody", "recover-code": "c" * 20, "recover-password": PASSWORD},
        "recover-submit",
        ("POST", "/api/recoveries"),
        (
            (
                {"recover-username": "", "recover-code": " ", "recover-password": "short"},
                (
                    ("recover-username", NAME),
                    ("recover-code", "field.recoveryCode.missing"),
                    ("recover-password", WORD),
                ),
            ),
        ),
        (
            ((401, "not_signed_in", ""), ("recover-code", "field.recoveryCode.wrong")),
            ((422, "invalid", "password"), ("recover-password", WORD)),
        ),
    ),
    Form(
        "guest",
        _opens("choice-guest"),
        {"guest-nickname": "Ann"},
        "guest-submit",
        ("POST", "/api/guests"),
        (({"guest-nickname": "x" * 33}, (("guest-nickname", "field.nickname.invalid"),)),),
        (((422, "invalid", "nickname"), ("guest-nickname", "field.nickname.invalid")),),
    ),
)
GUEST_ACCOUNT = Form(
    "a guest's account",
    _opens("open-settings", "open-upgrade"),
    {"upgrade-username": f"up-{FRESH}", "upgrade-password": PASSWORD},
    "upgrade-submit",
    ("PATCH", "/api/me"),
    (
        (
            {"upgrade-username": "ab", "upgrade-password": "short"},
            (("upgrade-username", NAME), ("upgrade-password", WORD)),
        ),
    ),
    (
        ((409, "conflict", ""), ("upgrade-username", "field.username.taken")),
        ((422, "invalid", "password"), ("upgrade-password", WORD)),
    ),
)
MINE = (
    Form(
        "profile",
        _opens("open-settings"),
        {"profile-name": "安妮"},
        "profile-save",
        ("PATCH", "/api/me"),
        (
            ({"profile-name": " "}, (("profile-name", "profile.name.invalid"),)),
            ({"profile-name": "x" * 33}, (("profile-name", "profile.name.invalid"),)),
        ),
        (((422, "invalid", "displayName"), ("profile-name", "profile.name.invalid")),),
    ),
    Form(
        "password",
        _opens("open-settings", "open-password"),
        {"password-old": PASSWORD, "password-new": "another good one"},
        "password-submit",
        ("PATCH", "/api/me"),
        (
            (
                {"password-old": "", "password-new": "short"},
                (("password-old", "field.password.missing"), ("password-new", WORD)),
            ),
        ),
        (
            ((403, "forbidden", "password"), ("password-old", "password.wrong")),
            ((401, "not_signed_in", ""), ("", "refusal.not_signed_in")),
            ((422, "invalid", "password"), ("password-new", WORD)),
        ),
    ),
    Form(
        "recovery code",
        _opens("open-settings", "open-recovery"),
        {},
        "recovery-make",
        ("POST", "/api/me/recovery"),
    ),
    Form(
        "announcement",
        _opens("open-settings"),
        {"announce-text": "Tea for everybody"},
        "announce-submit",
        ("POST", "/api/announcements"),
        (
            ({"announce-text": ""}, (("announce-text", "announce.missing"),)),
            ({"announce-text": "x" * 2001}, (("announce-text", "announce.tooLong"),)),
        ),
        (((422, "invalid", "body"), ("announce-text", "announce.tooLong")),),
    ),
)
ROOMS = (
    Form(
        "a new room",
        _opens("open-create"),
        {"create-name": "The den", "create-description": "Tea"},
        "create-submit",
        ("POST", "/api/rooms"),
        (
            ({"create-name": " "}, (("create-name", ROOM),)),
            (
                {"create-name": "x" * 65, "create-description": "x" * 501},
                (("create-name", ROOM), ("create-description", ABOUT)),
            ),
        ),
        (((422, "invalid", "name"), ("create-name", ROOM)),),
    ),
    Form(
        "a code",
        _opens("open-join"),
        {"join-code": "no-such-code"},
        "join-submit",
        ("POST", "/api/memberships"),
        (({"join-code": " "}, (("join-code", "field.code.missing"),)),),
        (
            ((404, "not_found", ""), ("join-code", "field.code.dead")),
            ((403, "forbidden", ""), ("join-code", "refusal.banned")),
            ((409, "room_closed", ""), ("", "refusal.room_closed")),
        ),
    ),
)
THIS_ROOM = (
    Form(
        "room settings",
        _opens("open-members", "open-room-settings"),
        {"room-form-name": "The hut", "room-form-description": "茶"},
        "room-submit",
        ("PATCH", "/api/rooms/*"),
        (
            (
                {"room-form-name": "", "room-form-description": "x" * 501},
                (("room-form-name", ROOM), ("room-form-description", ABOUT)),
            ),
        ),
        (
            ((422, "invalid", "description"), ("room-form-description", ABOUT)),
            ((403, "forbidden", ""), ("", "refusal.forbidden")),
        ),
    ),
    Form(
        "search",
        _opens("open-search"),
        {"search-query": "tea"},
        "search-submit",
        ("GET", "/api/search?*"),
        (
            ({"search-query": " "}, (("search-query", "search.missing"),)),
            ({"search-query": "x" * 101}, (("search-query", "search.invalid"),)),
        ),
        (((422, "invalid", "q"), ("search-query", "search.invalid")),),
    ),
)
REPORT = Form(
    "report",
    _reports,
    {"report-reason": "Spilt tea"},
    "report-submit",
    ("POST", "/api/reports"),
    (({"report-reason": "x" * 501}, (("report-reason", ABOUT),)),),
    (((404, "not_found", ""), ("", "refusal.not_found")),),
)
