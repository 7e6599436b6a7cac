"""A CTP01 client in a process of its own that sends a backlog as fast as the socket takes it.

`python -m bench.sender PORT COUNT CONNECTION_ID` prints `started TIME` (monotonic) when its first read leaves.
"""

import sys
import time

from bench import ctp01
from bench.made import lines


def main() -> None:
    port, count, connection_id = sys.argv[1:]
    data = b"".join(lines(int(count)))
    line, _ = ctp01.connect(int(port), connection_id)
    sys.stdout.write(f"started {time.monotonic()}\n")
    sys.stdout.flush()
    line.sendall(data)
    ctp01.leave(line)


if __name__ == "__main__":
    main()
