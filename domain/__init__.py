"""What is true about a Chapbook community. Standard library only: no clock, no randomness, no I/O.

Glossary. Every layer keeps to these words:

account     credentials and standing of a member; a deleted account stays, and reserves its names and its address
username    what a member is known by; all that an account ever had stay its own, and one of them is the present one
profile     what an account shows to everybody
member      a person with an account; *confirmed* when a mailed link has proved that the address is theirs
reader      the person who looks: a member, or None for a visitor
actor       the member who does something
author      the member who wrote a post or a comment
follow      a member subscribes to an author's posts
timeline    posts of the authors that a member follows, and the member's own, newest first
publish     make a post public; a comment is *written*
answer      a comment that says which other comment below the same post it answers
mention     `@username` in a text, of a member who exists; it becomes a link, and tells them
like        a member says that a post or a comment of somebody else is good, once; everybody sees it
bookmark    a member keeps a post for later; nobody else learns of it
watch       a member wants to be told of new comments below a post
edit        replace a text; an edit of an older version is refused (Changed)
hide        a moderator hides a post, or the text of a comment, and gives a reason; *restore* shows it again
delete      what is deleted is unseen at once, and can be brought back (*undelete*) for thirty days
search      finds posts or comments by their *tokens* (words, pairs of characters), which the *index* has
listed      in lists and counts: neither hidden nor deleted; *visible* is what a reader may see by its address
moderator   a member who may hide, restore and sanction; an *administrator* also manages members
act         what a moderator or an administrator did; the *log* has them all, each as an *entry*
report      a reader tells moderators what is wrong with a post, a comment or a person
case        all reports of one thing, until a moderator *settles* it by an act or by none; the *queue* is what waits
sanction    a moderator *warns*, *silences* or *suspends* a member; *lift* ends it
notification  what a member is told of one thing; unread until they open it, and growing until then
bundle      one mail with all the notifications that are still unread when it is sent
notice      the mail to whom an act concerns; nobody can switch it off
appeal      whom an act concerns asks, once, that somebody else looks at it again
mute        a member leaves somebody out of their lists; *block* also ends follows and refuses comments, both ways
disable     an administrator stops an account from signing in; its posts and comments stay
wait        who has confirmed the address waits for a moderator, on some sites; until then they only read
admit       a moderator, or the site, makes somebody a member who waits; *decline* deletes their account
invitation  a link by which a member lets some people in; each takes a *seat* on it
leave       a member deletes their account; their posts and comments stay without a name, or are erased
session     one browser that is signed in as a member
link        a mailed token that works once; only the newest of its purpose works
outbox      the jobs that a commit asks for, written in that same commit
job         one thing for the worker to do, such as sending a mail
once        a key that a client chooses; two requests under one key make one thing (Idempotency-Key)
"""
