/* SPDX-License-Identifier: Apache-2.0
 *
 * What the start block says: arguments and handles by name.
 */
#include "lib/rt/rt.h"
#include "lib/rt/start_block.h"

static const struct start_handle *find(struct span name)
{
	const struct start_block *block = rt_start();

	if (block == nullptr)
		return nullptr;
	for (u32 i = 0; i < block->handle_count; i++) {
		const struct start_handle *handle = ELEM(block->handle, i);

		if (span_equal(span_until_zero(SPAN_OF_ARRAY(handle->name)), name))
			return handle;
	}
	return nullptr;
}

handle_t rt_handle(struct span name)
{
	const struct start_handle *handle = find(name);

	return (handle_t){ handle == nullptr ? 0 : handle->handle };
}

bool rt_start_file(struct span name, struct rt_start_file *out, struct mspan path)
{
	const struct start_handle *handle = find(name);

	if (handle == nullptr)
		return false;
	out->handle = (handle_t){ handle->handle };
	out->flags = handle->flags;
	mspan_set_text(path, span_until_zero(SPAN_OF_ARRAY(handle->path)));
	return true;
}

/* The few that every operation needs are looked up once. */
struct well_known {
	bool ready;
	handle_t self, group, names, activity;
};

static struct well_known known;

static const struct well_known *well_known(void)
{
	if (!known.ready) {
		known.self = rt_handle(span_text("self"));
		known.group = rt_handle(span_text("group"));
		known.names = rt_handle(span_text("names"));
		known.activity = rt_handle(span_text("activity"));
		known.ready = rt_start() != nullptr;
	}
	return &known;
}

handle_t rt_self(void) { return well_known()->self; }
handle_t rt_group(void) { return well_known()->group; }
handle_t rt_names(void) { return well_known()->names; }
handle_t rt_activity(void) { return well_known()->activity; }

struct span rt_arg(u32 index)
{
	const struct start_block *block = rt_start();

	if (block == nullptr || index >= block->arg_count)
		return span_empty();
	struct span rest = span_first(SPAN_OF_ARRAY(block->args), block->args_bytes);

	for (u32 i = 0; i < index; i++)
		span_split(&rest, 0);
	return span_split(&rest, 0);
}

struct span rt_program(void)
{
	const struct start_block *block = rt_start();

	return block == nullptr ? span_text("init") : span_until_zero(SPAN_OF_ARRAY(block->program));
}

u32 rt_instance(void)
{
	return rt_start() == nullptr ? 0 : rt_start()->instance;
}

struct span rt_start_cwd(void)
{
	const struct start_block *block = rt_start();
	struct span cwd = block == nullptr ? span_empty() : span_until_zero(SPAN_OF_ARRAY(block->cwd));

	return span_len(cwd) == 0 ? span_text("/") : cwd;
}
