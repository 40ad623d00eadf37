"""The models of API tokens."""

from pydantic import Field

from entrypoints.api.schemas.fields import Answer, Urls


class Token(Answer):
    token: str
    expiration: int = Field(description="Seconds.", examples=[3600])

    @classmethod
    def example(cls, _urls: Urls) -> "Token":
        return cls(token="eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ...", expiration=3600)
