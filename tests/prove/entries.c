/* SPDX-License-Identifier: Apache-2.0
 *
 * The ways into the kernel but for system calls: faults of user mode, interrupts; and what becomes of a call that did not just
 * succeed. Any thread, any fault, any outcome of what may be refused; each entry ends in the choice of who runs, once.
 */
#include "kernel/hal/frame.h"

static u64 hal_frame_ip(const struct hal_frame *frame) { return frame->word[0]; }
static u64 hal_frame_sp(const struct hal_frame *frame) { return frame->word[1]; }
static u64 hal_frame_fp(const struct hal_frame *frame) { return frame->word[2]; }

#include "kernel/core/sched/activity.h"
#include "kernel/core/syscall/entry.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted, lineage_revocations;

static struct thread *self;
static struct process *process;
static struct endpoint *endpoint;
static u64 number, again, before_ns;           /* of the call; how often it is made again; the clock */
static u32 filled, sent, ended, left, armed, ticked, fired, loaded;
static bool for_now, valid, expired;
static enum status fill_status, send_status;
static u64 fault_address;
static u32 wanted_access;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return before_ns; }
bool lineage_walk(struct lineage *at) { PROVE(at == process->faults.lineage, "the handler's capability"); return valid; }

bool sweep_goes_on(enum status status) { (void)status; return for_now; }

void hal_frame_restart(struct hal_frame *frame, u64 of)
{
	PROVE(frame == &self->frame && of == number, "the call that it made");
	again++;
}

enum status space_fault(struct space *space, u64 address, u32 access)
{
	PROVE(space == &process->space && address == fault_address && access == wanted_access && access != 0,
		"what it was about to do");
	filled++;
	return fill_status;
}

void process_end(struct process *at, u64 status, enum exit_reason reason)
{
	PROVE(at == process && reason == EXIT_REASON_FAULTED && status == self->fault[0],
		"whose fault nobody handles, with what it did");
	ended++;
}

/* It goes on as who handles it, or returns and nothing has changed. */
void fast_fault(struct cpu *cpu, struct thread *at)
{
	PROVE(cpu == prove_this_cpu && at == self && thread_faulted(self) && process->faults.object != nullptr && valid,
		"a fault is sent where it may be");
	ASSUME(MAYBE());
}

enum status send_call(struct thread *at, struct endpoint *to, u64 badge, u64 info, u32 kind, u64 deadline_ns)
{
	PROVE(at == self && to == endpoint && badge == process->faults.value && kind == MSG_KIND_NOTE_FAULT &&
		deadline_ns == U64_MAX && msg_info_words(info) == FAULT_WORDS && msg_info_caps(info) == 0,
		"the words of a fault, through the capability that there is");
	PROVE(self->fault[1] == fault_address && self->fault[4] == process->object.id && self->fault[5] == self->object.id,
		"which say what happened, and to whom");
	sent++;
	return send_status;
}

void hal_fpu_init(struct hal_fpu *fpu) { PROVE(fpu == &self->fpu, "its own"); loaded++; }

void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to)
{
	PROVE(from == nullptr && to == &self->fpu && loaded == 1, "what is loaded was made ready");
	loaded++;
}

bool timers_expire(u64 now_ns) { PROVE(now_ns == before_ns && prove_this_cpu->idle == 0, "what is due by now"); return expired; }
void timers_arm(void) { PROVE(ticked == 1, "when what is due was worked on"); armed++; }
void sched_tick(bool slice_over) { PROVE(slice_over == expired && armed == 0, "if the slice is over"); ticked++; }
void irq_fired(u32 line) { PROVE(line == (u32)number && prove_this_cpu->idle == 0, "the line"); fired++; }

void sched_leave_kernel_slowly(struct cpu *cpu)
{
	PROVE(cpu == prove_this_cpu && cpu->idle == 0, "who looks who is to run is not idle");
	left++;
}

/* ---- any entry ---- */

