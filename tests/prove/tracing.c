/* SPDX-License-Identifier: Apache-2.0
 *
 * Who reads events, and which are recorded: the filter, the reader that is told, the rings' memory. A reader that is bound or
 * not, alive or not, through a trace capability that is valid or not; one operation.
 */
#include "kernel/core/ipc/binding.c"
#include "kernel/core/trace/control.c"

/* Lineages: of two signals' capabilities, and of the trace capabilities that they were bound through. */
enum : u32 { CPUS = 2, SIGNALS = 2, THROUGH = 2, LINEAGES = 4 };

struct cpu *prove_this_cpu;
u64 lineage_revocations, object_grace_wanted;
u32 cpus_there;

static struct cpu *cpu[CPUS];
static struct signal *signal[SIGNALS];       /* of the reader before, and of one that comes */
static struct lineage *of[LINEAGES];         /* theirs, then those of the trace capabilities that they are bound through */
static bool valid[LINEAGES];
static bool mapped[CPUS];                    /* by what has been revoked: the ring of each */
static u32 raised, frames, begun;
static struct thread *self;
static struct object *handed;
static struct group *group;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
struct cpu *cpu_at(u32 id) { PROVE(id < cpus_there, "a processor that there is"); return id == 0 ? cpu[0] : cpu[1]; }
u64 hal_clock_ns(void) { return ANY(u64); }

static u32 which_of(const struct lineage *at)
{
	PROVE(at == of[0] || at == of[1] || at == of[2] || at == of[3], "of a capability to a signal or to events");
	return at == of[0] ? 0 : at == of[1] ? 1 : at == of[2] ? 2 : 3;
}

bool lineage_walk(struct lineage *at) { return valid[which_of(at)]; }

bool memory_undo(struct memory *memory)
{
	u32 i = memory == rings[0] ? 0 : 1;

	PROVE(memory != nullptr && i < cpus_there && memory == rings[i], "a ring that there is");
	if (!mapped[i])
		return true;
	mapped[i] = MAYBE();
	return false;
}

void object_last_unref(struct object *object) { PROVE(object == &signal[0]->object, "whom only the reader's binding held"); }
vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ at.v }; }
void trace_begin_ids(void) { begun++; }
u64 memory_cap_value(const struct memory *memory) { (void)memory; return 1; }

void lineage_unref(struct lineage *at)
{
	if (at == nullptr)
		return;
	PROVE(of[which_of(at)]->refs != 0 && listener_lock.taken == 0, "what was bound is given up, with no lock held");
	at->refs--;
}

void signal_raise(struct signal *at, u64 bits)
{
	(void)bits;
	PROVE(at == signal[0] && listener_lock.taken == 0, "the reader is told, with no lock held");
	raised++;
}

struct frame_result frame_alloc(u32 order)
{
	PROVE((PAGE_BYTES << order) == sizeof(struct trace_ring), "there is room for a ring");
	if (MAYBE())
		return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
	frames++;
	return (struct frame_result){ .ok = true, .frame = { (u64)(uptr)NEW(struct trace_ring) } };
}

enum status memory_wrap(struct group *at, enum memory_kind kind, paddr_t base, u64 pages, struct memory **out)
{
	(void)base;
	PROVE(at == group && kind == MEMORY_FIXED && pages << PAGE_SHIFT == sizeof(struct trace_ring), "the ring and no more");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	*out = NEW(struct memory);
	(*out)->object.refs = 1;
	return STATUS_OK;
}

struct sys_result sys_new_child(struct thread *who, struct cap *cap, u32 rights)
{
	PROVE(who == self && cap->value == 1 && cap->type == OBJECT_MEMORY, "for who called, the whole ring");
	PROVE((rights & (MEMORY_RIGHT_WRITE | MEMORY_RIGHT_EXECUTE)) == 0, "rings are read, and nothing else");
	PROVE(cap->lineage == of[THROUGH] && of[THROUGH]->refs == 2, "a child of the trace capability");
	handed = cap->object;
	return sys_ok(1);
}

/* ---- any reader ---- */

static bool kept(void)
{
	bool first = listener.signal == signal[0], second = listener.signal == signal[1];

	return listener_lock.taken == 0 && (first || second || listener.signal == nullptr) && of[0]->refs == 1u + first &&
		of[1]->refs == 1u + second && of[THROUGH]->refs == 1u + first && of[THROUGH + 1]->refs == 1u + second &&
		signal[1]->object.refs == 1u + second;
}

static void any_reader(void)
{
	prove_this_cpu = NEW(struct cpu);
	self = NEW(struct thread);
	group = NEW(struct group);
	cpus_there = 1 + ANY(u32) % CPUS;
	lineage_revocations = 1; /* so that lineages are walked */
	for (u32 i = 0; i < SIGNALS; i++) {
		cpu[i] = NEW(struct cpu);
		signal[i] = NEW(struct signal);
		signal[i]->object.refs = 1;
		signal[i]->object.type = OBJECT_SIGNAL;
		rings[i] = nullptr;
		mapped[i] = false;
	}
	for (u32 i = 0; i < LINEAGES; i++) {
		of[i] = NEW(struct lineage);
		of[i]->refs = 1;
		of[i]->checked_at = 0;
		valid[i] = MAYBE();
	}
	listener_lock.taken = 0;
	listener = (struct signal_binding){};
	trace_classes = ANY(u8);
	wanted_group = ANY(u64);
	raised = frames = begun = 0;
	handed = nullptr;
	if (MAYBE())
		return;
	listener = (struct signal_binding){ .signal = signal[0], .lineage = of[0], .bits = 1, .through = of[THROUGH] };
	of[0]->refs = of[THROUGH]->refs = 2;
	signal[0]->object.refs = MAYBE() ? 1 : 2; /* whoever made it may be gone */
}

