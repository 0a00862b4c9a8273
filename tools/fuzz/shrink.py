# SPDX-License-Identifier: Apache-2.0
"""Making the program of a finding short: whatever can be left out, so that it is still found, is left out.

A machine that has found something cannot go on, so each success costs a boot; one that found nothing is used for the next
try. Programs race, so each is repeated, and the result is one that was found at least once more.
"""

import time

from tools.fuzz import guest as guests

TRY_LIMIT = 90     # seconds for one try, its boot not counted
LONGEST = 45       # what a finding that is waited for may take beyond its repeats


class Shrinker:
    def __init__(self, boot, repeats, seconds, say):
        self.boot, self.repeats, self.say = boot, repeats, say
        self.end = time.monotonic() + seconds
        self.guest = None

    def close(self):
        if self.guest:
            self.guest.__exit__()
        self.guest = None

    def finds(self, program):
        """What running it over and over finds; empty if nothing."""
        if not self.guest:
            self.guest = self.boot().__enter__()
        outcome = guests.replay(self.guest, program, self.repeats, TRY_LIMIT)
        if outcome.finding or not outcome.calls:
            self.close()
        return outcome.finding

    def shrink(self, program):
        """(program, finding): shorter if there was time; finding empty if it was not found again."""
        try:
            finding = self.finds(program)
            if not finding:
                return program, ""
            self.say(f"found again: {finding}; {program.count()} operations")
            return self.shorter(program, finding), finding
        finally:
            self.close()

    def shorter(self, program, finding):
        size = 16
        while size and time.monotonic() < self.end:
            changed = False
            for thread in range(program.threads):
                first = len(program.lists[thread])
                while first > 0 and time.monotonic() < self.end:
                    first = max(0, first - size)
                    candidate = program.without(thread, first, size)
                    if kind(self.finds(candidate)) == kind(finding):
                        program, changed = candidate, True
                        self.say(f"{program.count()} operations")
            size = size if changed and size == 1 else size // 2
        return program


def kind(finding):
    """What two findings must have in common to be taken for the same."""
    return " ".join(word for word in finding.split() if not any(c.isdigit() for c in word))
