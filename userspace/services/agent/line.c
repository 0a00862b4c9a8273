/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing over restarts of the driver.
 */
#include "userspace/services/agent/line.h"
#include "lib/9p/file.h"

enum : u64 { PAUSE_NS = 10000000 };

static struct file line;

static bool driver_restarts(enum status status)
{
	return status == STATUS_PEER_DIED || status == STATUS_STALE || status == STATUS_CANCELLED;
}

enum status line_open(struct span path)
{
	return file_open(&line, path, OPEN_READ | OPEN_WRITE);
}

enum status line_read(struct mspan to, usize *count)
{
	for (;;) {
		enum status status = file_read(&line, to, count);

		if (!driver_restarts(status))
			return status;
		rt_sleep_until(rt_deadline_in(PAUSE_NS));
	}
}

enum status line_write(struct span bytes)
{
	while (span_len(bytes) > 0) {
		usize count = 0;
		enum status status = file_write_some(&line, 0, bytes, &count);

		if (status == STATUS_OK)
			bytes = span_from(bytes, count);
		else if (!driver_restarts(status))
			return status;
	}
	return STATUS_OK;
}
