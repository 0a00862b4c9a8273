# SPDX-License-Identifier: Apache-2.0
"""new: makes a service that builds, runs and is tested, to begin from."""

from tools.cli.options import ROOT, Command, ToolError, UsageError, nearest
from tools.new import service

KINDS = {"service": service.make}


def new(args):
    kind, name = args.rest
    if kind not in KINDS:
        raise UsageError(f"new {kind}: expected one of: {', '.join(KINDS)}{nearest(kind, list(KINDS))}")
    try:
        for line in KINDS[kind](ROOT, name):
            print(line)
    except service.NameTaken as error:
        raise ToolError(str(error)) from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    return 0


NEW = Command("new", "make a new service from a template", new, positional="service NAME", minimum=2, maximum=2,
              text="Writes userspace/services/NAME (main.c, manifest, module.mk, README) and a scenario that tests it, and\n"
                   "adds it to image/default.image and to what the shell and the agent may call.")
