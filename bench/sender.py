"""A CTP01 client in a process of its own that sends as fast as the socket takes it.

`python -m bench.sender PORT COUNT` prints `started TIME` when its first read leaves.
"""

import socket
import sys
import time

from bench.ingest import lines


def main() -> None:
    port, count = int(sys.argv[1]), int(sys.argv[2])
    data = b"".join(lines(count))
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"SimpleClient~0.6.0~CTP01\r\n")
        _until(line, b"getlocations\r\n")
        answers = (
            b"ack~getconnectionid~%040X\r\nack~geteventinfo~BENCH~0~BENCH\r\nack~getlocations~FINISH\r\n"
        )
        line.sendall(answers % time.time_ns())
        _until(line, b"start\r\n")
        sys.stdout.write(f"started {time.time()}\n")
        sys.stdout.flush()
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


def _until(line: socket.socket, end: bytes) -> None:
    got = b""
    while not got.endswith(end):
        got += line.recv(4096)


if __name__ == "__main__":
    main()
