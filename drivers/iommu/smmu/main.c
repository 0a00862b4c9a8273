/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of Arm's IOMMU (SMMUv3): the unit's registers, and its queues, which are in memory.
 *
 * SPEC: Arm System Memory Management Unit Architecture Specification, SMMUv3, IHI 0070, 3.5 "Command and Event queues",
 * 4 "Commands", 6.3 "Register formats", 6.3.9 to 6.3.36.
 */
#include "lib/iommu/driver/driver.h"
#include "lib/iommu/driver/registers.h"
#include "lib/iommu/smmu.h"
#include "lib/rt/rt.h"

enum : u64 {
	ABOUT = 0x00, ABOUT_1 = 0x04, ABOUT_5 = 0x14, CONTROL = 0x20, CONTROL_DONE = 0x24, CONTROL_1 = 0x28, CONTROL_2 = 0x2c,
	BYPASS = 0x44, INTERRUPTS = 0x50, INTERRUPTS_DONE = 0x54, ERRORS = 0x60, ERRORS_SEEN = 0x64,
	STREAMS = 0x80, STREAMS_FORM = 0x88, COMMANDS = 0x90, COMMANDS_PUT = 0x98, COMMANDS_TAKEN = 0x9c,
	EVENTS = 0xa0, EVENT_MESSAGE = 0xb0, EVENTS_PUT = 0x100a8, EVENTS_TAKEN = 0x100ac, REGISTERS_BYTES = 0x20000,
};
enum : u32 {
	TRANSLATE = 1, TAKE_EVENTS = 1 << 2, TAKE_COMMANDS = 1 << 3, CHECK_TRANSLATED = 1 << 4,
	CHECKS_TRANSLATED = 1 << 10 /* of what it is */, ABORT_ALL = 1 << 20, UPDATE = 1u << 31,
	/* Write-back, inner shareable: of tables, and of queues. */
	CACHED = 1 | 1 << 2 | 3 << 4 | 1 << 6 | 1 << 8 | 3 << 10,
	HEAR_STRANGERS = 1 << 1, HEAR_EVENTS = 1 << 2, OVERFLOW = 1u << 31,
	TWO_LEVELS = 1 << 16, SPLIT_SHIFT = 6,
	/* Of queues of one page: powers of two, and with the bit that says how often they went round. */
	COMMANDS_BITS = 8, EVENTS_BITS = 7, COMMANDS_MASK = (2 << COMMANDS_BITS) - 1, EVENTS_MASK = (2 << EVENTS_BITS) - 1,
};
/* SPEC: 4.3.2 "CMD_CFGI_STE_RANGE, CMD_CFGI_ALL", 4.4.4 "CMD_TLBI_NSNH_ALL", 4.7.3 "CMD_SYNC" */
enum : u64 { FORGET_STREAMS = 0x04, ALL_STREAMS = 31, FORGET_PAGES = 0x30, FINISH = 0x46 };
enum : u64 { ADDRESS = (1ull << 52) - 1 & ~(u64)TABLES_PAGE_MASK };
static_assert(SMMU_COMMAND_BYTES << COMMANDS_BITS == TABLES_PAGE_BYTES && SMMU_EVENT_BYTES << EVENTS_BITS == TABLES_PAGE_BYTES);

static u32 put, taken, commands_page, events_page, always; /* in each word of control */

/* SPEC: 6.3.10 "SMMU_CR0ACK", 6.3.16 "SMMU_IRQ_CTRLACK": what is written holds once it is read there. */
static void set(u64 at, u64 done_at, u32 value)
{
	iommu_write32(at, value);
	iommu_wait(done_at, U32_MAX, value);
}

static void control(u32 value) { set(CONTROL, CONTROL_DONE, value | always); }

/* ---- what it is ---- */

static bool unit_open(struct iommu_tables *tables, struct text *why)
{
	struct span lacks = span_empty();

	if (!iommu_registers_map(REGISTERS_BYTES, why))
		return false;
	u32 about_1 = iommu_read32(ABOUT_1);

	if (!smmu_can(iommu_read32(ABOUT), about_1, iommu_read32(ABOUT_5), tables, &lacks))
		return iommu_refuse(why, lacks);
	if ((about_1 >> 21 & 31) < COMMANDS_BITS || (about_1 >> 16 & 31) < EVENTS_BITS)
		return iommu_refuse(why, span_text("queues of less than a page"));
	/* SPEC: "SMMU_CR0", ATSCHK: what a device says it has translated itself is looked at, too; a unit without has the bit 0. */
	always = (iommu_read32(ABOUT) & CHECKS_TRANSLATED) != 0 ? CHECK_TRANSLATED : 0;
	commands_page = tables->pages + TABLES_SPARE_MAX;
	events_page = commands_page + 1;
	return true;
}

/* ---- commands ---- */

static void command(u64 low, u64 high)
{
	struct mspan place = mspan_part(iommu_page(commands_page),
		put % (1 << COMMANDS_BITS) * SMMU_COMMAND_BYTES, SMMU_COMMAND_BYTES);

	mspan_put_le64(place, 0, low);
	mspan_put_le64(place, 8, high);
	put = (put + 1) & COMMANDS_MASK;
}

