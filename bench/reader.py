"""A CTP01 client in a process of its own that sends single reads at a steady rate.

`python -m bench.reader PORT PER_S COUNT` prints `ready` when it is let in, begins at a line on stdin, ends after
COUNT reads or when stdin ends, and prints when each read left: JSON, nanoseconds of the monotonic clock. A read that
is due while an earlier one is being sent leaves right after it, on its own.
"""

import json
import select
import socket
import sys
import time

from bench import ctp01
from bench.made import singles


def main() -> None:
    port, per_s, count = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    line, _ = ctp01.connect(port, ctp01.new_id())
    _say("ready")
    sys.stdin.readline()
    _say(json.dumps(send(line, singles(count, per_s), round(1e9 / per_s))))
    ctp01.leave(line)


def send(line: socket.socket, reads: list[bytes], every_ns: int) -> list[int]:
    left: list[int] = []
    due = time.monotonic_ns()
    for read in reads:
        due += every_ns
        pause_s = max(0, due - time.monotonic_ns()) / 1e9
        if select.select([sys.stdin], [], [], pause_s)[0]:
            break
        left.append(time.monotonic_ns())
        line.sendall(read)
    return left


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
