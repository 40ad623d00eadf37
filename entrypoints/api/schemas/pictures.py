"""The models of pictures."""

from typing import Any

from pydantic import Field

from application.ports.pictures.storing import PictureCard
from domain.pictures import ALT_LIMIT, TYPES, markdown_of, sizes
from entrypoints.api.schemas.examples import POST_ID, SUSAN
from entrypoints.api.schemas.fields import ANYTHING, Answer, Id, Instant, Neighbour, Url, Urls
from entrypoints.picture_paths import picture_path

Json = dict[str, Any]

_FILE: Json = {
    "type": "string",
    "format": "binary",
    "description": "JPEG, PNG, WebP, GIF (the first frame) or AVIF; at most 10 MB and 50 megapixels.",
    "examples": ["the bytes of boat.jpg"],
}
# The fields of the multipart bodies.
PORTRAIT_FORM: Json = {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
PICTURE_FORM: Json = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": _FILE,
        "alt": {
            "type": "string",
            "maxLength": ALT_LIMIT,
            "pattern": ANYTHING,
            "description": "What it shows, for who does not see it; where the Markdown does not say it.",
            "examples": ["A red boat on the sand."],
        },
    },
}


class Source(Answer):
    url: Url
    width: int = Field(ge=1, description="In pixels.")
    type: str = Field(examples=["image/webp"])

    @classmethod
    def example(cls, urls: Urls) -> "Source":
        return Picture.example(urls).sources[0]


class Picture(Answer):
    id: Id
    url: Url
    alt: str
    width: int = Field(ge=1, description="The pixels of the largest file.")
    height: int = Field(ge=1)
    sources: list[Source]
    markdown: str = Field(description="What shows it in a post. Empty for a picture of oneself.")
    created_at: Instant

    @classmethod
    def example(cls, urls: Urls) -> "Picture":
        return picture_of(
            urls,
            PictureCard(
                id=POST_ID,
                owner_id=SUSAN.id,
                owner=SUSAN,
                alt="A boat",
                width=640,
                height=480,
                portrait=False,
                unused_since=None,
            ),
        )


class PictureList(Answer):
    pictures: list[Picture]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "PictureList":
        return cls(pictures=[Picture.example(urls)], prev=None, next=None)


def picture_of(urls: Urls, picture: PictureCard) -> Picture:
    return Picture(
        id=str(picture.id),
        url=f"{urls.api}/pictures/{picture.id}",
        alt=picture.alt,
        width=picture.width,
        height=picture.height,
        sources=[
            Source(url=urls.web + picture_path(picture.id, size.name, kind), width=size.width, type=type)
            for size in sizes(picture.width, portrait=picture.portrait)
            for kind, type in TYPES.items()
        ],
        markdown="" if picture.portrait else markdown_of(picture.id, picture.alt),
        created_at=picture.created_at,
    )
