from __future__ import annotations

import pytest
from teahouse.edge.origin import comes_from_elsewhere, is_own_origin


@pytest.fixture(autouse=True)
def _https_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_ORIGIN", raising=False)
    monkeypatch.delenv("COOKIE_SECURE", raising=False)


@pytest.fixture
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOKIE_SECURE", "false")


def asked(origin: str | None, host: str = "chat.example.org", **more: str) -> bool:
    headers = {"Host": host} | more
    return is_own_origin(headers if origin is None else headers | {"Origin": origin})


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org", "chat.example.org:443"),
        ("https://chat.example.org:443", "chat.example.org"),
        ("https://CHAT.example.org", "chat.Example.org"),
        ("https://chat.example.org:8443", "chat.example.org:8443"),
        ("https://[::1]:8443", "[::1]:8443"),
        ("https://[::1]", "[::1]"),
    ],
)
def test_the_page_of_the_host_that_was_asked_is_ours(origin: str, host: str) -> None:
    assert asked(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.example.org",
        "https://chat.example.org.evil.net",
        "https://evilchat.example.org",
        "https://chat.example.org:444",
        "http://chat.example.org",
        "https://chat.example.org/",
        "https://chat.example.org\n",
        "https://chat.example.org@evil.net",
        "https://evil.net#chat.example.org",
        "https://chat.example.org https://evil.net",
        "wss://chat.example.org",
        "file://chat.example.org",
        "chat.example.org",
    ],
)
def test_any_other_origin_is_not_ours(origin: str | None) -> None:
    assert asked("https://chat.example.org")
    assert not asked(origin)


def test_behind_cloudfront_the_viewers_host_counts() -> None:
    viewed = {"x-teahouse-host": "chat.example.org"}

    assert asked("https://chat.example.org", host="abc.execute-api.aws", **viewed)
    assert not asked("https://abc.execute-api.aws", host="abc.execute-api.aws", **viewed)


def test_a_named_site_is_compared_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ORIGIN", "https://tea.example.org")

    assert asked("https://tea.example.org")
    assert not asked("https://chat.example.org")
    assert not asked("https://tea.example.org:443")
    assert not asked(None)


@pytest.mark.usefixtures("_plain_http")
def test_without_tls_http_is_ours_too_on_the_same_port() -> None:
    assert asked("http://localhost:8787", "localhost:8787")
    assert asked("http://localhost", "localhost:80")
    assert not asked("http://localhost:8788", "localhost:8787")
    assert not asked("http://127.0.0.1:8787", "localhost:8787")


def test_without_a_host_nothing_is_ours() -> None:
    assert is_own_origin({"origin": "https://a", "host": "a"})
    assert not is_own_origin({"origin": "https://a"})


@pytest.mark.parametrize(
    ("headers", "is_foreign"),
    [
        ({}, False),
        ({"origin": "https://chat.example.org"}, False),
        ({"origin": "https://chat.example.org", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://evil.example.org"}, True),
        ({"origin": "null"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://chat.example.org", "sec-fetch-site": "cross-site"}, True),
    ],
)
def test_a_browser_tells_which_site_caused_a_request(
    headers: dict[str, str], is_foreign: bool
) -> None:
    assert comes_from_elsewhere({"host": "chat.example.org"} | headers) is is_foreign


def test_a_plain_site_has_no_page_behind_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program on this machine may serve https on the port that has no name."""
    monkeypatch.setenv("COOKIE_SECURE", "false")

    assert is_own_origin({"origin": "http://localhost", "host": "localhost"})
    assert not is_own_origin({"origin": "https://localhost", "host": "localhost"})
    assert not is_own_origin({"origin": "https://localhost:8787", "host": "localhost:8787"})
