/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting the loader and the keeper: the two processes that no manifest describes.
 */
#include "userspace/init/boot.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 {
	SYSTEM_PRIORITY = 160,
	ENDPOINT_OWNER = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | RIGHT_REVOKE | ENDPOINT_RIGHT_SEND |
			 ENDPOINT_RIGHT_RECEIVE | ENDPOINT_RIGHT_BADGE,
};

enum status boot_prepare(struct spawn *s, const struct system_process *what)
{
	handle_t group;
	enum status status = sys_group_create(what->parent, &what->limits, what->name, &group);

	if (status != STATUS_OK)
		return status;
	spawn_begin(s, what->name);
	s->group = group;
	s->priority = SYSTEM_PRIORITY;
	s->request.stack_pages = 8;
	spawn_add_handle(s, span_text("endpoint"), what->endpoint, ENDPOINT_OWNER);
	spawn_add_handle(s, span_text("log"), first_handle(INIT_HANDLE_KLOG), RIGHT_DUPLICATE | RIGHT_TRANSFER | KLOG_RIGHT_WRITE);
	spawn_add_handle(s, span_text("image"), first_handle(INIT_HANDLE_IMAGE),
		RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | MEMORY_RIGHT_READ);
	return STATUS_OK;
}

enum status boot_start(struct load_source *source, struct spawn *s, handle_t *process)
{
	struct load_order order = { .group = s->group };
	struct loaded loaded;
	TEXT_BUFFER(why, SPAWN_REASON_BYTES);
	enum status status = load_program(source, &s->request, &order, &loaded, &why);

	if (status == STATUS_OK) {
		status = spawn_finish(s, &loaded);
		text_clear(&why);
		text_add_span(&why, spawn_reason(s));
	}
	if (status != STATUS_OK)
		rt_log(text_span(&why));
	*process = status == STATUS_OK ? loaded.process : handle_none();
	sys_cap_drop(s->group);
	return status;
}
