"""What the program does. Each capability has one class; its public methods are the use cases.

A use case takes keyword arguments, `actor_id` first. It answers an id, a small frozen value or nothing, and raises the
errors of `domain.errors`. The part inside the unit of work is tried again when the storage was busy (`repeating`).
"""
