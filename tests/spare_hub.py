"""A hub's program that has loaded its modules and waits: `python -m tests.spare_hub` reads one line, JSON, which is the
module whose `main` it is to run, and its arguments. Loading takes two thirds of a start; where a hub is started again
and again the next one can do it while the one before it still lives.
"""

import json
import sys
from importlib import import_module

from tests.adversity import dying_hub


def main() -> None:
    line = sys.stdin.readline()
    if line:  # else it was not needed
        module, *arguments = json.loads(line)
        sys.argv[:] = [module, *arguments]
        import_module(module).main()


if __name__ == "__main__":
    assert dying_hub  # with it all of the hub
    main()
