"""Broadcaster over API Gateway's management API: one HTTP POST a delivery.

`apigatewaymanagementapi` in the botocore model: 410 GoneException for a connection that is closed
or unknown, 429 LimitExceededException for a rate or for one slow client, 413 over 128 KB.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

THREADS = 16  # more only burn processor time: boto3's own work dominates, not waiting
DEADLINE_S = 2.0  # of one post; healing finds what does not arrive


class ApiGatewayBroadcaster:
    """Posts through boto3; the endpoint comes from the environment.

    (`AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`, AWS SDK reference, "service-specific endpoints".)
    """

    def __init__(self) -> None:
        self._client: Any = None
        self._lock = threading.Lock()

    def post(self, connection_ids: Sequence[str], frame: bytes) -> list[str]:
        client = self._made()
        if len(connection_ids) <= 1:
            return [c for c in connection_ids if self._is_gone(client, c, frame)]
        # The pool ends with the call: nothing may run after the handler has returned.
        with ThreadPoolExecutor(min(THREADS, len(connection_ids))) as pool:
            answers = pool.map(lambda c: self._is_gone(client, c, frame), connection_ids)
            return [c for c, gone in zip(connection_ids, answers, strict=True) if gone]

    def close(self, connection_id: str) -> None:
        try:
            self._made().delete_connection(ConnectionId=connection_id)
        except (ClientError, BotoCoreError):
            return  # gone already, or it ends with its lease

    def _is_gone(self, client: Any, connection_id: str, frame: bytes) -> bool:
        """Post to one connection; whatever fails but 410 is left to healing."""
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=frame)
        except client.exceptions.GoneException:
            return True
        except (ClientError, BotoCoreError):
            return False
        return False

    def _made(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = boto3.client(
                    "apigatewaymanagementapi",
                    config=Config(
                        connect_timeout=DEADLINE_S,
                        read_timeout=DEADLINE_S,
                        max_pool_connections=THREADS,
                        # A 429 is tried twice more with jitter, then left to healing.
                        retries={"total_max_attempts": 3, "mode": "standard"},
                    ),
                )
            return self._client
