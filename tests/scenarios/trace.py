# SPDX-License-Identifier: Apache-2.0
"""A command's events make a trace that babeltrace2 reads without a word, with the chain of calls through three services."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.trace import ctf
from tools.trace.record import record

SHARE = True
CASES = ["chain", "calls", "classes", "text", "past", "live"]
# The log shows such a line on the console, which writes it to the serial line: three calls within each other.
COMMAND = "write /log/log problem: shown by a trace"
EVENT = re.compile(r"^\[[^]]*\] \([^)]*\) (\w+): \{[^}]*\}, \{([^}]*)\}, \{(.*)\}$")
FIELD = re.compile(r'(\w+) = (?:\( )?("[^"]*"|[\w-]+)')


@dataclass
class Event:
    name: str
    thread: int
    trace: int
    span: int
    fields: dict


def number(text):
    return int(text, 0)


def read(text):
    events = []
    for line in text.splitlines():
        match = EVENT.match(line)
        if not match:
            raise ValueError(f"a line of babeltrace2 that is not understood: {line}")
        head = {name: number(value) for name, value in FIELD.findall(match[2])}
        events.append(Event(match[1], head["thread"], head["trace"], head["span"], dict(FIELD.findall(match[3]))))
    return events


def traced(t, command, classes=""):
    """The events of a command, as babeltrace2 reads them."""
    if t.agent is None:
        t.boot()
    metadata = t.disk.path.parent.parent / "gen" / "abi" / "metadata"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "trace"
        said = bytearray()
        status, data = record(t.agent, command, said.extend, 60, classes)
        t.expect_equal(status, 0, f"status of {command}")
        found = ctf.write(data, metadata, folder)
        t.expect_equal(found.lost, 0, "events lost")
        done = subprocess.run(["babeltrace2", folder], capture_output=True, text=True, timeout=60)
    t.expect_equal(done.returncode, 0, "status of babeltrace2")
    t.expect_equal(done.stderr, "", "complaints of babeltrace2")
    events = read(done.stdout)
    t.expect_equal(len(events), found.events, "events read")
    return events


def threads(events, name):
    """The threads of a process."""
    return {e.thread for e in events if e.name == "about_process" and e.fields["name"] == f'"{name}"'}


def chain(t):
    events = traced(t, COMMAND)
    writers = threads(events, "write")
    t.expect(len(writers) == 1, f"expected one thread of `write', found {writers}")
    serves = [e for e in events if e.name == "serve"]
    roots = {e.trace: number(e.fields["root_span"]) for e in events if e.name == "about_activity"}
    found = 0
    for last in (e for e in serves if e.thread in threads(events, "uart0")):
        middle = [e for e in serves if e.span == number(last.fields["parent"]) and e.thread in threads(events, "console")]
        first = [e for m in middle for e in serves
                 if e.span == number(m.fields["parent"]) and e.thread in threads(events, "log")]
        for begin in first:
            found += 1
            t.expect(number(begin.fields["caller"]) in writers, f"the chain begins with another thread: {begin}")
            t.expect_equal(number(begin.fields["parent"]), roots[begin.trace], "parent of the first span")
            same = {(e.trace, e.fields["trace_high"]) for e in [begin, *middle, last]}
            t.expect(len(same) == 1, f"one chain has several traces: {same}")
    t.expect(found > 0, "no chain write -> log -> console -> uart0 among:\n" + "\n".join(map(str, serves)))
    spans = [e.span for e in serves]
    t.expect_equal(len(spans), len(set(spans)), "spans that are all different")
    for serve in serves:
        t.expect(any(e.name == "reply" and e.span == serve.span for e in events), f"{serve} has no answer")


def calls(t):
    """Every system call of the command has its beginning and its end."""
    events = traced(t, "cat /image/init.segments")
    cats = threads(events, "cat")
    calls = [e for e in events if e.thread in cats and e.name.startswith("syscall_")]
    t.expect(len(calls) > 2, f"expected system calls of `cat', found {calls}")
    open_call = None
    for call in calls:
        if call.name == "syscall_enter":
            t.expect_equal(open_call, None, "a call within a call")
            open_call = call.fields["number"]
        else:
            t.expect_equal(call.fields["number"], open_call, "the call that ends")
            open_call = None
    t.expect(open_call in ('"exit"', '"thread_exit"'), f"the last call should be an exit, found {open_call}")
    for name in ("switch_thread", "wake", "block", "message", "serve", "reply", "signal", "cap_create", "cap_derive", "cap_grant",
                 "cap_drop", "map", "unmap", "page_in", "thread_create", "thread_exit", "process_create", "process_exit"):
        t.expect(any(e.name == name for e in events), f"no event {name} among {sorted({e.name for e in events})}")


def classes(t):
    names = {e.name for e in traced(t, "true", "mem") if not e.name.startswith("about_")}
    t.expect(names and names <= {"map", "unmap", "protect", "page_in", "out_of"}, f"asked for class mem, found {names}")


def text(t):
    output = t.exec_ok("trace --class ipc,life -- cat /image/init.segments")
    t.expect_match(output, r"^\d+\.\d{6} cpu \d+ cat/\d+ +message +CALL \d+ to thread \d+ through endpoint \d+$")
    t.expect_match(output, r"^\d+\.\d{6} cpu \d+ imgfs/\d+ +serve ")
    t.expect_equal(t.exec("trace --class life -- false")[0], 1, "status of a command that fails")
    status, output = t.exec("trace --class lief -- true")
    t.expect_equal(status, 2, "status after a wrong class")
    t.expect_match(output, "lief: is no class of events")
    t.expect_match(t.exec("trace --group nobody")[1], "nobody: there is no such process or service")


def past(t):
    t.exec_ok("true")
    output = t.exec_ok("trace --last 400")
    for name in ("process_create", "thread_create", "process_exit", "process_gone"):
        t.expect_match(output, rf"\b{name}\b")
    t.expect_equal(len(t.exec_ok("trace --last 3").splitlines()), 3, "lines of the last three events")
    times = [line.split()[0] for line in output.splitlines()]
    later = t.exec_ok(f"trace --since {times[200].replace('.', '')}000").splitlines()
    t.expect_equal(later[0].split()[0], times[200], "time of the first event since then")
    t.expect(len(later) >= 200, f"{len(later)} of 200 events and more")
    t.expect_equal(t.exec("trace --since long")[0], 2, "status of no time")
    t.expect_equal(t.exec_ok("trace --since 18446744073709551615"), "")


def live(t):
    """At the console until ^C; what others start meanwhile is seen."""
    t.console_send("trace --class life\n")
    t.console_expect("trace --class life")
    for _ in range(50):
        t.exec_ok("true")
        if re.search(r"^\d+\.\d{6} cpu \d+ true/\d+ +thread_exit ", t.console(), re.MULTILINE):
            break
    t.console_expect(r"true/\d+ +thread_exit ")
    t.console_send("\x03")
    t.console_send("echo and on\n")
    t.console_expect("^and on")


def run(t, case):
    {"chain": chain, "calls": calls, "classes": classes, "text": text, "past": past, "live": live}[case](t)
