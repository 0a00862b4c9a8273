# SPDX-License-Identifier: Apache-2.0
"""An end for what might wait for ever, so that a run of tests says what stood still."""

import faulthandler
import os
import sys
import threading
from contextlib import contextmanager

AGAIN = 1    # seconds between attempts to make it end
GRACE = 60   # seconds in which it has to


def give_up(what, last):
    print(f"{what} does not end, and cannot be made to; the stacks of all threads:", file=sys.stderr, flush=True)
    faulthandler.dump_traceback(all_threads=True)
    last()
    os._exit(1)  # WHY at once: a usual exit waits for the threads


def watch(ended, seconds, what, cut, last, grace):
    if ended.wait(seconds):
        return
    for _ in range(grace):
        cut()
        if ended.wait(AGAIN):
            return
    give_up(what, last)


@contextmanager
def limit(seconds, what, cut, last=lambda: None, grace=GRACE):
    """After so many seconds cut() is called, again and again, until the block ends. If it does not within `grace` seconds, the
    process ends with status 1 after last(), and says where its threads were."""
    ended = threading.Event()
    threading.Thread(target=watch, args=(ended, seconds, what, cut, last, grace), daemon=True).start()
    try:
        yield
    finally:
        ended.set()
