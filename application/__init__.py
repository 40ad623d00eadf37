"""What the program does: one class a capability, whose public methods are the use cases.

They take keyword primitives, `actor_id` first, and answer with an id, a small frozen value or nothing. Their errors
are those of `domain.errors`; a use case has no effect outside its unit of work, so it can be tried again.
"""
