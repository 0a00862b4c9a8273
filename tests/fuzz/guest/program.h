/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs of system calls: what is made, kept, changed and run; and what a process that runs one works with.
 *
 * A program has up to four threads in up to three processes that share objects. Each thread has a list of
 * operations in a page of its own, so that the host finds it in the memory of a machine that stopped
 * (tools/fuzz/memory.py knows the layout of struct list and struct op).
 */
#ifndef TESTS_FUZZ_GUEST_PROGRAM_H
#define TESTS_FUZZ_GUEST_PROGRAM_H

#include "abi/structs.h"
#include "abi/syscalls.h"
#include "lib/base/addr.h"

enum : u32 {
	OPS_MAX = 32,
	THREADS_MAX = 4,
	PROCESSES_MAX = 3,
	ARGUMENTS = 6,
	DATA_WORDS = 8,
	HANDLES = 64,
	HANDLES_FIRST = 32, /* before these stand the objects that a process is given */
	ADDRESSES = 8,
	IDS = 4,
	TIMES_MAX = 8,
	STATUSES = 40,
};

/* Operations that are no system calls. */
enum : u32 { OP_READ = SYSCALL_COUNT, OP_WRITE, OP_FLOAT, OPERATIONS };

/* How an argument's value is found when the operation runs. */
enum form : u8 {
	FORM_VALUE,      /* as it is */
	FORM_HANDLE,     /* low byte: object type; next byte: which of the live handles of that type */
	FORM_ANY_HANDLE, /* which handle, whatever its type */
	FORM_STALE,      /* the same, of another generation */
	FORM_DEADLINE,   /* so many ns from now */
	FORM_SCRATCH,    /* so many bytes into memory that calls may read and write */
	FORM_ADDRESS,    /* low byte: which of the addresses that `map` returned; the rest: bytes into it */
	FORM_DATA,       /* the operation's own data */
	FORM_ID,         /* the id of one of the processes or groups */
	FORM_RESULT,     /* what the thread's last successful call returned */
	FORMS,
};

/* Message calls: form and value 0 and 1 are endpoint and reply object, 2 to 5 the capabilities to send. `data` is
 * then the message info, how long to wait (0 polls, U64_MAX is for ever), words 0 to 3, the rights of the
 * capabilities (two in each half, 16 bits each, a set bit 15 moves; 0xffff keeps all), the buffers (offset and length
 * in scratch memory, 16 bits each). */
enum : u32 { DATA_INFO, DATA_WAIT, DATA_FIRST_WORD, DATA_RIGHTS = 6, DATA_BUFFERS };

struct op {
	u16 call;
	u8 form[ARGUMENTS]; /* enum form */
	u64 value[ARGUMENTS];
	u64 data[DATA_WORDS];
};

enum : u32 {
	OPTION_FAULTS = 1,      /* faults are sent to the shared endpoint */
	OPTION_TIGHT = 2,       /* little memory, few objects */
	OPTION_AUTHORITIES = 4, /* log, trace, ports, interrupts, code are among the objects */
	OPTIONS = 8,
};

enum : u64 { LIST_MAGIC = 0x3147524f525a5546ull /* "FUZRORG1" in memory order */ };

struct list {
	u64 magic;   /* only in what is run */
	u64 key;     /* of this boot */
	u64 round;
	u32 thread, count;
	u32 processes, threads, options;
	u32 times;   /* how often the thread goes through it */
	u32 at;      /* the operation that is being run */
	u32 spare;
	struct op op[OPS_MAX];
};
static_assert(sizeof(struct op) == 120 && sizeof(struct list) == 56 + OPS_MAX * sizeof(struct op), "the host reads it");
static_assert(sizeof(struct list) <= PAGE_BYTES);

struct program {
	u32 processes, threads, options, times;
	struct list list[THREADS_MAX];
};

/* ---- where things are in a process that runs programs ---- */

enum : u32 { STACKS = 8, STACK_PAGES = 2, SCRATCH_PAGES = 4 };
enum : u64 {
	ARENA_AT = 0x0000001810000000ull,
	STACKS_AT = ARENA_AT + 4 * PAGE_BYTES,
	SCRATCH_AT = STACKS_AT + STACKS * STACK_PAGES * PAGE_BYTES,
	SCRATCH_BYTES = SCRATCH_PAGES * PAGE_BYTES, /* nothing is mapped behind it */
	ARENA_BYTES = SCRATCH_AT + SCRATCH_BYTES - ARENA_AT,
	LISTS_AT = ARENA_AT + 0x100000,
	MAPPINGS_AT = ARENA_AT + 0x1000000,         /* where programs map */
};

/* Nothing orders these words among each other. */
#define shared_load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define shared_store(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define shared_add(p, v) __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define shared_swap(p, v) __atomic_exchange_n((p), (v), __ATOMIC_RELAXED)

/* What the threads of a process share, with each other and with the driver. */
struct STABLE arena {
	u32 left;           /* operations that may still begin */
	u32 done;           /* a signal: bit i when list i has come to its end */
	u32 next_handle, next_address;
	u32 handle[HANDLES];
	u8 type[HANDLES];
	u64 address[ADDRESSES];
	u64 id[IDS];
	u32 made[OPERATIONS];
	u16 ended[OPERATIONS][STATUSES]; /* by status */
};
static_assert(sizeof(struct arena) <= STACKS_AT - ARENA_AT);

#endif
