/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration space that is made up: of right functions that a test describes, or of random answers.
 */
#ifndef LIB_PCI_TESTS_MACHINE_H
#define LIB_PCI_TESTS_MACHINE_H

#include "lib/pci/pci.h"

enum : u32 { MACHINE_FUNCTIONS = 8, MACHINE_WORDS = 64 };

struct machine_function {
	u32 function;
	u32 word[MACHINE_WORDS];
	u32 mask[MACHINE_WORDS];   /* bits that can be written */
};

struct machine {
	u32 count;
	struct machine_function function[MACHINE_FUNCTIONS];
	u32 reads;
};

extern struct machine machine;
extern const struct pci_config machine_config;  /* what the test described */

/* A function with its ids and class, all else 0. */
struct machine_function *machine_add(u32 function, u32 id, u32 class_code, u32 header);
/* A register of memory or ports, of a size that is a power of two. */
void machine_bar(struct machine_function *f, u32 index, u32 kind, u64 bytes);
u32 machine_word(u32 function, u32 at);

#endif
