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

/* USING: while each instruction is seen. */
enum : u64 { USE_NS = 100000000ull, USING_NS = 20000000000ull, BACK_NS = 30000000000ull, LOOK_NS = 1000000 };
#define COMPLAINT "complain 100" /* as USE_NS */
enum : u32 { READ_BYTES = 4096, TEXT_MAX = 32, USES_BETWEEN = 3, QUIET_MAX = 8, AIM_EVERY = 2, LOOP_EVERY = 16,
	VICTIMS_TOGETHER = 2 };

/* What came of a fault, as far as can be known. */
enum outcome : u32 { QUIET, LATE, WRONG, DIED, HUNG, OUTCOMES };

struct name {
	char text[TEXT_MAX];
};
static const struct name outcome_name[OUTCOMES] = { { "quiet" }, { "late" }, { "wrong" }, { "died" }, { "hung" } };
static const struct name kind_name[INJECT_KIND_COUNT] = {
	{ "text-bit" }, { "data-bit" }, { "branch" }, { "pointer" }, { "loop" },
};

/* Executed: had an effect, or lies in an instruction that is executed while the service is used. */
struct tally {
	u32 of[OUTCOMES];
	u32 executed, unnoticed; /* of them */
};
static struct tally tallies[INJECT_KIND_COUNT];
static u32 away, back;

/* How each is used: what is read, and what must be in it; or what is written to. WHY nothing of a disk: what is on it is
 * its driver's, which may change it. */
struct STABLE use {
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

struct victim {
	const struct use *use;
	u32 quiet; /* faults that nobody noticed since it was started */
};
struct victims {
	u32 count;
	struct victim of[VICTIMS_TOGETHER];
};
static struct victims victims;
static struct places places[VICTIMS_TOGETHER];

static u8 bytes[READ_BYTES];

/* ---- what the keeper says of a service ---- */

struct seen {
	u64 process, starts, hangs;
	bool running;
};

/* What is not said is 0: who does not run has no process. */
static struct seen look(struct span service)
{
	struct span status = service_status(service);
	struct seen seen = { .running = span_equal(text_field(status, span_text("state")), span_text("running")) };

	(void)text_field_u64(status, span_text("process"), &seen.process);
	(void)text_field_u64(status, span_text("starts"), &seen.starts);
	(void)text_field_u64(status, span_text("hangs"), &seen.hangs);
	return seen;
}

/* WHY no failure is one: it may have ended or come back by itself in between. */
static void order(struct span service, struct span word) { (void)service_order(service, word); }

/* ---- using it ---- */

static struct span name_of(u32 victim) { return span_until_zero(SPAN_OF_ARRAY(ELEM(victims.of, victim)->use->service)); }

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

static enum status use_before(const struct use *use, u64 limit_ns)
{
	struct file file;
	struct span expected = span_until_zero(SPAN_OF_ARRAY(use->expected));
	enum status status = file_open_before(&file, span_until_zero(SPAN_OF_ARRAY(use->path)),
		use->writes ? OPEN_WRITE : OPEN_READ, rt_deadline_in(limit_ns));

