/* SPDX-License-Identifier: Apache-2.0
 *
 * leans: a service that needs trial. Read from its file `do`: how often it was told that what it needs has changed, and
 * what trial answers.
 */
#include "lib/9p/file.h"
#include "lib/base/text.h"
#include "lib/service/service.h"

enum : u32 { NODE_ROOT, NODE_DO };
enum : u64 { ANSWER_NS = 10000000000 };

static const struct service_tree tree = {
	.count = 2,
	.node = { [NODE_ROOT] = { .qid_type = QID_DIRECTORY }, [NODE_DO] = { .name = "do", .qid_type = QID_FILE } },
};
static u64 told;

static enum status leans_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	return service_tree_open(&tree, from, path, file);
}

static enum status leans_read(struct service_call *call, struct service_file *file)
{
	TEXT_BUFFER(line, 128);

	(void)file;
	text_add(&line, "told ");
	text_add_u64(&line, told);
	text_add(&line, ": ");
	file_add_status(&line, file_ping(span_text("/dev/trial"), rt_deadline_in(ANSWER_NS)));
	text_add(&line, "\n");
	return service_put_at(call, text_span(&line));
}

static enum status leans_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static void leans_needs_changed(void) { told++; }

static const struct service_ops ops = {
	.open = leans_open, .read = leans_read, .entry = leans_entry, .needs_changed = leans_needs_changed,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
