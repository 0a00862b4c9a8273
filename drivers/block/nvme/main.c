/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk of NVMe: the first namespace of a controller. What its clients see is in lib/block/driver.
 */
#include "drivers/block/nvme/controller.h"
#include "lib/block/driver/disk.h"
#include "lib/driver/end.h"
#include "lib/rt/rt.h"

static_assert(DISK_JOBS <= NVME_QUEUE_MAX, "a job's number names its command");

static u64 areas;  /* in the device's memory, one for each job */
static u32 unit;

static enum status set_up(struct text *why)
{
	struct block_disk disk = {};
	enum status status = controller_open(DISK_DEVICE_BIT, &disk, why);

	if (status == STATUS_OK && !dma_take(controller_memory(), DISK_JOBS * NVME_AREA_BYTES, &areas)) {
		text_add(why, "too little memory for requests");
		status = STATUS_OUT_OF_FRAMES;
	}
	unit = disk.limits.unit;
	return status == STATUS_OK ? disk_open(&disk, controller_memory(), why) : status;
}

bool block_device_has_room(void) { return controller_has_room(); }

bool block_device_put(u32 job, const struct block_request *what, u32 home)
{
	u64 at = areas + job * NVME_AREA_BYTES;
	struct nvme_command command = nvme_command_of(what, unit, dma_span(controller_memory(), at, NVME_AREA_BYTES),
		dma_address(controller_memory(), at));

	(void)home;
	return controller_put(job, &command);
}

static void done(u32 job, u32 status) { disk_done(job, nvme_outcome(status)); }

void block_device_take(void)
{
	if (!controller_take(done))
		block_device_abandon(span_text("the device said what cannot be"));
}

/* WHY nothing is written to it: whoever sees this end turns it off and resets its function. */
void block_device_abandon(struct span why) { driver_abandon(why); }

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = set_up(&why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	disk_serve();
}
