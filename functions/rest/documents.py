"""Routes of the documents: what the API is, for programs and for people."""

from __future__ import annotations

from teahouse.edge.documents import document
from teahouse.edge.rest import Api, Response

api = Api()
lambda_handler = api.handler


@api.get("/api/openapi.json", needs="nothing")
def get_openapi() -> Response[str]:
    """Every request, as OpenAPI 3.1."""
    return api.answer_text("application/json", document("openapi.json"))


@api.get("/api/asyncapi.json", needs="nothing")
def get_asyncapi() -> Response[str]:
    """Every frame of the socket, as AsyncAPI 3."""
    return api.answer_text("application/json", document("asyncapi.json"))


@api.get("/api/docs", needs="nothing")
def get_docs() -> Response[str]:
    """Both documents, as a page to read."""
    return api.answer_text("text/html; charset=utf-8", document("docs.html"))


@api.get("/api/docs/style.css", needs="nothing")
def get_docs_style() -> Response[str]:
    """How that page looks."""
    return api.answer_text("text/css; charset=utf-8", document("docs.css"))
