"""Route of health: is anybody there, and which version?"""

from __future__ import annotations

from teahouse.edge.rest import Api, Response
from teahouse.protocol.answers import HealthAnswer

api = Api()
lambda_handler = api.handler


@api.get("/api/health", needs="nothing")
def get_health() -> Response[str]:
    """Say that this works; asks nothing of the store."""
    return api.answer(200, HealthAnswer(ok=True, version=api.version))
