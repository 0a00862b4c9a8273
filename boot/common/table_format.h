/* SPDX-License-Identifier: Apache-2.0
 *
 * What page tables with 512 entries of 8 bytes look like on an architecture: all that tables.c
 * needs to know. Each architecture's folder has one.
 */
#ifndef BOOT_COMMON_TABLE_FORMAT_H
#define BOOT_COMMON_TABLE_FORMAT_H

#include "lib/base/safe.h"

struct table_format {
	u64 address;               /* the bits of an entry that hold an address */
	u32 address_shift;         /* how far an address is moved down to stand there */
	u64 valid;                 /* set in every entry that is used */
	u64 table;                 /* all bits of an entry that names a table */
	u64 kind_mask, kind_table; /* an entry names a table if these bits of it are that */
	u64 page, large;           /* bits of what is mapped: at the last level, above it */
	u64 write, read_only;      /* added with and without TABLE_WRITE */
	u64 execute, no_execute;   /* the same with TABLE_EXECUTE */
	u64 device;                /* with TABLE_DEVICE */
	u32 half_bits;             /* of addresses in each half, with four levels */
	u32 roots;                 /* 2: the upper half's is the pool's first page, the lower half's the second */
	bool maps_gaps;            /* the direct map has what is no memory too, because entries need not say that it is none */
};

extern const struct table_format table_format;

#endif
