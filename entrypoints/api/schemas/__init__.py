"""The shapes that go in and out, one file a capability, each with how a record becomes one."""
