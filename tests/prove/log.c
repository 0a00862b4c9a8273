/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's log: its ring, its numbers, and who reads it. Any number of bytes written, any position asked for; a reader that
 * is bound or not, through a capability that is valid or not; one operation.
 */
#include "kernel/core/ipc/binding.c"
#include "kernel/core/klog/klog.c"

enum : u32 { READERS = 2, MOST = 4 };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct signal *signal;
static struct lineage *of_signal, *through[READERS];
static bool valid[READERS];
static u32 raised, shown;
static u8 last_shown;
static struct thread *self;
static u8 copied[MOST];
static u64 copied_bytes;
static bool refused;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return ANY(u64); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "the signal is held otherwise, too"); }
bool lineage_walk(struct lineage *at) { return at == through[0] ? valid[0] : at == through[1] ? valid[1] : MAYBE(); }

void lineage_unref(struct lineage *at)
{
	if (at == nullptr)
		return;
	PROVE(klog_lock.taken == 0, "no lock is held");
	PROVE((at == of_signal || at == through[0] || at == through[1]) && at->refs > 1, "what was bound is given up");
	at->refs--;
}

void signal_raise(struct signal *at, u64 bits)
{
	(void)bits;
	PROVE(at == signal && klog_lock.taken == 0, "the reader is told, with no lock held");
	raised++;
}

void hal_console_putc(u8 byte)
{
	shown++;
	last_shown = byte;
}

enum status user_copy_in(struct process *of, struct mspan to, uaddr_t from)
{
	(void)from;
	PROVE(of == self->process && to.raw_n <= MOST, "its own memory, to where there is room");
	refused = MAYBE();
	return refused ? STATUS_BAD_ADDRESS : STATUS_OK;
}

enum status user_copy_out(struct process *of, uaddr_t to, struct span from)
{
	(void)to;
	PROVE(of == self->process && from.raw_n <= MOST, "to its own memory");
	copied_bytes = from.raw_n;
	for (usize i = 0; i < MOST && i < from.raw_n; i++)
		copied[i] = from.raw_p[i];
	return MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS;
}

/* ---- any log ---- */

static bool bound(u32 i) { return reader.through == through[i]; }

static bool kept(void)
{
	u32 there = reader.through != nullptr;

	return klog_lock.taken == 0 && (reader.signal != nullptr) == there && quiet == there &&
		through[0]->refs == 1u + bound(0) && through[1]->refs == 1u + bound(1) && of_signal->refs == 1 + there &&
		signal->object.refs == 1 + there;
}

static void any_log(void)
{
	self = NEW(struct thread);
	self->process = NEW(struct process);
	signal = NEW(struct signal);
	signal->object.type = OBJECT_SIGNAL;
	signal->object.refs = 1;
	of_signal = NEW(struct lineage);
	of_signal->refs = 1;
	of_signal->checked_at = 0;
	lineage_revocations = 1; /* so that lineages are walked */
	for (u32 i = 0; i < READERS; i++) {
		through[i] = NEW(struct lineage);
		through[i]->refs = 1;
		through[i]->checked_at = 0;
		valid[i] = MAYBE();
	}
	for (u32 i = 0; i < KLOG_BYTES; i++)
		ring[i] = ANY(u8);
	klog_lock.taken = 0;
	written = ANY(u64);
	ASSUME(written < U64_MAX / 2);
	panicking = MAYBE();
	loud = ANY(u8);
	quiet = MAYBE();
	reader = (struct signal_binding){};
	raised = shown = 0;
	if (!quiet)
		return;
	reader = (struct signal_binding){ .signal = signal, .lineage = of_signal, .bits = 1, .through = through[0] };
	signal->object.refs++;
	of_signal->refs++;
	through[0]->refs++;
}

/* ---- the ring ---- */

void prove_write(void)
{
	u8 text[3];
	u32 count = ANY(u32) % 4;

	any_log();
	u64 before = written;
	bool visible = !quiet || panicking || loud != 0;

	klog_write(span_part(SPAN_OF_ARRAY(text), 0, count));
	PROVE(kept() && written == before + count, "what is written is counted");
	PROVE(count == 0 || ring[(before + count - 1) % KLOG_BYTES] == text[count - 1], "and kept in order");
	PROVE(shown == (visible ? count : 0), "and shown, unless a reader does that");
}

void prove_number(void)
{
	u64 value = ANY(u64);
	bool hex = MAYBE();

	any_log();
	u64 before = written;

	if (MAYBE())
		klog_hex(value);
	else if (hex)
		number(value, 10, 6);
	else
		klog_u64(value);
	PROVE(written > before && written - before <= MOST, "a number has one digit at least, and no more than fit");
}

