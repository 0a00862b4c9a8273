/* SPDX-License-Identifier: Apache-2.0
 *
 * The first and only program of a Linux guest: measures its disk as `bench disk' does ours, without the page cache
 * (O_DIRECT), a thread for each operation under way.
 *
 * It loads the modules /1.ko, /2.ko and so on in that order, for Debian's kernel has its virtio drivers apart. The host counts
 * instructions whenever look() is called, just before the first operation and just after the last. Each kind prints
 * `disk NAME THREADS OPERATIONS'; in the end the machine is reset, which ends the emulator.
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
	void *buffer = aligned_alloc(DISK_OPERATION_BYTES, DISK_OPERATION_BYTES);

	must(buffer != nullptr, "a buffer");
	return memset(buffer, 1, DISK_OPERATION_BYTES);
}

static void *client(void *thread)
{
	void *buffer = buffer_new();

	(void)pthread_barrier_wait(&begin);
	operations(*(u32 *)thread, DISK_ROUNDS / kind->threads, buffer);
	(void)pthread_barrier_wait(&end);
	free(buffer);
	return nullptr;
}

static void measure(void)
{
	u32 numbers[DISK_THREADS_MAX];
	pthread_t threads[DISK_THREADS_MAX];
	void *buffer = buffer_new();

	operations(0, DISK_WARM_UP, buffer);
	must(pthread_barrier_init(&begin, nullptr, kind->threads + 1) == 0, "a barrier");
	must(pthread_barrier_init(&end, nullptr, kind->threads + 1) == 0, "a barrier");
	for (u32 i = 0; i < kind->threads; i++) {
		*ELEM(numbers, i) = i;
		must(pthread_create(ELEM(threads, i), nullptr, client, ELEM(numbers, i)) == 0, "a thread");
	}
	look();
	(void)pthread_barrier_wait(&begin);
	(void)pthread_barrier_wait(&end);
	look();
	for (u32 i = 0; i < kind->threads; i++)
		must(pthread_join(*ELEM(threads, i), nullptr) == 0, "a thread's end");
	free(buffer);
	printf("disk %s %u %u\n", kind->name, kind->threads, DISK_ROUNDS);
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
