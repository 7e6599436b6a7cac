"""`make fuzz`: targets under atheris, which looks for inputs that reach new code, each for some seconds in a process of
its own. Everything goes into `.fuzz/NAME`: what was tried and is worth trying again, and what broke the target.

    python -m tests.fuzz [NAME ...] [--seconds N] [-- libFuzzer's own options]
    python -m tests.fuzz NAME --file PATH       tries one input, without atheris
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parent.parent.parent
INSTRUMENTED: Final = ["hub", "tomllib", "aiohttp.multipart"]
INPUT_BYTES_MAX: Final = 4608
"""Of one input: somewhat more than the longest line or message that the hub takes."""
ONE_INPUT_S_MAX: Final = 10
"""An input that takes longer is a finding, too."""
MEMORY_MIB_MAX: Final = 2048


def main(arguments: Sequence[str]) -> int:
    own, options = _split(arguments)
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Tries targets under atheris.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="targets; all when none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--file", type=Path, help="try this one input")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(own)
    if given.inside:
        _fuzz(given.names[0], options)
        return 0
    from tests.fuzz.targets import TARGETS

    names = given.names or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if given.file:
        for name in names:
            TARGETS[name](given.file.read_bytes())
        return 0
    return max([_run(name, given.seconds, options) for name in names])


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _run(name: str, seconds: int, options: Sequence[str]) -> int:
    """One target in a process of its own, and one line about it. Gives 1 when it was broken."""
    from tests.fuzz import samples
    from tests.fuzz.words import dictionary

    place = TOP / ".fuzz" / name
    corpus, found = place / "corpus", place / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    (place / "words.dict").write_text(dictionary(name), encoding="ascii")
    known = set(found.iterdir())
    command = [
        *(
            sys.executable,
            "-m",
            "tests.fuzz",
            name,
            "--inside",
            "--",
            str(corpus),
            str(samples.SAMPLES / name),
        ),
        *(f"-dict={place / 'words.dict'}", f"-artifact_prefix={found}/", f"-max_total_time={seconds}"),
        *(f"-max_len={INPUT_BYTES_MAX}", f"-timeout={ONE_INPUT_S_MAX}", f"-rss_limit_mb={MEMORY_MIB_MAX}"),
        *("-print_final_stats=1", *options),
    ]
    with (place / "log").open("w") as log:
        code = subprocess.run(command, cwd=TOP, stdout=log, stderr=log, check=False).returncode
    said = (place / "log").read_text(encoding="utf-8", errors="replace")
    runs = re.findall(r"stat::number_of_executed_units: (\d+)", said) or ["no figure of"]
    new = sorted(set(found.iterdir()) - known)
    result = f"broken by {new[0]}" if new else f"ended with {code}" if code else "nothing found"
    print(f"{name}: {runs[-1]} inputs, {result}", flush=True)
    if new or code:
        print(f"  {place / 'log'} says how; python -m tests.fuzz {name} --file PATH tries one input again")
    return 1 if new or code else 0


def _fuzz(name: str, options: Sequence[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.targets import TARGETS
    atheris.Setup([name, *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
