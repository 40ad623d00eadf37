"""What an error of obstore means. Its text holds the whole answer of the server, so only a word of it is kept: the code
of S3, the status of HTTP, or the reason why there was no answer."""

import re

from application.storage import StorageFault

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,64})</Code>", re.ASCII)
# MinIO, Ceph and others, none of which S3 itself has.
_FULL = ("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "StorageQuotaExceeded")
_REASONS = (
    (re.compile(r'(?:message|error): "([^"\\]{1,200})"'), "{}"),
    (re.compile(r"InvalidCertificate\(\s*(\w{1,64})"), "its certificate does not hold: {}"),
    (re.compile(r"(InvalidContentType)"), "it does not speak TLS"),
    (re.compile(r"(TimedOut)"), "it took too long"),
)


def fault_from(error: Exception, where: str) -> StorageFault:
    """`where` names the server and the bucket."""
    said = str(error)
    status, code = _STATUS.search(said), _CODE.search(said)
    if status is None:
        return StorageFault("pictures_away", where, _reason_in(said))
    number, name = int(status[1]), code[1] if code else ""
    cause = f"{number} {name}".rstrip()
    if number == 507 or name in _FULL:
        return StorageFault("pictures_full", where, cause)
    if name == "NoSuchBucket":
        return StorageFault("pictures_no_bucket", where, cause)
    # 429: it has too much to do, and will answer later.
    return StorageFault("pictures_away" if number >= 500 or number == 429 else "pictures_refused", where, cause)


def has_no_answer(error: Exception) -> bool:
    """Whether the server could not be reached, or said nothing."""
    return _STATUS.search(str(error)) is None


def is_missing(error: Exception) -> bool:
    """Whether the bucket answered that it has no such object."""
    return isinstance(error, FileNotFoundError) and fault_from(error, "").code != "pictures_no_bucket"


def _reason_in(said: str) -> str:
    for reason, words in _REASONS:
        found = reason.search(said)
        if found:
            return words.format(found[1])
    return "it gives no reason"
