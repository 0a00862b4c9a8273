/* SPDX-License-Identifier: Apache-2.0
 *
 * devices: finds out what the machine has and says it in one table, the same for every architecture. The keeper
 * reads the table and gives drivers what it says; people read /dev/devices.
 */
#include "lib/9p/file.h"
#include "lib/base/text.h"
#include "lib/devices/resets.h"
#include "lib/rt/memory.h"
#include "lib/service/service.h"
#include "userspace/services/devices/parts.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { TEXT_BYTES = 16384, NODE_TABLE = 1, NODE_DEVICES = 2 };

static struct device_table table;
static pages_t shared;
static u8 text_bytes[TEXT_BYTES];
static struct device device;

static struct span shared_table(void) { return rt_pages_span(shared); }

/* ---- finding ---- */

static void find_all(void)
{
	firmware_find(&table);
	buses_ask_virtio(&table);
	devices_mark_shared(&table);
	devices_number(&table);
	resets_find(&table, rt_pages_mspan(shared));
}

static void say_found(void)
{
	TEXT_BUFFER(line, 120);

	text_add_u64(&line, table.count);
	text_add(&line, " devices");
	if (table.left_out != 0) {
		text_add(&line, "; there was no room for ");
		text_add_u64(&line, table.left_out);
		text_add(&line, " devices, names, registers or interrupt lines above 255");
	}
	rt_log(text_span(&line));
}

/* The first word last: with it the table is complete. No more than there is: pages that nobody writes take no memory. */
static void publish(void)
{
	struct mspan to = rt_pages_mspan(shared);
	usize bytes = sizeof(table) - (DEVICES_MAX - table.count) * sizeof(struct device);

	table.version = DEVICES_VERSION;
	span_copy(to, span_first(SPAN_OF_STRUCT(table), bytes));
	mspan_store32(to, 0, DEVICES_MAGIC);
}

/* Drivers are started by who reads the table: it is told that there is one, and of resets, for which they wait. */
static void tell_keeper(void)
{
	struct file ctl;
	enum status status = file_open(&ctl, span_text("/services/devices/ctl"), OPEN_WRITE);

	if (status == STATUS_OK) {
		status = file_write(&ctl, span_text("found"));
		file_close(&ctl);
	}
	if (status != STATUS_OK)
		rt_log(span_text("the keeper does not hear that devices were found"));
}

/* WHY whatever the bits are: each may tell of what an earlier instance was to do. */
static void look_at_resets(u64 bits)
{
	(void)bits;
	if (resets_look(rt_pages_mspan(shared)))
		tell_keeper();
}

/* ---- /dev/devices ---- */

static u64 node_named(struct span name)
{
	u32 count = devices_count(shared_table());

	if (span_equal(name, span_text("table")))
		return NODE_TABLE;
	for (u32 i = 0; i < count; i++) {
		TEXT_BUFFER(title, 32);

		if (!devices_read(shared_table(), i, &device))
			continue;
		device_add_title(&title, &device);
		if (span_equal(text_span(&title), name))
			return NODE_DEVICES + i;
	}
	return U64_MAX;
}

static enum status tree_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	file->node = from->node;
	if (span_len(path) > 0)
		file->node = from->node == 0 ? node_named(path_next(&path)) : U64_MAX;
	if (file->node == U64_MAX || span_len(path) > 0)
		return STATUS_NOT_FOUND;
	file->qid_type = file->node == 0 ? QID_DIRECTORY : QID_FILE;
	return STATUS_OK;
}

static enum status tree_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	TEXT_BUFFER(title, 32);

	(void)directory;
	if (index == 0) {
		service_set_entry(out, span_text("table"), QID_FILE, NODE_TABLE, 0);
		return STATUS_OK;
	}
	if (index > DEVICES_MAX || !devices_read(shared_table(), (u32)index - 1, &device))
		return STATUS_NOT_FOUND;
	device_add_title(&title, &device);
	service_set_entry(out, text_span(&title), QID_FILE, NODE_DEVICES + index - 1, 0);
	return STATUS_OK;
}

static void add_table(struct text *t)
{
	u32 count = devices_count(shared_table());

	text_add(t, "DEVICE       PLACE                    NAME                     HAS\n");
	for (u32 i = 0; i < count; i++)
		if (devices_read(shared_table(), i, &device))
			device_add_line(t, &device);
}

static enum status tree_read(struct service_call *call, struct service_file *file)
{
	struct text t = text_on(MSPAN_OF_ARRAY(text_bytes));

	if (file->node == 0)
		return STATUS_IS_DIRECTORY;
	if (file->node == NODE_TABLE)
		add_table(&t);
	else if (devices_read(shared_table(), (u32)(file->node - NODE_DEVICES), &device))
		device_add_details(&t, &device);
	return service_put_at(call, text_span(&t));
}

static const struct service_ops ops = { .open = tree_open, .read = tree_read, .entry = tree_entry, .signal = look_at_resets };

/* WHY an earlier instance's table is kept: asking the hardware again would disturb what drivers use by now. */
u64 program_main(const struct rt_args *args)
{
	enum status status = rt_pages_map(rt_handle(span_text("table")), 0, DEVICES_SHARED_BYTES, MAP_READ | MAP_WRITE, &shared);

	(void)args;
	if (status != STATUS_OK) {
		rt_log(span_text("cannot map the table of devices; expected a grant `table' with READ and WRITE"));
		return 1;
	}
	if (!devices_complete(shared_table())) {
		find_all();
		say_found();
		publish();
	}
	tell_keeper();
	if (!resets_init())
		return 1;
	look_at_resets(0);
	service_run(&ops);
}
