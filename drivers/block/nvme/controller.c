/* SPDX-License-Identifier: Apache-2.0
 *
 * An NVMe controller. See controller.h.
 */
#include "drivers/block/nvme/controller.h"
#include "abi/stubs.h"
#include "lib/driver/function.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

/* SPEC: 3.1 "Register Definition" */
enum : u64 { CAPABILITIES = 0x00, CONFIGURATION = 0x14, STATE = 0x1c, ADMIN_SIZES = 0x24, ADMIN_COMMANDS = 0x28,
	ADMIN_COMPLETIONS = 0x30, DOORBELLS = 0x1000 };
/* SPEC: 3.1.5 "CC", with entries of 64 and 16 bytes, pages of 4 KiB; 3.1.6 "CSTS" */
enum : u32 { ENABLED = 1 | 6 << 16 | 4 << 20, STATE_READY = 1, STATE_FATAL = 2 };
/* SPEC: 5 "Admin Command Set": Create I/O Submission Queue, Create I/O Completion Queue, Identify, Set Features */
enum : u8 { MAKE_COMMANDS = 0x01, MAKE_COMPLETIONS = 0x05, IDENTIFY = 0x06, SET_FEATURES = 0x09 };
enum : u32 { OF_NAMESPACE = 0, OF_CONTROLLER = 1, NUMBER_OF_QUEUES = 7, CONTIGUOUS = 1, INTERRUPTS = 2, QUEUE_SHIFT = 16 };
enum : u32 { ADMIN = 0, REQUESTS = 1, QUEUES = 2, ADMIN_ENTRIES = 8, ADMIN_ID = 1 };
enum : u64 { MS = 1000000, ANSWER_NS = 5000 * MS };

struct pair {
	struct nvme_queue queue;
	u64 commands, completions;  /* where they are in the device's memory: a page each */
};

static struct mmio registers;
static u64 registers_bytes;
static struct nvme_abilities abilities;
static struct dma_memory memory;
static struct pair pairs[QUEUES];
static handle_t irq;

struct dma_memory *controller_memory(void) { return &memory; }

static enum status fail(struct text *why, struct span what, enum status status)
{
	text_add_span(why, what);
	return status;
}

static void write64(u64 at, u64 value)
{
	mmio_write32(&registers, at, (u32)value);
	mmio_write32(&registers, at + 4, (u32)(value >> 32));
}

/* ---- queues ---- */

/* SPEC: 3.1, "Submission Queue y Tail Doorbell", "Completion Queue y Head Doorbell": of each pair, the tail of its commands,
 * then the head of its completions */
static u64 doorbell(u32 number, u32 which) { return DOORBELLS + (2 * number + which) * abilities.step; }

static bool put(u32 number, u32 id, const struct nvme_command *command)
{
	struct pair *p = ELEM(pairs, number);

	if (!nvme_queue_put(&p->queue, dma_span(&memory, p->commands, NVME_PAGE_BYTES), id, command))
		return false;
	mmio_write32(&registers, doorbell(number, 0), p->queue.tail);
	return true;
}

static enum nvme_taken take(u32 number, u32 *id, u32 *status)
{
	struct pair *p = ELEM(pairs, number);

	return nvme_queue_take(&p->queue, dma_span(&memory, p->completions, NVME_PAGE_BYTES), id, status);
}

static void tell_taken(u32 number) { mmio_write32(&registers, doorbell(number, 1), ELEM(pairs, number)->queue.head); }

static enum status begin_pair(u32 number, u32 size, struct text *why)
{
	struct pair *p = ELEM(pairs, number);
	bool there = dma_take(&memory, NVME_PAGE_BYTES, &p->commands) && dma_take(&memory, NVME_PAGE_BYTES, &p->completions);

	if (!there || !nvme_queue_begin(&p->queue, (u16)number, size, dma_span(&memory, p->completions, NVME_PAGE_BYTES)))
		return fail(why, span_text("too little memory for queues"), STATUS_OUT_OF_FRAMES);
	return STATUS_OK;
}

