/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of RISC-V's IOMMU: the unit's registers, and its queues, which are in memory.
 *
 * SPEC: RISC-V IOMMU Architecture Specification 1.0, "In-memory queue interface", "Memory-mapped register interface".
 */
#include "lib/iommu/driver/driver.h"
#include "lib/iommu/driver/registers.h"
#include "lib/iommu/riscv.h"
#include "lib/rt/rt.h"

enum : u64 {
	ABOUT = 0, FEATURES = 8, DIRECTORY = 16, COMMANDS = 24, COMMANDS_TAKEN = 32, COMMANDS_PUT = 36,
	FAULTS = 40, FAULTS_TAKEN = 48, FAULTS_PUT = 52, COMMANDS_CONTROL = 72, FAULTS_CONTROL = 76, PAGES_CONTROL = 80,
	WAITING = 84, STAND_STILL = 92, WIRES = 760,
	REGISTERS_BYTES = 4096,
};
enum : u32 {
	/* Of features: big-endian, or addresses of 32 bits; and interrupts by wires. */
	OTHERWISE = 1 | 1 << 2, BY_WIRES = 1 << 1,
	/* Of both queues' control. What went wrong is taken away where it is written. */
	ON = 1, INTERRUPTS = 1 << 1, IS_ON = 1 << 16, BUSY = 1 << 17, COMMANDS_WRONG = 15 << 8, FAULTS_LOST = 3 << 8,
	WAITS = 15, COUNTERS = U32_MAX,
	/* Of queues of one page: powers of two. */
	COMMANDS_BITS = 8, FAULTS_BITS = 7,
};
/* Of the directory: whether it is read, and what is going on. */
enum : u64 {
	NOBODY_PASSES = 0, TWO_LEVELS = 3, LEVELS = 15, DIRECTORY_BUSY = 1 << 4, PLACE_SHIFT = 10,
	PLACE = (1ull << 54) - (1ull << PLACE_SHIFT), SIZE = 31 /* of where queues are */,
};
/* SPEC: "IOMMU directory cache invalidation commands", "IOMMU Page-Table cache invalidation commands", "IOMMU Command-queue Fence
 * commands": of all devices and address spaces; and what devices read and wrote before is done. */
enum : u64 { FORGET_CONTEXTS = 3, FORGET_PAGES = 1, FINISH = 2 | 1 << 12 | 1 << 13 };
static_assert(RISCV_COMMAND_BYTES << COMMANDS_BITS == TABLES_PAGE_BYTES && RISCV_FAULT_BYTES << FAULTS_BITS == TABLES_PAGE_BYTES);

static u32 put, taken, commands_page, faults_page, listens; /* in each word of control of faults */

/* WHY the upper half first: units may take eight bytes apart in that order, and the lower one has what sets them off. */
static void write_wide(u64 at, u64 value)
{
	iommu_write32(at + 4, (u32)(value >> 32));
	iommu_write32(at, (u32)value);
}

static u64 place_of(const struct iommu_tables *tables, u32 page)
{
	return *ELEM(tables->address, page) >> TABLES_PAGE_SHIFT << PLACE_SHIFT;
}

/* SPEC: "Device-directory-table pointer": the next change may come when this one is done, and the place stays when nobody
 * passes any more. */
static void refuse_all(void)
{
	iommu_wait(DIRECTORY, DIRECTORY_BUSY, 0);
	iommu_write32(DIRECTORY, iommu_read32(DIRECTORY) & ~(u32)LEVELS);
	iommu_wait(DIRECTORY, DIRECTORY_BUSY | LEVELS, NOBODY_PASSES);
}

/* SPEC: "Device-directory-table pointer", "Command-queue base", "Fault queue base": a unit need not take every place, size and
 * mode, and then has another there. WHY nobody passes: where it would read is not where tables are. */
static void must_be(u64 at, u64 mask, u64 value)
{
	if ((iommu_read64(at) & mask) == value)
		return;
	refuse_all();
	iommu_unit_fails();
}

static void set_directory(u64 value)
{
	iommu_wait(DIRECTORY, DIRECTORY_BUSY, 0);
	write_wide(DIRECTORY, value);
	iommu_wait(DIRECTORY, DIRECTORY_BUSY, 0);
	must_be(DIRECTORY, PLACE | LEVELS, value);
}

static u64 directory_of(const struct iommu_tables *tables) { return place_of(tables, TABLES_ROOT) | TWO_LEVELS; }

/* SPEC: "Command-queue CSR", "Fault queue CSR": the same of the next change of a queue. */
static void set_queue(u64 control, u32 value)
{
	iommu_wait(control, BUSY, 0);
	iommu_write32(control, value);
	iommu_wait(control, IS_ON | BUSY, (value & ON) != 0 ? IS_ON : 0);
}

/* Where a queue is, is said while it is off, and then where its own side begins, which is anywhere until that is said: the unit
 * sets only its side to 0. SPEC: "Command-queue base", "Fault queue base". */
static void begin_queue(u64 control, u64 place_at, u64 own_at, u64 place, u32 bits, u32 wrong)
{
	set_queue(control, 0);
	write_wide(place_at, place | (bits - 1));
	must_be(place_at, PLACE | SIZE, place | (bits - 1));
	iommu_write32(own_at, 0);
	set_queue(control, ON | wrong);
}

