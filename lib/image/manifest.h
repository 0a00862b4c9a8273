/* SPDX-License-Identifier: Apache-2.0
 *
 * A service's manifest in compiled form: a fixed layout of one page, content of the image
 * entry "manifest/NAME". tools/image/build.py compiles it from the service's manifest.toml;
 * the keeper turns it into a process with exactly what it declares. lib/image/README.md lists
 * the keys of the source form and which field each fills.
 *
 * All numbers in the machine's order of bytes; all texts zero-padded with at least one zero at the end.
 */
#ifndef LIB_IMAGE_MANIFEST_H
#define LIB_IMAGE_MANIFEST_H

#include "lib/base/span.h"
#include "lib/image/format.h"

enum : u32 { MANIFEST_MAGIC = 0x4e414d46u /* "FMAN" in memory order */, MANIFEST_VERSION = 3 };
enum : u32 {
	MANIFEST_NAME_BYTES = 24,     /* names of services and of granted handles */
	MANIFEST_PATH_BYTES = 64,
	MANIFEST_ARGS_BYTES = 512,
	MANIFEST_NEEDS_MAX = 16,
	MANIFEST_CALLS_MAX = 24,
	MANIFEST_GRANTS_MAX = 12,
	MANIFEST_BYTES = 3072,
	MANIFEST_CLASS_BYTES = 16,
	MANIFEST_MATCH_BYTES = 32,
	MANIFEST_MATCHES_MAX = 6,
	MANIFEST_DMA_PIECES_MAX = 8,
	MANIFEST_DMA_PIECE_PAGES = 16,
	MANIFEST_DRIVER_BYTES = 28,   /* "bin/" and the longest name */
	MANIFEST_PADDING_BYTES = 24,
};

/* Bits of manifest_record.flags */
enum manifest_flags : u32 {
	/* It may make groups and set limits below its own: it gets a group inside the limited one,
	 * with all rights. Otherwise it may only create objects that are charged to its group. */
	MANIFEST_FLAG_SUBGROUPS = 1,
	MANIFEST_FLAGS_ALL = 1,
};

enum manifest_restart : u32 {
	MANIFEST_RESTART_NEVER,       /* started once */
	MANIFEST_RESTART_ON_FAILURE,  /* again unless it exited with status 0 */
	MANIFEST_RESTART_ALWAYS,
	MANIFEST_RESTART_COUNT,
};

/* What becomes of it when a service that it needs was given up. */
enum manifest_without : u32 {
	MANIFEST_WITHOUT_GO_ON,  /* degraded: its calls there fail at once */
	MANIFEST_WITHOUT_TELL,   /* the same, and it is told */
	MANIFEST_WITHOUT_STOP,   /* it is stopped, and started again with that service */
	MANIFEST_WITHOUT_COUNT,
};

/* What a grant derives from. */
enum manifest_grant_kind : u32 {
	MANIFEST_GRANT_NONE,
	MANIFEST_GRANT_IOPORT,   /* base: first port; count: ports */
	MANIFEST_GRANT_IRQ,      /* base: line; count: lines */
	MANIFEST_GRANT_DEVICE,   /* base: first physical page (address / PAGE_BYTES); count: pages */
	MANIFEST_GRANT_KLOG,     /* no range, as all below */
	MANIFEST_GRANT_TRACE,
	MANIFEST_GRANT_MACHINE,
	MANIFEST_GRANT_IMAGE,    /* the memory of the system image */
	MANIFEST_GRANT_ROOT_GROUP,
	MANIFEST_GRANT_LOADER,   /* the loader's endpoint: the right to start programs */
	MANIFEST_GRANT_FIRMWARE,      /* what firmware left in memory */
	MANIFEST_GRANT_ALL_DEVICES,   /* the registers of every device: for who finds them */
	MANIFEST_GRANT_DEVICE_TABLE,  /* the memory in which the keeper reads what was found */
	MANIFEST_GRANT_DOMAIN_TABLE,  /* the memory in which the keeper asks for what devices may reach */
	MANIFEST_GRANT_ALL_LINES,     /* every interrupt line: for who tells devices which messages they send */
	MANIFEST_GRANT_KIND_COUNT,
};

/* 56 bytes */
struct manifest_grant {
	char name[MANIFEST_NAME_BYTES]; /* of the handle in the start block */
	u32 kind;                       /* enum manifest_grant_kind */
	u32 rights;                     /* exactly these rights of the object's type */
	u64 base, count;                /* range, or 0, 0 */
	u64 reserved;                   /* 0 */
};

/* The one device of a driver, by lib/devices: its class and number there, and the names of devices that its programs drive. It
 * gets the device's registers, ports and lines, named "registers", "ports" and "irq", further ones with a number from
 * 1 on. With memory for the device ("dma", further pieces "dma1", ...) it also gets the configuration space of a PCI
 * function, to read ("config"). 392 bytes */