	if (status != STATUS_OK)
		return status;
	status = use->writes ? file_write(&file, span_text(".")) : read_expected(&file, expected);
	file_close(&file);
	return status;
}

static enum status use_once(const struct use *use) { return use_before(use, USE_NS); }

/* ---- one fault ---- */

static void start_if_not(struct span service)
{
	if (!look(service).running)
		order(service, span_text("start"));
}

/* Until it serves rightly again. One that the keeper lets wait, or has given up, is started. */
static void wait_until_good(struct span service, const struct use *use)
{
	u64 deadline = rt_deadline_in(BACK_NS);
	enum status status = STATUS_TIMED_OUT;

	away++;
	while (status != STATUS_OK && rt_now_ns() < deadline) {
		start_if_not(service);
		status = use_once(use);
		/* One of the others in its group, by which it is used. */
		for (u32 i = 0; i < victims.count && status == STATUS_GIVEN_UP; i++)
			start_if_not(name_of(i));
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
	return status == STATUS_OK ? QUIET : status == STATUS_TIMED_OUT ? LATE : WRONG;
}

/* WHY loops are few: each that is executed takes a processor until a deadline is over, as long as dozens of others. */
static u32 random_kind(void)
{
	return random_below(LOOP_EVERY) == 0 ? INJECT_LOOP : (u32)random_below(INJECT_LOOP);
}

static bool in_text(u32 kind) { return kind == INJECT_TEXT_BIT || kind == INJECT_BRANCH || kind == INJECT_LOOP; }

/* Every other one looks for its place from an instruction on that is executed. */
static u64 place_for(u32 kind, const struct places *known)
{
	u64 random = random_below(U64_MAX);

	if (!in_text(kind) || known->count == 0 || random_below(AIM_EVERY) != 0)
		return random;
	const struct place *place = ELEM(known->place, (u32)random_below(known->count));

	return random >> 32 << 32 | (place->at + random_below(kind == INJECT_TEXT_BIT ? place->bytes : 1));
}

static enum status inject(u64 process, u32 kind, const struct places *known, u64 *place)
{
	struct message m = msg_make(LOADER_INJECT, 3);

	m.word[0] = process;
	m.word[1] = kind;
	m.word[2] = place_for(kind, known);
	enum status status = msg_call_status(rt_handle(span_text("loader")), &m, RT_FOREVER);

	*place = m.word[0];
	return status;
}

static void add_fault(u32 kind, enum outcome outcome, bool executed)
{
	struct tally *tally = ELEM(tallies, kind);
	bool noticed = outcome != QUIET && outcome != LATE;

	(*ELEM(tally->of, outcome))++;
	tally->executed += executed || noticed;
	tally->unnoticed += executed && !noticed;
}

/* Also memory that is to be added first, to who has ended or has used up what it may have. */
static bool nothing_to_change(enum status status)
{
	return status == STATUS_NOT_FOUND || status == STATUS_DEAD || status == STATUS_OUT_OF_FRAMES;
}

/* Changes stay until it is started again, which happens by itself, or after some that nobody noticed. */
static void one_fault(struct span service, const struct places *known, u32 *quiet)
{
	const struct use *use = use_of(service);
	u32 kind = random_kind();
	struct seen before = look(service);
	u64 place = 0;
	enum status status = inject(before.process, kind, known, &place);

	if (status == STATUS_NOT_FOUND && ended(service, &before)) /* by what was changed earlier */
		wait_until_good(service, use);
	if (status != STATUS_OK) {
		if (!nothing_to_change(status))
			lost(span_text("injecting a fault"), status);
		return;
	}
	enum outcome outcome = outcome_of(service, use, &before);

	add_fault(kind, outcome, in_text(kind) && places_have(known, place, kind != INJECT_TEXT_BIT));
	*quiet = outcome == QUIET ? *quiet + 1 : 0;
	if (outcome == QUIET && *quiet < QUIET_MAX)
		return;
	*quiet = 0;
	if (outcome == QUIET || outcome == LATE || outcome == WRONG)
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
		add_number(&line, span_text("executed"), tally->executed);
		add_number(&line, span_text("unnoticed"), tally->unnoticed);
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

/* The names of a text like `console+uart0`. */
static void split(struct span group)
{
	victims.count = 0;
	while (span_len(group) > 0) {
		struct span name = span_split(&group, '+');

		if (use_of(name) == nullptr || victims.count == VICTIMS_TOGETHER)
			lost(name, STATUS_NOT_SUPPORTED);
		else
			*ELEM(victims.of, victims.count++) = (struct victim){ .use = use_of(name) };
	}
}

void put_faults(u64 count, struct span group)
{
	split(group);

	for (u32 i = 0; i < victims.count && lost_count() == 0; i++)
		places_load(name_of(i), ELEM(places, i));
	for (u64 i = 0; i < count && lost_count() == 0; i++) {
		u32 at = (u32)random_below(victims.count);

		one_fault(name_of(at), ELEM(places, at), &ELEM(victims.of, at)->quiet);
	}
	print_tallies();
}

/* WHY no status but that one: it is told no more, or put into memory that nobody uses any more. */
void fault_who_is_gone(u64 count, struct span service)
{
	u64 process = look(service).process, place = 0;

	if (process == 0)
		lost(service, STATUS_NOT_FOUND);
	order(service, span_text("stop"));
	while (process != 0 && look(service).process == process && lost_count() == 0)
		rt_sleep_until(rt_deadline_in(LOOK_NS));
	for (u64 i = 0; i < count && lost_count() == 0; i++) {
		if (inject(process, random_kind(), ELEM(places, 0), &place) == STATUS_PEER_DIED)
			lost(span_text("the loader"), STATUS_PEER_DIED);
	}
	order(service, span_text("start"));
}

static void say_text(struct span service)
{
	struct message m = msg_make(LOADER_TEXT, 1);
	TEXT_BUFFER(line, 96);

	m.word[0] = look(service).process;
	enum status status = msg_call_status(rt_handle(span_text("loader")), &m, RT_FOREVER);

	if (status != STATUS_OK)
		lost(service, status);
	text_add(&line, "text ");
	text_add_span(&line, service);
	text_add(&line, " ");
	text_add_hex(&line, m.word[0]);
	text_add(&line, "\n");
	print_text(&line);
}

static void use_often(struct span service)
{
	for (u32 i = 0; i < USES_BETWEEN; i++) {
		enum status status = use_before(use_of(service), USING_NS);

		if (status != STATUS_OK)
			lost(service, status);
	}
}

void use_all(struct span group)
{
	split(group);

	for (u32 i = 0; i < victims.count && lost_count() == 0; i++) {
		use_often(name_of(i));
		say_text(name_of(i));
	}
}
