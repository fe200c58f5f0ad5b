"""What every operation of the API's description has in common."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "field": {"type": "string"},
            },
        }
    },
}
_REFUSALS = {
    "401": "No token, or one that is not known.",
    "403": "The token lacks the scope, or the conversation lacks a live grant.",
    "413": "The body is too large.",
    "422": "Something in the request can't be right; `field` names it.",
    "503": "The database is away; try again.",
}
_SOMETIMES = {
    "404": "There is no such thing.",
    "409": "The idempotency key belongs to another request, or the state moved on.",
}


def describe(app: FastAPI) -> None:
    """Document tokens and errors once for all guarded operations."""
    generate = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            components = document.setdefault("components", {})
            components["securitySchemes"] = {
                "serviceToken": {"type": "http", "scheme": "bearer"},
            }
            schemas = components.setdefault("schemas", {})
            schemas["Error"] = _ERROR
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    if "security" in operation:
                        _add_refusals(operation, changing=method != "get", named="{" in path)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _add_refusals(operation: dict[str, Any], *, changing: bool, named: bool) -> None:
    refusals = dict(_REFUSALS)
    if named or operation["operationId"].startswith("get_mails"):
        refusals["404"] = _SOMETIMES["404"]
    if changing:
        refusals["409"] = _SOMETIMES["409"]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status, description in refusals.items():
        answer = operation["responses"].setdefault(status, {"description": description})
        answer["content"] = {**content, **answer.get("content", {})}
        answer["content"]["application/json"].setdefault(
            "schema", content["application/json"]["schema"]
        )
        if status == "422":
            answer.update(description=description, content=content)
