"""Which file of the page answers a request? What CloudFront before an S3 bucket would serve."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from local_cloud.http_messages import Answer, Request

_HASHED = re.compile(r"/assets/[^/]+[-.][A-Za-z0-9_-]{8,}\.\w+")
_IMMUTABLE = "public,max-age=31536000,immutable"
# Not left to the machine: its own table may say text/plain for a script, which no browser runs.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


class Site:
    """A folder of static files whose unknown addresses are the page's own."""

    def __init__(self, folder: Path, response_headers: Mapping[str, str]) -> None:
        self._folder = folder.resolve()
        self._response_headers = tuple(response_headers.items())

    def answer(self, request: Request) -> Answer:
        """Serve a file; a path without a dot in its last segment is the page itself."""
        if request.method not in ("GET", "HEAD"):
            return self._text(405, "Method Not Allowed", ("Allow", "GET, HEAD"))
        path = unquote(request.path)
        try:
            file = self._find(path if "." in path.rpartition("/")[2] else "/index.html")
            stat, content = file.stat(), file.read_bytes()
        except OSError:  # not there, just rebuilt, or a name no file can have
            return self._text(404, "Not Found")
        etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        headers = (
            ("Cache-Control", _IMMUTABLE if _HASHED.fullmatch(path) else "no-cache"),
            ("ETag", etag),
            *self._response_headers,
        )
        if request.header("if-none-match") == etag:
            return Answer(304, headers)
        return Answer(200, (("Content-Type", _content_type(file)), *headers), content)

    def _find(self, path: str) -> Path:
        segments = path.split("/")[1:]
        if "\\" in path or "\0" in path or any(name.startswith(".") for name in segments):
            raise FileNotFoundError(path)
        file = self._folder.joinpath(*segments).resolve()
        if not file.is_relative_to(self._folder):  # a link may lead out
            raise FileNotFoundError(path)
        return file

    def _text(self, status: int, text: str, *headers: tuple[str, str]) -> Answer:
        content_type = ("Content-Type", "text/plain;charset=utf-8")
        return Answer(status, (content_type, *headers, *self._response_headers), text.encode())


def _content_type(file: Path) -> str:
    guessed = _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    content_type = guessed or "application/octet-stream"
    is_text = content_type.startswith("text/") or content_type.endswith(("json", "svg+xml"))
    return f"{content_type};charset=utf-8" if is_text else content_type
