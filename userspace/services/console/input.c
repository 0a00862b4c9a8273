/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring with one writer (the reading thread) and one reader (the service).
 * INV: put - taken <= RING_BYTES; only the thread moves `put`, only the service moves `taken`.
 */
#include "userspace/services/console/input.h"
#include "userspace/services/console/line.h"
#include "lib/base/text.h"
#include "lib/rt/thread.h"
#include "lib/service/service.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { RING_BYTES = 1024, STACK_PAGES = 4 };
enum : u64 { HAS_BYTES = 1, HAS_ROOM = 1, PAUSE_NS = 10000000 };

static u8 ring[RING_BYTES];
static u32 put, taken;
static handle_t room; /* raised when the service has taken bytes from a full ring */

bool input_take(u8 *byte)
{
	u32 end = __atomic_load_n(&put, __ATOMIC_ACQUIRE);

	if (taken == end)
		return false;
	bool was_full = end - taken == RING_BYTES;

	*byte = ring[taken % RING_BYTES];
	__atomic_store_n(&taken, taken + 1, __ATOMIC_RELEASE);
	if (was_full)
		sys_signal_raise(room, HAS_ROOM);
	return true;
}

static void put_byte(u8 byte)
{
	u64 bits;

	while (put - __atomic_load_n(&taken, __ATOMIC_ACQUIRE) == RING_BYTES) {
		sys_signal_raise(service_signal(), HAS_BYTES);
		if (sys_signal_wait(room, HAS_ROOM, RT_FOREVER, &bits) != STATUS_OK)
			return;
	}
	ring[put % RING_BYTES] = byte;
	__atomic_store_n(&put, put + 1, __ATOMIC_RELEASE);
}

static void say_no_input(enum status status)
{
	TEXT_BUFFER(text, 200);

	line_complain(&text, span_text("there is no input: "), status);
	rt_log(text_span(&text));
}

static enum status read_line_for_ever(struct file *line)
{
	u8 bytes[64];

	for (;;) {
		usize count = 0;
		enum status status = file_read(line, MSPAN_OF_ARRAY(bytes), &count);

		if (status == STATUS_PEER_DIED || status == STATUS_STALE || status == STATUS_CANCELLED) {
			rt_sleep_until(rt_deadline_in(PAUSE_NS));
			continue;
		}
		if (status != STATUS_OK)
			return status;
		for (usize i = 0; i < count; i++)
			put_byte(bytes[bounded(i, sizeof(bytes))]);
		sys_signal_raise(service_signal(), HAS_BYTES);
	}
}

static void input_thread(u64 unused)
{
	struct file line;
	enum status status = line_open(&line, OPEN_READ);

	(void)unused;
	if (status == STATUS_OK)
		status = read_line_for_ever(&line);
	say_no_input(status);
}

enum status input_start(void)
{
	handle_t thread;

	/* WHY now: the thread must not be the first to make the service's signal. */
	(void)service_signal();
	enum status status = sys_signal_create(rt_group(), &room);

	return status == STATUS_OK ? rt_thread_start(input_thread, 0, STACK_PAGES, handle_none(), &thread) : status;
}
