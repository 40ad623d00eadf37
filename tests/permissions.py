"""Who may do what, as one table that every edge is held to. It speaks of acts, not of addresses.

A row is an act, a column a kind of person, a cell what becomes of it. `author` is a plain member whose post, comment
or page it is about; nobody else is an author of it. The last column names the edges that offer the act.
"""

from dataclasses import dataclass

COLUMNS = ("anonymous", "unconfirmed", "user", "author", "moderator", "administrator")
# Who waits for a moderator has no column: they may do what somebody may who is unconfirmed, and read by API.
PEOPLE = (*COLUMNS, "waiting")
FOR_WHO_WAITS = {
    **dict.fromkeys(("read a post", "read the tags", "read a comment", "read a person", "search"), "allowed"),
    **dict.fromkeys(("get an API token", "revoke one's API tokens"), "allowed"),
    "read another's timeline": "forbidden",
    "read a hidden post": "not_found",
}
OUTCOMES = frozenset({"allowed", "signed_out", "unconfirmed", "forbidden", "not_found"})
EDGES = frozenset({"web", "api"})

_TABLE = """
act                            anonymous   unconfirmed  user       author     moderator  administrator  edges

open the page to write on      signed_out  unconfirmed  allowed    allowed    allowed    allowed        web
publish a post                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
preview a text                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        web
open a post for editing        signed_out  unconfirmed  forbidden  allowed    forbidden  allowed        web
edit a post                    signed_out  unconfirmed  forbidden  allowed    forbidden  allowed        web api
delete a post                  signed_out  unconfirmed  forbidden  allowed    forbidden  allowed        web api
comment                        signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
answer a comment               signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
open a comment for editing     signed_out  unconfirmed  forbidden  allowed    forbidden  forbidden      web
edit a comment                 signed_out  unconfirmed  forbidden  allowed    forbidden  forbidden      web api
delete a comment               signed_out  unconfirmed  forbidden  allowed    forbidden  allowed        web api
edit a hidden comment          signed_out  unconfirmed  forbidden  forbidden  forbidden  forbidden      web api
delete a hidden comment        signed_out  unconfirmed  forbidden  allowed    forbidden  allowed        web api
hide a comment                 signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
restore a comment              signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
hide a post                    signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
restore a post                 signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
read a hidden post             signed_out  unconfirmed  not_found  allowed    allowed    allowed        api
edit a hidden post             signed_out  unconfirmed  not_found  forbidden  forbidden  forbidden      web api
delete a hidden post           signed_out  unconfirmed  not_found  allowed    forbidden  allowed        web api
comment on a hidden post       signed_out  unconfirmed  not_found  forbidden  forbidden  forbidden      web api
close the comments             signed_out  unconfirmed  forbidden  allowed    allowed    allowed        web
reopen the comments            signed_out  unconfirmed  forbidden  allowed    allowed    allowed        web
comment where they are closed  signed_out  unconfirmed  forbidden  forbidden  forbidden  forbidden      web api
bring back a post              signed_out  unconfirmed  not_found  allowed    not_found  not_found      web
bring back a comment           signed_out  unconfirmed  not_found  allowed    not_found  not_found      web
undo another's deletion        signed_out  unconfirmed  not_found  forbidden  not_found  allowed        web
follow                         signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
unfollow                       signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
like a post                    signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
unlike a post                  signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
like a comment                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
unlike a comment               signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
bookmark a post                signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
end a bookmark                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
see one's pictures             signed_out  allowed      allowed    allowed    allowed    allowed        web api
send a picture                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
see an unused picture          signed_out  not_found    not_found  allowed    allowed    allowed        api
remove a picture of one's own  signed_out  unconfirmed  not_found  allowed    forbidden  forbidden      api
remove a picture               signed_out  unconfirmed  not_found  allowed    allowed    allowed        web
show a picture of oneself      signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
show one's woodcut again       signed_out  allowed      allowed    allowed    allowed    allowed        web api
see one's bookmarks            signed_out  allowed      allowed    allowed    allowed    allowed        web api
watch a post                   signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
stop watching                  signed_out  unconfirmed  allowed    allowed    allowed    allowed        web api
see one's notifications        signed_out  allowed      allowed    allowed    allowed    allowed        web api
open one's notification        signed_out  allowed      allowed    allowed    allowed    allowed        web
mark notifications as read     signed_out  allowed      allowed    allowed    allowed    allowed        web api
read one's timeline            signed_out  allowed      allowed    allowed    allowed    allowed        web api
read another's timeline        signed_out  unconfirmed  forbidden  allowed    forbidden  forbidden      api
read a post                    signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
read the tags                  signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
rename a tag                   signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
read a comment                 signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
search                         signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
read a person                  signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
mute                           signed_out  allowed      allowed    allowed    allowed    allowed        web api
end a mute                     signed_out  allowed      allowed    allowed    allowed    allowed        web api
block                          signed_out  allowed      allowed    allowed    allowed    allowed        web api
end a block                    signed_out  allowed      allowed    allowed    allowed    allowed        web api
see whom one mutes             signed_out  allowed      allowed    allowed    allowed    allowed        web api
report by program              signed_out  unconfirmed  allowed    forbidden  allowed    allowed        api

moderate                       signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
see who sent which pictures    signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
read the moderation log        signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
see who waits                  signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
admit somebody                 signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
decline somebody               signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
look at a person to moderate   signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
read the cases                 signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
settle a case                  signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
read a member's sanctions      signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        api
sanction a user                signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
sanction a moderator           signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web api
sanction an administrator      signed_out  unconfirmed  forbidden  forbidden  forbidden  forbidden      web api
lift the sanctions of a user   signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web api
hide all of a user             signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
hide all of a moderator        signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
restore all of a user          signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
note about a user              signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
read the appeals that wait     signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
look at an appeal              signed_out  not_found    not_found  allowed    allowed    allowed        web
appeal                         signed_out  not_found    not_found  allowed    not_found  not_found      web
decide an appeal               signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
open the form about a post     allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
open the form about a comment  allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
open the form about a person   allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
report a post                  allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
report a comment               allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
report a person                allowed     unconfirmed  allowed    forbidden  allowed    allowed        web
look at a case                 signed_out  unconfirmed  forbidden  forbidden  allowed    allowed        web
search members                 signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
look at a member               signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
change a member                signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
send a member the confirmation signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
send a member a reset          signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
sign a member out              signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
open the form about the site   signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
change the site                signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
read the overview              signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
read the outbox                signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web
try a mail again               signed_out  unconfirmed  forbidden  forbidden  forbidden  allowed        web

see the first steps            signed_out  allowed      allowed    allowed    allowed    allowed        web
say who one is                 signed_out  allowed      allowed    allowed    allowed    allowed        web
put off a first step           signed_out  allowed      allowed    allowed    allowed    allowed        web
dismiss an announcement        signed_out  allowed      allowed    allowed    allowed    allowed        web
see one's record               signed_out  allowed      allowed    allowed    allowed    allowed        web api
see one's profile              signed_out  allowed      allowed    allowed    allowed    allowed        web api
edit one's profile             signed_out  allowed      allowed    allowed    allowed    allowed        web api
see one's display              signed_out  allowed      allowed    allowed    allowed    allowed        web
choose one's display           signed_out  allowed      allowed    allowed    allowed    allowed        web
open the password form         signed_out  allowed      allowed    allowed    allowed    allowed        web
see of what one is told        signed_out  allowed      allowed    allowed    allowed    allowed        web api
choose of what one is told     signed_out  allowed      allowed    allowed    allowed    allowed        web api
change one's password          signed_out  allowed      allowed    allowed    allowed    allowed        web
open the address form          signed_out  allowed      allowed    allowed    allowed    allowed        web
ask for another address        signed_out  allowed      allowed    allowed    allowed    allowed        web
open the link to an address    signed_out  allowed      allowed    allowed    allowed    allowed        web
take the new address           signed_out  allowed      allowed    allowed    allowed    allowed        web
see one's sessions             signed_out  allowed      allowed    allowed    allowed    allowed        web
see what one deleted           signed_out  allowed      allowed    allowed    allowed    allowed        web
end one's session              signed_out  allowed      allowed    allowed    allowed    allowed        web
end another's session          signed_out  not_found    not_found  not_found  not_found  not_found      web
sign out everywhere            signed_out  allowed      allowed    allowed    allowed    allowed        web
see one's invitations          signed_out  unconfirmed  allowed    allowed    allowed    allowed        web
make an invitation             signed_out  unconfirmed  allowed    allowed    allowed    allowed        web
end one's invitation           signed_out  unconfirmed  allowed    allowed    allowed    allowed        web
end another's invitation       signed_out  unconfirmed  not_found  not_found  not_found  not_found      web
see one's account              signed_out  allowed      allowed    allowed    allowed    allowed        web
take one's data home           signed_out  allowed      allowed    allowed    allowed    allowed        web
delete one's account           signed_out  allowed      allowed    allowed    allowed    allowed        web
open the confirmation page     signed_out  allowed      allowed    allowed    allowed    allowed        web
ask for a confirmation link    signed_out  allowed      allowed    allowed    allowed    allowed        web
get an API token               signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
revoke one's API tokens        signed_out  unconfirmed  allowed    allowed    allowed    allowed        api
"""


