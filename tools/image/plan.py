# SPDX-License-Identifier: Apache-2.0
"""What an image holds, from image/NAME.image, and the checks that concern several services.

Keys of an image description: `name', `description', `services' (names of manifests), `programs'
(programs beside the services' own), `init' (program), `init_stack_kib', [[file]] with `path' and
`from', [limits] with what the services' own limits may add up to, `unlimited' (services that may
have no limit of their own).
"""

from dataclasses import dataclass, field
from pathlib import Path

from tools.image.manifest import LIMITS, RANGES, Reader
from tools.image.schema import Table, load, nearest

MANIFEST_FOLDERS = ("userspace", "drivers", "tests")
# Started by init, not from a manifest, and what their clients see of them.
STARTED_BY_INIT = {"keeper": "/services"}


@dataclass
class Plan:
    name: str = ""
    description: str = ""
    init: str = "init"
    init_stack_kib: int = 64
    services: list = field(default_factory=list)   # Manifest
    programs: list = field(default_factory=list)   # names, without the services'
    files: list = field(default_factory=list)      # (path in the image, path here)

    def all_programs(self):
        return sorted({program for m in self.services for program in m.programs()} | set(self.programs))


class Planner:
    def __init__(self, root, abi, problems):
        self.root, self.problems = Path(root), problems
        self.reader = Reader(abi, problems)

    def plan(self, path):
        values = load(path, str(path), self.problems)
        if values is None:
            return None
        t = Table(values, str(path), self.problems)
        plan = Plan(t.name("name", required=True), t.text("description", required=True))
        plan.init = t.name("init", "init")
        plan.init_stack_kib = t.number("init_stack_kib", 64, 4, 1024, 4)
        names = t.texts("services", 256, required=True)
        plan.programs = t.texts("programs", 256)
        budget, unlimited = t.table("limits"), t.texts("unlimited", 256)
        plan.files = [self.file(each) for each in t.tables("file")]
        plan.services = self.services(t, names)
        self.duplicates(t, "programs", plan.programs)
        self.duplicates(t, "file", [path for path, _ in plan.files])
        self.check_together(plan)
        self.check_budget(t.place, budget, unlimited, plan.services)
        t.leftover()
        return plan

    def file(self, t):
        path = t.text("path", "x", 47, required=True)
        source = self.root / t.text("from", "image", 255, required=True)
        if path.startswith("/") or path.split("/")[0] in ("bin", "sym", "manifest", "init", "init.segments") or " " in path \
                or any(part in ("", ".", "..") for part in path.split("/")):
            t.bad("path", "a relative path outside bin, sym and manifest", path)
        if not source.is_file() or not source.stat().st_size:
            t.bad("from", "a file of the source tree that is not empty", str(t.values.get("from")))
        t.leftover()
        return path, source

    def duplicates(self, t, key, names):
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.add(t.place, f"`{key}' names {name} twice")

    def manifests(self):
        """{service name: (path, place)} of every manifest in the tree."""
        found = {}
        for folder in MANIFEST_FOLDERS:
            for path in sorted([*(self.root / folder).rglob("manifest.toml"), *(self.root / folder).rglob("*.manifest.toml")]):
                place = str(path.relative_to(self.root))
                values = load(path, place, self.problems) or {}
                name = values.get("name")
                if name in found:
                    self.problems.add(place, f"the name {name} is taken by {found[name][1]}; names of services are unique")
                elif name:
                    found[name] = (path, place)
        return found

    def services(self, t, names):
        self.duplicates(t, "services", names)
        known = self.manifests()
        for name in names:
            if name not in known:
                self.problems.add(t.place, f"`services': no manifest.toml below {', '.join(MANIFEST_FOLDERS)} has the name "
                                  f"{name}" + nearest(name, known))
        read = (self.reader.read(*known[name]) for name in dict.fromkeys(names) if name in known)
        return [manifest for manifest in read if manifest]

    # ---- between services ----

    def check_together(self, plan):
        services = {m.name: m for m in plan.services}
        for m in plan.services:
            if m.name in STARTED_BY_INIT or m.name in ("init", "loader"):
                self.problems.add(m.place, f"the name {m.name} belongs to a service that init starts; choose another")
            self.check_names(m, "needs", services, {})
            self.check_names(m, "calls", services, STARTED_BY_INIT)
            for called in m.calls:
                if called in services and not services[called].provides:
                    self.problems.add(m.place, f"`calls': {called} provides nothing that could be called")
        self.check_cycle(services, "needs", "they would wait for each other for ever")
        self.check_cycle(services, "calls", "synchronous calls in a circle can deadlock; break it with a buffered send")
        self.check_provides(plan.services)
        self.check_ranges(plan.services)
        self.check_devices(plan.services)

    def check_names(self, m, key, services, more):
        for name in getattr(m, key):
            if name == m.name:
                self.problems.add(m.place, f"`{key}' names the service itself")
            elif name not in services and name not in more:
                self.problems.add(m.place, f"`{key}': the image has no service {name}"
                                  + nearest(name, [*services, *more]) + " Add it to `services' or remove it here")

    def check_cycle(self, services, key, why):
        """Reports one circle, by walking along edges that lead to services not yet cleared."""
        cleared = set()
        while True:
            free = [name for name, m in services.items() if name not in cleared
                    and all(n in cleared or n not in services for n in getattr(m, key))]
            if not free:
                break
            cleared.update(free)
        left = [name for name in services if name not in cleared]
        if not left:
            return
        walk = [left[0]]
        while walk[-1] not in walk[:-1]:
            walk.append(next(n for n in getattr(services[walk[-1]], key) if n in services and n not in cleared))
        circle = walk[walk.index(walk[-1]):]
        self.problems.add(services[circle[0]].place, f"`{key}' go in a circle: {' -> '.join(circle)}; {why}")

    def check_provides(self, services):
        seen = {path: name for name, path in STARTED_BY_INIT.items()}
        for m in services:
            if m.provides and m.provides in seen:
                self.problems.add(m.place, f"`provides' {m.provides}, and so does {seen[m.provides]}; paths are unique")
            elif m.provides:
                seen[m.provides] = m.name

    def check_ranges(self, services):
        for kind in RANGES:
            found = sorted((g.base, g.base + g.count, m.name, m.place) for m in services for g in m.grants if g.kind == kind)
            for before, after in zip(found, found[1:]):
                if after[0] < before[1]:
                    self.problems.add(after[3], f"its {kind} range {after[0]:#x}..{after[1] - 1:#x} overlaps "
                                      f"{before[0]:#x}..{before[1] - 1:#x} of {before[2]}; two services cannot own one device")

    def check_devices(self, services):
        seen = {}
        for m in services:
            name, number = m.device.name, m.device.number
            if name and (name, number) in seen:
                self.problems.add(m.place, f"[device] {name} {number} is driven by {seen[name, number]}; two services cannot "
                                  "own one device")
            elif name:
                seen[name, number] = m.name

    def check_budget(self, place, t, unlimited, services):
        budget = {key: t.number(key, 0, 1, 1 << 40, required=True) for key in LIMITS}
        t.leftover()
        names = {m.name for m in services}
        for name in unlimited:
            if name not in names:
                self.problems.add(place, f"`unlimited' names {name}, which is not in `services'")
        for key in LIMITS:
            total = 0
            for m in services:
                total += m.limits[key]
                if not m.limits[key] and m.name not in unlimited:
                    self.problems.add(m.place, f"[limits] has no `{key}'; give one, or list {m.name} in `unlimited' of {place}")
            if total > budget[key]:
                self.problems.add(place, f"[limits] {key} is {budget[key]}, but the services' limits add up to {total}")
