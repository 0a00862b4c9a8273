/* SPDX-License-Identifier: Apache-2.0
 *
 * The unsafe part of the tests: calls and addresses that no type could vouch for.
 */
#include "tests/conform/raw_call.h"
#include "rt_arch/syscall.h"

UNSAFE_BEGIN("SAFETY: what is passed and touched is chosen by the test: memory that it mapped for that, or none at all");
struct any_result any_call(const struct any_call *call)
{
	if (call->message) {
		struct raw_message m = {
			.arg0 = call->argument[0], .arg1 = call->argument[1], .deadline = call->deadline,
			.word = { call->argument[2], call->argument[3], call->argument[4], call->argument[5] },
		};
		u64 status = raw_message_syscall(call->number, &m);

		return (struct any_result){ status, m.arg0 };
	}
	struct raw_result r = raw_syscall(call->number, call->argument[0], call->argument[1], call->argument[2],
		call->argument[3], call->argument[4], call->argument[5]);

	return (struct any_result){ r.status, r.value };
}

u8 any_read(u64 address)
{
	return *(volatile const u8 *)(uptr)address;
}

void any_write(u64 address, u8 value)
{
	*(volatile u8 *)(uptr)address = value;
}
UNSAFE_END();
