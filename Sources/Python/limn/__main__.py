"""The command: ``python -m limn compare photo.jpg``, or just ``limn`` once the package is installed."""

import os
import sys

from ._process import executable


def main() -> None:
    """Becomes the command, with the arguments of this process."""
    program = executable()
    os.execv(program, ["limn", *sys.argv[1:]])


if __name__ == "__main__":
    main()
