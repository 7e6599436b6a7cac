"""`python -m hub` is `racehub`."""

from hub.cli import main

main()
