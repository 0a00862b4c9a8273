# SPDX-License-Identifier: Apache-2.0
"""kernel_calls.h and kernel_dispatch.c: from a register frame to a handler with typed arguments.

The table has an entry for each call, which checks in the documented order (numbers, flags and lengths;
then handles from left to right; then the structs that are copied in) and calls the handler. Message
calls decode their own registers.
"""

import re

import ctext
from emit_headers import live

SOURCES = "abi/syscalls.toml"
SLOTS = ["frame->arg0", "frame->arg1", "frame->word[0]", "frame->word[1]", "frame->word[2]", "frame->word[3]"]

CALLS_HEAD = [
    "struct thread;",
    "struct hal_frame;",
]

PRELUDE = """\
static FORCE_INLINE struct sys_result failed(enum status status)
{
	return (struct sys_result){ .status = status, .value = 0 };
}

static FORCE_INLINE enum status check_u32(u64 found, u64 max)
{
	if (UNLIKELY(found > U32_MAX))
		return STATUS_INVALID;
	return UNLIKELY(found > max) ? STATUS_RANGE : STATUS_OK;
}

static FORCE_INLINE enum status check_u64(u64 found, u64 max)
{
	return UNLIKELY(found > max) ? STATUS_RANGE : STATUS_OK;
}

static FORCE_INLINE enum status check_flags(u64 found, u64 defined)
{
	return UNLIKELY((found & ~defined) != 0) ? STATUS_INVALID : STATUS_OK;
}

static FORCE_INLINE enum status check_length(u64 found, u64 max)
{
	return UNLIKELY(found > max) ? STATUS_TOO_LONG : STATUS_OK;
}

/* Handles are 32 bits; anything above is a mistake that must not be dropped in silence. */
static FORCE_INLINE enum status check_handle(u64 found)
{
	return UNLIKELY(found > U32_MAX) ? STATUS_BAD_HANDLE : STATUS_OK;
}

static FORCE_INLINE handle_t handle_of(u64 checked)
{
	return (handle_t){ .v = (u32)checked };
}

/* For whoever needs the object alone. */
static FORCE_INLINE enum status resolve(struct thread *self, u64 found, enum object_type type, u32 rights, struct cap *cap)
{
	if (UNLIKELY(found > U32_MAX))
		return STATUS_BAD_HANDLE;
	struct cap_found result = cap_resolve(self->process, handle_of(found), type, rights);
	*cap = (struct cap){ .object = result.object, .type = type };
	return result.status;
}

static FORCE_INLINE enum status resolve_kept(struct thread *self, u64 found, enum object_type type, u32 rights,
	struct cap *cap)
{
	if (UNLIKELY(found > U32_MAX))
		return STATUS_BAD_HANDLE;
	return cap_resolve_full(self->process, handle_of(found), type, rights, cap);
}
"""


# Inline: dispatching is a part of every system call's entry, where each function in between costs its frame.
DISPATCH = """\
/* Decodes and makes each call, by number. */
typedef HAL_HANDLER_CALL struct sys_result syscall_entry_fn(struct thread *self, struct hal_frame *frame);
extern syscall_entry_fn *const syscall_entries[SYSCALL_COUNT];

static FORCE_INLINE struct sys_result syscall_enter(struct thread *self, struct hal_frame *frame, u64 number)
{
	if (UNLIKELY(number >= SYSCALL_COUNT))
		return (struct sys_result){ .status = STATUS_UNKNOWN_CALL, .value = 0 };
	return syscall_entries[number](self, frame);
}

/* WHY a function apart: the calls to the tracer would make every system call save registers, traced
 * or not. */
struct sys_result syscall_enter_traced(struct thread *self, struct hal_frame *frame, u64 number);

/* Makes the call of the running thread whose number this is; its arguments are in the frame. What it answers is still to be
 * written there. */
static FORCE_INLINE struct sys_result syscall_dispatch(struct thread *self, struct hal_frame *frame, u64 number)
{
	if (UNLIKELY(trace_on(EVENT_CLASS_SYSCALL)))
		return syscall_enter_traced(self, frame, number);
	return syscall_enter(self, frame, number);
}
"""

TRACED = """\
struct sys_result syscall_enter_traced(struct thread *self, struct hal_frame *frame, u64 number)
{
	trace_call_begins(self);
	syscall_finish(frame, syscall_enter(self, frame, number));
	trace_call_returns(self);
	return sys_none();
}
"""


