"""The database of a Flasky site, as its migrations leave it at the end of the book, and a community in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, pool, text
from werkzeug.security import generate_password_hash

# What Alembic writes for its ten revisions. Both databases take the types.
SCHEMA = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
INSERT INTO alembic_version VALUES ('51f5ccfba190');
CREATE TABLE roles (
    id {serial}, name VARCHAR(64), "default" BOOLEAN, permissions INTEGER, UNIQUE (name)
);
CREATE INDEX ix_roles_default ON roles ("default");
CREATE TABLE users (
    id {serial}, username VARCHAR(64), role_id INTEGER{roles}, email VARCHAR(64),
    password_hash VARCHAR(128), confirmed BOOLEAN, about_me TEXT, last_seen TIMESTAMP, location VARCHAR(64),
    member_since TIMESTAMP, name VARCHAR(64), avatar_hash VARCHAR(32)
);
CREATE UNIQUE INDEX ix_users_username ON users (username);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE TABLE posts (
    id {serial}, body TEXT, timestamp TIMESTAMP, author_id INTEGER{users}, body_html TEXT
);
CREATE INDEX ix_posts_timestamp ON posts (timestamp);
CREATE TABLE follows (
    follower_id INTEGER NOT NULL{users}, followed_id INTEGER NOT NULL{users}, timestamp TIMESTAMP,
    PRIMARY KEY (follower_id, followed_id)
);
CREATE TABLE comments (
    id {serial}, body TEXT, body_html TEXT, timestamp TIMESTAMP, disabled BOOLEAN, author_id INTEGER{users},
    post_id INTEGER{posts}
);
CREATE INDEX ix_comments_timestamp ON comments (timestamp);
"""
BEGINNING = datetime(2014, 1, 1, 10, tzinfo=UTC)
USER, MODERATOR, ADMINISTRATOR = 1, 2, 3
ROLES = {USER: ("User", 7), MODERATOR: ("Moderator", 15), ADMINISTRATOR: ("Administrator", 31)}
PASSWORD = "cat"
HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000", 8)


class FlaskySite:
    """`keys` False leaves the foreign keys out, as SQLite does not check them unless it is told to."""

    def __init__(self, url: str, *, keys: bool = False) -> None:
        self.url = url
        parsed = make_url(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(url, poolclass=pool.NullPool)
        self.now = BEGINNING
        serial = "INTEGER NOT NULL PRIMARY KEY" if self._is_sqlite else "SERIAL PRIMARY KEY"
        keyed = {name: f" REFERENCES {name} (id)" * keys for name in ("roles", "users", "posts")}
        schema = SCHEMA.format(serial=serial, **keyed)
        with self.engine.begin() as connection:
            for statement in filter(str.strip, schema.split(";")):
                connection.exec_driver_sql(statement)
        self.add("roles", *({"id": id, "name": name, "permissions": bits} for id, (name, bits) in ROLES.items()))
        self._numbers = dict.fromkeys(("users", "posts", "comments"), 0)

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        columns = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        statement = text(f"INSERT INTO {table} ({columns}) VALUES ({values})")
        with self.engine.begin() as connection:
            connection.execute(statement, list(rows))

    def change(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def user(self, username: str | None, **given: Any) -> int:
        """A confirmed one, with the password `cat`. The time moves on by a minute."""
        number = self._next("users")
        usual = {
            "id": number,
            "username": username,
            "email": f"{(username or 'none').lower()}@example.com",
            "role_id": USER,
            "password_hash": HASH,
            "confirmed": True,
            "member_since": self._date(),
            "last_seen": self._date(days=1),
        }
        self.add("users", usual | given)
        # Flasky had every user follow themselves.
        self.follow(number, number)
        return number

    def post(self, author: Any, body: Any = "Some *words*.", **given: Any) -> int:
        number = self._next("posts")
        usual = {"id": number, "author_id": author, "body": body, "body_html": "<b>old</b>", "timestamp": self._date()}
        self.add("posts", usual | given)
        return number

    def comment(self, author: Any, post: Any, body: Any = "A *comment*.", **given: Any) -> int:
        number = self._next("comments")
        usual = {"id": number, "author_id": author, "post_id": post, "body": body, "timestamp": self._date()}
        self.add("comments", usual | given)
        return number

    def follow(self, follower: int, followed: int, **given: Any) -> None:
        usual = {"follower_id": follower, "followed_id": followed, "timestamp": self._date()}
        self.add("follows", usual | given)

    def _next(self, table: str) -> int:
        self._numbers[table] += 1
        self.now += timedelta(minutes=1)
        return self._numbers[table]

    def _date(self, **later: int) -> Any:
        """Without a zone. SQLite has it as a text, as SQLAlchemy writes it."""
        at = (self.now + timedelta(**later)).replace(tzinfo=None)
        return at.isoformat(" ", "microseconds") if self._is_sqlite else at


def inhabited(site: FlaskySite) -> FlaskySite:
    """ada administers, mary moderates; susan, David and ulla, who is not confirmed; three posts with comments."""
    if site.engine.dialect.name != "sqlite":
        # As every site has to do before it makes hashes with Werkzeug 2.3 or later.
        site.change("ALTER TABLE users ALTER COLUMN password_hash TYPE VARCHAR(256)")
    ada = site.user("ada", role_id=ADMINISTRATOR, password_hash=generate_password_hash(PASSWORD, "scrypt:1024:8:1"))
    mary = site.user("mary", role_id=MODERATOR)
    susan = site.user("susan", name="Susan", location="Delft", about_me="I cook.")
    david = site.user("David", confirmed=None)
    site.change("UPDATE users SET confirmed = :yes WHERE id = :id", yes=True, id=david)
    site.user("ulla", confirmed=False)
    soup = site.post(susan, "Soup is a *kind* of hope.")
    site.post(david, "Second.")
    site.post(ada, "Third.")
    site.comment(david, soup, "With **leeks**.")
    site.comment(mary, soup, "Buy soup!", disabled=True)
    site.comment(susan, soup, disabled=False)
    site.follow(susan, david)
    site.follow(david, susan)
    site.follow(mary, ada)
    return site
