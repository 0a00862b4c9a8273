# SPDX-License-Identifier: Apache-2.0
"""build, clean, setup, image: commands that run nothing but make."""

import shutil

from tools.cli import work
from tools.cli.options import ROOT, Arguments, Command, Option, ToolError
from tools.setup import firmware


def build(args):
    work.setup(args)
    targets = ["goldens"] if args.goldens else []
    work.make(args, *targets, *(args.rest or ["build"]))
    if not args.rest:
        print(f"built {work.boot_of(args).path}")
    return 0


def clean(args):
    """Only ever removes a folder that this tool has made."""
    if not args.out.exists():
        return 0
    if args.out.resolve() in (ROOT, *ROOT.parents):
        raise ToolError(f"{args.out} holds the sources; refusing to remove it")
    if any(args.out.iterdir()) and not (args.out / ".lock").exists() and not (args.out / ".setup").exists():
        raise ToolError(f"{args.out} does not look like a build output folder (no .lock or .setup in it); "
                        "remove it by hand if that is meant")
    shutil.rmtree(args.out)
    return 0


def setup(args):
    work.setup(args)
    for arch in firmware.FETCHED:
        work.firmware_of(Arguments({**vars(args), "arch": arch}, []))
    print("set-up is complete")
    return 0


def image(args):
    work.setup(args)
    work.make(args, "image")
    from tools.image import contents
    name = "system.img" if args.image == "default" else f"system-{args.image}.img"
    print(contents.listing(args.build / name))
    return 0


BUILD = Command("build", "set up and build the kernel, the programs, the system image and the disk", build,
                positional="[MAKE TARGET]...", maximum=None,
                text="Without a target: everything a boot needs, and compile_commands.json. `make help' lists targets.",
                options=[Option("--goldens", None, "first rewrite abi/goldens and docs/reference.md from the tables", False)])
CLEAN = Command("clean", "remove the output folder", clean)
SETUP = Command("setup", "install the Debian packages and fetch the firmware that are missing, and nothing else", setup,
                text="Every other command does this by itself when it has to.")
IMAGE = Command("image", "build the system image and list what is in it", image)
