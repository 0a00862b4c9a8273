# SPDX-License-Identifier: Apache-2.0
"""One service's manifest: from TOML to the record of lib/image/manifest.h.

lib/image/README.md lists the keys. What concerns several services is in tools/image/plan.py.
"""

import struct
from dataclasses import dataclass, field

from tools.image import facts
from tools.image.schema import Table, load, nearest

HEADER = "lib/image/manifest.h"
OBJECT_TYPES = {  # what a grant of each kind is a capability to
    "ioport": "ioport", "irq": "irq", "device": "memory", "klog": "klog", "trace": "trace", "machine": "machine",
    "image": "memory", "root-group": "group", "loader": "endpoint", "firmware": "memory", "all-devices": "memory", "all-lines": "irq",
    "device-table": "memory", "domain-table": "memory",
}
RANGES = {"ioport": 1 << 16, "irq": 1 << 10, "device": 1 << 40}  # units there are at most
EVERYBODYS = {"self", "group", "names", "activity", "endpoint", "log", "faults", "stdin", "stdout", "stderr",
              "state", "vault", "kept-group"}
DEVICES = {"registers", "ports", "irq", "config", "dma"}  # what a driver's device brings
LIMITS = ("memory_kib", "objects", "caps", "threads")


@dataclass
class Grant:
    name: str
    kind: str
    rights: list
    base: int = 0
    count: int = 0


@dataclass
class Device:
    """The one of a driver; without one the name of its class is empty."""
    name: str = ""
    number: int = 0
    dma_kib: int = 0
    matches: list = field(default_factory=list)  # (name of devices, program that drives them or nothing: the manifest's)


@dataclass
class Manifest:
    place: str
    name: str = ""
    program: str = ""
    description: str = ""
    args: list = field(default_factory=list)
    provides: str = ""
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    priority: int = 0
    max_priority: int = 0
    restart: str = ""
    backoff_ms: int = 0
    backoff_max_ms: int = 0
    stack_kib: int = 0
    subgroups: bool = False
    needs: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    limits: dict = field(default_factory=dict)
    weight: int = 100
    heartbeat_ms: int = 0
    without: str = ""
    give_up_after: int = 0
    state_kib: int = 0
    grants: list = field(default_factory=list)
    device: Device = field(default_factory=Device)

    def programs(self):
        return {self.program} | {program for _, program in self.device.matches if program}


