"""Whether pictures can be stored. One is not sent: a small file is written, read and removed."""

from typing import Any

from application.storage import StorageFault
from entrypoints.doctor.findings import Findings, fault, well
from entrypoints.settings import Settings
from entrypoints.storage_faults import in_words


def check_pictures(settings: Settings, container: Any) -> Findings:
    url = settings.pictures_url
    if settings.storage == "memory":
        yield well("Pictures are kept in memory, and gone when the process ends.")
        return
    try:
        container.picture_files().check()
    except StorageFault as error:
        yield fault("No picture can be stored.", in_words(error))
        return
    where = f"the folder {url.path}" if url.scheme == "file" else f"the bucket {url.place}"
    yield well(f"Pictures are kept in {where}.")