/* ---- administration ---- */

/* WHY before anything is taken: after it, each completion interrupts anew. */
static void acknowledge(void) { (void)sys_irq_ack(irq); }

/* The answer to the one command that is under way. */
static enum status await(u32 bit, struct text *why)
{
	u64 deadline = rt_deadline_in(ANSWER_NS), bits = 0;
	u32 id = 0, said = 0;
	enum nvme_taken taken = NVME_NOTHING;

	while (taken == NVME_NOTHING) {
		if (sys_signal_wait(service_signal(), 1ull << bit, deadline, &bits) != STATUS_OK)
			return fail(why, span_text("the controller does not answer"), STATUS_IO);
		acknowledge();
		taken = take(ADMIN, &id, &said);
		if (taken == NVME_TAKEN)
			tell_taken(ADMIN);
	}
	if (taken == NVME_BROKEN)
		return fail(why, span_text("the controller said what cannot be"), STATUS_IO);
	if (said != 0)
		return fail(why, span_text("the controller refuses a command of its administration"), STATUS_NOT_SUPPORTED);
	return STATUS_OK;
}

static enum status administer(u32 bit, const struct nvme_command *command, struct text *why)
{
	INVARIANT(put(ADMIN, ADMIN_ID, command), "one command of administration at a time");
	return await(bit, why);
}

/* WHY from what is left: it is of no use afterwards. */
static enum status identify(u32 bit, u32 what, struct span *out, struct text *why)
{
	struct nvme_command command = { .opcode = IDENTIFY, .namespace_id = what == OF_NAMESPACE ? NVME_NAMESPACE : 0,
		.first = dma_address(&memory, memory.used), .word = { what } };

	if (memory.used + NVME_IDENTITY_BYTES > memory.piece.bytes)
		return fail(why, span_text("too little memory for the device"), STATUS_OUT_OF_FRAMES);
	mspan_fill(dma_span(&memory, memory.used, NVME_IDENTITY_BYTES), 0);
	*out = span_of(dma_span(&memory, memory.used, NVME_IDENTITY_BYTES));
	return administer(bit, &command, why);
}

static enum status understand(u32 bit, struct block_disk *disk, struct text *why)
{
	struct span identity;
	enum status status = identify(bit, OF_CONTROLLER, &identity, why);

	if (status == STATUS_OK && !nvme_controller_is_good(identity, disk, why))
		status = STATUS_NOT_SUPPORTED;
	if (status == STATUS_OK)
		status = identify(bit, OF_NAMESPACE, &identity, why);
	if (status == STATUS_OK && !nvme_namespace_is_good(identity, disk, why))
		status = STATUS_NOT_SUPPORTED;
	return status;
}

/* Completions before commands, which name them. */
static enum status make_queues(u32 bit, struct text *why)
{
	const struct pair *p = ELEM(pairs, REQUESTS);
	u32 which = REQUESTS | (p->queue.size - 1) << QUEUE_SHIFT;
	struct nvme_command number = { .opcode = SET_FEATURES, .word = { NUMBER_OF_QUEUES, 0 /* one of each */ } };
	struct nvme_command completions = { .opcode = MAKE_COMPLETIONS, .first = dma_address(&memory, p->completions),
		.word = { which, CONTIGUOUS | INTERRUPTS } };
	struct nvme_command commands = { .opcode = MAKE_COMMANDS, .first = dma_address(&memory, p->commands),
		.word = { which, CONTIGUOUS | REQUESTS << QUEUE_SHIFT } };
	enum status status = administer(bit, &number, why);

	if (status == STATUS_OK)
		status = administer(bit, &completions, why);
	return status == STATUS_OK ? administer(bit, &commands, why) : status;
}

/* ---- beginning ---- */

/* WHY polled: there is no interrupt for that; and asleep between: it may take seconds. */
static enum status await_state(u32 wanted, struct text *why)
{
	u32 state = mmio_read32(&registers, STATE);

