"""The page beside the APIs: what CloudFront before a bucket would serve (section 4.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gateway.target import Target, running

SECURITY = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'self'"}
IMMUTABLE = "public,max-age=31536000,immutable"


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Target]:
    """Serve a page as Vite builds it, with something secret beside its folder."""
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "assets" / "index-DiwrgTda.js").write_text("export {}")
    (folder / "assets" / "index-BsIvkHP_.css").write_text("body {}")
    (folder / "assets" / "logo.svg").write_text("<svg/>")
    (folder / "favicon.ico").write_bytes(b"\x00")
    (folder / ".env").write_text("secret")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with running(site=folder, response_headers=SECURITY) as target:
        yield target


async def test_the_root_is_the_page(site: Target) -> None:
    reply = await site.http("GET", "/")

    assert (reply.status, reply.body) == (200, b"<!doctype html>")
    assert reply.headers["content-type"] == "text/html;charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/r/42", "/join/abc/", "/r/42?x=1.2", "/a.b/c", "/%E5%A5%BD"])
async def test_an_address_of_the_pages_own_is_the_page(site: Target, path: str) -> None:
    """As the viewer-request function on CloudFront: no dot in the last segment."""
    reply = await site.http("GET", path)

    assert (reply.status, reply.body) == (200, b"<!doctype html>")
    assert reply.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "content_type", "cache"),
    [
        ("/assets/index-DiwrgTda.js", "text/javascript;charset=utf-8", IMMUTABLE),
        ("/assets/index-BsIvkHP_.css", "text/css;charset=utf-8", IMMUTABLE),
        ("/assets/logo.svg", "image/svg+xml;charset=utf-8", "no-cache"),
        ("/favicon.ico", "image/x-icon", "no-cache"),
        ("/index.html", "text/html;charset=utf-8", "no-cache"),
    ],
)
async def test_files_have_their_type_and_age(
    site: Target, path: str, content_type: str, cache: str
) -> None:
    """Section 4.1: hashed names for a year, the page itself never without asking."""
    reply = await site.http("GET", path)

    assert reply.status == 200
    assert reply.headers["content-type"] == content_type
    assert reply.headers["cache-control"] == cache


async def test_an_unchanged_file_is_not_sent_again(site: Target) -> None:
    """RFC 9110, 15.4.5."""
    etag = (await site.http("GET", "/")).headers["etag"]

    again = await site.http("GET", "/", headers={"If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")
    assert (await site.http("GET", "/", headers={"If-None-Match": '"other"'})).status == 200


async def test_a_head_has_the_length_only(site: Target) -> None:
    reply = await site.http("HEAD", "/")

    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "15")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/..%5c..%5csecret.txt",
        "//etc/passwd.txt",
        "/.env",
        "/link.txt",
        "/%00.txt",
        "/index.html/x.txt",
        "/assets.d/",
        "/" + "a" * 300 + ".txt",
        "/missing.js",
    ],
)
async def test_nothing_outside_the_folder_is_served(site: Target, path: str) -> None:
    """Control: the files above are served."""
    reply = await site.http("GET", path)

    assert b"secret" not in reply.body
    if path != "/assets.d/":  # no dot in its last segment, so this one is the page
        assert reply.status == 404


async def test_security_headers_are_on_everything_of_the_page(site: Target) -> None:
    for path in ("/", "/favicon.ico", "/missing.js"):
        reply = await site.http("GET", path)
        for name, value in SECURITY.items():
            assert reply.headers[name.lower()] == value


async def test_other_methods_are_not_allowed(site: Target) -> None:
    reply = await site.http("POST", "/", b"x")

    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


async def test_the_apis_win_over_the_page(site: Target) -> None:
    """Section 4.1: `/api/*` and `/ws` are behaviours of their own, whatever the page has."""
    await site.http("GET", "/api/rooms/42")
    await site.event_of("GetRoom")
    assert (await site.http("GET", "/api")).json == {"message": "Not Found"}
    assert (await site.http("GET", "/ws")).status == 426
    assert (await site.http("GET", "/ws/@connections/x")).status == 403
