/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper: starts the services that the system image describes, each with exactly what its
 * manifest declares, watches them, records crashes, and starts them again.
 */
#include "userspace/services/keeper/pulse.h"
#include "userspace/services/keeper/tree.h"
#include "userspace/services/keeper/unit.h"
#include "lib/load/source.h"
#include "abi/names.h"
#include "abi/stubs.h"

static const struct service_ops ops = {
	.open = tree_open, .read = tree_read, .write = tree_write, .entry = tree_entry, .signal = watch_signal,
	.other = tree_other, .fault = crash_fault,
};

u64 program_main(const struct rt_args *args)
{
	pages_t image = {};
	TEXT_BUFFER(why, 160);

	(void)args;
	text_add(&why, "the system image ");
	if (image_map(rt_handle(span_text("image")), &image, &why) != STATUS_OK) {
		rt_log(text_span(&why));
		return 1;
	}
	units_read(image);
	enum status status = watch_init();

	if (status == STATUS_OK)
		status = pulse_init();

	if (status != STATUS_OK) {
		rt_log(span_of_cstr(status_text(status)));
		return 1;
	}
	watch_start_ready();
	service_run(&ops);
}