	for (u32 i = 0; i < abilities.ready_ms && (state & STATE_READY) != wanted; i++) {
		rt_sleep_until(rt_deadline_in(MS));
		state = mmio_read32(&registers, STATE);
	}
	/* WHY not of one that is off: what it had before says nothing. */
	if ((state & STATE_READY) != wanted || (wanted != 0 && (state & STATE_FATAL) != 0))
		return fail(why, span_text("the controller does not come up"), STATUS_IO);
	return STATUS_OK;
}

static enum status find(struct text *why)
{
	if (!function_open() || !pci_is_on(&function_config, 0, false) || !function_map(0, &registers_bytes, &registers) ||
	    registers_bytes <= DOORBELLS)
		return fail(why, span_text("no NVMe controller behind PCI"), STATUS_NOT_SUPPORTED);
	u64 capabilities = mmio_read32(&registers, CAPABILITIES) | (u64)mmio_read32(&registers, CAPABILITIES + 4) << 32;

	if (!nvme_abilities_of(capabilities, &abilities, why))
		return STATUS_NOT_SUPPORTED;
	if (doorbell(QUEUES, 0) > registers_bytes)
		return fail(why, span_text("the controller's doorbells are not among its registers"), STATUS_NOT_SUPPORTED);
	if (!dma_piece(0, &memory.piece))
		return fail(why, span_text("no memory for the device: [device] has no `dma_kib'"), STATUS_OUT_OF_FRAMES);
	return STATUS_OK;
}

/* WHY by message only: QEMU's model leaves a wire raised for completions that an instance before has not taken, whatever is
 * reset, and the next one would have interrupts without end. */
static enum status choose_interrupt(u32 bit, struct text *why)
{
	struct irq_message message;

	irq = rt_handle(span_text("irq"));
	if (handle_is_none(irq) || sys_irq_message(irq, &message) != STATUS_OK || !function_set_message(&message))
		return fail(why, span_text("the controller cannot interrupt by message, and is not driven by a wire"),
			STATUS_NOT_SUPPORTED);
	return sys_irq_bind(irq, service_signal(), 1ull << bit);
}

static enum status enable(struct text *why)
{
	const struct pair *p = ELEM(pairs, ADMIN);
	u32 entries = p->queue.size - 1;

	mmio_write32(&registers, CONFIGURATION, 0);
	enum status status = await_state(0, why);

	if (status != STATUS_OK)
		return status;
	mmio_write32(&registers, ADMIN_SIZES, entries | entries << QUEUE_SHIFT);
	write64(ADMIN_COMMANDS, dma_address(&memory, p->commands));
	write64(ADMIN_COMPLETIONS, dma_address(&memory, p->completions));
	mmio_write32(&registers, CONFIGURATION, ENABLED);
	return await_state(STATE_READY, why);
}

enum status controller_open(u32 bit, struct block_disk *disk, struct text *why)
{
	enum status status = find(why);

	if (status == STATUS_OK)
		status = begin_pair(ADMIN, ADMIN_ENTRIES, why);
	if (status == STATUS_OK)
		status = begin_pair(REQUESTS, abilities.entries, why);
	if (status == STATUS_OK)
		status = choose_interrupt(bit, why);
	if (status == STATUS_OK)
		status = enable(why);
	if (status == STATUS_OK)
		status = understand(bit, disk, why);
	return status == STATUS_OK ? make_queues(bit, why) : status;
}

/* ---- requests ---- */

bool controller_has_room(void) { return nvme_queue_has_room(&ELEM(pairs, REQUESTS)->queue); }

bool controller_put(u32 id, const struct nvme_command *command) { return put(REQUESTS, id, command); }

bool controller_take(controller_done *done)
{
	enum nvme_taken taken;
	u32 id = 0, status = 0, count = 0;

	acknowledge();
	while ((taken = take(REQUESTS, &id, &status)) == NVME_TAKEN) {
		count++;
		done(id, status);
	}
	if (count != 0)
		tell_taken(REQUESTS);
	return taken != NVME_BROKEN;
}
