# SPDX-License-Identifier: Apache-2.0
"""Small pieces of C text that the emitters share."""

import textwrap

WIDTH = 108


def comment(text, indent=""):
    """A block comment, wrapped."""
    single = f"{indent}/* {text} */"
    if len(single.expandtabs(8)) <= WIDTH:
        return [single]
    lines = textwrap.wrap(text, WIDTH - 3 - len(indent.expandtabs(8)))
    return [f"{indent}/* {lines[0]}"] + [f"{indent} * {line}" for line in lines[1:-1]] + [f"{indent} * {lines[-1]} */"]


def file_head(purpose, sources):
    lines = ["/* SPDX-License-Identifier: Apache-2.0", " *"]
    lines += [f" * {line}" for line in textwrap.wrap(purpose, WIDTH - 3)]
    return lines + [f" * Made by tools/gen from {sources}: change the table, not this file.", " */"]


def header(name, purpose, sources, includes, body):
    guard = "ABI_" + name.replace(".", "_").upper()
    lines = file_head(purpose, sources) + [f"#ifndef {guard}", f"#define {guard}", ""]
    lines += [f'#include "{include}"' for include in includes] + [""]
    return "\n".join(lines + body + ["", "#endif", ""])


def source(purpose, sources, includes, body):
    lines = file_head(purpose, sources) + [f'#include "{include}"' for include in includes] + [""]
    return "\n".join(lines + body + [""])


def enum(tag, underlying, members, doc=""):
    """members: (name, value, comment)."""
    lines = comment(doc) if doc else []
    lines.append(f"enum {tag} : {underlying} {{" if tag else f"enum : {underlying} {{")
    for name, value, note in members:
        lines.append(f"\t{name} = {value}," + (f" /* {note} */" if note else ""))
    return lines + ["};", ""]


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def wrap_call(start, args, end, indent="\t"):
    """A call or parameter list, broken before the margin."""
    line = f"{start}{', '.join(args)}{end}"
    if len(line.expandtabs(8)) <= WIDTH:
        return [line]
    lines, now = [], start
    for index, arg in enumerate(args):
        piece = arg + (", " if index + 1 < len(args) else end)
        if len((now + piece).expandtabs(8).rstrip()) > WIDTH:
            lines.append(now.rstrip())
            now = indent + "\t"
        now += piece
    return lines + [now]