static void any_entry(void)
{
	prove_this_cpu = NEW(struct cpu);
	prove_this_cpu->idle = 0;
	self = NEW(struct thread);
	process = NEW(struct process);
	endpoint = NEW(struct endpoint);
	endpoint->object.type = OBJECT_ENDPOINT;
	self->process = process;
	self->activity = NEW(struct activity);
	prove_this_cpu->current = self;
	process->faults.object = MAYBE() ? &endpoint->object : nullptr;
	process->faults.lineage = NEW(struct lineage);
	process->faults.lineage->checked_at = 0;
	lineage_revocations = 1; /* so that the lineage is walked */
	valid = MAYBE();
	for_now = MAYBE();
	expired = MAYBE();
	number = ANY(u64);
	before_ns = ANY(u64);
	fault_address = ANY(u64);
	again = filled = sent = ended = left = armed = ticked = fired = loaded = 0;
	fill_status = MAYBE() ? STATUS_OK : MAYBE() ? STATUS_BAD_ADDRESS : STATUS_OUT_OF_FRAMES;
	send_status = MAYBE() ? STATUS_OK : MAYBE() ? STATUS_CANCELLED : STATUS_DEAD;
}

/* Left the long way, or nothing stood against going on. */
static bool left_once(void)
{
	return left + (prove_this_cpu->current != nullptr && (self->flags | prove_this_cpu->attention) == 0 &&
		self->activity == prove_this_cpu->payer &&
		prove_this_cpu->grace_seen == object_grace_wanted) >= 1 && left <= 1;
}

/* ---- system calls that did not just succeed ---- */

void prove_finish(void)
{
	any_entry();
	struct sys_result result = { ANY(u64), ANY(u64) };

	ASSUME(result.status != STATUS_OK && result.status != SYS_NO_RESULT);
	self->frame.status = number;
	u32 copied = self->copied;
	bool repeats = result.status == SYS_AGAIN || for_now;

	syscall_finish_otherwise(&self->frame, result);
	PROVE(again == repeats, "a call is made again that is not done, or was refused for now");
	PROVE(repeats ? self->copied == copied && self->frame.status == number :
		self->copied == 0 && self->frame.status == result.status && self->frame.arg0 == result.value,
		"it goes on where it was; else it has its answer, and nothing is left of it");
}

/* ---- faults ---- */

void prove_fault(void)
{
	u32 kind = ANY(u32);
	u64 code = ANY(u64);

	any_entry();
	ASSUME(kind < FAULT_KIND_COUNT);
	self->traits &= ~(u32)THREAD_FAULTED;
	wanted_access = kind == FAULT_KIND_READ ? HAL_PROT_READ : kind == FAULT_KIND_WRITE ? HAL_PROT_WRITE :
		kind == FAULT_KIND_EXECUTE ? HAL_PROT_EXECUTE : 0;
	bool there = wanted_access != 0 && fill_status == STATUS_OK, handled = process->faults.object != nullptr && valid;

	core_user_fault(kind, fault_address, code);
	PROVE(filled == (wanted_access != 0) && left_once(),
		"memory is looked for where memory was missing; then somebody is chosen");
	if (there) {
		PROVE(sent == 0 && ended == 0 && !thread_faulted(self), "what is mapped is nobody's business");
		return;
	}
	PROVE(sent == handled, "else its handler is told");
	PROVE(ended == (!handled || (send_status != STATUS_OK && send_status != STATUS_CANCELLED)),
		"or the process ends, unless it is to stop anyway");
	PROVE(thread_faulted(self) == (handled && send_status == STATUS_OK), "who waits for its handler is marked, and nobody else");
	PROVE(self->fault[0] == (wanted_access != 0 && fill_status == STATUS_OUT_OF_FRAMES ? (u32)FAULT_KIND_OUT_OF_MEMORY : kind) &&
		self->fault[6] == code, "the fault is told as it was, or that memory was short");
}

void prove_fpu(void)
{
	any_entry();
	core_fpu_first_use();
	PROVE(loaded == 2 && thread_uses_fpu(self), "its registers are its own from then on");
}

/* ---- interrupts ---- */

void prove_interrupt(void)
{
	u32 what = ANY(u32);
	bool was_idle = MAYBE();

	any_entry();
	if (was_idle) {
		prove_this_cpu->current = nullptr;
		prove_this_cpu->idle = 1;
	}
	if (what == 0)
		core_timer(was_idle);
	else if (what == 1)
		core_irq((u32)number, was_idle);
	else
		core_ipi(ANY(u32), was_idle);
	PROVE(left == (was_idle || left) && (was_idle || left_once()), "somebody is chosen, once");
	PROVE(armed == (what == 0) && ticked == (what == 0) && fired == (what == 1), "what came is worked on");
	PROVE(what < 2 || left == 1, "who is sent for looks");
}
