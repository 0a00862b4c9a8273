/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtio disk: what it is told, and what it says. What its clients see is in lib/block/driver.
 */
#include "lib/block/driver/disk.h"
#include "lib/driver/end.h"
#include "lib/rt/rt.h"
#include "lib/virtio/block/request.h"
#include "lib/virtio/virtio.h"

enum : u32 { QUEUES = 4, DESCRIPTORS = 64, PARTS = 3 };
/* SPEC: virtio 1.2, 5.2.4 "Device configuration layout" */
enum : u64 { OWN_CAPACITY = 0, OWN_SIZE_MAX = 8, OWN_QUEUES = 34, OWN_DISCARD_MOST = 36, OWN_ZERO_MOST = 48 };
enum : u64 { BLOCK_FEATURES = BLOCK_F_SIZE_MAX | BLOCK_F_READ_ONLY | BLOCK_F_FLUSH | BLOCK_F_DISCARD | BLOCK_F_ZERO };

static struct virtio device;
static u64 areas;                        /* in the device's memory, one for each job */
static u32 job_of_chain[QUEUES][VIRTIO_RING_MAX];

/* ---- beginning ---- */

static enum status understand(struct block_disk *disk, struct text *why)
{
	bool limited = (device.features & BLOCK_F_SIZE_MAX) != 0;

	if (limited && virtio_own32(&device, OWN_SIZE_MAX) < BLOCK_WINDOW_BYTES) {
		text_add(why, "the device takes less than 64 KiB in one piece");
		return STATUS_NOT_SUPPORTED;
	}
	*disk = block_disk_of(device.features, virtio_own64(&device, OWN_CAPACITY), virtio_own32(&device, OWN_DISCARD_MOST),
		virtio_own32(&device, OWN_ZERO_MOST));
	return STATUS_OK;
}

static enum status set_up(struct text *why)
{
	struct virtio_wants wants = { .wanted = BLOCK_FEATURES, .queues = 1, .size = DESCRIPTORS, .parts = PARTS,
		.several = BLOCK_F_QUEUES, .several_at = OWN_QUEUES, .queues_most = QUEUES };
	struct block_disk disk;
	enum status status = virtio_set_up(&device, &wants, why);

	if (status == STATUS_OK)
		status = understand(&disk, why);
	if (status == STATUS_OK && !virtio_take_memory(&device, DISK_JOBS * BLOCK_AREA_BYTES, &areas)) {
		text_add(why, "too little memory for requests");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = disk_open(&disk, &device.memory, why);
	return status == STATUS_OK ? virtio_start(&device, DISK_DEVICE_BIT) : status;
}

/* ---- requests ---- */

static struct mspan area(u32 job) { return virtio_memory(&device, areas + job * BLOCK_AREA_BYTES, BLOCK_AREA_BYTES); }

static bool has_room(u32 queue)
{
	const struct virtio_ring *ring = &ELEM(device.queue, queue)->ring;

	return ring->free_count >= (ring->modes.indirect ? 1 : PARTS);
}

bool block_device_has_room(void)
{
	bool room = false;

	for (u32 i = 0; i < device.queues; i++)
		room = room || has_room(i);
	return room;
}

/* A window's own queue, or another that has room. WHY its own: a device goes through its queues in turn, so what one client has
 * under way is not all before another's. */
bool block_device_put(u32 job, const struct block_request *what, u32 home)
{
	struct virtio_request request;
	u16 id;

	block_prepare(what, area(job), virtio_address(&device, areas + job * BLOCK_AREA_BYTES), &request);
	for (u32 i = 0; i < device.queues; i++) {
		u32 queue = (home + i) % device.queues;

		if (!virtio_put(&device, queue, &request, &id))
			continue;
		*ELEM(job_of_chain[bounded(queue, QUEUES)], id) = job;
		return true;
	}
	return false;
}

static void take_all(u32 queue)
{
	enum virtio_taken taken;
	u32 bytes = 0;
	u16 id;

	while ((taken = virtio_take(&device, queue, &id, &bytes)) == VIRTIO_TAKEN) {
		u32 job = *ELEM(job_of_chain[bounded(queue, QUEUES)], id);

		/* INV-VIRTIO-RING: the chain was under way, so its job is. */
		disk_done(job, block_outcome(disk_asked(job), area(job), bytes));
	}
	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
}

void block_device_take(void)
{
	virtio_interrupt(&device);
	for (u32 i = 0; i < device.queues; i++)
		take_all(i);
}

void block_device_abandon(struct span why) { virtio_abandon(&device, why); }

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = set_up(&why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	disk_serve();
}
