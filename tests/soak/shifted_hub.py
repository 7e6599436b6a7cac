"""The hub, with a clock that is so many seconds off: `python -m tests.soak.shifted_hub SECONDS serve`."""

import sys

from hub import app, clock, reader_feed
from hub.cli import main
from hub.model import US_PER_S

if __name__ == "__main__":
    shift_us = int(sys.argv.pop(1)) * US_PER_S
    for module in (app, reader_feed):
        vars(module)["now_us"] = lambda: clock.now_us() + shift_us
    main()
