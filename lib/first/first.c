/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel gives the first process: handles in the words of its message buffer.
 * SPEC: abi/structs.toml init_handle.
 */
#include "lib/first/first.h"
#include "lib/rt/exit.h"
#include "lib/rt/message.h"

static handle_t given[INIT_HANDLE_COUNT];
static struct start_block block;

handle_t first_handle(enum init_handle which)
{
	return given[which];
}

static void add(struct span name, enum init_handle which)
{
	struct start_handle *handle = ELEM(block.handle, block.handle_count);

	mspan_set_text(MSPAN_OF_ARRAY(handle->name), name);
	handle->handle = given[which].v;
	block.handle_count++;
}

void first_adopt_handles(struct span program)
{
	for (u32 i = 0; i < INIT_HANDLE_COUNT; i++)
		given[i] = (handle_t){ (u32)msg_word(i) };
	block.magic = START_MAGIC;
	block.version = START_VERSION;
	block.bytes = sizeof(block);
	mspan_set_text(MSPAN_OF_ARRAY(block.program), program);
	add(span_text("self"), INIT_HANDLE_PROCESS);
	add(span_text("group"), INIT_HANDLE_GROUP);
	add(span_text("activity"), INIT_HANDLE_ACTIVITY);
	add(span_text("log"), INIT_HANDLE_KLOG);
	rt_adopt(&block);
}
