"""The real program, with stand-ins for registration services: `python -m tests.adversity.service_hub BASE serve`, where
BASE is RunSignUp's. For a hub that is to be killed while it loads a roster.
"""

import sys
from functools import partial

from hub import cli
from hub.app import App
from hub.providers import registry
from tests.providers.loading import QUICK


def main() -> None:
    base = sys.argv.pop(1)
    make = partial(registry.make, bases={"runsignup": base}, patience=QUICK._replace(answer_s_max=60.0))
    assert App.__init__.__kwdefaults__ is not None
    App.__init__.__kwdefaults__["service"] = make
    cli.main()


if __name__ == "__main__":
    main()
