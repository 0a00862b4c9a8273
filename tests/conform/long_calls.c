/* SPDX-License-Identifier: Apache-2.0
 *
 * Long system calls. See long_calls.h.
 */
#include "tests/conform/long_calls.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/9p/print.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"

enum : u64 { PLACE = 0x0000001820000000ull, BIG = 512 * PAGE_BYTES, SIX_PAGES = 6 * PAGE_BYTES, BUFFER = 65536 };
enum : u32 { CHILDREN = 500, GIVEN = 400, WAITERS = 12, BOUND = 120, PROCESSES = 4, SERVER_PRIORITY = 41, STACK_PAGES = 4 };
enum : u32 { SERVERS = 16, LOW_PRIORITY = 20 };

static handle_t endpoint, signal, shared, busy, bell;
static u8 out[BUFFER], in[BUFFER], copied[BUFFER];

/* ---- memory ---- */

static handle_t big_memory(u32 access, u64 *address)
{
	handle_t memory = {};

	if (sys_memory_create(rt_group(), BIG, &memory) == STATUS_OK)
		(void)sys_map(rt_self(), memory, PLACE, 0, BIG, access | MAP_FIXED | MAP_POPULATE, address);
	return memory;
}

static void map_and_unmap(void)
{
	u64 address = 0;
	handle_t memory = big_memory(MAP_READ | MAP_WRITE, &address);

	(void)sys_unmap(rt_self(), PLACE, BIG);
	sys_cap_drop(memory);
}

static void protect(void)
{
	u64 address = 0;
	handle_t memory = big_memory(MAP_READ | MAP_WRITE, &address);

	(void)sys_protect(rt_self(), PLACE, BIG, MAP_READ);
	(void)sys_unmap(rt_self(), PLACE, BIG);
	sys_cap_drop(memory);
}

static void revoke_mapping(void)
{
	u64 address = 0;
	handle_t memory = {}, child = {};

	if (sys_memory_create(rt_group(), BIG, &memory) != STATUS_OK)
		return;
	if (sys_cap_derive(memory, MEMORY_RIGHTS_ALL, 0, 0, &child) == STATUS_OK)
		(void)sys_map(rt_self(), child, PLACE, 0, BIG, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE, &address);
	(void)sys_cap_revoke(memory);
	sys_cap_drop(child);
	sys_cap_drop(memory);
}

static void read_memory(void)
{
	u64 bytes = 0;

	(void)sys_process_read(rt_self(), (u64)span_address(SPAN_OF_ARRAY(out)), MSPAN_OF_ARRAY(copied), &bytes);
}

/* ---- capabilities ---- */

static void revoke_many(void)
{
	static handle_t child[CHILDREN];

	for (u32 i = 0; i < CHILDREN; i++)
		if (sys_cap_derive(signal, SIGNAL_RIGHTS_ALL, 0, 0, ELEM(child, i)) != STATUS_OK)
			*ELEM(child, i) = handle_none();
	(void)sys_cap_revoke(signal);
	for (u32 i = 0; i < CHILDREN; i++)
		sys_cap_drop(*ELEM(child, i));
}

/* ---- processes ---- */

static handle_t process(handle_t group)
{
	handle_t made = {};

	(void)sys_process_create(group, handle_none(), handle_none(), span_text("long"), &made);
	return made;
}

static void end_process(void)
{
	handle_t made = process(rt_group());
	u64 address = 0;

	(void)sys_map(made, shared, PLACE, 0, SIX_PAGES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE, &address);
	(void)sys_process_kill(made, 0);
	sys_cap_drop(made);
}

/* Many capabilities, which are searched, and go with the process. */
static void end_process_with_caps(void)
{
	handle_t made = process(rt_group()), theirs = {};
	struct cap_info info = {};
	u64 slot = 0;

	for (u32 i = 0; i < GIVEN; i++)
		(void)sys_cap_grant(made, signal, SIGNAL_RIGHTS_ALL, &theirs);
	(void)sys_process_next_cap(made, 0, &info, &slot);
	(void)sys_process_next_cap(made, GIVEN + 1, &info, &slot);
	(void)sys_process_kill(made, 0);
	sys_cap_drop(made);
}

static void end_group(void)
{
	struct group_limits none = {};
	struct process_info info = {};
	handle_t group = {}, made[PROCESSES] = {};

	if (sys_group_create(rt_group(), &none, span_text("long"), &group) != STATUS_OK)
		return;
	for (u32 i = 0; i < PROCESSES; i++)
		*ELEM(made, i) = process(group);
	(void)sys_group_next_process(group, 0, &info);
	(void)sys_group_destroy(group);
	for (u32 i = 0; i < PROCESSES; i++)
		sys_cap_drop(*ELEM(made, i));
	sys_cap_drop(group);
}

static void describe(void)
{
	struct process_info info = {};
	struct group_stat stat = {};

	(void)sys_process_stat(rt_self(), &info);
	(void)sys_group_stat(rt_group(), &stat);
}

/* ---- threads and messages ---- */

static void waiter(u64 handle)
{
	u64 bits;

	(void)sys_signal_wait((handle_t){ (u32)handle }, 1, RT_FOREVER, &bits);
}

