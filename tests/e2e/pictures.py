"""Pictures that people upload, and how they do it by hand: a form, and a look until it is done."""

from __future__ import annotations

import secrets
import time
import urllib.request
from io import BytesIO
from typing import Any
from urllib.error import HTTPError

from PIL import Image

from tests.e2e.person import ANSWER_S, Answer, Person


def picture(color: str = "teal", size: tuple[int, int] = (640, 480), kind: str = "PNG") -> bytes:
    """Draw a picture of one color."""
    into = BytesIO()
    Image.new("RGB", size, color).save(into, kind)
    return into.getvalue()


def announces(
    person: Person, data: bytes, purpose: str = "attachment", content_type: str = "image/png"
) -> Any:
    """Ask for a form."""
    body = {"contentType": content_type, "sizeBytes": len(data), "purpose": purpose}
    answer = person.asks("POST", "/api/uploads", body)
    assert answer.status == 201, answer
    return answer.body


def sends_form(form: Any, data: bytes, **changes: str) -> int:
    """Send a form as a browser does; gives the status."""
    boundary = secrets.token_hex(8)
    parts = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**form["fields"], **changes}.items()
    )
    parts += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'.encode()
    )
    parts += b"\r\n" + data + f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(form["url"], data=parts, method="POST")
    request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def settled(person: Person, upload_id: str) -> Any:
    """Ask until something has become of an upload."""
    deadline = time.monotonic() + ANSWER_S
    while True:
        answer = person.asks("GET", f"/api/uploads/{upload_id}")
        assert answer.status == 200, answer
        if answer.body["state"] != "waiting":
            return answer.body
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)


def uploads(person: Person, data: bytes, purpose: str = "attachment") -> str:
    """Upload a picture and wait until it is ready; gives its id."""
    form = announces(person, data, purpose)
    assert sends_form(form, data) == 204
    assert settled(person, form["id"])["state"] == "ready"
    return str(form["id"])


def media(person: Person, upload_id: str, variant: str = "") -> Answer:
    """Ask for a picture; the body is its bytes."""
    request = urllib.request.Request(f"{person.base}/media/{upload_id}{variant}")
    request.add_header("Authorization", f"Bearer {person.access_token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, response.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())
