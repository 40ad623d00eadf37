"""Nothing of what was sent is in the files of a picture but what its pixels show."""

from typing import Any

import pytest
from PIL import Image

from adapters.pictures.making import InlinePictureMaker
from application.ports.pictures.making import MadePicture
from tests.adapters.pictures import (
    DISPLAY_P3,
    SECRET,
    chunk,
    chunks_of,
    decoded,
    encoded,
    photo,
    segment,
    segments_of,
    with_segments,
)

maker = InlinePictureMaker()


def exif_of_a_camera() -> Image.Exif:
    exif, secret = Image.Exif(), SECRET.decode()
    exif[0x010F] = exif[0x0110] = exif[0x013B] = exif[0x8298] = secret  # maker, model, artist, copyright
    camera = exif.get_ifd(0x8769)
    camera[0xA430] = camera[0xA431] = camera[0xA435] = secret  # owner, serial numbers of body and lens
    camera[0x927C] = SECRET
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[29] = "N", (48.0, 12.0, 30.0), secret
    return exif


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><GPS>' + SECRET + b"</GPS></x:xmpmeta>"
THUMBNAIL = with_segments(encoded(photo(16, 12), "JPEG"), segment(0xFE, SECRET))


def jpeg_of_a_camera() -> bytes:
    jpeg = encoded(photo(400, 300), "JPEG", exif=exif_of_a_camera(), icc_profile=DISPLAY_P3 + SECRET, xmp=XMP)
    more = (
        segment(0xE0, b"JFXX\0\x10" + THUMBNAIL),
        segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + THUMBNAIL),
        segment(0xEB, b"JP\0\1" + SECRET),
        segment(0xEC, b"Ducky" + SECRET),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x50\0\x0b" + SECRET),
        segment(0xFE, SECRET),
    )
    return with_segments(jpeg, *more) + THUMBNAIL + b"PK\3\4" + SECRET


def png_of_a_camera() -> bytes:
    sent = encoded(photo(400, 300), "PNG", exif=exif_of_a_camera(), icc_profile=DISPLAY_P3 + SECRET)
    more = chunk(b"tEXt", b"Author\0" + SECRET) + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    return sent[:33] + more + chunk(b"tIME", bytes((7, 234, 1, 1, 1, 1, 1))) + sent[33:] + SECRET


CAMERAS = {
    "jpeg": jpeg_of_a_camera(),
    "png": png_of_a_camera(),
    **{
        form.lower(): encoded(
            photo(400, 300), form, exif=exif_of_a_camera(), xmp=XMP, icc_profile=DISPLAY_P3 + SECRET, quality=70
        )
        for form in ("WEBP", "AVIF")
    },
    "gif": encoded(photo(400, 300), "GIF", comment=SECRET),
}


@pytest.mark.parametrize("form", CAMERAS)
@pytest.mark.parametrize("make", [maker.picture, maker.portrait])
def test_no_metadata_survives(form: str, make: Any) -> None:
    sent = CAMERAS[form]
    assert SECRET in sent

    made: MadePicture = make(sent, account_id=1)

    for name, file in made.files.items():
        assert SECRET not in file
        image = decoded(file)
        assert dict(image.getexif()) == {}
        assert not image.info.keys() & {"exif", "xmp", "icc_profile", "comment", "photoshop", "dpi", "mp"}
        if name.endswith(".jpg"):
            # The header of JFIF, tables, and the frame.
            assert set(segments_of(file)) <= {0xE0, 0xDB, 0xC2, 0xC4}
            assert file.count(b"\xff\xd8\xff") == 1
        else:
            assert set(chunks_of(file)) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