/* All wait at one signal, which is closed. */
static void end_waiters(void)
{
	handle_t at = {}, thread = {};

	if (sys_signal_create(rt_group(), &at) != STATUS_OK)
		return;
	for (u32 i = 0; i < WAITERS; i++)
		if (rt_thread_start(waiter, at.v, STACK_PAGES, handle_none(), &thread) == STATUS_OK)
			sys_cap_drop(thread);
	rt_sleep_until(rt_deadline_in(200000));
	sys_cap_drop(at);
	rt_sleep_until(rt_deadline_in(200000));
}

static void server(u64 unused)
{
	struct message m = {};
	handle_t reply = {};
	u64 bytes;

	(void)unused;
	if (sys_reply_create(rt_group(), &reply) != STATUS_OK || msg_receive(endpoint, reply, &m, RT_FOREVER) != STATUS_OK)
		return;
	do {
		(void)sys_buffer_read(reply, 0, MSPAN_OF_ARRAY(copied), &bytes);
		(void)sys_buffer_write(reply, 0, SPAN_OF_ARRAY(copied), &bytes);
		m = msg_make(0, 0);
	} while (msg_reply_receive(endpoint, reply, &m, RT_FOREVER) == STATUS_OK);
}

static void copy_buffers(void)
{
	struct message m = msg_make(0, 0);

	msg_set_buffers(&m, SPAN_OF_ARRAY(out), MSPAN_OF_ARRAY(in));
	(void)msg_call(endpoint, &m, RT_FOREVER);
}

/* Has received at an endpoint, and does something else since. */
static void busy_server(u64 index)
{
	struct message m = {};
	handle_t reply = {};
	u64 bits;

	if (sys_reply_create(rt_group(), &reply) != STATUS_OK || msg_receive(busy, reply, &m, 0) != STATUS_WOULD_BLOCK)
		return;
	while (sys_signal_wait(bell, 1ull << index, RT_FOREVER, &bits) == STATUS_OK)
		;
}

/* All are woken by one signal. Before any of them runs a call makes them more important, and then its deadline less. */
static void raise_servers(void)
{
	struct message m = msg_make(0, 0);

	(void)sys_signal_raise(bell, U64_MAX);
	(void)msg_call(busy, &m, rt_deadline_in(200000));
}

/* ---- names ---- */

static void bind_names(void)
{
	handle_t names = {}, clone = {};
	u64 found = 0;
	char path[] = "/a/000";

	if (sys_ns_create(rt_group(), &names) != STATUS_OK)
		return;
	for (u32 i = 0; i < BOUND; i++) {
		path[3] = (char)('0' + i / 100);
		path[4] = (char)('0' + i / 10 % 10);
		path[5] = (char)('0' + i % 10);
		(void)sys_ns_bind(names, span_first(SPAN_OF_ARRAY(path), sizeof(path) - 1), endpoint, 0);
	}
	if (sys_ns_lookup(names, span_text("/a/nowhere"), 0, &found) == STATUS_OK)
		sys_cap_drop((handle_t){ (u32)found });
	if (sys_ns_clone(names, rt_group(), &clone) == STATUS_OK)
		sys_cap_drop(clone);
	sys_cap_drop(names);
}

/* ---- the list ---- */

struct long_call {
	const char *name;
	void (*run)(void);
};

static const struct long_call calls[LONG_CALLS] = {
	{ "2 MiB mapped, filled, unmapped, given up", map_and_unmap },
	{ "2 MiB made read-only", protect },
	{ "2 MiB revoked while mapped", revoke_mapping },
	{ "64 KiB read from a process", read_memory },
	{ "a capability with 500 children revoked", revoke_many },
	{ "a process of six pages ended", end_process },
	{ "a process with 400 capabilities ended", end_process_with_caps },
	{ "a group of four processes destroyed", end_group },
	{ "a process and a group described", describe },
	{ "a signal with 12 waiters closed", end_waiters },
	{ "64 KiB each way by declared buffers", copy_buffers },
	{ "a namespace with 120 bindings", bind_names },
	{ "16 servers woken, raised by a call", raise_servers },
};

void long_call(u32 index) { ELEM(calls, index)->run(); }
const char *long_call_name(u32 index) { return ELEM(calls, index)->name; }

static enum status start(rt_thread_entry *entry, u64 argument, u32 priority)
{
	struct activity_params params = { .priority = priority, .cpus = 1 };
	handle_t activity = {}, thread = {};
	enum status status = sys_activity_create(rt_group(), &params, &activity);

	return status == STATUS_OK ? rt_thread_start(entry, argument, STACK_PAGES, activity, &thread) : status;
}

bool long_calls_begin(void)
{
	enum status status = sys_endpoint_create(rt_group(), 0, &endpoint);

	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &signal);
	if (status == STATUS_OK)
		status = sys_memory_create(rt_group(), SIX_PAGES, &shared);
	if (status == STATUS_OK)
		status = sys_endpoint_create(rt_group(), 0, &busy);
	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &bell);
	if (status == STATUS_OK)
		status = start(server, 0, SERVER_PRIORITY);
	for (u32 i = 0; i < SERVERS && status == STATUS_OK; i++)
		status = start(busy_server, i, LOW_PRIORITY);
	if (status != STATUS_OK)
		print_status(span_text("long calls"), status);
	return status == STATUS_OK;
}
