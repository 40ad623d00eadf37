"""What is true about a Chapbook community. Pure: standard library only, no clock, no randomness, no I/O.

Glossary, used in every layer:

account     a member's record; it stays, as a tombstone, when its owner leaves
member      someone with an account; *confirmed* once they have shown that the mailbox is theirs
reader      whoever looks at something: a member, or None for a visitor
author      the member who wrote a post or a comment
follow      a reader subscribes to an author's posts; one's own posts are in one's timeline by rule, without a follow
timeline    posts of the people one follows, and one's own, newest first
publish     put a post before everybody; *write* is said of comments
edit        replace the text, keeping the version number honest: who edits an older version is told so (Changed)
hide        a moderator takes a comment's text from view, with a reason, on the record; *restore* undoes it
moderator   may hide and restore; an *administrator* also runs the community
disable     an administrator bars an account from signing in; what it wrote stays
leave       a member ends their account; what they wrote is kept without a name, or erased
session     one browser in which a member is signed in
link        a mailed, single-use proof of owning a mailbox; only the newest of its purpose works
outbox      the jobs that a commit asks for, written in that same commit
job         one thing for the worker to do, such as sending a mail
once        a key that a client chooses, so that asking twice makes one thing
"""
