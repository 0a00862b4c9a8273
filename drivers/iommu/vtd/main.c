/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of Intel's IOMMU (VT-d): the unit's registers. It is asked to do something and says when it has; there is no
 * interrupt for that, and it takes a few hundred cycles.
 *
 * SPEC: Intel Virtualization Technology for Directed I/O 4.1, 11.4 "Register Descriptions".
 */
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/iommu/driver/driver.h"
#include "lib/iommu/vtd.h"
#include "lib/mmio/mmio.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

enum : u64 {
	VERSION = 0x00, CAPABILITY = 0x08, MORE_CAPABILITY = 0x10, COMMAND = 0x18, STATE = 0x1c, ROOT = 0x20, CONTEXT_COMMAND = 0x28,
	FAULT_STATE = 0x34, FAULT_CONTROL = 0x38, FAULT_DATA = 0x3c, FAULT_ADDRESS = 0x40, FAULT_ADDRESS_HIGH = 0x44,
};
/* Of commands, and of the state that says they are done. */
enum : u32 { TRANSLATE = 1u << 31, SET_ROOT = 1u << 30, FLUSH_WRITES = 1u << 27, LASTING = 0x96ffffff };
enum : u32 { VERSION_OF_QUEUES_ONLY = 6, POLLS = 100000, FAULTS_LOST = 1, FAULT_BYTES = 16 };
enum : u32 { NO_INTERRUPT = 1u << 31 }; /* SPEC: 11.4.7.3 "Fault Event Control Register" */
enum : u64 { MUST_FLUSH_WRITES = 1 << 4 };
/* In the upper halves: do it, for all; and let writes and reads that are under way end first. */
enum : u32 { CONTEXT_ALL = 1u << 31 | 1u << 29, PAGES_ALL = 1u << 31 | 1u << 28 | 1u << 17 | 1u << 16, BUSY = 1u << 31 };

static struct mmio registers;
static u64 capability;
static u64 pages_command, faults;   /* where these registers are */
static u32 fault_count, next_fault;

static u32 read32(u64 at) { return mmio_read32(&registers, at); }
static void write32(u64 at, u32 value) { mmio_write32(&registers, at, value); }
static u64 read64(u64 at) { return read32(at) | (u64)read32(at + 4) << 32; }

/* The upper half last: it has what sets the unit off. */
static void write64(u64 at, u64 value)
{
	write32(at, (u32)value);
	write32(at + 4, (u32)(value >> 32));
}

static void wait(u64 at, u32 mask, u32 value)
{
	for (u32 i = 0; i < POLLS; i++)
		if ((read32(at) & mask) == value)
			return;
	iommu_unit_fails();
}

/* SPEC: 11.4.4.1: commands of one time are not repeated with another. */
static void command(u32 bit, u32 done)
{
	write32(COMMAND, (read32(STATE) & LASTING) | bit);
	wait(STATE, bit, done);
}

/* ---- what it is ---- */

static bool refuse(struct text *why, struct span what)
{
	text_add_span(why, what);
	return false;
}

static bool map_registers(u64 *bytes)
{
	struct cap_info info = {};
	handle_t handle = rt_handle(span_text("registers"));

	if (handle_is_none(handle) || sys_cap_inspect(handle, &info) != STATUS_OK)
		return false;
	*bytes = info.count << PAGE_SHIFT;
	return mmio_map(handle, *bytes, &registers) == STATUS_OK;
}

/* SPEC: 11.4.2, 11.4.3: offsets are told in units of 16 bytes. */
static bool unit_open(struct iommu_tables *tables, struct text *why)
{
	u64 bytes = 0;

	if (!map_registers(&bytes))
		return refuse(why, span_text("no registers"));
	if ((read32(VERSION) >> 4 & 15) >= VERSION_OF_QUEUES_ONLY)
		return refuse(why, span_text("this version of VT-d takes commands by queue only"));
	capability = read64(CAPABILITY);
	pages_command = (read64(MORE_CAPABILITY) >> 8 & 0x3ff) * 16 + 8;
	faults = (capability >> 24 & 0x3ff) * 16;
	fault_count = (u32)(capability >> 40 & 0xff) + 1;
	if (pages_command + 8 > bytes || faults + (u64)fault_count * FAULT_BYTES > bytes)
		return refuse(why, span_text("registers beyond those that are described"));
	if (!vtd_levels(capability, tables))
		return refuse(why, span_text("no tables of three or four levels"));
	return true;
}

/* ---- tables ---- */

static void unit_forget(void)
{
	/* What was stored before comes before what the unit is told. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if ((capability & MUST_FLUSH_WRITES) != 0)
		command(FLUSH_WRITES, 0);
	write64(CONTEXT_COMMAND, (u64)CONTEXT_ALL << 32);
	wait(CONTEXT_COMMAND + 4, BUSY, 0);
	write64(pages_command, (u64)PAGES_ALL << 32);
	wait(pages_command + 4, BUSY, 0);
}

static void unit_begin(const struct iommu_tables *tables)
{
	write64(ROOT, *ELEM(tables->address, TABLES_ROOT));
	command(SET_ROOT, SET_ROOT);
	unit_forget();
	command(TRANSLATE, TRANSLATE);
}

/* ---- faults ---- */

static enum status unit_listen(u32 bit)
{
	struct irq_message message;
	handle_t irq = rt_handle(span_text("irq"));

	if (handle_is_none(irq))
		return STATUS_NOT_SUPPORTED;
	enum status status = sys_irq_message(irq, &message);

	if (status == STATUS_OK)
		status = sys_irq_bind(irq, service_signal(), 1ull << bit);
	if (status != STATUS_OK)
		return status;
	write32(FAULT_DATA, message.data);
	write32(FAULT_ADDRESS, (u32)message.address);
	write32(FAULT_ADDRESS_HIGH, (u32)(message.address >> 32));
	write32(FAULT_CONTROL, 0);
	return STATUS_OK;
}

static void unit_be_quiet(void) { write32(FAULT_CONTROL, NO_INTERRUPT); }

static void unit_heard(void) { (void)sys_irq_ack(rt_handle(span_text("irq"))); }

/* WHY all, in turn: they are filled in turn, but a restart does not know where. */
static bool unit_take_fault(struct iommu_fault *out)
{
	for (u32 i = 0; i < fault_count; i++) {
		u64 at = faults + (u64)next_fault * FAULT_BYTES;
		bool recorded = vtd_read_fault(read64(at), read64(at + 8), out);

		next_fault = (next_fault + 1) % fault_count;
		if (!recorded)
			continue;
		/* Written, the mark is taken away. */
		write32(at + 12, 1u << 31);
		return true;
	}
	write32(FAULT_STATE, FAULTS_LOST);
	return false;
}

const struct iommu_unit iommu_unit = {
	.open = unit_open, .begin = unit_begin, .forget = unit_forget, .listen = unit_listen, .heard = unit_heard,
	.be_quiet = unit_be_quiet, .take_fault = unit_take_fault, .add = vtd_add, .hush = vtd_hush,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return iommu_serve();
}
