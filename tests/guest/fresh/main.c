/* SPDX-License-Identifier: Apache-2.0
 *
 * fresh: leaves a mark in its device's table of messages, which only a reset of the whole function takes away. Read from it: the
 * mark that this instance found, whether the device answers and may reach memory. `fail' written to it ends it as a failure.
 *
 * SPEC: PCI Local Bus Specification 3.0, 6.8.2 "MSI-X Capability and Table Structure"
 */
#include "abi/stubs.h"
#include "lib/base/text.h"
#include "lib/mmio/mmio.h"
#include "lib/pci/pci.h"
#include "lib/service/service.h"

enum : u64 { REGISTERS_BYTES = 16 * 1024, TABLE_AT = 4, DATA = 8 };
enum : u32 { MARK = 0x5a5a, FIRST_BAR = 0, PLACE_MASK = 7, LINE_BYTES = 16 };

static struct mmio config_space, device;
static u64 data_at;
static u32 found;

static u32 read_config(u32 function, u32 at)
{
	(void)function;
	return mmio_read32(&config_space, at);
}

static const struct pci_config config = { .read = read_config };

static enum status fresh_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	(void)file;
	return span_len(path) == 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status fresh_read(struct service_call *call, struct service_file *file)
{
	TEXT_BUFFER(line, 80);

	(void)file;
	text_add(&line, "found ");
	text_add_hex(&line, found);
	text_add_span(&line, mmio_read32(&device, data_at) == MARK ? span_text(", answers") : span_text(", does not answer"));
	text_add_span(&line, pci_is_on(&config, 0, false) ? span_text(", on\n") : span_text(", off\n"));
	return service_put_at(call, text_span(&line));
}

static enum status fresh_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[LINE_BYTES];
	u64 got = 0;

	(void)file;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		return status;
	if (span_equal(span_trim(span_first(SPAN_OF_ARRAY(bytes), got)), span_text("fail")))
		rt_exit(1);
	return STATUS_INVALID;
}

/* False: there is no such device. */
static bool set_up(void)
{
	if (mmio_map_to_read(rt_handle(span_text("config")), PCI_FUNCTION_BYTES, &config_space) != STATUS_OK ||
	    mmio_map(rt_handle(span_text("registers")), REGISTERS_BYTES, &device) != STATUS_OK)
		return false;
	u32 at = pci_capability(&config, 0, PCI_ID_MSIX, 0), place = at != 0 ? read_config(0, at + TABLE_AT) : PLACE_MASK;

	if ((place & PLACE_MASK) != FIRST_BAR || place > REGISTERS_BYTES - 16)
		return false;
	data_at = place + DATA;
	found = mmio_read32(&device, data_at);
	mmio_write32(&device, data_at, MARK);
	return true;
}

static const struct service_ops ops = { .open = fresh_open, .read = fresh_read, .write = fresh_write };

u64 program_main(const struct rt_args *args)
{
	(void)args;
	if (!set_up())
		return SERVICE_EXIT_ABSENT;
	service_run(&ops);
}
