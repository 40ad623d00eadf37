"""A community moves here from Flasky: its members, then what they wrote, then whom they follow."""
