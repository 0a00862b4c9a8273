# SPDX-License-Identifier: Apache-2.0
"""Several jobs at a time (tools/run/at_once.py)."""

import threading
import unittest

from tools.run import at_once

LIMIT = 30


class AtOnce(unittest.TestCase):
    def test_results_are_in_the_order_of_the_items_whoever_ends_first(self):
        second = threading.Event()

        def work(item):
            if item == "first":
                self.assertTrue(second.wait(LIMIT))
            else:
                second.set()
            return item.upper()
        self.assertEqual(at_once.each(2, work, ["first", "second"]), ["FIRST", "SECOND"])

    def test_no_more_than_so_many_run(self):
        lock, running, most = threading.Lock(), 0, 0
        pair = threading.Barrier(2)

        def work(_):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            pair.wait(LIMIT)  # goes on only if another runs, too
            with lock:
                running -= 1
        at_once.each(2, work, range(10))
        self.assertEqual(most, 2)

    def test_none_is_begun_after_one_that_raised(self):
        begun, never = [], threading.Event()

        def work(item):
            begun.append(item)
            if item == 0:
                raise ValueError(item)
            never.wait(0.1)
        with self.assertRaises(ValueError):
            at_once.each(1, work, range(LIMIT * 10))
        self.assertLess(len(begun), LIMIT * 10)


if __name__ == "__main__":
    unittest.main()
