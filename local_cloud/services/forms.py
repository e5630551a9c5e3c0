"""What is in a form that a browser uploads? multipart/form-data, RFC 7578."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r'multipart/form-data;.*boundary="?([^";,]{1,70})"?', re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Form:
    """Its fields by lower-case name, up to the file, and the file; S3 ignores what follows it."""

    fields: dict[str, str]
    data: bytes
    file_name: str


def read_form(content_type: str, body: bytes) -> Form | None:
    """Read a form; None when it is none, or holds no file."""
    match = _BOUNDARY.match(content_type)
    if match is None:
        return None
    fields: dict[str, str] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + match[1].encode())[1:]:
        head, separator, data = part.partition(b"\r\n\r\n")
        if not separator:
            continue
        names = dict(_PARAMETER.findall(_disposition(head)))
        name = names.get("name", "").lower()
        if name == "file":
            return Form(fields, data, names.get("filename", ""))
        fields[name] = data.decode("utf-8", "replace")
    return None


def _disposition(head: bytes) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        if line.lower().startswith("content-disposition:"):
            return line
    return ""
