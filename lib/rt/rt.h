/* SPDX-License-Identifier: Apache-2.0
 *
 * The runtime of a process: entry, arguments, named handles, ending.
 *
 * A program provides program_main; its result is the exit status. A program links the module
 * lib/rt/start (the entry point for processes that the loader made).
 */
#ifndef LIB_RT_RT_H
#define LIB_RT_RT_H

#include "lib/base/span.h"
#include "lib/base/addr.h"
#include "abi/errors.h"

struct start_block;

struct rt_args {
	u32 count; /* number of arguments, the program's name not counted */
};

/* The program. Runs on the first thread. */
u64 program_main(const struct rt_args *args);

/* Argument `index` from 0; empty if there are fewer. Valid for the life of the process. */
struct span rt_arg(u32 index);

/* Name of the process, and the number of its start if it is a service (from 1). */
struct span rt_program(void);
u32 rt_instance(void);

/* The working directory it was started with; "/" if none. */
struct span rt_start_cwd(void);

/* Handles by name (lib/rt/start_block.h); 0 if the process has none of that name. */
handle_t rt_handle(struct span name);
handle_t rt_self(void);
handle_t rt_group(void);
handle_t rt_names(void);
handle_t rt_activity(void);

static inline bool handle_is_none(handle_t handle) { return handle.v == 0; }
static inline handle_t handle_none(void) { return (handle_t){ 0 }; }

/* The file behind a name like "stdout": its handle (may be 0), flags and path (may be empty).
 * False if nothing of that name was given. */
struct rt_start_file {
	handle_t handle;
	u32 flags;
};
[[nodiscard]] bool rt_start_file(struct span name, struct rt_start_file *out, struct mspan path);

/* The block itself, to hand parts of it on to children; null in a process made without one. */
const struct start_block *rt_start(void);

/* Where the caller's frame pointer and, behind it, the return address lie that belong to a frame pointer. */
u64 rt_frame_record(u64 fp);

/* What is to be returned to of a return address as it is saved there: where processors sign addresses, without the signature. */
u64 rt_return_address(u64 saved);

/* Ends the process. */
NORETURN void rt_exit(u64 status);

/* Nanoseconds since the kernel started, and an absolute deadline `ns` from now. */
u64 rt_now_ns(void);
u64 rt_deadline_in(u64 ns);
void rt_sleep_until(u64 deadline_ns);

/* Appends a line to the kernel's text log, prefixed by the program's name, if the process holds
 * "log". For services and for what must be said when nothing else works. Cut at 256 bytes. */
void rt_log(struct span line);

#endif
