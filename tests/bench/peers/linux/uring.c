/* SPDX-License-Identifier: Apache-2.0
 *
 * Several reads and writes under way. See uring.h.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/io_uring.h>

#include "tests/bench/peers/linux/uring.h"

static int ring = -1, target;
static u64 bytes;
static u32 put, told;
static struct io_uring_params params;
static u8 *queues;
static struct io_uring_sqe *requests;
static u64 queues_bytes, requests_bytes;

static u32 *word(u32 at) { return (u32 *)(void *)(queues + at); }

static bool map(void)
{
	u64 asked_end = params.sq_off.array + params.sq_entries * sizeof(u32);
	u64 done_end = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	int shown = PROT_READ | PROT_WRITE, how = MAP_SHARED | MAP_POPULATE;

	/* Both are in one since Linux 5.4. */
	queues_bytes = asked_end > done_end ? asked_end : done_end;
	requests_bytes = params.sq_entries * sizeof(struct io_uring_sqe);
	void *both = mmap(nullptr, queues_bytes, shown, how, ring, IORING_OFF_SQ_RING);
	void *entries = mmap(nullptr, requests_bytes, shown, how, ring, IORING_OFF_SQES);

	queues = both;
	requests = entries;
	return both != MAP_FAILED && entries != MAP_FAILED && (params.features & IORING_FEAT_SINGLE_MMAP) != 0;
}

bool uring_begin(int file, void *buffer, u64 place_bytes, u32 places)
{
	struct iovec all = { buffer, place_bytes * places };

	params = (struct io_uring_params){};
	put = told = 0;
	target = file;
	bytes = place_bytes;
	ring = (int)syscall(SYS_io_uring_setup, places, &params);
	return ring >= 0 && map() && syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &all, 1) == 0;
}

void uring_end(void)
{
	(void)munmap(queues, queues_bytes);
	(void)munmap(requests, requests_bytes);
	(void)close(ring);
}

void uring_put(bool write, u32 place, void *buffer, u64 at)
{
	u32 index = put & *word(params.sq_off.ring_mask);

	requests[index] = (struct io_uring_sqe){ .opcode = write ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED, .fd = target,
		.addr = (u64)((u8 *)buffer + place * bytes), .len = (u32)bytes, .off = at, .user_data = place };
	word(params.sq_off.array)[index] = index;
	put++;
}

bool uring_enter(void)
{
	u32 more = put - told;

	__atomic_store_n(word(params.sq_off.tail), put, __ATOMIC_RELEASE);
	told = put;
	return syscall(SYS_io_uring_enter, ring, more, 1, IORING_ENTER_GETEVENTS, nullptr, 0) == (long)more;
}

int uring_take(void)
{
	u32 head = *word(params.cq_off.head);

	if (head == __atomic_load_n(word(params.cq_off.tail), __ATOMIC_ACQUIRE))
		return URING_NONE;
	struct io_uring_cqe *done = (struct io_uring_cqe *)(void *)(queues + params.cq_off.cqes) +
				    (head & *word(params.cq_off.ring_mask));
	int place = done->res == (int)bytes ? (int)done->user_data : URING_FAILED;

	__atomic_store_n(word(params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	return place;
}
