/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration space of functions that a test describes.
 */
#include "lib/pci/tests/machine.h"

struct machine machine;

static struct machine_function *find(u32 function)
{
	for (u32 i = 0; i < machine.count; i++)
		if (ELEM(machine.function, i)->function == function)
			return ELEM(machine.function, i);
	return nullptr;
}

u32 machine_word(u32 function, u32 at)
{
	const struct machine_function *f = find(function);

	return f == nullptr || at >= 4 * MACHINE_WORDS ? U32_MAX : *ELEM(f->word, at / 4);
}

static u32 read_word(u32 function, u32 at)
{
	machine.reads++;
	return machine_word(function, at);
}

static void write_word(u32 function, u32 at, u32 value)
{
	struct machine_function *f = find(function);

	if (f == nullptr || at >= 4 * MACHINE_WORDS)
		return;
	u32 *word = ELEM(f->word, at / 4), mask = *ELEM(f->mask, at / 4);

	*word = (*word & ~mask) | (value & mask);
}

const struct pci_config machine_config = { .read = read_word, .write = write_word };

struct machine_function *machine_add(u32 function, u32 id, u32 class_code, u32 header)
{
	struct machine_function *f = ELEM(machine.function, machine.count++);

	*f = (struct machine_function){ .function = function };
	f->word[PCI_ID / 4] = id;
	f->word[PCI_CLASS / 4] = class_code << 8;
	f->word[PCI_HEADER / 4] = header << 16;
	f->mask[PCI_COMMAND / 4] = 7;
	if (header % 0x80 == 1)
		for (u32 at = PCI_BUSES; at <= PCI_BRIDGE_PORTS_HIGH; at += 4)
			*ELEM(f->mask, at / 4) = U32_MAX;
	return f;
}

void machine_bar(struct machine_function *f, u32 index, u32 kind, u64 bytes)
{
	u32 at = PCI_BAR_0 / 4 + index;

	*ELEM(f->word, at) = kind;
	*ELEM(f->mask, at) = (u32)~(bytes - 1);
	if ((kind & 7) == 4)
		*ELEM(f->mask, at + 1) = (u32)(~(bytes - 1) >> 32);
}