static void unit_forget(void)
{
	command(FORGET_STREAMS, ALL_STREAMS);
	command(FORGET_PAGES, 0);
	command(FINISH, 0);
	iommu_write32(COMMANDS_PUT, put);
	iommu_wait(COMMANDS_TAKEN, COMMANDS_MASK, put);
}

/* SPEC: 6.3.9: places of a queue are said while it is off. 7.5: an error that is not seen stops it. */
static void begin_commands(const struct iommu_tables *tables, u32 on)
{
	control(on);
	iommu_write32(ERRORS_SEEN, iommu_read32(ERRORS));
	iommu_write64(COMMANDS, *ELEM(tables->address, commands_page) | COMMANDS_BITS);
	put = 0;
	iommu_write32(COMMANDS_PUT, put);
	iommu_write32(COMMANDS_TAKEN, put);
	control(on | TAKE_COMMANDS);
	unit_forget();
}

/* ---- tables ---- */

/* WHY looked at: an earlier instance's devices go on meanwhile, and what the unit has recorded stays. */
static bool goes_on(const struct iommu_tables *tables)
{
	return (iommu_read32(CONTROL) & (TRANSLATE | TAKE_EVENTS)) == (TRANSLATE | TAKE_EVENTS) &&
	       (iommu_read64(STREAMS) & ADDRESS) == *ELEM(tables->address, TABLES_ROOT) &&
	       (iommu_read64(EVENTS) & ADDRESS) == *ELEM(tables->address, events_page);
}

/* SPEC: "SMMU_GBPA": while nothing is translated, nothing passes; it may be written when the last update is done. */
static void refuse_all(void)
{
	iommu_wait(BYPASS, UPDATE, 0);
	iommu_write32(BYPASS, ABORT_ALL | UPDATE);
	iommu_wait(BYPASS, UPDATE, 0);
}

static void unit_begin(const struct iommu_tables *tables)
{
	if (goes_on(tables)) {
		taken = iommu_read32(EVENTS_TAKEN) & EVENTS_MASK;
		begin_commands(tables, TRANSLATE | TAKE_EVENTS);
		return;
	}
	refuse_all();
	control(0);
	set(INTERRUPTS, INTERRUPTS_DONE, 0);
	iommu_write32(CONTROL_1, CACHED);
	iommu_write32(CONTROL_2, HEAR_STRANGERS);
	iommu_write64(STREAMS, *ELEM(tables->address, TABLES_ROOT));
	iommu_write32(STREAMS_FORM, TWO_LEVELS | SMMU_SPLIT_BITS << SPLIT_SHIFT | SMMU_STREAM_BITS);
	iommu_write64(EVENTS, *ELEM(tables->address, events_page) | EVENTS_BITS);
	taken = 0;
	iommu_write32(EVENTS_PUT, taken);
	iommu_write32(EVENTS_TAKEN, taken);
	begin_commands(tables, 0);
	control(TAKE_COMMANDS | TAKE_EVENTS);
	control(TAKE_COMMANDS | TAKE_EVENTS | TRANSLATE);
}

/* ---- faults ---- */

static void unit_be_quiet(void) { set(INTERRUPTS, INTERRUPTS_DONE, 0); }

/* SPEC: 3.18.2: its wires are edges. */
static enum status unit_listen(u32 bit)
{
	enum status status = iommu_lines_listen(bit);

	/* SPEC: "SMMU_EVENTQ_IRQ_CFG0": where messages go is said while there are none; an earlier instance's may be on. */
	unit_be_quiet();
	iommu_write64(EVENT_MESSAGE, 0);
	set(INTERRUPTS, INTERRUPTS_DONE, HEAR_EVENTS);
	return status;
}

/* SPEC: 7.4 "Event queue overflow": it is seen by writing back the bit that says so; what is lost is lost. */
static bool unit_take_fault(struct iommu_fault *out)
{
	u32 at = iommu_read32(EVENTS_PUT);

	if ((at & EVENTS_MASK) == taken) {
		iommu_write32(EVENTS_TAKEN, taken | (at & OVERFLOW));
		return false;
	}
	*out = smmu_read_event(span_part(span_of(iommu_page(events_page)), taken % (1 << EVENTS_BITS) * SMMU_EVENT_BYTES,
		SMMU_EVENT_BYTES));
	taken = (taken + 1) & EVENTS_MASK;
	iommu_write32(EVENTS_TAKEN, taken | (at & OVERFLOW));
	return true;
}

const struct iommu_unit iommu_unit = {
	.queues = 2, .open = unit_open, .begin = unit_begin, .forget = unit_forget, .listen = unit_listen, .heard = iommu_lines_heard,
	.be_quiet = unit_be_quiet, .take_fault = unit_take_fault, .add = smmu_add, .hush = smmu_hush,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return iommu_serve();
}
