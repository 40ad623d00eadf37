"""Display choices: language and theme."""

from enum import Enum
from typing import Self

from domain.errors import Invalid


class Language(Enum):
    """The languages of the site. The values are BCP 47 language tags."""

    ENGLISH = "en"
    SIMPLIFIED_CHINESE = "zh-Hans"

    @classmethod
    def named(cls, tag: str) -> Self:
        """Raises Invalid("language", "choice")."""
        try:
            return cls(tag)
        except ValueError:
            raise Invalid("language", "choice") from None


class Theme(Enum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises Invalid("theme", "choice")."""
        try:
            return cls(name)
        except ValueError:
            raise Invalid("theme", "choice") from None
