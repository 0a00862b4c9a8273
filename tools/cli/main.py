# SPDX-License-Identifier: Apache-2.0
"""Entry of ./ferrous: finds the command, parses its options, runs it, reports errors in one line.

Exit status: 0 done, 1 failed, 2 mistyped, 125 the guest did not come up; `exec` passes on the
guest's status.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.cli import options  # noqa: E402
from tools.cli.commands import COMMANDS  # noqa: E402


def overview():
    lines = ["./ferrous COMMAND [OPTION]...", ""]
    lines += [f"  {c.name:8} {c.summary}" for c in COMMANDS.values()]
    lines += [f"  {'help':8} this text; `./ferrous help COMMAND' for one command", "", "Options of every command:"]
    lines += [describe(option) for option in options.COMMON]
    return "\n".join(lines)


def describe(option):
    name = f"{option.name} {option.value}" if option.value else option.name
    default = "" if option.default in (None, False, "") else f" (default: {option.default})"
    return f"  {name:22} {option.help}{default}"


def command_help(command):
    lines = [f"./ferrous {command.name} [OPTION]... {command.positional}".rstrip(), "", command.summary]
    if command.text:
        lines += ["", command.text.strip()]
    if command.options:
        lines += ["", "Options:"] + [describe(option) for option in command.options]
    lines += ["", "Options of every command:"] + [describe(option) for option in options.COMMON]
    return "\n".join(lines)


def find(name):
    if name not in COMMANDS:
        raise options.UsageError(f"there is no command {name}" + options.nearest(name, [*COMMANDS, "help"])
                                 + " `./ferrous help' lists them all")
    return COMMANDS[name]


def main(words):
    if not words or words[0] in ("--help", "-h") or words == ["help"]:
        print(overview())
        return 0
    if words[0] == "help":
        print(command_help(find(words[1])))
        return 0
    command = find(words[0])
    arguments = options.parse(command, words[1:])
    if arguments is None:
        print(command_help(command))
        return 0
    return command.run(arguments)


def guarded(words):
    """Turns errors meant for people into one line and a status."""
    # A polite kill unwinds like Ctrl-C, so that no QEMU is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = 125 if words[:1] == ["exec"] else 1
    try:
        return main(words)
    except options.UsageError as error:
        print(f"ferrous: {error}", file=sys.stderr)
        return 2
    except options.ToolError as error:
        print(f"ferrous: {error}", file=sys.stderr)
        return failed
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return failed


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
