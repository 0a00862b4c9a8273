# SPDX-License-Identifier: Apache-2.0
"""The control line: how the host runs commands in the guest (COM2; the guest's agent answers).

    guest   ready\\n                            once, when it takes requests
    host    run <bytes>\\n<command text>         run it in the shell
    guest   out <bytes>\\n<that many bytes>      any number of times
            end <status>\\n                      the command is done
            bad <words>\\n                       it is none: what was expected
    host    off\\n                              power the machine off
"""

import re
import time

from tools.run.qemu import MachineError

# What the guest says at its end (kernel/core/boot/give_up.c), on a panic (kernel/debug/panic.c), and when it
# will never take requests (userspace/services/keeper).
CANNOT_GO_ON = "the system cannot go on"
NO_AGENT = re.compile(rb"problem: agent: (?:given up|needs a service that cannot).*")
STOPPED = b"The machine is stopped."
LOG_TIME = re.compile(r"^\[[ 0-9.]+\] ")
FRAME = re.compile(rb"(out|end) (\d{1,9})\n")
REFUSAL = re.compile(rb"bad ([ -~]{0,200})(\n?)")
LONGEST_HEADER = 16


class ControlError(MachineError):
    """The guest did not answer, or not as the protocol says."""


def last_words(text):
    """Why the guest gave up, in the words that it printed last; empty if it did not."""
    lines = [LOG_TIME.sub("", line) for line in text.replace("\r", "").splitlines() if line.strip()]
    ends = [at for at, line in enumerate(lines) if CANNOT_GO_ON in line]
    if ends and ends[-1] > 0:
        return lines[ends[-1] - 1]
    hopeless = [line for line in lines if NO_AGENT.search(line.encode())]
    return hopeless[-1] if hopeless else ""


class Control:
    """Requests to a machine's agent, one at a time."""

    def __init__(self, machine):
        self.machine = machine
        self.line = machine.control
        self.taken = 0  # bytes of the line that have been understood

    def wait_ready(self, limit):
        """Waits for the agent; raises ControlError when it does not come."""
        found = self.line.wait(self.ready_or_never, limit)
        if found is None:
            if self.line.closed:
                self.machine.console.wait(lambda data: None, 5)  # its last words may still be on their way
            if self.line.closed and (crash := self.machine.crash()):
                raise ControlError(crash)
            why = "powered off or was reset before its shell was ready" if self.line.closed \
                else f"did not come up within {limit:g} s"
            raise ControlError(f"the guest {why}")
        if found < 0:
            raise ControlError("the guest will not come up")
        self.taken = found

    def ready_or_never(self, data):
        """Where requests begin to be understood; -1 when the console says that they never will be."""
        found = self.after_ready(data)
        said = bytes(self.machine.console.data)
        return -1 if found is None and (STOPPED in said or NO_AGENT.search(said)) else found

    def after_ready(self, data):
        at = data.find(b"ready\n", self.taken)
        return None if at < 0 else at + len(b"ready\n")

    def run(self, text, output, limit):
        """Runs a command, hands its output piece by piece to `output`; gives its status."""
        end = time.monotonic() + limit
        body = text.encode()
        self.line.send(b"run %d\n%s" % (len(body), body))
        while True:
            frame = self.line.wait(self.next_frame, max(0.0, end - time.monotonic()))
            if frame is None:
                raise ControlError(self.silence(limit))
            kind, value = frame
            if kind == "refused":
                raise ControlError(f"the guest's agent does not take a command of {len(body)} bytes: {value}")
            if kind == "bad" and value == b"ready\n":
                raise ControlError("the guest's agent ended while the command ran, and was started again")
            if kind == "bad":
                raise ControlError(f"the guest's agent sent {value!r}; expected an `out' or `end' frame")
            if kind == "end":
                return value
            output(value)

    def begin(self, text, limit):
        """Starts a command that need not end; what it prints first, or the last it does if it ends."""
        body = text.encode()
        self.line.send(b"run %d\n%s" % (len(body), body))
        frame = self.line.wait(self.next_frame, limit)
        if frame is None:
            raise ControlError(self.silence(limit))
        return frame[1] if frame[0] == "out" else b""

    def silence(self, limit):
        if self.line.closed:
            return self.machine.crash() or "the guest powered off or was reset while the command ran"
        return f"the command did not end within {limit:g} s"

    def next_frame(self, data):
        """One frame at the front of what is not understood yet; None when it is not complete."""
        match = FRAME.match(data, self.taken)
        if refused := REFUSAL.match(data, self.taken):
            return ("refused", refused[1].decode()) if refused[2] else None
        if not match:
            rest = bytes(data[self.taken:self.taken + LONGEST_HEADER])
            return ("bad", rest) if b"\n" in rest or len(rest) == LONGEST_HEADER else None
        number = int(match[2])
        if match[1] == b"end":
            self.taken = match.end()
            return "end", number
        if len(data) < match.end() + number:
            return None
        self.taken = match.end() + number
        return "out", bytes(data[match.end():self.taken])

    def off(self, limit=20):
        """Powers the machine off; False when it did not go off within the limit."""
        self.line.send(b"off\n")
        return self.machine.wait_end(limit)
