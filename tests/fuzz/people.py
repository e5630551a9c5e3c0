"""Who asks while schemathesis fuzzes? It imports this itself; see `schemathesis.toml`.

The administrator asks, from whom nothing is hidden but what is other people's. What would end that
account or its sessions, or open another way to it, is asked by somebody new each time: chains do
find that a recovery code sets a new password.
"""

from __future__ import annotations

import os
import secrets
from typing import Any

import requests
import schemathesis

ENDINGS = ["DELETE /api/me", "DELETE /api/sessions/{sessionId}", "POST /api/me/recovery"]
TOKEN_S = 300  # a token lives ten minutes


class _Asker:
    def token(self, path: str, body: dict[str, str]) -> str:
        said = requests.post(os.environ["FUZZ_URL"] + path, json=body, timeout=30)
        said.raise_for_status()
        return str(said.json()["accessToken"])

    def set(self, case: schemathesis.Case, data: str, context: Any) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@(schemathesis.auth(refresh_interval=TOKEN_S).skip_for(name=ENDINGS))
class Administrator(_Asker):
    def get(self, case: schemathesis.Case, context: Any) -> str:
        name, password = os.environ["FUZZ_USERNAME"], os.environ["FUZZ_PASSWORD"]
        return self.token("/api/sessions", {"username": name, "password": password})


@(schemathesis.auth(refresh_interval=None).apply_to(name=ENDINGS))
class PasserBy(_Asker):
    def get(self, case: schemathesis.Case, context: Any) -> str:
        name, password = secrets.token_hex(8), secrets.token_hex(8)
        return self.token("/api/accounts", {"username": name, "password": password})
