# SPDX-License-Identifier: Apache-2.0
"""Makes a service's folder from tools/new/template and adds it to the default image."""

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


class NameTaken(Exception):
    """There is something under the name already."""


def filled(text, name):
    return text.replace("@NAME@", name).replace("@IDENTIFIER@", name.replace("-", "_"))


def with_service(text, name):
    """The image description with the name added at the end of `services`."""
    found = re.search(r"^services = \[.*?^\]", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise NameTaken(f"{IMAGE}: expected a list `services = [' that ends with `]' on a line of its own; "
                        f"add \"{name}\" to it by hand")
    end = found.end() - 1
    return f'{text[:end]}\t"{name}",\n{text[end:]}'


def make(root, name):
    """Writes all files; gives the lines that tell the person what was made."""
    if not NAME.fullmatch(name):
        raise ValueError(f"a service's name has 1 to 23 characters of a-z 0-9 -, a letter first; found {name!r}")
    places = {source: root / place.format(name=name, identifier=name.replace("-", "_")) for source, place in PLACES.items()}
    taken = [p for p in [root / "userspace" / "services" / name, *places.values()] if p.exists()]
    image = root / IMAGE
    if taken or f'"{name}"' in image.read_text():
        raise NameTaken(f"the name {name} is taken ({taken[0].relative_to(root) if taken else IMAGE}); choose another")
    changed = with_service(image.read_text(), name)
    for source, path in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled((TEMPLATE / source).read_text(), name))
    image.write_text(changed)
    return [*(f"made {path.relative_to(root)}" for path in places.values()), f"added {name} to {IMAGE}",
            f"try: ./ferrous exec 'cat /svc/{name}/hello', ./ferrous test --suite scenarios service_{name.replace('-', '_')}"]
