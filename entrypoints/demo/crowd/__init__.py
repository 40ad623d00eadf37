"""A community of any size for an empty database, to measure the site by. Nothing in it is worth reading.

`making.crowd_of` makes all of its rows, and an adapter of the port `Filling` stores them.
"""

from entrypoints.demo.crowd.making import crowd_of
from entrypoints.demo.crowd.sights import sights_of
from entrypoints.demo.crowd.sizes import BadSize, Size

__all__ = ["BadSize", "Size", "crowd_of", "sights_of"]
