"""What is wrong with an expression, and at which character."""

import unicodedata

from xingke.base.sayings import Saying


class ExpressionError(ValueError):
    """A text is no expression that may stand here.

    place: the character it is about, counted from 0; the length of the text where something is missing at its end.
    ``str()`` says what was found and what could stand there, in the reader's language.
    """

    def __init__(self, saying: Saying, text: str, place: int) -> None:
        super().__init__(saying, text, place)
        self.saying = saying
        self.text = text
        self.place = place

    def __str__(self) -> str:
        return str(self.saying)

    def pointed(self) -> str:
        """The text, and in a line of its own below the character a caret, for letters of one width."""
        start = self.text.rfind("\n", 0, self.place) + 1
        end = self.text.find("\n", self.place)
        end = len(self.text) if end < 0 else end
        blanks = "".join(map(_blank, self.text[start : self.place]))
        return f"{self.text[:end]}\n{blanks}^{self.text[end:]}"


def _blank(char: str) -> str:
    """A blank as wide as a character: a full-width one below a Chinese character, none below what has no width."""
    if unicodedata.east_asian_width(char) in "WF":
        return "\u3000"
    if char == "\t":
        return char
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me") else " "
