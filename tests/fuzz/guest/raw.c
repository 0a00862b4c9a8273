/* SPDX-License-Identifier: Apache-2.0
 *
 * See raw.h.
 */
#include "tests/fuzz/guest/raw.h"
#include "rt_arch/syscall.h"

UNSAFE_BEGIN("SAFETY: the driver maps each of these where it says (round.c) before a thread starts; what the calls destroy is the process that made them");
u64 own_base(void) { return (u64)(uptr)__ehdr_start; }
u64 worker_address(void) { return (u64)(uptr)worker_start; }
struct arena *arena_at(u64 address) { return (struct arena *)(uptr)address; }
struct list *list_at(u64 address) { return (struct list *)(uptr)address; }
struct msg_buffer *message_buffer_at(u64 address) { return (struct msg_buffer *)(uptr)address; }

struct raw_answer any_call(u64 number, const struct arguments *a)
{
	struct raw_result r = raw_syscall(number, a->value[0], a->value[1], a->value[2], a->value[3], a->value[4], a->value[5]);

	return (struct raw_answer){ .status = r.status, .value = r.value };
}

struct raw_answer any_message(u64 number, u64 handles, const struct op *op, u64 deadline)
{
	struct raw_message m = { .arg0 = handles, .arg1 = op->data[DATA_INFO], .deadline = deadline,
		.word = { op->data[2], op->data[3], op->data[4], op->data[5] } };
	u64 status = raw_message_syscall(number, &m);

	return (struct raw_answer){ .status = status, .value = m.arg0, .info = m.arg1 };
}

void touch(u64 address, bool write)
{
	volatile u8 *byte = (volatile u8 *)(uptr)address;

	if (write)
		*byte = 1;
	else
		(void)*byte;
}
UNSAFE_END();
