"""A handler whose module takes longer than any limit."""

import time

time.sleep(600)
