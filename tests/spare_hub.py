"""A hub's program that has loaded its modules, and of which others are split off: loading takes two thirds of a start.
`python -m tests.spare_hub` has a socket for its standard input. Each message is JSON, the module whose `main` is to run
and its arguments; with it come three files: the new process's stdout and stderr, and where its pid is said, and then
its exit code.
"""

import json
import os
import signal
import socket
import sys
from importlib import import_module
from typing import Final

from tests.adversity import dying_hub

MESSAGE_BYTES_MAX: Final = 1 << 16


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that keep
    line = socket.socket(fileno=os.dup(0))
    while True:
        message, files, *_ = socket.recv_fds(line, MESSAGE_BYTES_MAX, 3)
        if not message:
            return
        if not os.fork():
            line.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(json.loads(message), files)
            return
        for each in files:
            os.close(each)


def _keep(words: list[str], files: list[int]) -> None:
    """Becomes the one that is asked for; what waits for it is split off before."""
    out, err, told = files
    pid = os.fork()
    if pid:
        os.close(out)
        os.close(err)
        os.write(told, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, out, err)):
        os.dup2(file, number)
        os.close(file)
    os.close(told)
    module, *arguments = words
    sys.argv[:] = [module, *arguments]
    import_module(module).main()


if __name__ == "__main__":
    assert dying_hub  # with it all of the hub
    main()