/* ---- what it is ---- */

/* WHY looked at: an earlier instance's devices go on meanwhile, and what the unit has recorded stays. */
static bool goes_on(const struct iommu_tables *tables)
{
	return (iommu_read64(DIRECTORY) & (PLACE | LEVELS)) == directory_of(tables) && (iommu_read32(FEATURES) & OTHERWISE) == 0 &&
	       (iommu_read32(FAULTS_CONTROL) & IS_ON) != 0 && (iommu_read64(FAULTS) & PLACE) == place_of(tables, faults_page);
}

/* SPEC: "Features-control register": it may be written while all is off, the queue of page requests too; what the unit cannot be
 * stays otherwise. */
static bool stop(void)
{
	refuse_all();
	set_queue(COMMANDS_CONTROL, 0);
	set_queue(FAULTS_CONTROL, 0);
	set_queue(PAGES_CONTROL, 0);
	iommu_write32(FEATURES, BY_WIRES);
	return (iommu_read32(FEATURES) & OTHERWISE) == 0;
}

static bool unit_open(struct iommu_tables *tables, struct text *why)
{
	struct span lacks = span_empty();

	if (!iommu_registers_map(REGISTERS_BYTES, why))
		return false;
	if (!riscv_can(iommu_read64(ABOUT), iommu_read32(FEATURES), tables, &lacks))
		return iommu_refuse(why, lacks);
	commands_page = tables->pages + tables->spare;
	faults_page = commands_page + 1;
	return goes_on(tables) || stop() || iommu_refuse(why, span_text("it does not take tables of this byte order and of 64 bits"));
}

/* ---- commands ---- */

static void command(u64 first)
{
	struct mspan place = mspan_part(iommu_page(commands_page), (u64)put * RISCV_COMMAND_BYTES, RISCV_COMMAND_BYTES);

	mspan_put_le64(place, 0, first);
	mspan_put_le64(place, 8, 0);
	put = (put + 1) % (1 << COMMANDS_BITS);
}

static void unit_forget(void)
{
	command(FORGET_CONTEXTS);
	command(FORGET_PAGES);
	command(FINISH);
	iommu_write32(COMMANDS_PUT, put);
	iommu_wait(COMMANDS_TAKEN, U32_MAX, put);
}

/* ---- tables ---- */

static void unit_begin(const struct iommu_tables *tables)
{
	bool again = goes_on(tables);

	put = 0;
	begin_queue(COMMANDS_CONTROL, COMMANDS, COMMANDS_PUT, place_of(tables, commands_page), COMMANDS_BITS, COMMANDS_WRONG);
	if (again) {
		taken = iommu_read32(FAULTS_TAKEN);
	} else {
		taken = 0;
		begin_queue(FAULTS_CONTROL, FAULTS, FAULTS_TAKEN, place_of(tables, faults_page), FAULTS_BITS, FAULTS_LOST);
		set_directory(directory_of(tables));
	}
	unit_forget();
}

/* ---- faults ---- */

static void unit_be_quiet(void)
{
	listens = 0;
	set_queue(FAULTS_CONTROL, ON);
}

/* SPEC: "Interrupt-cause-to-vector register", "Interrupt pending status register": all causes have the first wire, which is up as
 * long as any waits, and is for new records only when those before have been seen. Nobody asks for the others; counters, which
 * would be heard when they overflow, stand still. Some units have messages only. WHY none then: nobody has said where they go. */
static enum status unit_listen(u32 bit)
{
	enum status status = (iommu_read32(FEATURES) & BY_WIRES) != 0 ? iommu_lines_listen(bit) : STATUS_NOT_SUPPORTED;

	write_wide(WIRES, 0);
	iommu_write32(STAND_STILL, COUNTERS);
	iommu_write32(WAITING, WAITS);
	listens = status == STATUS_OK ? INTERRUPTS : 0;
	set_queue(FAULTS_CONTROL, ON | listens);
	return status;
}

static void unit_heard(void)
{
	iommu_write32(WAITING, WAITS);
	iommu_lines_heard();
}

/* WHY what was lost is seen at the end: nothing is recorded before that, and then there is room. */
static bool unit_take_fault(struct iommu_fault *out)
{
	if (iommu_read32(FAULTS_PUT) == taken) {
		if ((iommu_read32(FAULTS_CONTROL) & FAULTS_LOST) != 0)
			set_queue(FAULTS_CONTROL, ON | listens | FAULTS_LOST);
		return false;
	}
	*out = riscv_read_fault(span_part(span_of(iommu_page(faults_page)), (u64)taken * RISCV_FAULT_BYTES, RISCV_FAULT_BYTES));
	taken = (taken + 1) % (1 << FAULTS_BITS);
	iommu_write32(FAULTS_TAKEN, taken);
	return true;
}

const struct iommu_unit iommu_unit = {
	.queues = 2, .open = unit_open, .begin = unit_begin, .forget = unit_forget, .listen = unit_listen, .heard = unit_heard,
	.be_quiet = unit_be_quiet, .take_fault = unit_take_fault, .add = riscv_add, .hush = riscv_hush,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return iommu_serve();
}
