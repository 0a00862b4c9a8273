/* SPDX-License-Identifier: Apache-2.0
 *
 * The first and only program of a Linux guest: measures its disk as `bench disk' does ours, without the page cache
 * (O_DIRECT): a thread for each operation under way, or one thread that has them under way by io_uring (uring.h).
 *
 * It loads the modules /1.ko, /2.ko and so on in that order, for Debian's kernel has its virtio drivers apart. The host counts
 * instructions whenever look() is called, just before the first operation and just after the last. Each kind prints
 * `disk NAME TOGETHER OPERATIONS'; in the end the machine is reset, which ends the emulator.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/fs.h>

#include "tests/bench/disk_kinds/disk_kinds.h"
#include "tests/bench/peers/linux/uring.h"

enum : u32 { PATH_BYTES = 64 };

static const char disk_path[] = "/dev/vda", scheduler_path[] = "/sys/block/vda/queue/scheduler";

static int disk;
static u64 blocks;
static const struct disk_kind *kind;
static pthread_barrier_t begin, end;

NORETURN static void leave(void)
{
	(void)fflush(stdout);
	(void)reboot(RB_AUTOBOOT);
	abort();
}

NORETURN static void fail(const char *what)
{
	printf("failed: %s: %s\n", what, strerror(errno));
	leave();
}

static void must(bool ok, const char *what)
{
	if (!ok)
		fail(what);
}

/* The host counts when this is executed. */
void look(void);
__attribute__((noinline, used)) void look(void) { __asm__ volatile("" ::: "memory"); }

/* ---- the disk ---- */

static void load_modules(void)
{
	for (u32 i = 1;; i++) {
		char path[PATH_BYTES];

		must(snprintf(path, sizeof(path), "/%u.ko", i) > 0, "a name");
		int module = open(path, O_RDONLY | O_CLOEXEC);

		if (module < 0)
			return;
		must(syscall(SYS_finit_module, module, "", 0) == 0, path);
		must(close(module) == 0, path);
	}
}

/* Requests go to the driver as they come: no scheduler costs less than any. */
static void choose_scheduler(void)
{
	static const char none[] = "none";
	int file = open(scheduler_path, O_WRONLY | O_CLOEXEC);

	must(file >= 0 && write(file, none, sizeof(none) - 1) == (ssize_t)sizeof(none) - 1 && close(file) == 0, scheduler_path);
}

static void open_disk(void)
{
	u64 bytes = 0;

	must(mkdir("/dev", 0755) == 0 || errno == EEXIST, "/dev");
	must(mkdir("/sys", 0755) == 0 || errno == EEXIST, "/sys");
	must(mount("dev", "/dev", "devtmpfs", 0, nullptr) == 0 || errno == EBUSY, "devtmpfs");
	must(mount("sys", "/sys", "sysfs", 0, nullptr) == 0, "sysfs");
	load_modules();
	disk = open(disk_path, O_RDWR | O_DIRECT | O_CLOEXEC);
	must(disk >= 0, disk_path);
	must(ioctl(disk, BLKGETSIZE64, &bytes) == 0, "the disk's size");
	blocks = bytes / DISK_OPERATION_BYTES;
	choose_scheduler();
}

/* ---- operations ---- */

static void operations(u32 thread, u32 count, void *buffer)
{
	struct disk_walk walk = disk_walk_of(thread);

	for (u32 i = 0; i < count; i++) {
		off_t at = (off_t)(disk_walk_step(&walk, kind, blocks) * DISK_OPERATION_BYTES);
		ssize_t done = kind->write ? pwrite(disk, buffer, DISK_OPERATION_BYTES, at) :
			pread(disk, buffer, DISK_OPERATION_BYTES, at);

		must(done == (ssize_t)DISK_OPERATION_BYTES, kind->name);
	}
}

static void *buffer_new(void)
{
	u64 bytes = DISK_OPERATION_BYTES * (kind->ring ? kind->together : 1);
	void *buffer = aligned_alloc(DISK_OPERATION_BYTES, bytes);

	must(buffer != nullptr, "a buffer");
	return memset(buffer, 1, bytes);
}

/* As many as the kind says are under way, until the last are left. */
static void operations_by_ring(u32 count, void *buffer)
{
	struct disk_walk walk = disk_walk_of(0);
	u32 begun = 0, ended = 0, busy = 0;

	while (ended < count) {
		for (; begun < count && begun - ended < kind->together; begun++) {
			u32 place = (u32)__builtin_ctz(~busy);

			busy |= 1u << place;
			uring_put(kind->write, place, buffer, disk_walk_step(&walk, kind, blocks) * DISK_OPERATION_BYTES);
		}
		must(uring_enter(), kind->name);
		for (int place; (place = uring_take()) != URING_NONE; ended++) {
			must(place >= 0, kind->name);
			busy &= ~(1u << place);
		}
	}
}

static void any_operations(u32 thread, u32 count, void *buffer)
{
	if (kind->ring)
		operations_by_ring(count, buffer);
	else
		operations(thread, count, buffer);
}

static u32 threads(void) { return kind->ring ? 1 : kind->together; }

static void *client(void *thread)
{
	void *buffer = buffer_new();

	must(!kind->ring || uring_begin(disk, buffer, DISK_OPERATION_BYTES, kind->together), "io_uring");
	(void)pthread_barrier_wait(&begin);
	any_operations(*(u32 *)thread, DISK_ROUNDS / threads(), buffer);
	(void)pthread_barrier_wait(&end);
	if (kind->ring)
		uring_end();
	free(buffer);
	return nullptr;
}

static void warm_up(void)
{
	void *buffer = buffer_new();

	must(!kind->ring || uring_begin(disk, buffer, DISK_OPERATION_BYTES, kind->together), "io_uring");
	any_operations(0, DISK_WARM_UP, buffer);
	if (kind->ring)
		uring_end();
	free(buffer);
}

static void measure(void)
{
	u32 numbers[DISK_TOGETHER_MAX];
	pthread_t clients[DISK_TOGETHER_MAX];

	warm_up();
	must(pthread_barrier_init(&begin, nullptr, threads() + 1) == 0, "a barrier");
	must(pthread_barrier_init(&end, nullptr, threads() + 1) == 0, "a barrier");
	for (u32 i = 0; i < threads(); i++) {
		*ELEM(numbers, i) = i;
		must(pthread_create(ELEM(clients, i), nullptr, client, ELEM(numbers, i)) == 0, "a thread");
	}
	look();
	(void)pthread_barrier_wait(&begin);
	(void)pthread_barrier_wait(&end);
	look();
	for (u32 i = 0; i < threads(); i++)
		must(pthread_join(*ELEM(clients, i), nullptr) == 0, "a thread's end");
	printf("disk %s %u %u\n", kind->name, kind->together, DISK_ROUNDS);
}

int main(void)
{
	open_disk();
	for (u32 i = 0; i < ARRAY_LEN(disk_kinds); i++) {
		kind = ELEM(disk_kinds, i);
		measure();
	}
	leave();
}
