# SPDX-License-Identifier: Apache-2.0
"""Read by gdb, which is attached to a guest that stands: prints what each processor does, every thread and what it waits for, and the
last events of each processor. $kernel is the path of kernel.elf, which is loaded with its symbols at 0; tools/debug/state.py starts it."""

import re

import gdb

EVENTS = 32
FRAMES = 12
NEVER = (1 << 64) - 1
# By gdb's name of the architecture: where the kernel's entry is told, and the symbol that is there.
ENTRIES = {"i386:x86-64": ("monitor info registers", "trap_stubs"), "aarch64": ("p/x $VBAR", "trap_vectors"),
           "riscv:rv64": ("p/x $stvec", "trap_entry")}


def gate(text):
    """The handler of the first exception, by the table that the processor has (SPEC: Intel SDM 3A, 6.14.1)."""
    table = int(re.search(r"IDT=\s*([0-9a-f]+)", text)[1], 16)
    low, high = (int(gdb.parse_and_eval(f"((unsigned long *){table:#x})[{at}]")) for at in (0, 1))
    return (low & 0xffff) | (low >> 48 & 0xffff) << 16 | (high & 0xffffffff) << 32


def load_symbols():
    """The kernel lies where its entry is."""
    architecture = gdb.selected_inferior().architecture().name()
    command, symbol = ENTRIES[architecture]
    text = gdb.execute(command, to_string=True)
    at = gate(text) if architecture == "i386:x86-64" else int(re.search(r"0x[0-9a-f]+", text)[0], 16)
    kernel = gdb.convenience_variable("kernel").string()
    linked = int(gdb.parse_and_eval(f"(unsigned long)&{symbol}"))
    gdb.execute(f"symbol-file {kernel} -o {at - linked:#x}", to_string=True)


def value(expression):
    return gdb.parse_and_eval(expression)


def members(first, kind, member):
    """Those of a list (lib/base/list.h)."""
    pointer = gdb.lookup_type(f"struct {kind}").pointer()
    offset = next(field.bitpos // 8 for field in pointer.target().fields() if field.name == member)
    while int(first):
        yield gdb.Value(int(first) - offset).cast(pointer)
        first = first["next"]


def seconds(ns):
    return "never" if int(ns) == NEVER else f"{int(ns) / 1e9:.6f}"


def name(thread):
    return f"{thread['process']['name'].string()}/{int(thread['object']['id'])}" if int(thread) else "nobody"


def enumerator(number):
    return str(number).removeprefix("THREAD_STATE_")


# ---- processors ----

def stack():
    for line in gdb.execute(f"backtrace {FRAMES}", to_string=True).splitlines():
        print(f"      {line}")


def in_kernel():
    return int(value("$pc")) >> 63 != 0


def work(cpu):
    timers = cpu["timers"]
    first = timers["alarms"]["first"]
    return (f"{'idle' if int(cpu['idle']) else 'runs ' + name(cpu['current'])}, {int(cpu['queue']['count'])} ready, "
            f"attention {int(cpu['attention']):#x}, timer set for {seconds(timers['armed_ns'])}, first alarm "
            f"{seconds(first['key']) if int(first) else 'never'}, end of slice {seconds(timers['slice_end_ns'])}")


def show_cpu(cpu):
    print(f"  processor {int(cpu['id'])}: {work(cpu) if int(cpu['online']) else 'not started'}")
    threads = {thread.num: thread for thread in gdb.selected_inferior().threads()}
    threads[int(cpu["id"]) + 1].switch()
    if in_kernel():
        stack()
    else:
        print(f"      {'in user mode' if int(cpu['online']) else 'elsewhere,'} at {int(value('$pc')):#x}")
    threads[1].switch()  # one that firmware has may see none of the kernel's memory


# ---- threads ----

def served(endpoint):
    names = [name(thread) for thread in members(endpoint["servers"]["first"], "thread", "server_node")]
    return f"endpoint {int(endpoint['object']['id'])} of {', '.join(names) or 'nobody'}"


def waits_for(thread, state):
    if state in ("SENDING", "RECEIVING") and int(thread["endpoint"]):
        return f" at {served(thread['endpoint'])}"
    if state == "CALLING" and int(thread["awaiting"]):
        reply = thread["awaiting"]
        return f", served by {name(reply['claimer'])}" if int(reply["caller"]) == int(thread) else ", and nobody has its call"
    if state == "WAITING" and int(thread["signal"]):
        return f" for {int(thread['wait_mask']):#x} of signal {int(thread['signal']['object']['id'])}, which has {int(thread['signal']['bits']):#x}"
    if state == "WORD":
        return f" for the word at {int(thread['word']['at']):#x} of {name(thread['word']['owner'])}"
    if state in ("READY", "RUNNING"):
        return f" on processor {int(thread['cpu'])}"
    return ""


def show_thread(thread):
    state = enumerator(thread["state"])
    own, on = thread["own"], thread["activity"]
    lent = "" if int(own) == int(on) else f", on the activity of {name(on['owner'])}"
    until = "" if int(thread["deadline_ns"]) == NEVER else f", until {seconds(thread['deadline_ns'])}"
    flags = f", flags {int(thread['flags']):#x}" if int(thread["flags"]) else ""
    print(f"  {name(thread)} (process {int(thread['process']['object']['id'])}, priority {int(on['priority'])}): "
          f"{state}{waits_for(thread, state)}{until}{lent}{flags}")


def show_group(group):
    for process in members(group["processes"]["first"], "process", "in_group"):
        for thread in members(process["threads"]["first"], "thread", "in_process"):
            show_thread(thread)
    for child in members(group["children"]["first"], "group", "sibling"):
        show_group(child)


def some_group(cpus):
    """Of whoever runs, or has a line bound."""
    for cpu in cpus:
        if int(cpu["current"]):
            return cpu["current"]["process"]["object"]["group"]
    lines = value("'kernel/core/irq/irq.c'::lines")
    for at in range(lines.type.range()[1] + 1):
        if int(lines[at]["signal"]):
            return lines[at]["signal"]["object"]["group"]
    return None


def show_threads(cpus):
    group = some_group(cpus)
    if group is None:
        print("  none that could be found")
        return
    while int(group["parent"]):
        group = group["parent"]
    show_group(group)


# ---- events ----

def last_events(cpu):
    """(number of the packet, record) of the last ones, oldest first."""
    cursor = cpu["trace"]
    number, records, packets = int(cursor["number"]), int(cursor["records"]), cursor["ring"]["packet"]
    count, size = packets.type.range()[1] + 1, packets[0]["record"].type.range()[1] + 1
    for back in range(min(EVENTS, number * size + records), 0, -1):
        at = number * size + records - back
        yield packets[at // size % count]["record"][at % size]


def show_events(cpu, names):
    for record in last_events(cpu):
        fields = " ".join(f"{int(record['field'][i]):#x}" for i in range(4))
        print(f"    {seconds(record['time_ns'])} thread {int(record['thread'])} {names.get(int(record['id']), int(record['id']))} {fields}")


def main():
    load_symbols()
    cpus = [value(f"cpus[{at}]") for at in range(int(value("cpus_there")))]
    print("the processors:")
    for cpu in cpus:
        show_cpu(cpu)
    print("the threads, and what each waits for:")
    show_threads(cpus)
    names = {field.enumval: field.name.removeprefix("EVENT_").lower() for field in gdb.lookup_type("enum event_id").fields()}
    for cpu in cpus:
        print(f"the last events of processor {int(cpu['id'])}:")
        if int(cpu["trace"]["ring"]):
            show_events(cpu, names)


main()
