"""Files with pictures, as members choose them."""

import io

from PIL import Image
from playwright.sync_api import FilePayload

RED, BLUE = (200, 30, 30), (30, 30, 200)


def drawn(width: int, height: int, *, kind: str = "JPEG", **more: object) -> bytes:
    """Red on the left, and blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def chosen(name: str = "harbour.jpg", content: bytes | None = None, mime: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": mime, "buffer": drawn(640, 480) if content is None else content}