@dataclass(frozen=True, slots=True)
class Act:
    """`outcomes` by person."""

    name: str
    outcomes: dict[str, str]
    edges: frozenset[str]

    def outcome(self, person: str, *, edge: str) -> str:
        """The API is for confirmed members only, whatever is asked of it."""
        if person == "waiting":
            usual = self.outcomes["unconfirmed"].replace("unconfirmed", "waiting")
            return FOR_WHO_WAITS.get(self.name, usual)
        if edge == "api" and person == "unconfirmed":
            return "unconfirmed"
        return self.outcomes[person]


def _read(table: str) -> dict[str, Act]:
    acts: dict[str, Act] = {}
    head, *rows = filter(None, table.splitlines())
    starts = [head.index(word) for word in ("act", *COLUMNS, "edges")]
    for row in rows:
        name, *cells, edges = (row[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True))
        assert name not in acts, f"{name}: stands there twice"
        assert set(cells) <= OUTCOMES, f"{name}: a cell is missing or misspelt: {cells}"
        assert edges and set(edges.split()) <= EDGES, f"{name}: on which edge?"
        acts[name] = Act(name, dict(zip(COLUMNS, cells, strict=True)), frozenset(edges.split()))
    return acts


ACTS = _read(_TABLE)


def acts_on(edge: str) -> list[Act]:
    """What this edge offers, in the table's order."""
    return [act for act in ACTS.values() if edge in act.edges]
