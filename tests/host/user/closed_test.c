/* SPDX-License-Identifier: Apache-2.0
 *
 * A service that keeps state (lib/service) is told that a file was closed, and ends: as it is told, or at any of the
 * system calls that follow. The kernel here gives the note of the badge to the next instance, as the real one does
 * (docs/adr/0064), unless the one before has received again.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "abi/ninep.h"
#include "abi/stubs.h"
#include "abi/syscalls.h"
#include "lib/keep/keep.h"
#include "lib/service/state.h"
#include "tests/host/fake_rt/kernel.h"
#include "tests/host/user/check.h"

enum : u32 { STATE_BYTES = 32 * 4096, HANDLE_FIRST = 100, HANDLES = 64, VERSION = 1, WRONG = 255, NO_END = U32_MAX };

/* What comes to the endpoint, in this order; then it is calm. */
enum coming : u32 { COMING_OPEN, COMING_READ, COMING_CLOSED, COMING_NOTHING };

static _Alignas(4096) u8 memory[STATE_BYTES];

/* The kernel's side. */
static struct {
	enum coming next;
	bool told;          /* of the badge, and has not received again */
	u64 badge;
	u64 vault[SERVICE_DEFERRED_MAX + 1]; /* reply objects; 0: none */
	bool waits[HANDLES];                 /* somebody, for an answer by this reply object */
	u32 handles, cancelled, since_told, end_at;
} kernel;

/* ---- the service: a file whose reads wait, and a count of files that were closed ---- */

struct count {
	u64 closed;
};
static struct count count[1];
static struct keep_part kept_count;

static enum status open_file(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	(void)path;
	file->node = 1;
	return STATUS_OK;
}

static enum status read_file(struct service_call *call, struct service_file *file)
{
	(void)file;
	return service_defer(call) != 0 ? STATUS_OK : STATUS_BUSY;
}

static void closed(struct service_file *file)
{
	(void)file;
	count[0].closed++;
	keep_changed(&kept_count, 0, SPAN_OF_STRUCT(count[0]));
	sys_yield(); /* before anything of that is committed */
}

static void keep(void)
{
	count[0] = (struct count){};
	keep_add(&kept_count, MSPAN_OF_ARRAY(count), sizeof(struct count));
}

static const struct service_ops ops = {
	.open = open_file, .read = read_file, .closed = closed, .keeps = VERSION, .keeps_bytes = sizeof(count), .keep = keep,
};

/* ---- the kernel ---- */

/* The instance ends in place of the call that it makes, or of what it is told. */
static void perhaps_end(void)
{
	if (kernel.told && kernel.since_told++ == kernel.end_at)
		fake_rt_stop();
}

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

	perhaps_end();
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
	case SYSCALL_CAP_DERIVE:
		kernel.badge = a->at[2];
		return answered(HANDLE_FIRST + HANDLES);
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
	kernel.cancelled += msg_info_label(m->arg1) == STATUS_CANCELLED;
	return STATUS_OK;
}

static u64 give(struct raw_message *m, u64 badge, u64 info)
{
	m->arg0 = badge;
	m->arg1 = info;
	return STATUS_OK;
}

static u64 next(struct raw_message *m)
{
	*m->word = 0;
	switch (kernel.next) {
	case COMING_OPEN:
	case COMING_READ:
		*waits_at(m->arg0 >> 32) = true;
		m->word[NINEP_OPEN_REQUEST_FLAGS] = kernel.next == COMING_OPEN ? (u64)OPEN_READ : 0;
		m->word[NINEP_READ_REQUEST_COUNT] = 1;
		return give(m, kernel.next++ == COMING_OPEN ? 0 : kernel.badge,
			msg_info_make(kernel.next == COMING_READ ? NINEP_OPEN : NINEP_READ, 2, 0, MSG_KIND_CALL, 1));
	case COMING_CLOSED:
		kernel.next = COMING_NOTHING;
		kernel.told = true;
		kernel.since_told = 0;
		perhaps_end(); /* with the note in its registers */
		return give(m, kernel.badge, msg_info_make(0, 1, 0, MSG_KIND_NOTE_BADGE_GONE, 0));
	case COMING_NOTHING:
		break;
	}
	fake_rt_stop();
}

u64 fake_rt_message(u64 number, struct raw_message *m)
{
	u64 status = STATUS_OK;
	bool receives = number == SYSCALL_RECEIVE || number == SYSCALL_REPLY_RECEIVE;

	perhaps_end();
	if (number == SYSCALL_REPLY || number == SYSCALL_REPLY_RECEIVE)
		status = answer(m);
	if (!receives)
		return status;
	kernel.told = false;
	return next(m);
}

/* ---- */

static void serve(void) { service_run(&ops); }

/* Whoever ended without having received again leaves the note. */
static void run_instance(u32 end_at)
{
	kernel.end_at = end_at;
	fake_rt_run(serve);
	if (kernel.told)
		kernel.next = COMING_CLOSED;
	kernel.told = false;
}

/* One instance ends at that call after it was told; the next does not. How many calls were made; WRONG: not all is as it should
 * be. */
static u32 end_after(u32 calls)
{
	run_instance(calls);
	u32 made = kernel.since_told;

	run_instance(NO_END);
	run_instance(NO_END);
	CHECK_NUMBER(1, count[0].closed);
	CHECK_NUMBER(1, kernel.cancelled);
	CHECK(service_file_from(0) == nullptr);
	CHECK_NUMBER(COMING_NOTHING, kernel.next);
	return count[0].closed == 1 && kernel.cancelled == 1 && service_file_from(0) == nullptr ? made : WRONG;
}

/* In a process of its own, because what a fresh program has is static. */
static u32 end_apart(u32 calls)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit((int)end_after(calls));
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? (u32)WEXITSTATUS(status) : WRONG;
}

static void a_file_is_closed_once_wherever_the_instance_ends(void)
{
	u32 calls = end_apart(NO_END);

	CHECK(calls > 3 && calls != WRONG); /* the note, what `closed` does, an answer to who waits, the next receive */
	for (u32 i = 0; i < calls && calls != WRONG; i++)
		CHECK_NUMBER(i + 1, end_apart(i));
}

static const struct test tests[] = {
	{ "a file is closed once, wherever the instance ends", a_file_is_closed_once_wherever_the_instance_ends },
};

int main(void)
{
	fake_rt_adopt();
	RUN_TESTS(tests);
	return check_finish();
}
