"""What moves of tags."""

from dataclasses import dataclass
from typing import ClassVar

from application.ports.moving.fields import Id, IdOrNone, Record, TagText


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRecord(Record):
    """`leads_to` is the tag that stands for it since it was renamed, or 0."""

    record: ClassVar = "tags"
    sorted_by: ClassVar = ("id",)

    id: Id
    name: TagText
    leads_to: IdOrNone


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTagRecord(Record):
    """A post in lists, under a tag. Until a job has carried a new name out, the post itself says the old one."""

    record: ClassVar = "post_tags"
    sorted_by: ClassVar = ("tag_id", "post_id")

    tag_id: Id
    post_id: Id
