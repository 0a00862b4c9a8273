/* SPDX-License-Identifier: Apache-2.0
 *
 * A page fault that another process cures: it maps the page and answers.
 */
#include "lib/rt/memory.h"
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/stubs.h"

enum : u32 { FAULT_ADDRESS_WORD = 1 };

static struct spawn child;
static handle_t endpoint, reply, process, page;
static struct message last; /* received, and not answered yet */

/* The process that faults. What it measured goes to the pager as a call to the same endpoint. */
u64 pager_client(void)
{
	handle_t to = rt_handle(span_text("peer"));
	enum status status = STATUS_OK;
	pages_t pages;

	must(span_text("no memory"), rt_pages_create(PAGE_BYTES, true, &pages));
	struct mspan bytes = rt_pages_mspan(pages);

	while (status == STATUS_OK) {
		struct message m = msg_make(0, 2);

		must(span_text("unmap"), sys_unmap(rt_self(), rt_pages_address(pages), PAGE_BYTES));
		m.word[0] = samples_now();
		mspan_put_u8(bytes, 0, 1);
		m.word[1] = rt_now_ns();
		status = msg_call(to, &m, RT_FOREVER);
	}
	return 1;
}

static void cure(u64 address)
{
	u64 at = page_floor(address);

	must(span_text("map"), sys_map(process, page, at, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE, &at));
}

/* Serves until the client tells what the next fault took. */
static void fault(u64 *begin, u64 *end)
{
	do {
		if (msg_kind_of(&last) == MSG_KIND_NOTE_FAULT)
			cure(last.word[FAULT_ADDRESS_WORD]);
		last = msg_make(0, 0);
		must(span_text("client"), msg_reply_receive(endpoint, reply, &last, RT_FOREVER));
	} while (msg_kind_of(&last) == MSG_KIND_NOTE_FAULT);
	*begin = last.word[0];
	*end = last.word[1];
}

static void start_client(void)
{
	spawn_begin(&child, span_text("bin/bench"));
	spawn_add_arg(&child, span_text("client"));
	spawn_inherit_files(&child);
	child.faults = endpoint;
	spawn_add_handle(&child, span_text("peer"), endpoint, MSG_ALL_RIGHTS);
	must(spawn_reason(&child), spawn_start(&child, &process));
}

void measure_pager(void)
{
	must(span_text("no endpoint"), sys_endpoint_create(rt_group(), 0, &endpoint));
	must(span_text("no reply object"), sys_reply_create(rt_group(), &reply));
	must(span_text("no memory"), sys_memory_create(rt_group(), PAGE_BYTES, &page));
	start_client();
	must(span_text("client"), msg_receive(endpoint, reply, &last, RT_FOREVER));
	samples_run(span_text("pager_fault"), fault);
	must(span_text("client"), sys_process_kill(process, 0));
	sys_cap_drop(process);
	sys_cap_drop(page);
	sys_cap_drop(reply);
	sys_cap_drop(endpoint);
}