def parameter(arg):
    """The handler's parameter for an argument."""
    if arg.kept:
        return f"const struct cap *{arg.name}"
    return {
        "handle": f"struct {arg.object} *{arg.name}",
        "raw_handle": f"handle_t {arg.name}",
        "u64": f"u64 {arg.name}",
        "u32": f"u32 {arg.name}",
        "flags": f"u32 {arg.name}",
        "user_in": f"struct user_span {arg.name}",
        "user_out": f"struct user_span {arg.name}",
        "struct_in": f"const struct {arg.struct.name} *{arg.name}" if arg.struct else "",
        "struct_out": f"struct {arg.struct.name} *{arg.name}" if arg.struct else "",
    }[arg.kind]


def calls_h(contract):
    used = sorted({a.object for c in live(contract.calls) for a in c.args
                   if a.kind == "handle" and not c.message and not a.kept} | {"cap"})
    body = CALLS_HEAD + [f"struct {name};" for name in used] + [""]
    body += ctext.comment("Message calls decode their own registers and write the frame themselves.")
    for call in live(contract.calls):
        if call.message:
            body.append(f"HAL_HANDLER_CALL void syscall_{call.name}(struct thread *self, struct hal_frame *frame);")
    body += [""] + ctext.comment(
        "All others get checked arguments: objects of the right type with the rights that the table asks for (null "
        "where an optional handle was 0), or the capability itself where it is kept, numbers and lengths within "
        "their bounds, structs already copied. Memory behind a user_span is not checked. What a handler stores in a "
        "struct_out is copied to the caller if it succeeds. Handlers without arguments are the entries themselves.")
    for call in live(contract.calls):
        if not call.message:
            args = ["struct thread *self"] + ([parameter(a) for a in call.args] or ["struct hal_frame *frame"])
            body += ctext.wrap_call(f"HAL_HANDLER_CALL struct sys_result syscall_{call.name}(", args, ");", "")
    body += [""] + DISPATCH.rstrip("\n").split("\n")
    includes = ["abi/errors.h", "abi/events.h", "abi/structs.h", "abi/syscalls.h", "kernel/core/mem/user_copy.h",
                "kernel/core/syscall/result.h", "kernel/core/trace/trace.h", "lib/base/addr.h"]
    return ctext.header("kernel_calls.h", "The handlers of the system calls, one for each.", SOURCES, includes, body)


def check(condition):
    """A step that fails the call; all steps share one variable."""
    return [f"\tchecked = {condition};", "\tif (UNLIKELY(checked != STATUS_OK))", "\t\treturn failed(checked);"]


def value_checks(call):
    lines = []
    for arg in call.args:
        slot = SLOTS[arg.slot]
        if arg.kind == "u32":
            lines += check(f"check_u32({slot}, {'U32_MAX' if arg.max is None else arg.max})")
        elif arg.kind == "u64" and arg.max is not None:
            lines += check(f"check_u64({slot}, {arg.max})")
        elif arg.kind == "flags":
            lines += check(f"check_flags({slot}, {arg.set.all})")
        elif arg.kind in ("user_in", "user_out") and arg.max is not None:
            lines += check(f"check_length({SLOTS[arg.slot + 1]}, {arg.max})")
    return lines


def handle_checks(call):
    lines = []
    for arg in call.args:
        slot = SLOTS[arg.slot]
        if arg.kind == "raw_handle":
            lines += check(f"check_handle({slot})")
        elif arg.kind == "handle":
            rights = " | ".join(right.constant for right in arg.rights)
            wanted = f"self, {slot}, OBJECT_{arg.object.upper()}, {rights}"
            if arg.optional:
                lines.append(f"\tif ({slot} != 0)")
            first, *rest = check(f"resolve_kept({wanted}, &{arg.name})" if arg.kept else f"resolve({wanted}, &{arg.name}_found)")
            lines += ["\t" + first if arg.optional else first] + rest
    return lines


def struct_copies(call):
    lines = []
    for arg in call.args:
        if arg.kind in ("struct_in", "struct_out"):
            lines.append(f"\tstruct {arg.struct.name} {arg.name} = {{}};")
        if arg.kind == "struct_in":
            copy = f"user_copy_in(self->process, MSPAN_OF_STRUCT({arg.name}), (uaddr_t){{ .v = {SLOTS[arg.slot]} }})"
            lines += check(copy)
    return lines


