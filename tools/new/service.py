# SPDX-License-Identifier: Apache-2.0
"""Makes a service's folder from tools/new/template, adds it to the default image, and binds it in
the namespaces of the shell and the agent, so that a person can reach it."""

import re
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template")
NAME = re.compile(r"[a-z][a-z0-9-]{0,22}")
PLACES = {  # template -> where it goes
    "main.c.in": "userspace/services/{name}/main.c",
    "manifest.toml.in": "userspace/services/{name}/manifest.toml",
    "module.mk.in": "userspace/services/{name}/module.mk",
    "README.md.in": "userspace/services/{name}/README.md",
    "scenario.py.in": "tests/scenarios/service_{identifier}.py",
}
IMAGE = "image/default.image"
CLIENTS = ["userspace/apps/shell/manifest.toml", "userspace/services/agent/manifest.toml"]


class NameTaken(Exception):
    """It cannot be made here; the text says why, and what to do."""


def filled(text, name):
    return text.replace("@NAME@", name).replace("@IDENTIFIER@", name.replace("-", "_"))


def with_service(text, name):
    """The image description with the name added at the end of `services`; None if it has no such list."""
    found = re.search(r"^services = \[.*?^\]", text, re.MULTILINE | re.DOTALL)
    if not found:
        return None
    end = found.end() - 1
    return f'{text[:end]}\t"{name}",\n{text[end:]}'


def with_call(text, name):
    """A client's manifest with the name added at the end of `calls`; None if it has no such list."""
    found = re.search(r"^calls = \[[^\]]*\]", text, re.MULTILINE)
    if not found:
        return None
    end = found.end() - 1
    comma = "" if text[:end].rstrip().endswith(("[", ",")) else ", "
    return f'{text[:end]}{comma}"{name}"{text[end:]}'


def changes(root, name):
    """{path: new text} of the files that name all services."""
    changed = {}
    for path, edit, key in [(IMAGE, with_service, "services"), *((client, with_call, "calls") for client in CLIENTS)]:
        text = edit((root / path).read_text(), name)
        if text is None:
            raise NameTaken(f"{path}: expected a list `{key} = [...]'; found none, add it and try again")
        changed[path] = text
    return changed


def make(root, name):
    """Writes all files; gives the lines that tell the person what was made."""
    if not NAME.fullmatch(name):
        raise ValueError(f"a service's name has 1 to 23 characters of a-z 0-9 -, a letter first; found {name!r}")
    places = {source: root / place.format(name=name, identifier=name.replace("-", "_")) for source, place in PLACES.items()}
    taken = [p for p in [root / "userspace" / "services" / name, *places.values()] if p.exists()]
    image = root / IMAGE
    if taken or f'"{name}"' in image.read_text():
        raise NameTaken(f"the name {name} is taken ({taken[0].relative_to(root) if taken else IMAGE}); choose another")
    changed = changes(root, name)
    for source, path in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled((TEMPLATE / source).read_text(), name))
    for path, text in changed.items():
        (root / path).write_text(text)
    return [*(f"made {path.relative_to(root)}" for path in places.values()), *(f"added {name} to {path}" for path in changed),
            f"try: ./ferrous exec 'cat /srv/{name}/hello'; ./ferrous test --suite scenarios service_{name.replace('-', '_')}"]
