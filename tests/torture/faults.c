/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults put into running services: text or data is changed, the service is used, and whatever becomes of it, it must be
 * back, and nobody else may notice. See torture.h.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "lib/tool/tool.h"

enum : u64 { USE_NS = 200000000ull, BACK_NS = 30000000000ull, LOOK_NS = 1000000 };
#define COMPLAINT "complain 200" /* as USE_NS */
enum : u32 { READ_BYTES = 4096, TEXT_MAX = 32, USES_BETWEEN = 3, QUIET_MAX = 8 };

/* What came of a fault, as far as can be known. */
enum outcome : u32 { QUIET, WRONG, DIED, HUNG, OUTCOMES };

struct name {
	char text[TEXT_MAX];
};
static const struct name outcome_name[OUTCOMES] = { { "quiet" }, { "wrong" }, { "died" }, { "hung" } };
static const struct name kind_name[INJECT_KIND_COUNT] = {
	{ "text-bit" }, { "data-bit" }, { "branch" }, { "pointer" }, { "loop" },
};

struct tally {
	u32 of[OUTCOMES];
};
static struct tally tallies[INJECT_KIND_COUNT];
static u32 away, back;

/* How each is used: what is read, and what must be in it; or what is written to. WHY nothing of a disk: what is on it is
 * its driver's, which may change it. */
struct use {
	char service[TEXT_MAX], path[TEXT_MAX], expected[TEXT_MAX];
	bool writes;
};
static const struct use uses[] = {
	{ "proc", "/proc/table", "init", false },
	{ "devices", "/dev/devices/table", "clock0", false },
	{ "console", "/dev/console/cons", "", true },
	{ "uart0", "/dev/console/cons", "", true },
	{ "trial-told", "/dev/trial-told/do", "told ", false },
	{ "trial-stopped", "/dev/trial-stopped/do", "told ", false },
	{ "random", "/dev/random", "", false },
	{ "disk0", "/dev/disk0", "", false },
	{ "share", TORTURE_SHARE "/known", "known", false },
	{ "net0", "/dev/net0/status", "address", false },
};

static u8 bytes[READ_BYTES];

/* ---- what the keeper says of a service ---- */

struct seen {
	u64 process, starts, hangs;
	bool running;
};

static struct seen seen_in(struct span text)
{
	struct seen seen = {};

	while (span_len(text) > 0) {
		struct span line = span_split(&text, '\n');
		struct span key = span_split(&line, ' ');
		struct span value = span_trim(line);
		u64 number = 0;

		if (span_equal(key, span_text("state")))
			seen.running = span_equal(value, span_text("running"));
		else if (!span_parse_u64(value, &number))
			continue;
		else if (span_equal(key, span_text("process")))
			seen.process = number;
		else if (span_equal(key, span_text("starts")))
			seen.starts = number;
		else if (span_equal(key, span_text("hangs")))
			seen.hangs = number;
	}
	return seen;
}

static struct seen look(struct span service) { return seen_in(service_status(service)); }

/* WHY no failure is one: it may have ended or come back by itself in between. */
static void order(struct span service, struct span word) { (void)service_order(service, word); }

/* ---- using it ---- */

static const struct use *use_of(struct span service)
{
	for (u32 i = 0; i < ARRAY_LEN(uses); i++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(uses, i)->service)), service))
			return ELEM(uses, i);
	}
	return nullptr;
}

static enum status read_expected(struct file *file, struct span expected)
{
	usize used = 0, got = 1;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && got != 0 && used < sizeof(bytes)) {
		status = file_read(file, mspan_from(MSPAN_OF_ARRAY(bytes), used), &got);
		used += got;
	}
	struct span text = span_first(SPAN_OF_ARRAY(bytes), used);

	return status == STATUS_OK && span_find_text(text, expected) == used ? STATUS_BAD_FORMAT : status;
}

static enum status use_once(const struct use *use)
{
	struct file file;
	struct span expected = span_until_zero(SPAN_OF_ARRAY(use->expected));
	enum status status = file_open_before(&file, span_until_zero(SPAN_OF_ARRAY(use->path)),
		use->writes ? OPEN_WRITE : OPEN_READ, rt_deadline_in(USE_NS));

	if (status != STATUS_OK)
		return status;
	status = use->writes ? file_write(&file, span_text(".")) : read_expected(&file, expected);
	file_close(&file);
	return status;
}

/* ---- one fault ---- */

