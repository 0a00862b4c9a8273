/* SPDX-License-Identifier: Apache-2.0
 *
 * A service that keeps state (lib/service) has callers that wait when an instance ends. The next one knows of those that still
 * wait; who was answered by others meanwhile, or is gone, takes nothing of it, however often that happens.
 */
#include "abi/stubs.h"
#include "abi/syscalls.h"
#include "lib/keep/keep.h"
#include "lib/service/service.h"
#include "tests/host/fake_rt/kernel.h"
#include "tests/host/user/check.h"

enum : u32 { STATE_BYTES = 32 * 4096, HANDLE_FIRST = 100, HANDLES = 128, VERSION = 1 };

static _Alignas(4096) u8 memory[STATE_BYTES];

/* The kernel's side. */
static struct {
	bool comes;                          /* a call, at the next receive */
	bool received;                       /* the present instance came to receive */
	u64 vault[SERVICE_DEFERRED_MAX + 1]; /* reply objects; 0: none */
	bool waits[HANDLES];                 /* somebody, for an answer by this reply object */
	u32 handles, asked_again;
} kernel;

/* ---- the service: it has whoever calls wait ---- */

struct last {
	u64 ticket;
};
static struct last last[1];
static struct keep_part kept_last;
static bool waited; /* whom the instance before had, when this one began */

static enum status wait(struct service_call *call)
{
	last[0].ticket = service_defer(call);
	keep_changed(&kept_last, 0, SPAN_OF_STRUCT(last[0]));
	return last[0].ticket != 0 ? STATUS_OK : STATUS_BUSY;
}

static void keep(void)
{
	last[0] = (struct last){};
	keep_add(&kept_last, MSPAN_OF_ARRAY(last), sizeof(struct last));
}

static void kept(void) { waited = service_waiting((service_ticket)last[0].ticket); }

static const struct service_ops ops = {
	.other = wait, .keeps = VERSION, .keeps_bytes = sizeof(last), .keep = keep, .kept = kept,
};

/* ---- the kernel ---- */

static u64 *in_vault(const struct fake_rt_arguments *a)
{
	struct span path = span_of(fake_rt_memory(a->at[1], a->at[2]));
	u64 number = 0;

	(void)span_parse_u64(span_from(path, span_len(span_text("/reply/"))), &number);
	return ELEM(kernel.vault, number);
}

static bool *waits_at(u64 reply) { return ELEM(kernel.waits, reply - HANDLE_FIRST); }

static struct raw_result answered(u64 value) { return (struct raw_result){ STATUS_OK, value }; }

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *a)
{
	struct cap_info info = { .count = STATE_BYTES / 4096 };

	switch (number) {
	case SYSCALL_CAP_INSPECT:
		span_copy(fake_rt_memory(a->at[1], sizeof(info)), SPAN_OF_STRUCT(info));
		return answered(0);
	case SYSCALL_MAP:
		return answered(span_address(SPAN_OF_ARRAY(memory)));
	case SYSCALL_REPLY_CREATE:
		return answered(HANDLE_FIRST + kernel.handles++);
	case SYSCALL_NS_BIND:
		*in_vault(a) = a->at[3];
		return answered(0);
	case SYSCALL_NS_LOOKUP:
		return *in_vault(a) != 0 ? answered(*in_vault(a)) : (struct raw_result){ STATUS_NOT_FOUND, 0 };
	case SYSCALL_BUFFER_WRITE:
		return (struct raw_result){ *waits_at(a->at[0]) ? STATUS_OK : STATUS_PEER_DIED, 0 };
	default:
		return answered(0);
	}
}

static u64 answer(const struct raw_message *m)
{
	bool *waits = waits_at(m->arg0 >> 32);

	if (!*waits)
		return STATUS_PEER_DIED;
	*waits = false;
	kernel.asked_again += msg_info_label(m->arg1) == STATUS_REPEAT;
	return STATUS_OK;
}

/* The instance is ended when nothing comes any more. */
u64 fake_rt_message(u64 number, struct raw_message *m)
{
	u64 status = STATUS_OK;

	if (number == SYSCALL_REPLY || number == SYSCALL_REPLY_RECEIVE)
		status = answer(m);
	if (number != SYSCALL_RECEIVE && number != SYSCALL_REPLY_RECEIVE)
		return status;
	kernel.received = true;
	if (!kernel.comes)
		fake_rt_stop();
	kernel.comes = false;
	*waits_at(m->arg0 >> 32) = true;
	m->arg0 = 0;
	m->arg1 = msg_info_make(SERVICE_LABEL_OWN, 0, 0, MSG_KIND_CALL, 1);
	return STATUS_OK;
}

/* ---- */

static void serve(void) { service_run(&ops); }

static void run_instance(bool with_call)
{
	kernel.comes = with_call;
	kernel.received = false;
	fake_rt_run(serve);
}

static void answer_all(void)
{
	for (u32 i = 0; i < HANDLES; i++)
		kernel.waits[i] = false;
}

static void who_still_waits_goes_on_waiting(void)
{
	run_instance(true);
	CHECK(last[0].ticket != 0);
	for (u32 i = 0; i < 3; i++) {
		run_instance(false);
		CHECK(waited);
	}
	CHECK_NUMBER(0, kernel.asked_again);
}

static void who_waits_no_more_takes_nothing_of_the_next_instance(void)
{
	for (u32 i = 0; i < 2 * SERVICE_DEFERRED_MAX; i++) {
		answer_all();
		run_instance(true);
		CHECK(kernel.received && !kernel.comes);
		CHECK(!waited);
		CHECK(last[0].ticket != 0);
	}
}

static const struct test tests[] = {
	{ "who still waits goes on waiting", who_still_waits_goes_on_waiting },
	{ "who waits no more takes nothing of the next instance", who_waits_no_more_takes_nothing_of_the_next_instance },
};

int main(void)
{
	fake_rt_adopt();
	RUN_TESTS(tests);
	return check_finish();
}
