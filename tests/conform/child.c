/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting children, and what they do.
 */
#include "tests/conform/child.h"
#include "lib/spawn/spawn.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/signatures.h"

enum : u64 { NOT_STOPPED = 99 };

static struct spawn spawn;

handle_t child_start(struct span kind, handle_t peer, handle_t faults)
{
	handle_t process = {};

	spawn_begin(&spawn, span_text("bin/conform"));
	spawn_add_arg(&spawn, span_text("child"));
	spawn_add_arg(&spawn, kind);
	spawn.faults = faults;
	spawn_add_handle(&spawn, span_text("peer"), peer, U32_MAX);
	EXPECT_OK(spawn_start(&spawn, &process));
	return process;
}

bool child_wait(handle_t process, struct child_end *end)
{
	*end = (struct child_end){};
	return spawn_wait(process, before_long(), &end->status, &end->reason) == STATUS_OK;
}

struct child_end child_run(struct span kind, handle_t peer)
{
	struct child_end end;
	handle_t process = child_start(kind, peer, handle_none());

	EXPECT_TRUE(child_wait(process, &end));
	drop(process);
	return end;
}

/* ---- in the child ---- */

static void map_and_touch(u32 protection, bool write)
{
	handle_t memory;
	u64 address = 0;

	if (sys_memory_create(rt_group(), PAGE_BYTES, &memory) != STATUS_OK ||
	    sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, protection, &address) != STATUS_OK)
		rt_exit(98);
	if (write)
		any_write(address, 1);
	else
		any_execute(address);
}

static void call_peer(void)
{
	struct message m = msg_make(1, 0);

	enum status status = msg_call(rt_handle(span_text("peer")), &m, RT_FOREVER);

	rt_exit(status);
}

static void hang(void)
{
	rt_sleep_until(U64_MAX);
}

static void receive_and_die(void)
{
	handle_t reply;
	struct message m = {};

	if (sys_reply_create(rt_group(), &reply) == STATUS_OK &&
	    msg_receive(rt_handle(span_text("peer")), reply, &m, RT_FOREVER) == STATUS_OK)
		rt_exit(0);
	rt_exit(1);
}

static void receive_and_hang(void)
{
	handle_t reply;
	struct message m = {};

	if (sys_reply_create(rt_group(), &reply) == STATUS_OK &&
	    msg_receive(rt_handle(span_text("peer")), reply, &m, RT_FOREVER) == STATUS_OK)
		hang();
	rt_exit(1);
}

static void count_words(void) { rt_exit(words_in_child()); }
static void exit_42(void) { rt_exit(42); }
static void read_null(void) { (void)any_read(0); }
static void read_kernel(void) { (void)any_read(KERNEL_ADDRESS); }
static void write_unmapped(void) { any_write(BAD_USER_ADDRESS, 1); }
static void write_read_only(void) { map_and_touch(MAP_READ, true); }
static void execute_data(void) { map_and_touch(MAP_READ | MAP_WRITE, false); }

/* All of the peer, at a known place, whose first byte it writes as long as it can. */
static void write_on(void)
{
	handle_t memory = rt_handle(span_text("peer"));
	u64 address = 0;

	if (sys_map(rt_self(), memory, BAD_USER_ADDRESS, 0, inspected(memory).count * PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED,
		    &address) != STATUS_OK)
		rt_exit(98);
	for (u8 value = 1;; value++)
		any_write(address, value);
}

/* The peer, a signal, as long as it can; ends with what it was told then. */
static void raise_on(void)
{
	handle_t signal = rt_handle(span_text("peer"));
	enum status status = STATUS_OK;

	while (status == STATUS_OK)
		status = sys_signal_raise(signal, 1);
	rt_exit(status);
}

static void end_thread(void) { sys_thread_exit(); }

struct kind {
	char name[20];
	test_function *run;
};

static const struct kind kinds[] = {
	{ "exit", exit_42 }, { "hang", hang }, { "call", call_peer }, { "receive-and-die", receive_and_die },
	{ "receive-and-hang", receive_and_hang },
	{ "read-null", read_null }, { "read-kernel", read_kernel }, { "write-unmapped", write_unmapped },
	{ "write-read-only", write_read_only }, { "execute-data", execute_data }, { "end-thread", end_thread },
	{ "write-on", write_on }, { "raise-on", raise_on }, { "vectors", any_vectors }, { "matrices", any_matrices },
	{ "words", count_words }, { "sign", signatures_in_child }, { "return", return_in_child },
};

u64 child_main(struct span kind)
{
	for (u32 i = 0; i < ARRAY_LEN(kinds); i++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(kinds, i)->name)), kind))
			ELEM(kinds, i)->run();
	}
	return NOT_STOPPED;
}
