"""A browser without scripts: it keeps cookies, sends forms with their token, and shows parsed pages."""

import io
import re
from functools import cached_property
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')
FRESH = "the token of the session as it is now"


class Page:
    """An answer, read to its end."""

    def __init__(self, response: TestResponse) -> None:
        self.status: int = response.status_code
        self.headers: Headers = response.headers
        self.data: bytes = response.get_data()
        self.path: str = response.request.path
        response.close()

    def __repr__(self) -> str:
        return f"<Page {self.path} {self.status}>"

    @cached_property
    def text(self) -> str:
        return self.data.decode()

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @cached_property
    def tree(self) -> Element:
        found: Element = html5lib.parse(self.text, treebuilder="etree", namespaceHTMLElements=False)
        return found

    def all(self, path: str) -> list[Element]:
        """Elements by ElementTree's kind of XPath."""
        return self.tree.findall(path)

    def only(self, path: str) -> Element:
        (found,) = self.all(path)
        return found

    def classed(self, name: str) -> list[Element]:
        """Elements of this class, whatever else they are."""
        return [element for element in self.tree.iter() if name in element.get("class", "").split()]

    @staticmethod
    def text_of(element: Element) -> str:
        return " ".join("".join(element.itertext()).split())

    def texts(self, path: str) -> list[str]:
        return [self.text_of(element) for element in self.all(path)]

    @property
    def words(self) -> str:
        """What a reader reads in it, in one line."""
        return self.text_of(self.only(".//main"))

    @property
    def title(self) -> str:
        return self.text_of(self.only("./head/title"))

    @property
    def heading(self) -> str:
        return self.text_of(self.only(".//h1"))

    @property
    def flashes(self) -> list[str]:
        return self.texts(".//*[@data-flash]")

    @property
    def links(self) -> list[str]:
        return [element.get("href", "") for element in self.all(".//a")]

    @property
    def actions(self) -> list[str]:
        return [element.get("action", "") for element in self.all(".//form")]

    def form(self, action: str) -> dict[str, str]:
        """What a browser would send of the form that goes there: fields as they are filled in."""
        (found,) = [element for element in self.all(".//form") if element.get("action") == action]
        filled: dict[str, str] = {}
        for field in found.iter():
            name = field.get("name")
            if not name or field.tag == "button":
                continue
            if field.tag == "textarea":
                filled[name] = "".join(field.itertext())
            elif field.tag == "select":
                chosen = [option for option in field.iter("option") if option.get("selected") is not None]
                filled[name] = chosen[0].get("value", "".join(chosen[0].itertext())) if chosen else ""
            elif field.get("type") not in ("checkbox", "radio") or field.get("checked") is not None:
                filled[name] = field.get("value", "")
        return filled

    @property
    def errors(self) -> dict[str, str]:
        """What is said beside each field."""
        return {
            element.get("id", "").removesuffix("-wrong"): self.text_of(element)
            for element in self.all(".//p[@class='wrong']")
        }

    @property
    def summary(self) -> list[str]:
        """What is said above the form."""
        return self.texts(".//div[@class='summary']//li")

    @property
    def etag(self) -> str | None:
        return self.headers.get("ETag")

    @property
    def cookies(self) -> dict[str, str]:
        """The attributes of each cookie that is set, by its name."""
        return {line.partition("=")[0]: line for line in self.headers.getlist("Set-Cookie")}


class Browser:
    """`address` is where it comes from; `headers` are sent with everything."""

    def __init__(
        self, app: Flask, *, base_url: str, address: str = "192.0.2.1", headers: dict[str, str] | None = None
    ) -> None:
        self.client = app.test_client()
        self.base_url = base_url
        self.address = address
        self.headers = headers or {}
        self._tokens: dict[str, str] = {}

    def open(self, method: str, path: str, **options: Any) -> Page:
        options.setdefault("base_url", self.base_url)
        sent = options.get("data")
        if isinstance(sent, dict) and "file" in sent:
            # No form has another file.
            options["data"] = sent | {"file": (io.BytesIO(sent["file"].encode()), "picture.jpg")}
        headers = Headers(self.headers)
        headers.update(options.pop("headers", {}))
        environ = {"REMOTE_ADDR": self.address} | options.pop("environ", {})
        return Page(self.client.open(path, method=method, headers=headers, environ_overrides=environ, **options))

    def get(self, path: str, **options: Any) -> Page:
        return self.open("GET", path, **options)

    def post(self, path: str, data: dict[str, str] | None = None, *, token: str | None = FRESH, **options: Any) -> Page:
        """With the form's token; another one, or none at all, where the test says so."""
        sent: dict[str, Any] = dict(data or {})
        if token is not None:
            sent["csrf_token"] = self.token() if token == FRESH else token
        return self.open("POST", path, data=sent, **options)

    def follow(self, page: Page) -> Page:
        """To where a redirect leads."""
        assert page.status in (303, 308), page
        return self.get(page.location.partition("#")[0])

    def submit(self, page: Page, action: str, **changed: str) -> Page:
        """The form as it stands there, with some fields filled in anew."""
        return self.open("POST", action.partition("#")[0], data=page.form(action) | changed)

    def token(self) -> str:
        """The token that every form of this session carries, from a page that has one."""
        session = self.cookie("session") or self.cookie("visitor") or ""
        if not session or session not in self._tokens:
            found = _TOKEN.search(self.get("/reset").text)
            assert found, "there is no form with a token on that page"
            session = self.cookie("session") or self.cookie("visitor") or ""
            self._tokens = {session: unescape(found[1])}
        return self._tokens[session]

    def cookie(self, name: str) -> str | None:
        """What is kept under this name, with or without `__Host-`."""
        host = self.base_url.partition("://")[2].partition(":")[0]
        for full in (name, f"__Host-{name}"):
            found = self.client.get_cookie(full, domain=host)
            if found is not None:
                return found.value
        return None

    def set_cookie(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, domain=self.base_url.partition("://")[2].partition(":")[0])

    def sign_in(self, email: str, password: str, **more: str) -> Page:
        self._tokens.clear()
        return self.post("/login", {"email": email, "password": password} | more)