class Reader:
    """Reads manifests against the limits of the header and the rights of the abi."""

    def __init__(self, abi, problems):
        self.problems = problems
        self.limit = facts.constants(HEADER) | facts.constants("lib/image/format.h")
        self.rights = facts.rights(abi)
        self.kinds = {name.replace("_", "-"): number
                      for name, number in facts.enum(HEADER, "manifest_grant_kind", "MANIFEST_GRANT_").items()}
        self.restarts = {name.replace("_", "-"): number
                         for name, number in facts.enum(HEADER, "manifest_restart", "MANIFEST_RESTART_").items()
                         if name != "count"}
        self.withouts = {name.replace("_", "-"): number
                         for name, number in facts.enum(HEADER, "manifest_without", "MANIFEST_WITHOUT_").items()
                         if name != "count"}

    def read(self, path, place):
        """The Manifest, or None when the file is not TOML."""
        values = load(path, place, self.problems)
        if values is None:
            return None
        t = Table(values, place, self.problems)
        m = Manifest(place, t.name("name", path.parent.name, required=True))
        m.device = self.device(t)
        # Where the device decides, one of the programs stands for all of them until there is one.
        drivers = [program for _, program in m.device.matches if program]
        m.program = drivers[0] if drivers else t.name("program", m.name)
        m.description = t.text("description", required=True)
        m.args = self.args(t)
        m.provides, m.stdin, m.stdout, m.stderr = (t.path(key) for key in ("provides", "stdin", "stdout", "stderr"))
        m.priority = t.number("priority", 64, 0, 255)
        m.restart = t.choice("restart", "on-failure", self.restarts)
        m.backoff_ms = t.number("backoff_ms", 20, 1, 60000)
        m.backoff_max_ms = t.number("backoff_max_ms", max(5000, m.backoff_ms), m.backoff_ms, 60000)
        m.heartbeat_ms = t.number("heartbeat_ms", 0, 0, 60000)
        m.give_up_after = t.number("give_up_after", 10, 1, 1000)
        m.without = t.choice("without", "go-on", self.withouts)
        m.stack_kib = t.number("stack_kib", 32, 4, 1024, 4)
        m.subgroups = t.flag("subgroups")
        m.needs = self.unique(t, "needs", self.limit["MANIFEST_NEEDS_MAX"])
        m.calls = self.unique(t, "calls", self.limit["MANIFEST_CALLS_MAX"])
        self.read_limits(t.table("limits"), m)
        self.read_state(t.table("state"), m)
        m.grants = [self.grant(each) for each in t.tables("grant", self.limit["MANIFEST_GRANTS_MAX"])]
        self.unique_grants(m)
        t.leftover()
        return m

    def device(self, t):
        if "device" not in t.values:
            return Device()
        d, most = t.table("device"), self.limit["MANIFEST_MATCHES_MAX"]
        found = Device(d.name("class", required=True)[:self.limit["MANIFEST_CLASS_BYTES"] - 1], d.number("number", 0, 0, 255),
                       d.number("dma_kib", 0, 0, 512, 4))
        for driver in d.tables("driver", most):
            program = driver.name("program", required=True)
            found.matches += [(name, program) for name in self.matches(driver)]
            driver.leftover()
        if "driver" not in d.values:
            found.matches = [(name, "") for name in self.matches(d)]
        if len(found.matches) > most:
            d.bad("driver", f"at most {most} names of devices together", [name for name, _ in found.matches])
            found.matches = []
        d.leftover()
        return found

    def matches(self, t):
        size = self.limit["MANIFEST_MATCH_BYTES"]
        names = t.texts("match", self.limit["MANIFEST_MATCHES_MAX"], required=True)
        if not names or any(not name or len(name) >= size or not name.isascii() or not name.isprintable() or " " in name
                            for name in names):
            t.bad("match", f"names of devices, 1 to {size - 1} characters without blanks", names)
            return []
        return names

    def args(self, t):
        args = t.texts("args", 32)
        if sum(len(text.encode()) + 1 for text in args) > self.limit["MANIFEST_ARGS_BYTES"] or any("\0" in a for a in args):
            t.bad("args", f"at most {self.limit['MANIFEST_ARGS_BYTES']} bytes, none of them zero", args)
            return []
        return args

    def unique(self, t, key, most):
        names = t.texts(key, most)
        for name in sorted({name for name in names if names.count(name) > 1}):
            t.problems.add(t.place, f"`{key}' names {name} twice")
        return list(dict.fromkeys(names))

    def read_limits(self, t, m):
        m.limits = {"memory_kib": t.number("memory_kib", 0, 0, 1 << 32, 4)}
        m.limits |= {key: t.number(key, 0, 0, 1 << 32) for key in LIMITS[1:]}
        m.weight = t.number("weight", 100, 1, 10000)
        m.max_priority = t.number("priority", m.priority, m.priority, 255)
        t.leftover()

    def read_state(self, t, m):
        m.state_kib = t.number("memory_kib", 0, 0, 1 << 20, 4)
        if t.values and not m.state_kib:
            self.problems.add(t.place, "`memory_kib' is missing or 0; expected how much memory outlives the service")
        if m.limits["memory_kib"] and m.state_kib > m.limits["memory_kib"]:
            self.problems.add(t.place, f"`memory_kib' is {m.state_kib}, more than the {m.limits['memory_kib']} of [limits]")
        t.leftover()

    def grant(self, t):
        kind = t.choice("kind", "klog", sorted(OBJECT_TYPES), required=True)
        g = Grant(t.name("name", required=True), kind, t.texts("rights", 32, required=True))
        known = self.rights[OBJECT_TYPES[kind]]
        for right in g.rights:
            if right not in known:
                t.problems.add(t.place, f"`rights': {kind} has no right {right}; expected some of {', '.join(known)}"
                               + nearest(right, known))
        g.rights = [right for right in g.rights if right in known]
        if not g.rights:
            t.problems.add(t.place, "`rights': a grant without rights grants nothing")
        if kind in RANGES:
            g.base = t.number("base", 0, 0, RANGES[kind] - 1, required=True)
            g.count = t.number("count", 1, 1, RANGES[kind] - g.base, required=True)
        elif "base" in t.values or "count" in t.values:
            t.problems.add(t.place, f"`base' and `count' are for ranges ({', '.join(RANGES)}); {kind} has none")
            t.known |= {"base", "count"}
        t.leftover()
        return g

    def unique_grants(self, m):
        names = [grant.name for grant in m.grants]
        for name in sorted(set(names)):
            if names.count(name) > 1:
                self.problems.add(m.place, f"two grants are named {name}; handle names must differ")
            if m.device.name and name.rstrip("0123456789") in DEVICES:
                self.problems.add(m.place, f"a grant is named {name}, as what comes with the device; choose another name")
            if name in EVERYBODYS:
                self.problems.add(m.place, f"a grant is named {name}, which every service has already; choose another name")

    # ---- the compiled form ----

    def pack(self, m, order):
        """The bytes of struct manifest_record, its numbers in the order of the machine."""
        c = self.limit
        size = c["MANIFEST_NAME_BYTES"]
        args = b"".join(text.encode() + b"\0" for text in m.args)
        path = f"{c['MANIFEST_PATH_BYTES']}s"
        head = struct.pack(
            f"{order}4I{size}s{c['IMAGE_NAME_BYTES']}s" + path * 5 + "4Q12I",
            c["MANIFEST_MAGIC"], c["MANIFEST_VERSION"], c["MANIFEST_BYTES"], c["MANIFEST_FLAG_SUBGROUPS"] * m.subgroups,
            m.name.encode(), f"bin/{m.program}".encode(), m.description.encode(), m.provides.encode(),
            m.stdin.encode(), m.stdout.encode(), m.stderr.encode(),
            m.limits["memory_kib"] // 4, m.limits["objects"], m.limits["caps"], m.limits["threads"],
            m.weight, m.priority, m.stack_kib // 4, self.restarts[m.restart], m.backoff_ms, m.backoff_max_ms,
            len(m.needs), len(m.calls), len(m.grants), len(m.args), len(args), m.max_priority)
        body = head + args.ljust(c["MANIFEST_ARGS_BYTES"], b"\0")
        body += self.names(m.needs, size, c["MANIFEST_NEEDS_MAX"]) + self.names(m.calls, size, c["MANIFEST_CALLS_MAX"])
        body += b"".join(self.pack_grant(each, size, order) for each in m.grants)
        body += bytes((size + 32) * (c["MANIFEST_GRANTS_MAX"] - len(m.grants)))
        body += struct.pack(f"{order}Q4I", m.state_kib // 4, m.heartbeat_ms, self.withouts[m.without], m.give_up_after, 0)
        d, match, driver = m.device, c["MANIFEST_MATCH_BYTES"], c["MANIFEST_DRIVER_BYTES"]
        body += struct.pack(f"{order}{c['MANIFEST_CLASS_BYTES']}sIIII", d.name.encode(), d.number, len(d.matches), d.dma_kib // 4, 0)
        body += b"".join(struct.pack(f"{match}s{driver}s", name.encode(), f"bin/{program}".encode() if program else b"")
                         for name, program in d.matches)
        body += bytes((match + driver) * (c["MANIFEST_MATCHES_MAX"] - len(d.matches)) + c["MANIFEST_PADDING_BYTES"])
        assert len(body) == c["MANIFEST_BYTES"], f"{HEADER} and tools/image/manifest.py disagree about the record's layout"
        return body

    @staticmethod
    def names(names, size, most):
        return b"".join(name.encode().ljust(size, b"\0") for name in names).ljust(size * most, b"\0")

    def pack_grant(self, g, size, order):
        known = self.rights[OBJECT_TYPES[g.kind]]
        return struct.pack(f"{order}{size}sIIQQQ", g.name.encode(), self.kinds[g.kind], sum(known[r] for r in g.rights),
                           g.base, g.count, 0)
