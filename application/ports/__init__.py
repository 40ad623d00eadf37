"""Ports: what the core drives. Each capability has one file, with its repository, its read port and their frozen
records.

A repository is like a collection: `get` raises NotFound, `find` answers None. It belongs to one unit of work and
answers copies, so a change that is not saved is lost.

A feed reads for pages and for the API. On SQL storages each method is one statement. A method that answers members, or
what members wrote, takes `reader` first; None is a visitor."""