/* Somebody may be told who was bound before. */
static bool first_is_there(void)
{
	return listener.signal == signal[0] && valid[0] && valid[THROUGH] && signal[0]->object.refs > 1;
}

/* ---- which events ---- */

void prove_control(void)
{
	u64 classes = ANY(u64), wanted = ANY(u64);
	bool given = MAYBE(), gone = MAYBE();

	any_reader();
	bool before_bound = listener.signal != nullptr;
	u32 before = trace_classes, before_refs = signal[0]->object.refs;
	struct cap cap = { .object = &signal[1]->object, .lineage = of[1], .type = OBJECT_SIGNAL };
	struct cap trace = { .lineage = of[THROUGH + 1], .type = OBJECT_TRACE };

	if (gone)
		signal[1]->object.refs = 0;
	struct sys_result result = syscall_trace_control(self, &trace, classes, wanted, given ? &cap : nullptr, 1);
	bool done = result.status == STATUS_OK;

	PROVE(gone || kept(), "each reference that is held is the reader's");
	if (result.status == STATUS_REVOKED) {
		PROVE(given && !valid[THROUGH + 1] && listener.signal == nullptr && trace_classes == CLASSES_AT_BOOT,
			"who may not choose any more is not told, and nothing is recorded for him");
		return;
	}
	PROVE(done == ((classes & ~(u64)EVENT_CLASSES_ALL) == 0 && !(given && gone)),
		"only classes that there are are recorded, for a signal that is there");
	PROVE(!done || !given || valid[THROUGH + 1], "by whoever may choose");
	PROVE(!done || (trace_classes == classes && wanted_group == wanted && result.value == before),
		"what was asked for is recorded");
	PROVE(done || trace_classes == before, "a refusal changes nothing");
	PROVE(!done || (listener.signal == (given ? signal[1] : nullptr) &&
		(!before_bound || signal[0]->object.refs == before_refs - 1)), "there is one reader, and the one before holds nothing");
}

void prove_notify(void)
{
	any_reader();
	bool bound = listener.signal != nullptr, alive = first_is_there();

	prove_this_cpu->attention |= ATTEND_TRACE;
	trace_notify();
	PROVE((prove_this_cpu->attention & ATTEND_TRACE) == 0 && raised == alive, "a reader that is there is told, once");
	PROVE(kept() && (listener.signal != nullptr) == alive, "one that is not is no reader any more, and holds nothing");
	PROVE(!bound || alive || (trace_classes == CLASSES_AT_BOOT && wanted_group == 0), "and nobody pays for what nobody reads");
	PROVE(trace_filter_has_reader() == alive, "which is seen");
}

void prove_undo(void)
{
	any_reader();
	ASSUME(trace_init(group) == STATUS_OK);
	trace_classes = ANY(u8);
	bool bound = listener.signal != nullptr, alive = first_is_there();
	u32 classes = trace_classes;

	for (u32 i = 0; i < cpus_there; i++)
		mapped[i] = MAYBE();
	bool before = mapped[0] || mapped[1], done = trace_undo();

	PROVE(done == !before, "it is done when nothing of a ring is mapped by what has been revoked");
	PROVE(kept() && raised == 0 && (listener.signal != nullptr) == alive,
		"who was bound through what has been revoked is not any more");
	PROVE(bound && !alive ? trace_classes == CLASSES_AT_BOOT : trace_classes == classes, "and nobody pays for what nobody reads");
}

/* Groups, one below the other. */
void prove_wants(void)
{
	struct group *below = NEW(struct group);

	any_reader();
	group->parent = nullptr;
	below->parent = group;
	bool wants = wanted_group == 0 || wanted_group == below->object.id || wanted_group == group->object.id;

	PROVE(trace_filter_wants(below) == wants, "a group is wanted with all below it");
	PROVE(trace_filter_wants(nullptr) == (wanted_group == 0), "and nobody's events with everybody's");
	PROVE((trace_filter_number() & TRACE_WANTED) != 0, "filters have numbers of their own kind");
}

/* ---- the rings ---- */

void prove_rings(void)
{
	u32 which = ANY(u32);

	any_reader();
	enum status status = trace_init(group);

	PROVE((status == STATUS_OK) == (begun == 1), "recording begins when there are rings");
	if (status != STATUS_OK)
		return;
	struct cap trace = { .lineage = of[THROUGH], .type = OBJECT_TRACE };
	bool gone = MAYBE();

	of[THROUGH]->refs = gone ? 0 : 1;
	struct sys_result result = syscall_trace_ring(self, &trace, which);

	bool there = which < cpus_there && !gone;

	PROVE((result.status == STATUS_OK) == there && (handed != nullptr) == there, "of processors that there are");
	PROVE(handed == nullptr || handed->refs == 2, "a ring that is handed out is referred to");
	PROVE(cpu[0]->trace.ring != nullptr && cpu[0]->trace.ring->packet[TRACE_PACKETS - 1].magic == EVENT_PACKET_MAGIC,
		"all packets can be told as such");
}
