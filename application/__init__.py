"""What the program does: one class a capability, whose public methods are the use cases.

They take keyword primitives, `actor_id` first, and answer with an id, a small frozen value or nothing. Their errors
are those of `domain.errors`. The part inside a unit of work is tried again where the storage was busy (`repeating`).
"""