struct manifest_match {
	char text[MANIFEST_MATCH_BYTES];
	char program[MANIFEST_DRIVER_BYTES]; /* "bin/NAME", what drives it; empty: the program of the manifest */
};
struct manifest_device {
	char class[MANIFEST_CLASS_BYTES];  /* empty: it drives none, and all of this is 0 */
	u32 number;
	u32 match_count;
	u32 dma_pages;   /* memory that it may tell the device of, in pieces of 16; 0: none */
	u32 reserved;    /* 0 */
	struct manifest_match match[MANIFEST_MATCHES_MAX];
};
static_assert(sizeof(struct manifest_device) == 392, "layout of a device");

struct manifest_name {
	char text[MANIFEST_NAME_BYTES];
};

struct manifest_record {
	u32 magic;                /* MANIFEST_MAGIC */
	u32 version;              /* MANIFEST_VERSION */
	u32 bytes;                /* MANIFEST_BYTES */
	u32 flags;                /* enum manifest_flags */
	char name[MANIFEST_NAME_BYTES];        /* unique in the image */
	char program[IMAGE_NAME_BYTES];     /* image entry: "bin/NAME" */
	char description[MANIFEST_PATH_BYTES]; /* one line for people */
	char provides[MANIFEST_PATH_BYTES];    /* path its endpoint is bound to in its clients'
	                                          namespaces; empty: it serves nothing */
	char stdin_path[MANIFEST_PATH_BYTES];  /* opened on first use; empty: none */
	char stdout_path[MANIFEST_PATH_BYTES];
	char stderr_path[MANIFEST_PATH_BYTES];
	u64 frames;               /* limits of its group; 0: the parent's */
	u64 objects;
	u64 caps;
	u64 threads;
	u32 weight;               /* fair share; 0 means 100 */
	u32 priority;             /* of its activity, 0 to 255 */
	u32 stack_pages;          /* of its first thread, at least 1 */
	u32 restart;              /* enum manifest_restart */
	u32 backoff_ms;           /* before the first restart; doubles up to backoff_max_ms, and
	                             starts anew after it ran for 10 s */
	u32 backoff_max_ms;
	u32 needs_count;          /* services that are started before it */
	u32 calls_count;          /* services bound in its namespace */
	u32 grants_count;
	u32 args_count;
	u32 args_bytes;           /* used bytes of args */
	u32 max_priority;         /* its group's highest: what it may give to others; at least its own */
	char args[MANIFEST_ARGS_BYTES];        /* each terminated by a zero */
	struct manifest_name needs[MANIFEST_NEEDS_MAX];
	struct manifest_name calls[MANIFEST_CALLS_MAX];
	struct manifest_grant grant[MANIFEST_GRANTS_MAX];
	u64 state_pages;          /* that outlive its process; 0: it keeps nothing */
	u32 heartbeat_ms;         /* it answers a ping within this time, or counts as dead; 0: nobody asks */
	u32 without;              /* enum manifest_without */
	u32 give_up_after;        /* failures in a row */
	u32 reserved2;            /* 0 */
	struct manifest_device device;
	u8 padding[MANIFEST_PADDING_BYTES];    /* 0 */
};

static_assert(sizeof(struct manifest_grant) == 56, "layout of a grant");
static_assert(sizeof(struct manifest_record) == MANIFEST_BYTES, "layout of a compiled manifest");

enum manifest_problem : u32 {
	MANIFEST_OK,
	MANIFEST_BAD_LENGTH,
	MANIFEST_NOT_A_MANIFEST,
	MANIFEST_BAD_VERSION,
	MANIFEST_BAD_NAME,
	MANIFEST_BAD_PROGRAM,
	MANIFEST_BAD_PATH,
	MANIFEST_BAD_LIMIT,
	MANIFEST_BAD_RESTART,
	MANIFEST_BAD_WITHOUT,
	MANIFEST_BAD_ARGS,
	MANIFEST_BAD_NEEDS,
	MANIFEST_BAD_CALLS,
	MANIFEST_BAD_GRANT,
	MANIFEST_BAD_DEVICE,
	MANIFEST_BAD_RESERVED,
	MANIFEST_PROBLEM_COUNT,
};

/* What is wrong, as the end of a sentence: "the manifest of X " text. */
const char *manifest_problem_text(enum manifest_problem problem);

/* Checks every field and copies the record out. After MANIFEST_OK: texts are terminated, names
 * not empty, counts within their arrays, kinds and policies known, ranges do not wrap. */
[[nodiscard]] enum manifest_problem manifest_read(struct span content, struct manifest_record *out);

/* A field's text without its padding. */
#define manifest_text(field) span_until_zero(SPAN_OF_ARRAY(field))

#endif
