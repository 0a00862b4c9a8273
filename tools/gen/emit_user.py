# SPDX-License-Identifier: Apache-2.0
"""stubs.h: one inline function for each system call, for user space."""

import ctext
from emit_headers import live

SOURCES = "abi/syscalls.toml"


def parameters(call):
    params = []
    for arg in call.args:
        params.append({
            "handle": f"handle_t {arg.name}",
            "raw_handle": f"handle_t {arg.name}",
            "u64": f"u64 {arg.name}",
            "u32": f"u32 {arg.name}",
            "flags": f"u32 {arg.name}",
            "user_in": f"struct span {arg.name}",
            "user_out": f"struct mspan {arg.name}",
            "struct_in": f"const struct {arg.struct.name} *{arg.name}" if arg.struct else "",
            "struct_out": f"struct {arg.struct.name} *{arg.name}" if arg.struct else "",
        }[arg.kind])
    if call.result:
        params.append(("handle_t *" if call.result[1] == "handle" else "u64 *") + result_name(call))
    return params or ["void"]


def result_name(call):
    """The parameter for the result: its name, unless an argument has that (map: address in, address out)."""
    name = call.result[0]
    return f"{name}_out" if name in [a.name for a in call.args] else name


def registers(call):
    values = []
    for arg in call.args:
        if arg.kind in ("handle", "raw_handle"):
            values.append(f"{arg.name}.v")
        elif arg.kind == "user_in":
            values += [f"span_address({arg.name})", f"span_len({arg.name})"]
        elif arg.kind == "user_out":
            values += [f"mspan_address({arg.name})", f"mspan_len({arg.name})"]
        elif arg.kind in ("struct_in", "struct_out"):
            values.append(f"stub_{arg.kind}_{arg.struct.name}({arg.name})")
        else:
            values.append(arg.name)
    return values + ["0"] * (6 - len(values))


def must_use(call):
    """A call that tells something, or has ways of its own to fail, must not be dropped unseen."""
    return bool(call.result or call.errors or any(a.kind == "struct_out" for a in call.args))


def prototype(call):
    nodiscard = "[[nodiscard]] " if must_use(call) else ""
    return nodiscard, f"enum status sys_{call.name}(", parameters(call)


def stub(call):
    nodiscard, start, params = prototype(call)
    lines = ctext.comment(call.doc)
    lines += ctext.wrap_call(f"{nodiscard}static inline {start}", params, ")", "")
    lines.append("{")
    lines += ctext.wrap_call("\tstruct stub_answer answer = stub_enter(", [f"SYSCALL_{call.name.upper()}"] +
                             registers(call), ");")
    if call.result and call.result[1] == "handle":
        lines.append(f"\t*{result_name(call)} = (handle_t){{ .v = (u32)answer.value }};")
    elif call.result:
        lines.append(f"\t*{result_name(call)} = answer.value;")
    return lines + ["\treturn answer.status;", "}", ""]


def address_helpers(calls):
    lines = []
    for kind, const in (("struct_in", "const "), ("struct_out", "")):
        names = sorted({a.struct.name for c in calls for a in c.args if a.kind == kind})
        lines += [f"static FORCE_INLINE u64 stub_{kind}_{n}({const}struct {n} *at) {{ return (u64)(uptr)at; }}"
                  for n in names]
    return lines


def stubs_h(contract):
    calls = [c for c in live(contract.calls) if not c.message]
    body = ["struct stub_answer {", "\tenum status status;", "\tu64 value;",
            "};", ""]
    body += ['UNSAFE_BEGIN("SAFETY: raw_syscall makes the call and orders memory around it; addresses are of live '
             'objects of the size that the kernel copies");']
    body += [
        "static FORCE_INLINE struct stub_answer stub_enter(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)",
        "{", "\tstruct raw_result found = raw_syscall(number, a0, a1, a2, a3, a4, a5);",
        "\treturn (struct stub_answer){ .status = (enum status)found.status, .value = found.value };", "}", "",
    ]
    body += address_helpers(calls) + ["UNSAFE_END();", ""]
    for call in calls:
        body += stub(call)
    includes = ["abi/errors.h", "abi/structs.h", "abi/syscalls.h", "lib/base/addr.h", "lib/base/span.h",
                "rt_arch/syscall.h"]
    purpose = ("System calls as functions. A result is written on failure too: it is then what the kernel left in "
               "the register, 0. The message calls are not "
               "here: lib/rt has them, since they use every register.")
    return ctext.header("stubs.h", purpose, SOURCES, includes, body[:-1])


def emit(contract):
    return {"stubs.h": stubs_h(contract)}
