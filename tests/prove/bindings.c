/* SPDX-License-Identifier: Apache-2.0
 *
 * Bindings to signals, and interrupt lines, which have one each. Any of three lines bound through any of two capabilities, either
 * revoked or not; one operation.
 */
#include "kernel/core/ipc/binding.c"
#include "kernel/core/irq/irq.c"

enum : u32 { LINES = IRQ_LINES_MAX, CAPS = 2 };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct signal *signal;
static struct lineage *through[CAPS];    /* of capabilities to lines */
static bool valid[CAPS], signal_valid;
static struct lineage *of_signal;
static bool bound;                       /* as far as asking the controller */
static bool masked[LINES], enabled[LINES];
static u32 lines_there, raised;
static u64 raised_bits;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "the signal is held otherwise, too"); }

void lineage_unref(struct lineage *at)
{
	if (at == nullptr)
		return;
	PROVE(lines_lock.taken == 0, "no lock is held");
	PROVE(at == of_signal || at == through[0] || at == through[1], "what was bound");
	PROVE(at->refs > 1, "what is given up is held");
	at->refs--;
}

bool lineage_walk(struct lineage *at) { return at == of_signal ? signal_valid : at == through[0] ? valid[0] : valid[1]; }

void signal_raise(struct signal *at, u64 bits)
{
	PROVE(at == signal && lines_lock.taken == 0, "the bound signal is raised, with no lock held");
	raised++;
	raised_bits = bits;
}

u32 hal_irq_count(void) { return lines_there; }

static u32 told_line;

bool hal_irq_edge(u32 line)
{
	PROVE(line < lines_there && lines_lock.taken != 0, "a line that there is, under the lock");
	told_line = line;
	return MAYBE();
}

bool hal_irq_message(u32 line, u64 *address, u32 *data)
{
	PROVE(line < lines_there, "a line that there is");
	told_line = line;
	*address = *data = 1;
	return MAYBE();
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	PROVE(line < lines_there && cpu == 0, "a line that there is");
	if (MAYBE())
		return false;
	masked[line] = true;
	bound = true;
	return true;
}

void hal_irq_mask(u32 line) { PROVE(line < LINES, "a line that there is"); masked[line] = true; }

void hal_irq_unmask(u32 line)
{
	PROVE(line < LINES && lines_lock.taken != 0, "a line that there is, under the lock");
	masked[line] = false;
}

static u32 port_used;

u32 hal_port_count(void) { return MAYBE() ? 0 : 65536; }

u32 hal_port_read(u32 port, u32 width)
{
	PROVE((u64)port + width <= 65536, "ports that there are");
	port_used = port;
	return 0;
}

void hal_port_write(u32 port, u32 width, u32 value) { (void)hal_port_read(port, width); (void)value; }

static u32 named;      /* which of the capabilities */
static struct cap line_cap;

/* ---- any lines ---- */

static bool bound_through(u32 line, u32 i) { return lines[line].through == through[i]; }

/* Each reference that is held is a binding's; who is bound through what is revoked is masked, or not seen yet. */
static bool kept(void)
{
	u32 count[CAPS] = {}, signals = 0;

	for (u32 line = 0; line < LINES; line++) {
		count[0] += bound_through(line, 0);
		count[1] += bound_through(line, 1);
		signals += lines[line].signal != nullptr;
		if (lines[line].through == nullptr && (lines[line].signal != nullptr || !masked[line]))
			return false;
	}
	return through[0]->refs == 1 + count[0] && through[1]->refs == 1 + count[1] && of_signal->refs == 1 + signals &&
		signal->object.refs == 1 + signals && lines_lock.taken == 0;
}

static void any_lines(void)
{
	signal = NEW(struct signal);
	signal->object.type = OBJECT_SIGNAL;
	of_signal = NEW(struct lineage);
	of_signal->checked_at = 0;
	signal_valid = MAYBE();
	lineage_revocations = 1;
	of_signal->refs = 1;
	for (u32 i = 0; i < CAPS; i++) {
		through[i] = NEW(struct lineage);
		through[i]->checked_at = 0;
		through[i]->refs = 1;
		valid[i] = MAYBE();
	}
	for (u32 line = 0; line < LINES; line++) {
		u32 i = MAYBE() ? 1 : 0;

		lines[line] = (struct signal_binding){};
		masked[line] = true;
		if (MAYBE())
			continue;
		masked[line] = MAYBE();
		lines[line] = (struct signal_binding){ signal, of_signal, ANY(u64), i == 0 ? through[0] : through[1] };
		lines[line].through->refs++;
		of_signal->refs++;
	}
	signal->object.refs = of_signal->refs;
	lines_lock.taken = 0;
	lines_there = ANY(u32);
	raised = 0;
	bound = false;
	named = MAYBE() ? 1 : 0;
	line_cap = (struct cap){ .lineage = named == 1 ? through[1] : through[0], .value = ANY(u64) };
}

