"""What the core drives, one file a capability: its repository, its read port, and the frozen records they speak in.

Repositories speak like collections: `get` raises NotFound, `find` answers None. A repository lives inside one unit of
work and hands out copies: what is changed and not saved is lost.

Feeds answer screens and API objects, one statement a method on SQL storages. A method that returns what members wrote,
or members, takes `reader` first: who reads, None for a visitor.
"""
