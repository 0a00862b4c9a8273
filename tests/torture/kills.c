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

	return text_field_u64(service_status(service), key, &value) ? value : 0;
}

u64 recoveries(struct span service) { return field(service, span_text("recoveries")); }

void kill_only(struct span service)
{
	enum status status = service_order(service, span_text("kill"));

	if (status != STATUS_OK)
		lost(service, status);
}

/* One that is killed: how often it had come back, or the process that it was, and since when it is away. */
struct killed {
	struct span name;
	u64 before, at_ns;
	struct span how;
};

/* WHY a word of its own for two of them: without those nobody comes back. */
static struct span how_killed(struct span other)
{
	if (span_len(other) == 0)
		return span_text("alone");
	return is_inits(other) ? span_text("inits") : span_text("pair");
}

static struct killed killed_next(struct span name, struct span other)
{
	return (struct killed){ .name = name, .how = how_killed(other),
				.before = is_inits(name) ? inits_process(name) : recoveries(name) };
}

static void kill_it(struct killed *killed)
{
	killed->at_ns = rt_now_ns();
	if (is_inits(killed->name))
		inits_kill(killed->name, killed->before);
	else
		kill_only(killed->name);
}

static void print_back(const struct killed *killed, u64 us)
{
	TEXT_BUFFER(line, 96);

	text_add(&line, "back ");
	text_add_span(&line, killed->name);
	text_add(&line, " ");
	text_add_u64(&line, us);
	text_add(&line, " ");
	text_add_span(&line, killed->how);
	text_add(&line, "\n");
	print_text(&line);
	if (span_equal(killed->how, span_text("alone")))
		slow_look(killed->name, us, killed->at_ns);
}

/* WHY asked again if it is the same still: on another processor it may have answered before it was stopped. */
static void wait_inits_back(const struct killed *killed)
{
	u64 deadline = rt_deadline_in(BACK_LIMIT_NS), back_ns = 0, now = killed->before;

	while ((now == killed->before || now == 0) && rt_now_ns() < deadline) {
		inits_ask(killed->name);
		back_ns = rt_now_ns();
		now = inits_process(killed->name);
	}
	if (now == killed->before || now == 0)
		lost(killed->name, STATUS_TIMED_OUT);
	else
		print_back(killed, (back_ns - killed->at_ns) / 1000);
}

static void wait_back(const struct killed *killed)
{
	u64 deadline = rt_deadline_in(BACK_LIMIT_NS);

	if (is_inits(killed->name)) {
		wait_inits_back(killed);
		return;
	}
	/* A time-out of looking, not of waiting for it: what is measured is measured by the keeper. */
	while (recoveries(killed->name) == killed->before && rt_now_ns() < deadline)
		rt_sleep_until(rt_deadline_in(LOOK_NS));
	if (recoveries(killed->name) == killed->before)
		lost(killed->name, STATUS_TIMED_OUT);
	else
		print_back(killed, field(killed->name, span_text("back-us")));
}

void kill_and_wait(struct span victim, struct span other)
{
	bool pair = span_len(other) != 0, inits = is_inits(victim) || is_inits(other);
	struct killed first = killed_next(victim, other), second = pair ? killed_next(other, victim) : (struct killed){};

	if (inits)
		inits_begin();
	kill_it(&first);
	if (pair)
		kill_it(&second);
	wait_back(&first);
	if (pair)
		wait_back(&second);
	if (inits)
		inits_end();
}
