/* SPDX-License-Identifier: Apache-2.0
 *
 * See objects.h.
 */
#include "tests/fuzz/guest/objects.h"
#include "abi/events.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/first/first.h"
#include "lib/rt/rt.h"

enum : u64 { UNUSED_PORT = 0x80, SCREEN_PAGE = 0xa0, UNUSED_LINE = 20 };

/* WHY kept apart: a capability that is revoked takes with it what programs bound by way of it. */
struct authority {
	enum init_handle which;
	u32 without; /* rights that end the machine */
	u64 first, count;
};

static const struct authority authorities[] = {
	{ INIT_HANDLE_KLOG, 0, 0, 0 },
	{ INIT_HANDLE_TRACE, 0, 0, 0 },
	{ INIT_HANDLE_MACHINE, MACHINE_RIGHT_POWER, 0, 0 },
	{ INIT_HANDLE_CODE, 0, 0, 0 },
	{ INIT_HANDLE_IRQS, 0, UNUSED_LINE, 1 },
	{ INIT_HANDLE_IOPORTS, 0, UNUSED_PORT, 4 },
	{ INIT_HANDLE_DEVICES, 0, SCREEN_PAGE, 2 },
};

static handle_t base[ARRAY_LEN(authorities)];

void authorities_open(void)
{
	for (u32 i = 0; i < ARRAY_LEN(authorities); i++) {
		const struct authority *a = ELEM(authorities, i);

		if (sys_cap_derive(first_handle(a->which), 0x3ff & ~a->without, a->first, a->count, ELEM(base, i)) != STATUS_OK)
			base[i] = handle_none();
	}
}

/* A failure leaves one less: a limit may be the reason. */
static handle_t add(struct shared *shared, enum status status, handle_t handle)
{
	if (status != STATUS_OK)
		return handle_none();
	*ELEM(shared->handle, shared->count) = handle;
	shared->count++;
	return handle;
}

void shared_make(struct shared *shared, handle_t group, bool with_authorities)
{
	struct activity_params params = { .priority = 64 };
	handle_t h = {};

	*shared = (struct shared){};
	enum status status = sys_cap_derive(group, U32_MAX, 0, 0, &h);

	add(shared, status, h);
	status = sys_endpoint_create(group, 0, &h);
	shared->faults = add(shared, status, h);
	status = sys_endpoint_create(group, 2, &h);
	add(shared, status, h);
	status = sys_signal_create(group, &h);
	handle_t signal = add(shared, status, h);

	status = sys_signal_create(group, &h);
	add(shared, status, h);
	status = sys_memory_create(group, 4 * PAGE_BYTES, &h);
	add(shared, status, h);
	status = sys_ns_create(group, &h);
	shared->names = add(shared, status, h);
	status = sys_activity_create(group, &params, &h);
	add(shared, status, h);
	status = sys_timer_create(group, signal, 2, &h);
	add(shared, status, h);
	status = sys_reply_create(group, &h);
	add(shared, status, h);
	for (u32 i = 0; i < ARRAY_LEN(base) && with_authorities; i++) {
		status = sys_cap_derive(base[i], U32_MAX, 0, 0, &h);
		add(shared, status, h);
	}
}

void shared_drop(struct shared *shared)
{
	for (u32 i = 0; i < shared->count; i++)
		sys_cap_drop(*ELEM(shared->handle, i));
	shared->count = 0;
	for (u32 i = 0; i < ARRAY_LEN(base); i++)
		(void)!sys_cap_revoke(base[i]);
}

void trace_reset(void)
{
	u64 classes = 0;

	(void)!sys_trace_control(first_handle(INIT_HANDLE_TRACE), EVENT_CLASS_LIFE | EVENT_CLASS_FAULT, 0, handle_none(), 0,
		&classes);
}
