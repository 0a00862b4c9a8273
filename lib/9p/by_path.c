/* SPDX-License-Identifier: Apache-2.0
 *
 * Operations on paths, without an open file that outlives them.
 */
#include "lib/9p/file.h"
#include "lib/9p/resolve.h"
#include "lib/rt/message.h"
#include "abi/stubs.h"

enum status file_remove(struct span path)
{
	struct opened opened;
	TEXT_BUFFER(clean, PATH_BYTES_MAX);
	enum status status = path_resolve(file_cwd(), path, &clean);

	if (status != STATUS_OK)
		return status;
	return resolve(NINEP_REMOVE, text_span(&clean), 0, RT_FOREVER, &opened);
}

enum status file_stat_path(struct span path, struct file_stat *out)
{
	struct file file;
	enum status status = file_open(&file, path, 0);

	if (status != STATUS_OK)
		return status;
	status = file_stat(&file, out);
	file_close(&file);
	return status;
}

enum status file_load(struct span path, struct mspan to, usize *count)
{
	struct file file;
	enum status status = file_open(&file, path, OPEN_READ);
	usize got = 1;

	*count = 0;
	if (status != STATUS_OK)
		return status;
	while (status == STATUS_OK && got != 0 && *count < mspan_len(to)) {
		status = file_read(&file, mspan_from(to, *count), &got);
		*count += got;
	}
	if (status == STATUS_OK && got != 0) {
		u8 more[1];

		status = file_read(&file, MSPAN_OF_ARRAY(more), &got);
		if (status == STATUS_OK && got != 0)
			status = STATUS_TOO_LONG;
	}
	file_close(&file);
	return status;
}

/* One that ended with the question before it, and keeps state, is asked again. */
static enum status ping(handle_t server, u64 deadline_ns)
{
	enum status status = STATUS_REPEAT;

	for (u32 repeats = 0; status == STATUS_REPEAT && repeats < REPEATS_MAX; repeats++) {
		struct message m = msg_make(NINEP_PING, 0);

		status = answer_note(msg_call_status(server, &m, deadline_ns), &m);
		msg_drop_caps(&m, 0);
	}
	return status;
}

enum status file_ping(struct span path, u64 deadline_ns)
{
	u64 found = 0;
	TEXT_BUFFER(clean, PATH_BYTES_MAX);
	enum status status = path_resolve(file_cwd(), path, &clean);

	if (status == STATUS_OK)
		status = sys_ns_lookup(rt_names(), text_span(&clean), 0, &found);
	if (status != STATUS_OK)
		return status;
	handle_t server = { (u32)found };

	status = ping(server, deadline_ns);
	sys_cap_drop(server);
	return status;
}