/* Until it serves rightly again. One that the keeper lets wait, or has given up, is started. */
static void wait_until_good(struct span service, const struct use *use)
{
	u64 deadline = rt_deadline_in(BACK_NS);
	enum status status = STATUS_TIMED_OUT;

	away++;
	while (status != STATUS_OK && rt_now_ns() < deadline) {
		if (!look(service).running)
			order(service, span_text("start"));
		status = use_once(use);
		if (status != STATUS_OK)
			rt_sleep_until(rt_deadline_in(LOOK_NS));
	}
	if (status == STATUS_OK)
		back++;
	else
		lost(service, status);
}

/* True if it has ended meanwhile. */
static bool ended(struct span service, const struct seen *before)
{
	struct seen now = look(service);

	return !now.running || now.starts != before->starts;
}

/* A client complains, and waits for what the keeper finds. */
static void complain(struct span service, const struct seen *before)
{
	u64 deadline = rt_deadline_in(BACK_NS);

	order(service, span_text(COMPLAINT));
	while (!ended(service, before) && use_once(use_of(service)) == STATUS_TIMED_OUT && rt_now_ns() < deadline)
		order(service, span_text(COMPLAINT));
}

static enum outcome outcome_of(struct span service, const struct use *use, const struct seen *before)
{
	enum status status = STATUS_OK;

	for (u32 i = 0; i < USES_BETWEEN && status == STATUS_OK; i++)
		status = use_once(use);
	if (status == STATUS_TIMED_OUT)
		complain(service, before);
	if (look(service).hangs != before->hangs)
		return HUNG;
	if (ended(service, before))
		return DIED;
	return status == STATUS_OK ? QUIET : WRONG;
}

static enum status inject(u64 process, u32 kind)
{
	struct message m = msg_make(LOADER_INJECT, 3);

	m.word[0] = process;
	m.word[1] = kind;
	m.word[2] = random_below(U64_MAX);
	return msg_call_status(rt_handle(span_text("loader")), &m, RT_FOREVER);
}

/* Changes stay until it is started again, which happens by itself, or after some that nobody noticed. */
static void one_fault(struct span service, u32 *quiet)
{
	const struct use *use = use_of(service);
	u32 kind = (u32)random_below(INJECT_KIND_COUNT);
	struct seen before = look(service);
	enum status status = inject(before.process, kind);

	if (status == STATUS_NOT_FOUND && ended(service, &before)) /* by what was changed earlier */
		wait_until_good(service, use);
	if (status != STATUS_OK) {
		if (status != STATUS_NOT_FOUND)
			lost(span_text("injecting a fault"), status);
		return;
	}
	enum outcome outcome = outcome_of(service, use, &before);

	(*ELEM(ELEM(tallies, kind)->of, outcome))++;
	*quiet = outcome == QUIET ? *quiet + 1 : 0;
	if (outcome == QUIET && *quiet < QUIET_MAX)
		return;
	*quiet = 0;
	if (outcome == QUIET || outcome == WRONG)
		order(service, span_text("kill"));
	wait_until_good(service, use);
}

/* ---- all ---- */

static void add_number(struct text *line, struct span what, u64 value)
{
	text_add(line, " ");
	text_add_span(line, what);
	text_add(line, " ");
	text_add_u64(line, value);
}

static void print_tallies(void)
{
	for (u32 kind = 0; kind < INJECT_KIND_COUNT; kind++) {
		const struct tally *tally = ELEM(tallies, kind);
		TEXT_BUFFER(line, 128);

		text_add(&line, "faults ");
		text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(ELEM(kind_name, kind)->text)));
		for (u32 i = 0; i < OUTCOMES; i++)
			add_number(&line, span_until_zero(SPAN_OF_ARRAY(ELEM(outcome_name, i)->text)), *ELEM(tally->of, i));
		text_add(&line, "\n");
		print_text(&line);
	}
	TEXT_BUFFER(line, 64);

	text_add(&line, "recovered ");
	text_add_u64(&line, back);
	add_number(&line, span_text("of"), away);
	text_add(&line, "\n");
	print_text(&line);
}

u64 starts_of(u32 first, u32 end)
{
	u64 sum = 0;

	for (u32 i = first; i < end; i++)
		sum += look(rt_arg(i)).starts;
	return sum;
}

void put_faults(u64 count, struct span group)
{
	struct span victims[VICTIMS_MAX] = {};
	static u32 quiet[VICTIMS_MAX];
	u32 number = 0;

	while (span_len(group) > 0 && number < VICTIMS_MAX) {
		struct span victim = span_split(&group, '+');

		if (use_of(victim) == nullptr)
			lost(victim, STATUS_NOT_SUPPORTED);
		*ELEM(victims, number++) = victim;
	}
	for (u64 i = 0; i < count && lost_count() == 0; i++) {
		u32 victim = (u32)random_below(number);

		one_fault(*ELEM(victims, victim), ELEM(quiet, victim));
	}
	print_tallies();
}
