/* SPDX-License-Identifier: Apache-2.0
 *
 * Killing services, and waiting until the keeper says that they are back.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/tool/tool.h"

enum : u64 { BACK_LIMIT_NS = 10000000000ull, LOOK_NS = 500000 };

/* A number of the service's status file; 0 if it is not there. */
static u64 field(struct span service, struct span key)
{
	u64 value = 0;

	for (struct span left = service_status(service); span_len(left) > 0;) {
		struct span line = span_split(&left, '\n');

		if (span_starts_with(line, key) && span_parse_u64(span_trim(span_from(line, span_len(key))), &value))
			return value;
	}
	return 0;
}

u64 recoveries(struct span service) { return field(service, span_text("recoveries ")); }

void kill_only(struct span service)
{
	enum status status = service_order(service, span_text("kill"));

	if (status != STATUS_OK)
		lost(service, status);
}

static void wait_back(struct span service, u64 before)
{
	u64 deadline = rt_deadline_in(BACK_LIMIT_NS);

	/* A time-out of looking, not of waiting for it: what is measured is measured by the keeper. */
	while (recoveries(service) == before && rt_now_ns() < deadline)
		rt_sleep_until(rt_deadline_in(LOOK_NS));
	if (recoveries(service) == before) {
		lost(service, STATUS_TIMED_OUT);
		return;
	}
	TEXT_BUFFER(line, 96);

	text_add(&line, "back ");
	text_add_span(&line, service);
	text_add(&line, " ");
	text_add_u64(&line, field(service, span_text("back-us ")));
	text_add(&line, "\n");
	print_text(&line);
}

void kill_and_wait(struct span victim, struct span other)
{
	u64 before = recoveries(victim);
	u64 other_before = span_len(other) == 0 ? 0 : recoveries(other);

	kill_only(victim);
	if (span_len(other) != 0)
		kill_only(other);
	wait_back(victim, before);
	if (span_len(other) != 0)
		wait_back(other, other_before);
}
