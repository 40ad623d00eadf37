"""What a backup says of itself. It is the first thing in the file, so that one that is not wanted is known at
once."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = "chapbook-backup/1"
DATABASE = "database"
# What stands before the path of a picture's file.
PICTURES = "pictures/"
# A name of tar's plain header: at most 100 characters, and no way out of a folder.
_NAME = r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"


class Member(BaseModel):
    """A file of the backup. The database is one. Files of pictures are others, below `pictures/`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=_NAME, max_length=100)]
    size: Annotated[int, Field(ge=0, lt=1 << 62)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """`chapbook` is the version of the program, `revision` that of the schema, `made_by` what copied the database."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    format: Literal["chapbook-backup/1"] = "chapbook-backup/1"
    chapbook: Annotated[str, Field(max_length=100, pattern=r"^[ -~]+$")]
    revision: Annotated[str, Field(pattern="^[0-9]{4}$")]
    database: Literal["sqlite", "postgresql"]
    made_by: Annotated[str, Field(max_length=100, pattern=r"^[ -~]+$")]
    made_at: AwareDatetime
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
