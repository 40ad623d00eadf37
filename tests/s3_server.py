"""A store of buckets that speaks S3 over HTTP, on this machine alone, in a thread of the tests. All of them share one
memory."""

import contextlib
import json
import logging
import secrets
import urllib.request
from typing import Any, Self
from urllib.parse import quote

import boto3
from moto.server import ThreadedMotoServer

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class S3Server:
    """`key` and `secret` are those of somebody who may do everything."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._log = logging.getLogger("werkzeug")

    def __enter__(self) -> Self:
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL)
        self._server.start()
        self.port = int(self._server.get_host_and_port()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}"
        people = self._client("iam")
        people.create_user(UserName="chapbook")
        people.put_user_policy(UserName="chapbook", PolicyName="all", PolicyDocument=json.dumps(_EVERYTHING))
        pair = people.create_access_key(UserName="chapbook")["AccessKey"]
        self.key, self.secret = pair["AccessKeyId"], pair["SecretAccessKey"]
        self._look_at_keys(True)
        return self

    def __exit__(self, *_: object) -> None:
        self._look_at_keys(False)
        self._server.stop()
        self._log.setLevel(self._level)

    def make_bucket(self) -> str:
        """Its name."""
        name = f"pictures-{secrets.token_hex(4)}"
        self.objects.create_bucket(Bucket=name)
        return name

    def url(self, bucket: str, *, key: str = "", secret: str = "") -> str:
        """As a setting."""
        login = ":".join(quote(each, safe="") for each in (key or self.key, secret or self.secret))
        return f"s3://{login}@127.0.0.1:{self.port}/{bucket}?tls=no"

    @property
    def objects(self) -> Any:
        """A client of another library."""
        return self._client("s3")

    def _client(self, service: str) -> Any:
        key, secret = getattr(self, "key", "nobody"), getattr(self, "secret", "nothing")
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    def _look_at_keys(self, is_strict: bool) -> None:
        """Keys and signatures are checked from the first request on, or never."""
        request = urllib.request.Request(
            f"{self.endpoint}/moto-api/reset-auth",
            data=b"0" if is_strict else b"inf",
            headers={"Content-Type": "text/plain"},
            method="POST",
        )
        with contextlib.closing(urllib.request.urlopen(request, timeout=20)):
            pass
