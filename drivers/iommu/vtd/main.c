/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of Intel's IOMMU (VT-d): the unit's registers.
 *
 * SPEC: Intel Virtualization Technology for Directed I/O 4.1, 11.4 "Register Descriptions".
 */
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/iommu/driver/driver.h"
#include "lib/iommu/driver/registers.h"
#include "lib/iommu/vtd.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

enum : u64 {
	VERSION = 0x00, CAPABILITY = 0x08, MORE_CAPABILITY = 0x10, COMMAND = 0x18, STATE = 0x1c, ROOT = 0x20, CONTEXT_COMMAND = 0x28,
	FAULT_STATE = 0x34, FAULT_CONTROL = 0x38, FAULT_DATA = 0x3c, FAULT_ADDRESS = 0x40, FAULT_ADDRESS_HIGH = 0x44,
};
/* Of commands, and of the state that says they are done. */
enum : u32 { TRANSLATE = 1u << 31, SET_ROOT = 1u << 30, FLUSH_WRITES = 1u << 27, LASTING = 0x96ffffff };
enum : u32 { VERSION_OF_QUEUES_ONLY = 6, FAULTS_LOST = 1, FAULT_BYTES = 16 };
enum : u32 { NO_INTERRUPT = 1u << 31 }; /* SPEC: 11.4.7.3 "Fault Event Control Register" */
enum : u64 { MUST_FLUSH_WRITES = 1 << 4 };
/* In the upper halves: do it, for all; and let writes and reads that are under way end first. */
enum : u32 { CONTEXT_ALL = 1u << 31 | 1u << 29, PAGES_ALL = 1u << 31 | 1u << 28 | 1u << 17 | 1u << 16, BUSY = 1u << 31 };

static u64 capability;
static u64 pages_command, faults;   /* where these registers are */
static u32 fault_count, next_fault;

/* SPEC: 11.4.4.1: commands of one time are not repeated with another. */
static void command(u32 bit, u32 done)
{
	iommu_write32(COMMAND, (iommu_read32(STATE) & LASTING) | bit);
	iommu_wait(STATE, bit, done);
}

/* ---- what it is ---- */

/* SPEC: 11.4.2, 11.4.3: offsets are told in units of 16 bytes. */
static bool unit_open(struct iommu_tables *tables, struct text *why)
{
	if (!iommu_registers_map(0, why))
		return false;
	u64 bytes = iommu_registers_bytes();

	if ((iommu_read32(VERSION) >> 4 & 15) >= VERSION_OF_QUEUES_ONLY)
		return iommu_refuse(why, span_text("this version of VT-d takes commands by queue only"));
	capability = iommu_read64(CAPABILITY);
	pages_command = (iommu_read64(MORE_CAPABILITY) >> 8 & 0x3ff) * 16 + 8;
	faults = (capability >> 24 & 0x3ff) * 16;
	fault_count = (u32)(capability >> 40 & 0xff) + 1;
	if (pages_command + 8 > bytes || faults + (u64)fault_count * FAULT_BYTES > bytes)
		return iommu_refuse(why, span_text("registers beyond those that are described"));
	if (!vtd_levels(capability, tables))
		return iommu_refuse(why, span_text("no tables of three or four levels"));
	return true;
}

/* ---- tables ---- */

static void unit_forget(void)
{
	if ((capability & MUST_FLUSH_WRITES) != 0)
		command(FLUSH_WRITES, 0);
	iommu_write64(CONTEXT_COMMAND, (u64)CONTEXT_ALL << 32);
	iommu_wait(CONTEXT_COMMAND + 4, BUSY, 0);
	iommu_write64(pages_command, (u64)PAGES_ALL << 32);
	iommu_wait(pages_command + 4, BUSY, 0);
}

static void unit_begin(const struct iommu_tables *tables)
{
	iommu_write64(ROOT, *ELEM(tables->address, TABLES_ROOT));
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
	iommu_write32(FAULT_DATA, message.data);
	iommu_write32(FAULT_ADDRESS, (u32)message.address);
	iommu_write32(FAULT_ADDRESS_HIGH, (u32)(message.address >> 32));
	iommu_write32(FAULT_CONTROL, 0);
	return STATUS_OK;
}

static void unit_be_quiet(void) { iommu_write32(FAULT_CONTROL, NO_INTERRUPT); }

static void unit_heard(void) { (void)sys_irq_ack(rt_handle(span_text("irq"))); }

/* WHY all, in turn: they are filled in turn, but a restart does not know where. */
static bool unit_take_fault(struct iommu_fault *out)
{
	for (u32 i = 0; i < fault_count; i++) {
		u64 at = faults + (u64)next_fault * FAULT_BYTES;
		bool recorded = vtd_read_fault(iommu_read64(at), iommu_read64(at + 8), out);

		next_fault = (next_fault + 1) % fault_count;
		if (!recorded)
			continue;
		/* Written, the mark is taken away. */
		iommu_write32(at + 12, 1u << 31);
		return true;
	}
	iommu_write32(FAULT_STATE, FAULTS_LOST);
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