/* ---- proofs ---- */

void prove_undo(void)
{
	any_lines();
	u32 line = ANY(u32);

	ASSUME(line < LINES);
	struct signal_binding before = lines[line];
	bool was_masked = masked[line];
	bool ends = before.through != nullptr && !(before.through == through[0] ? valid[0] : valid[1]);

	irq_undo();
	PROVE(kept(), "each reference that is held is a binding's");
	PROVE((lines[line].through == nullptr) == (before.through == nullptr || ends), "exactly what was revoked is bound no more");
	PROVE(ends ? masked[line] : masked[line] == was_masked, "and such a line is masked, no other");
}

void prove_bind(void)
{
	any_lines();
	struct thread *self = NEW(struct thread);
	struct lineage gone = { .refs = 0 };
	bool there = MAYBE();
	struct cap to = { .object = &signal->object, .lineage = there ? of_signal : &gone, .type = OBJECT_SIGNAL };
	u64 bits = ANY(u64);
	struct sys_result result = syscall_irq_bind(self, &line_cap, &to, bits);

	PROVE(kept(), "each reference that is held is a binding's, and an unbound line is masked");
	for (u32 at = 0; at < LINES; at++)
		PROVE(result.status != STATUS_REVOKED || valid[named] || !bound || !there || lines[at].through != line_cap.lineage,
			"what was revoked meanwhile is bound to nothing");
	if (result.status != STATUS_OK)
		return;
	u32 line = (u32)cap_range_first(&line_cap);

	PROVE(line < LINES && line < lines_there && cap_range_count(&line_cap) == 1, "one line, that there is");
	PROVE(valid[named] && lines[line].through == line_cap.lineage && lines[line].signal == signal &&
		lines[line].bits == bits && !masked[line], "it is bound, through a capability that holds");
}

void prove_fired(void)
{
	any_lines();
	u32 line = ANY(u32);

	irq_fired(line);
	struct signal_binding *at = &lines[line % LINES];
	bool tells = line < LINES && at->signal != nullptr && signal_valid && (at->through == through[0] ? valid[0] : valid[1]);

	PROVE(raised == (tells ? 1 : 0), "exactly a bound line raises its signal, unless that was revoked");
	PROVE(!tells || raised_bits == at->bits, "with its bits");
	PROVE(kept(), "and nothing else changes");
}

void prove_ack(void)
{
	any_lines();
	struct thread *self = NEW(struct thread);
	struct sys_result result = syscall_irq_ack(self, &line_cap);

	PROVE(kept(), "only a bound line is unmasked");
	PROVE(result.status != STATUS_OK || (cap_range_count(&line_cap) == 1 && lines[cap_range_first(&line_cap)].signal != nullptr),
		"what is acknowledged is bound");
}

void prove_message(void)
{
	struct irq_message message = {};

	irq_init();
	any_lines();
	told_line = U32_MAX;
	bool edge = MAYBE();
	struct sys_result result = edge ? syscall_irq_edge(NEW(struct thread), &line_cap) :
		syscall_irq_message(NEW(struct thread), &line_cap, &message);

	PROVE(kept() && (told_line == U32_MAX || (cap_range_count(&line_cap) == 1 && told_line == cap_range_first(&line_cap))),
		"how a line is raised is told, or chosen, of one that the capability is for");
	PROVE(result.status != STATUS_OK || (told_line != U32_MAX && (edge || message.address != 0)), "and is");
}

void prove_ports(void)
{
	any_lines();
	struct thread *self = NEW(struct thread);
	u32 offset = ANY(u32), width = ANY(u32);
	u64 first = cap_range_first(&line_cap);

	ASSUME(first + cap_range_count(&line_cap) <= 1ull << 32);
	struct sys_result result = MAYBE() ? syscall_port_read(self, &line_cap, offset, width)
		: syscall_port_write(self, &line_cap, offset, width, ANY(u32));

	PROVE(result.status != STATUS_OK || ((u64)offset + width <= cap_range_count(&line_cap) &&
		port_used == first + offset), "only ports of the capability are reached");
}
