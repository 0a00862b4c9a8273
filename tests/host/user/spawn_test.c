/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the loader for a program when the call itself fails: for lack of memory, or because the
 * loader died.
 */
#include <stdio.h>

#include "tests/host/fake_rt/kernel.h"
#include "lib/spawn/spawn.h"
#include "abi/errors.h"
#include "abi/syscalls.h"

enum : u32 { LOADER = 40, CLONE = 41, FAULTS = 42 };

static struct spawn child;
static enum status outcome; /* of the call to the loader */
static u32 clone_drops, other_drops;

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *arguments)
{
	if (number == SYSCALL_NS_CLONE)
		return (struct raw_result){ .status = STATUS_OK, .value = CLONE };
	if (number == SYSCALL_CAP_DROP && arguments->at[0] == CLONE)
		clone_drops++;
	else if (number == SYSCALL_CAP_DROP)
		other_drops++;
	return (struct raw_result){ .status = STATUS_OK };
}

/* As the kernel: a message that is not answered leaves its info and the buffer as they were. */
u64 fake_rt_message(u64 number, struct raw_message *m)
{
	(void)m;
	return number == SYSCALL_CALL ? outcome : STATUS_OK;
}

static void start(enum status result)
{
	handle_t process = { 1 };

	clone_drops = 0;
	other_drops = 0;
	outcome = result;
	spawn_begin(&child, span_text("bin/echo"));
	child.loader = (handle_t){ LOADER };
	child.faults = (handle_t){ FAULTS };
	enum status status = spawn_start(&child, &process);

	INVARIANT(status == result && handle_is_none(process), "TEST: the failure is told");
}

/* Group and faults were sent as copies and are still in use; the names were cloned for the child alone. */
static bool costs_nothing(enum status result)
{
	start(result);
	return other_drops == 0 && clone_drops == 1;
}

int main(void)
{
	fake_rt_adopt();
	bool ok = costs_nothing(STATUS_OUT_OF_FRAMES) && costs_nothing(STATUS_PEER_DIED);

	(void)puts(ok ? "1 passed, 0 failed" : "FAILED a call that fails costs the caller nothing\n0 passed, 1 failed");
	return ok ? 0 : 1;
}
