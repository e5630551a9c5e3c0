"""Broadcaster over API Gateway's management API: one HTTP POST a delivery.

`apigatewaymanagementapi 2018-11-29`: 410 for a connection that is closed or unknown, 429 for a rate
or for one slow client, 413 over 128 KB.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence

from teahouse.adapters.aws.credentials import current_credentials
from teahouse.adapters.aws.endpoint import current_endpoint, current_region
from teahouse.adapters.aws.failures import CallFailed
from teahouse.adapters.aws.fan_out.call import Call, Tally
from teahouse.adapters.aws.fan_out.limits import Limits
from teahouse.adapters.aws.fan_out.lines import Lines
from teahouse.adapters.aws.signing import PathSigner, Signer

SLOW_POSTS = 5  # in a row that end with 429; then the connection is closed
REACHED_S = 5.0  # if nobody was reached for so long, it is the account that is limited
MAX_SLOW = 1_000  # connections whose failures one worker counts

ENDPOINT = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
POSTS_FAILED = "posts_failed"


class ManagementApiBroadcaster:
    """Posts over lines of its own, kept from one call to the next; one call at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lines = Lines(self._limits)
        self._lock = threading.Lock()
        self._slow: Counter[str] = Counter()  # posts in a row that ended with 429
        self._reached_at = float("-inf")

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        """As the port; what fails is written to the log with its cause, and raises nothing.

        Who reads too slowly, post after post while others are reached, is closed: it comes back,
        and the log heals it.
        """
        tally = self.ask("POST", connection_ids, frame)
        for slow in self._too_slow(connection_ids, tally):
            self.close(slow)
        return tally.gone

    def close(self, connection_id: str) -> bool:
        """As the port; what fails is written to the log with its cause."""
        return not self.ask("DELETE", [connection_id], b"").failed

    def _too_slow(self, connection_ids: Sequence[str], tally: Tally) -> list[str]:
        now = time.monotonic()
        if len(tally.failed) + len(tally.gone) < len(connection_ids):
            self._reached_at = now
        if now - self._reached_at > REACHED_S:
            return []
        if len(self._slow) > MAX_SLOW:
            self._slow.clear()
        for connection_id in self._slow.keys() & set(connection_ids) - tally.limited:
            del self._slow[connection_id]
        self._slow.update(tally.limited)
        too_slow = [name for name in tally.limited if self._slow[name] >= SLOW_POSTS]
        for connection_id in too_slow:
            del self._slow[connection_id]
        return too_slow

    def ask(self, method: str, connection_ids: Sequence[str], body: bytes) -> Tally:
        """Send one request to each connection, and tell how it went for each."""
        if not connection_ids:
            return Tally()
        try:
            endpoint = current_endpoint(ENDPOINT)
            request = PathSigner(
                Signer("execute-api", current_region()),
                method,
                f"{endpoint.base_path}/@connections/",
                endpoint.authority,
                body,
                credentials=current_credentials(),
                at_s=time.time(),
            )
        except CallFailed as error:  # not configured
            tally = Tally(failed=dict.fromkeys(connection_ids, str(error)))
        else:
            with self._lock:
                self._lines.prepare(endpoint)
                tally = Call(self._lines, connection_ids, request.request, self._limits).run()
        if tally.failed:
            from teahouse.adapters.log_lines import write_line  # 12 ms that no post waits for

            counts = {"recipients": len(connection_ids), "failed": len(tally.failed)}
            causes = Counter(tally.failed.values())
            write_line("WARNING", POSTS_FAILED, {**counts, "causes": causes})
        return tally

    def disconnect(self) -> None:
        """Let go of the lines; the next call opens new ones."""
        with self._lock:
            self._lines.close()
