"""NetSuite's refusals: problem documents with `o:errorDetails` (REST guide, section_156570709583)."""

from __future__ import annotations

from collections.abc import Mapping

from wire.call import NO_HEADERS, Reply, json_reply

_TYPE = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.{section}"
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
}


class RefusedError(Exception):
    """A request that NetSuite answers with a problem document."""

    def __init__(self, status: int, code: str, detail: str, path: str = "", title: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.path = path
        self.title = title

    def reply(self) -> Reply:
        """The document as sent."""
        return problem(self.status, self.code, self.detail, self.path, self.title)


def problem(
    status: int,
    code: str,
    detail: str,
    path: str = "",
    title: str = "",
    headers: Mapping[str, str] = NO_HEADERS,
) -> Reply:
    """A problem document of one detail; `path` is the field it is about."""
    inner = {"detail": detail, "o:errorCode": code}
    if path:
        inner["o:errorPath"] = path
    document = {
        "type": _TYPE.format(section=status % 100 + 1),
        "title": title or _TITLES.get(status, "Bad Request" if status < 500 else "Internal Server Error"),
        "status": status,
        "o:errorDetails": [inner],
    }
    return json_reply(status, document, headers)


def invalid_reference(kind: str, key: str, path: str) -> RefusedError:
    """A reference that is missing, inactive, or lacks its set-up: the text names kind and key."""
    return RefusedError(400, "INVALID_KEY_OR_REF", f"Invalid {kind} reference key {key}.", path)


def nonexistent() -> RefusedError:
    """No such record."""
    return RefusedError(
        404, "NONEXISTENT_ID", "The record instance does not exist. Provide a valid record instance ID."
    )


def closed_period(period: str, subsidiary: str) -> RefusedError:
    """The posting period is locked, closed or not yet set up."""
    detail = f"You cannot post to a closed period: {period} of {subsidiary} is closed."
    return RefusedError(400, "USER_ERROR", detail, "postingPeriod")


def concurrency_exceeded() -> Reply:
    """All of the account's slots are taken; no Retry-After is documented, none is sent."""
    return problem(
        429,
        "CONCURRENCY_LIMIT_EXCEEDED",
        "Concurrent request limit exceeded. Request blocked.",
        title="Bad Request",
    )


def invalid_login() -> Reply:
    """The token is unknown, expired or revoked."""
    detail = (
        "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at"
        " Setup > Users/Roles > User Management > View Login Audit Trail."
    )
    return problem(401, "INVALID_LOGIN", detail)


def unexpected(error_id: str = "rehearsal") -> Reply:
    """The system's own fault."""
    return problem(500, "UNEXPECTED_ERROR", f"An unexpected error occurred. Error ID: {error_id}")