def passed(arg):
    """How the argument is handed to the handler after all checks."""
    slot = SLOTS[arg.slot]
    if arg.kept:
        return f"{arg.name}.object == nullptr ? nullptr : &{arg.name}" if arg.optional else f"&{arg.name}"
    if arg.kind == "handle":
        cast = f"cap_as_{arg.object}(&{arg.name}_found)"
        return f"{arg.name}_found.object == nullptr ? nullptr : {cast}" if arg.optional else cast
    if arg.kind in ("user_in", "user_out"):
        return f"(struct user_span){{ .at = {{ .v = {slot} }}, .bytes = {SLOTS[arg.slot + 1]} }}"
    if arg.kind in ("struct_in", "struct_out"):
        return f"&{arg.name}"
    return {"raw_handle": f"handle_of({slot})", "u64": slot, "u32": f"(u32){slot}", "flags": f"(u32){slot}"}[arg.kind]


def holder(arg):
    """The variable that a handle is resolved into."""
    name = arg.name if arg.kept else f"{arg.name}_found"
    return f"\tstruct cap {name} = {{}};" if arg.optional else f"\tstruct cap {name};"


def decoder(call):
    lines = [f"static HAL_HANDLER_CALL struct sys_result enter_{call.name}(struct thread *self, struct hal_frame *frame)", "{"]
    outs = [a for a in call.args if a.kind == "struct_out"]
    # The handler may have let other threads change what the frame holds: take the addresses before.
    lines += [f"\tu64 {arg.name}_at = {SLOTS[arg.slot]};" for arg in outs]
    lines += [holder(arg) for arg in call.args if arg.kind == "handle"]
    checks = value_checks(call) + handle_checks(call) + struct_copies(call)
    if outs or any("checked" in line for line in checks):
        lines.append("\tenum status checked = STATUS_OK;")
    if len(lines) > 2:
        lines.append("")
    lines += checks
    args = ["self"] + [passed(a) for a in call.args]
    if not outs:
        return lines + ctext.wrap_call(f"\treturn syscall_{call.name}(", args, ");") + ["}"]
    lines += ctext.wrap_call(f"\tstruct sys_result answer = syscall_{call.name}(", args, ");")
    lines += ["\tif (answer.status != STATUS_OK)", "\t\treturn answer;"]
    for arg in outs:
        copy = f"user_copy_out(self->process, (uaddr_t){{ .v = {arg.name}_at }}, SPAN_OF_STRUCT({arg.name}))"
        lines += check(copy)
    return lines + ["\treturn answer;", "}"]


def message_entry(call):
    head = f"static HAL_HANDLER_CALL struct sys_result enter_{call.name}(struct thread *self, struct hal_frame *frame)"
    return [head, "{", f"\tsyscall_{call.name}(self, frame);", "\treturn sys_none();", "}", ""]


def prelude(used):
    """The helpers that the text uses: an unused one would be a warning."""
    helpers = []
    for helper in PRELUDE.rstrip("\n").split("\n\n"):
        name = re.search(r"(\w+)\(", helper[helper.index("static "):].replace("__attribute__((noinline))", "")).group(1)
        if f"{name}(" in used or name == "handle_of":
            helpers += helper.split("\n") + [""]
    return helpers


def dispatch_c(contract):
    body = []
    for call in live(contract.calls):
        if call.message:
            body += message_entry(call)
        elif call.args:
            body += decoder(call) + [""]
    if any(call.reserved for call in contract.calls):
        body += ["static HAL_HANDLER_CALL struct sys_result enter_reserved(struct thread *self, struct hal_frame *frame)", "{",
                 "\t(void)self, (void)frame;", "\treturn failed(STATUS_UNKNOWN_CALL);", "}", ""]
    body.append("syscall_entry_fn *const syscall_entries[SYSCALL_COUNT] = {")
    for call in contract.calls:
        if call.reserved:
            body.append(f"\t[{call.number}] = enter_reserved,")
        else:
            function = "enter" if call.message or call.args else "syscall"
            body.append(f"\t[SYSCALL_{call.name.upper()}] = {function}_{call.name},")
    body += ["};", ""] + TRACED.rstrip("\n").split("\n")
    body = prelude("\n".join(body)) + body
    includes = ["abi/errors.h", "abi/events.h", "abi/kernel_calls.h", "abi/objects.h", "abi/syscalls.h",
                "kernel/core/cap/cap.h", "kernel/core/thread/thread.h", "kernel/core/trace/trace.h", "kernel/hal/frame.h",
                "kernel/raw/downcast.h", "lib/base/span.h"]
    return ctext.source("System call dispatch: the table of entries, and the checking and decoding of arguments.",
                        SOURCES, includes, body)


def emit(contract):
    return {"kernel_calls.h": calls_h(contract), "kernel_dispatch.c": dispatch_c(contract)}
