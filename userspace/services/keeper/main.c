/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper: starts the services that the system image describes, each with exactly what its
 * manifest declares, watches them, records crashes, and starts them again. When it ends itself, init starts it again, and it
 * goes on where it was (docs/adr/0047): what it knows of its units is kept, and so are their capabilities.
 */
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/hold.h"
#include "userspace/services/keeper/pulse.h"
#include "userspace/services/keeper/replace.h"
#include "userspace/services/keeper/tree.h"
#include "userspace/services/keeper/unit.h"
#include "lib/load/source.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { STATE_VERSION = 2 };

/* ---- each event is a transaction ---- */

static void changed(void)
{
	units_changed();
	replace_changed();
}

static void on_signal(u64 bits)
{
	watch_signal(bits);
	changed();
}

static enum status on_write(struct service_call *call, struct service_file *file)
{
	enum status status = tree_write(call, file);

	changed();
	return status;
}

static enum status on_other(struct service_call *call)
{
	enum status status = tree_other(call);

	changed();
	return status;
}

static enum status on_fault(struct service_call *call)
{
	enum status status = crash_fault(call);

	changed();
	return status;
}

static void keep_all(void)
{
	units_keep();
	replace_keep();
}

/* The first time nothing is kept, and all wait to be started. */
static void resume(void)
{
	if (rt_instance() != 1)
		hold_find();
	for (u32 i = 0; i < units_count() && rt_instance() != 1; i++)
		watch_resume(unit_at(i));
	if (rt_instance() != 1)
		replace_resume();
	watch_start_ready();
	changed();
}

static struct service_ops ops = {
	.open = tree_open, .read = tree_read, .write = on_write, .entry = tree_entry, .signal = on_signal,
	.other = on_other, .fault = on_fault, .keeps = STATE_VERSION, .keep = keep_all, .kept = resume,
};

u64 program_main(const struct rt_args *args)
{
	pages_t image = {};
	TEXT_BUFFER(why, 160);

	/* WHY the first only: whoever ordered it is told to ask the next one again. */
	tree_may_hang(args->count == 1 && span_equal(rt_arg(0), span_text("inject")) && rt_instance() == 1);
	text_add(&why, "the system image ");
	if (image_map(rt_handle(span_text("image")), &image, &why) != STATUS_OK) {
		rt_log(text_span(&why));
		return 1;
	}
	units_open(image);
	enum status status = watch_init();

	if (status == STATUS_OK)
		status = pulse_init();

	if (status != STATUS_OK) {
		rt_log(span_of_cstr(status_text(status)));
		return 1;
	}
	ops.keeps_bytes = units_keep_bytes() + replace_keep_bytes();
	service_run(&ops);
}
