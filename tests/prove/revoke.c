/* SPDX-License-Identifier: Apache-2.0
 *
 * The system call that revokes. Any capability with a chain of lineage of four nodes, of which it has any; the real
 * epochs. What is undone, object by object, is proved in undo.c and bindings.c; here it is told. So is whether others have
 * left the kernel, which objects.c and grace.pml prove.
 */
#include "kernel/hal/cpu.h"

static inline void prove_relax(void) {}
#define hal_relax prove_relax
#include "kernel/core/cap/lineage.c"
#include "kernel/core/cap/revoke.c"
#undef hal_relax
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/signal.h"
#include "tests/prove/include/quiet.h"

enum : u32 { NODES = 4 };

struct cpu *prove_this_cpu;

static struct lineage *node[NODES];
static u32 named;                /* whose lineage the capability has */
static struct cap source;
static enum status read_status;
static u32 undone, counted;
static enum object_type undone_as;
static bool rest;                /* something is left to be undone */
static u64 asked, waited;        /* the grace period that was asked for, and of which the end was looked for; 0: none */
static bool others_left;

/* ---- what is modelled ---- */

void object_retire(struct pooled *item) { (void)item; }
void group_release(struct group *group, enum group_account account, u64 amount) { (void)group; (void)account; (void)amount; }
bool endpoint_badge_gone(struct endpoint *endpoint, struct lineage *at) { (void)endpoint; (void)at; return false; }

enum status cap_read(struct process *process, handle_t handle, struct cap *out)
{
	(void)process;
	(void)handle;
	if (read_status == STATUS_OK)
		*out = source;
	return read_status;
}

/* receivable.c proves the real one. */
void receivable_revoke(struct object *object, struct lineage *lineage)
{
	PROVE(object == source.object && object->type == OBJECT_ENDPOINT, "receivers are counted of endpoints");
	counted++;
	lineage_revoke(lineage);
}

static bool agrees(u32 last)
{
	bool valid = true;

	for (u32 at = 1; at < NODES; at++)
		valid = valid && (at > last || node[at]->parent_epoch == node[at - 1]->epoch);
	return valid;
}

/* True: nothing is left. */
static bool undo_of(const struct object *object, enum object_type type)
{
	PROVE(object == source.object, "its own");
	PROVE(named == NODES - 1 || !agrees(NODES - 1), "what lasts is undone when it cannot begin any more");
	PROVE(asked == 0, "it is undone before others are waited for");
	undone++;
	undone_as = type;
	return !rest;
}

bool memory_undo(struct memory *at) { return undo_of(&at->object, OBJECT_MEMORY); }
bool endpoint_undo(struct endpoint *at) { return undo_of(&at->object, OBJECT_ENDPOINT); }
bool reply_undo(struct reply *at) { return undo_of(&at->object, OBJECT_REPLY); }
bool signal_undo(struct signal *at) { return undo_of(&at->object, OBJECT_SIGNAL); }
bool trace_undo(void) { return undo_of(source.object, OBJECT_TRACE); }
void irq_undo(void) { (void)undo_of(source.object, OBJECT_IRQ); }
void klog_undo(void) { (void)undo_of(source.object, OBJECT_KLOG); }

u64 object_grace_ask(void)
{
	PROVE(named == NODES - 1 || !agrees(NODES - 1), "others are waited for when nobody can begin any more");
	asked = ANY(u64);
	ASSUME(asked != 0);
	return asked;
}

bool object_grace_over(u64 grace, bool nudge)
{
	PROVE(nudge, "they are brought by");
	waited = grace;
	return others_left;
}

/* ---- the call ---- */

static bool lasts(enum object_type type)
{
	return type == OBJECT_MEMORY || type == OBJECT_ENDPOINT || type == OBJECT_REPLY || type == OBJECT_SIGNAL ||
		type == OBJECT_IRQ || type == OBJECT_KLOG || type == OBJECT_TRACE;
}

static void any_capability(void)
{
	struct object *object = NEW(struct object);

	for (u32 i = 0; i < NODES; i++) {
		node[i] = NEW(struct lineage);
		node[i]->parent = i == 0 ? nullptr : node[i - 1];
		node[i]->object = object;
		ASSUME(node[i]->epoch < U64_MAX && (i == 0 || node[i]->parent_epoch <= node[i - 1]->epoch));
	}
	lineage_revocations = ANY(u64);
	ASSUME(lineage_revocations < U64_MAX);
	for (u32 i = 0; i < NODES; i++)
		ASSUME(node[i]->checked_at <= lineage_revocations && (node[i]->checked_at != lineage_revocations || agrees(i)));
	named = ANY(u32);
	ASSUME(named < NODES);
	object->type = ANY(u32) % OBJECT_COUNT;
	source = (struct cap){ .object = object, .lineage = node[named], .type = object->type, .rights = ANY(u32) & 0xffff };
	read_status = MAYBE() ? STATUS_OK : MAYBE() ? STATUS_REVOKED : STATUS_BAD_HANDLE;
	rest = MAYBE();
	undone = 0;
	counted = 0;
	undone_as = OBJECT_NONE;
	asked = waited = 0;
	others_left = MAYBE();
}

void prove_call(void)
{
	any_capability();
	struct thread *self = NEW(struct thread);
	u64 before = lineage_revocations;
	bool valid = agrees(NODES - 1), own = agrees(named);

	self->process = NEW(struct process);
	self->grace = 0;
	struct sys_result result = syscall_cap_revoke(self, (handle_t){ ANY(u32) });
	bool allowed = read_status == STATUS_OK && (source.rights & RIGHT_REVOKE) != 0;

	PROVE((lineage_revocations != before) == allowed, "only who may revokes");
	PROVE(allowed || (agrees(NODES - 1) == valid && undone == 0 && counted == 0), "a refusal changes nothing");
	PROVE(allowed || result.status == (read_status != STATUS_OK ? read_status : STATUS_DENIED), "and its reason is told");
	if (!allowed)
		return;
	PROVE(named == NODES - 1 || !lineage_valid(node[NODES - 1]), "no descendant is valid any more");
	PROVE(lineage_valid(node[named]) == own, "what was revoked from stays what it was");
	PROVE(undone_as == (lasts(source.type) ? source.type : OBJECT_NONE) && undone == lasts(source.type),
		"what lasts is undone, of that object, once");
	PROVE(counted == (source.type == OBJECT_ENDPOINT), "receivers are counted off");
	bool all = !rest || !lasts(source.type) || source.type == OBJECT_IRQ || source.type == OBJECT_KLOG;

	PROVE((asked != 0) == all && waited == asked, "calls under way are waited for when nothing is left of that");
	PROVE(result.status == (all && others_left ? (u64)STATUS_OK : SYS_AGAIN), "the call ends when they have ended");
	PROVE(self->grace == (all && !others_left ? asked : 0), "and until then knows for what it waits");
}

void prove_wait(void)
{
	any_capability();
	struct thread *self = NEW(struct thread);
	u64 before = lineage_revocations, grace = self->grace;

	ASSUME(grace != 0);
	struct sys_result result = syscall_cap_revoke(self, (handle_t){ ANY(u32) });

	PROVE(waited == grace && lineage_revocations == before && undone == 0 && asked == 0, "nothing is done twice");
	PROVE(result.status == (others_left ? (u64)STATUS_OK : SYS_AGAIN), "it ends when calls under way have ended");
	PROVE(self->grace == (others_left ? 0 : grace), "and then the next is one of its own");
}
