"""Tests of all there is."""

import os
import sys

# What one process has compiled is compiled for all of a run, and for every hub that it starts, whatever the environment
# says: else a run spends a minute and more on compiling the same files again and again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
