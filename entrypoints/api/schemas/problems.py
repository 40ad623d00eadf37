"""The models of errors."""

from pydantic import Field

from entrypoints.api.schemas.fields import Out


class FieldError(Out):
    field: str
    message: str


class ProblemDetails(Out):
    """RFC 9457, and the pair `error` and `message` for older clients."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    error: str
    message: str
    errors: list[FieldError] | None = None
    until: str | None = Field(
        None, description="With the types `…/silenced` and `…/suspended`: until when. Null until it is lifted."
    )
    request_id: str | None = Field(None, description="With 500 and 503: whoever runs the site finds it in the log.")
