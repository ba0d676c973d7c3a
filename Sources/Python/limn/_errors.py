"""What can go wrong, in the command's own sentences."""

from __future__ import annotations

import re


class Error(Exception):
    """Something cannot be done; the message is one sentence that ends in the remedy.

    ``status`` is the exit status that the command would end with: 64 for wrong usage, 65 for unusable data, 66 for a
    missing file, 70 for a fault of Limn's own, 73 for a file that cannot be written.
    """

    def __init__(self, sentence: str, status: int = 70) -> None:
        super().__init__(in_python(sentence))
        self.status = status


class CrashedError(Error):
    """The process that does the work has ended; the next call starts another."""


def in_python(sentence: str) -> str:
    """A sentence of the command's with its options as Python has them: ``--similar-to IMAGE`` is ``similar_to=IMAGE``."""
    def keyword(match: re.Match) -> str:
        name = _KEYWORDS.get(match[1], match[1].replace("-", "_"))
        return f"{name}=" + (match[2].strip() if match[2] else "…")

    return re.sub(r"--([a-z][a-z-]*)((?: [A-Z][A-Z.]*\b)?)", keyword, sentence)


_KEYWORDS = {"logits": "output", "colormap": "colormap"}