void prove_read(void)
{
	struct user_span to = { .bytes = ANY(u64) };
	u64 position = ANY(u64), i = ANY(u64);

	any_log();
	u64 oldest = written > KLOG_BYTES ? written - KLOG_BYTES : 0, from = position < oldest ? oldest : position;
	struct sys_result result = syscall_klog_read(self, nullptr, position, to);
	u64 there = from < written ? written - from : 0;

	PROVE(kept() && copied_bytes == (there < to.bytes && there < MOST ? there : to.bytes < MOST ? to.bytes : MOST),
		"as much is read as is there and has room");
	PROVE(i >= copied_bytes || copied[i] == ring[(from + i) % KLOG_BYTES],
		"from where it was asked for, or from the oldest that is there");
	PROVE(result.status != STATUS_OK || ((u32)result.value == copied_bytes &&
		(result.value >> 32 == from - position || result.value >> 32 == U32_MAX)), "and how much was lost is told");
}

void prove_write_call(void)
{
	struct user_span text = { .bytes = ANY(u64) };

	any_log();
	u64 before = written;
	struct sys_result result = syscall_klog_write(self, nullptr, text);
	u64 count = text.bytes < MOST ? text.bytes : MOST;

	PROVE(kept() && (result.status == STATUS_OK) == !refused && written == before + (refused ? 0 : count),
		"what was copied is written, or nothing");
	PROVE(raised <= (result.status == STATUS_OK && quiet), "and the reader is told");
}

/* The kernel's own lines. A writer that is loud is shown even so; one that is not any more is as before. */
void prove_line(void)
{
	char text[3] = { ANY(char), ANY(char), 0 };

	any_log();
	bool visible = !quiet || panicking || loud != 0;
	u64 before = written;

	if (MAYBE()) {
		klog_loud_begin();
		klog_text(text);
		PROVE(shown == written - before, "who is loud is shown");
		klog_loud_end();
	}
	u32 shown_before = shown;
	u64 loud_end = written;

	klog_begin(text);
	u64 end = written;
	u64 length = text[0] == 0 ? 0 : text[1] == 0 ? 1 : 2;

	PROVE(end - loud_end >= 11 + length && (length == 0 || ring[(end - 1) % KLOG_BYTES] == (u8)text[length - 1]),
		"a line begins with the time, then its text");
	klog_end();
	PROVE(kept() && written == end + 1 && ring[end % KLOG_BYTES] == '\n', "and ends");
	PROVE(shown - shown_before == (visible ? written - loud_end : 0), "whoever was loud is not any more");
	PROVE(raised <= (quiet && !panicking), "the reader is told, if anybody may be");
}

void prove_init(void)
{
	klog_lock = (struct lock){ .taken = ANY(u32) };
	klog_init();
	PROVE(klog_lock.taken == 0 && klog_lock.level == LOCK_KLOG, "the log's lock is free, and has its place in the order");
}

/* ---- the reader ---- */

void prove_bind(void)
{
	struct cap log_cap, signal_cap;
	bool dead = MAYBE();

	any_log();
	ASSUME(!panicking);
	log_cap = (struct cap){ .lineage = through[1] };
	signal_cap = (struct cap){ .object = &signal->object, .lineage = of_signal, .type = OBJECT_SIGNAL };
	if (dead)
		signal->object.refs = quiet ? signal->object.refs : 0;
	bool gone = dead && !quiet;
	struct sys_result result = syscall_klog_bind(self, &log_cap, &signal_cap, ANY(u64));

	if (gone) {
		PROVE(result.status == STATUS_DEAD && reader.through == nullptr && through[1]->refs == 1 && of_signal->refs == 1,
			"nothing is held for a signal that is gone");
		return;
	}
	PROVE(kept() && bound(1) == valid[1] && (result.status == STATUS_OK) == valid[1],
		"who binds itself through a valid capability reads the log, and nobody else any more");
	PROVE(!bound(0) && (valid[1] || reader.through == nullptr), "without a reader the kernel shows it");
}

void prove_undo(void)
{
	any_log();
	bool was = quiet;

	klog_undo();
	PROVE(kept() && quiet == (was && valid[0]),
		"who was bound through what has been revoked is not any more, and what it held is given up");
}

/* From a panic: nobody waits for the lock. */
void prove_show_end(void)
{
	any_log();
	klog_panic_mode();
	klog_lock.taken = MAYBE();
	klog_show_end();
	PROVE(shown <= END_BYTES && (quiet || shown == 0), "the end that a reader has not shown is");
	PROVE(!quiet || written > END_BYTES || shown == written, "all of it, if there is no more");
	PROVE(shown == 0 || last_shown == ring[(written - 1) % KLOG_BYTES], "up to the last byte");
}
