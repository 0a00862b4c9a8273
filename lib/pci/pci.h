/* SPDX-License-Identifier: Apache-2.0
 *
 * PCI Express as it is found: buses behind a host bridge with plain configuration space, their functions, registers and
 * capabilities; and where firmware has not, places for bridges and registers. Configuration space may say anything:
 * every walk is bounded, whatever it reads.
 *
 * SPEC: PCI Local Bus Specification 3.0, 6 "Configuration Space"; PCI-to-PCI Bridge Architecture Specification 1.2, 3.2;
 * PCI Express Base Specification 4.0, 7.
 */
#ifndef LIB_PCI_PCI_H
#define LIB_PCI_PCI_H

#include "lib/base/span.h"

enum : u64 { PCI_BUS_BYTES = 1 << 20, PCI_FUNCTION_BYTES = 4096 };
enum : u32 { PCI_PINS_MAX = 128, PCI_FUNCTIONS_MAX = 48, PCI_BARS_MAX = 6, PCI_DEPTH_MAX = 8, PCI_NO_LINE = U32_MAX };

/* Addresses on the bus and the physical ones that they appear at. */
struct pci_window { u64 bus, physical, bytes; };

/* Which interrupt line a pin of a device on the first bus is. */
struct pci_pin { u32 device /* first cell of its address, under the mask */, pin /* 1 to 4 */, line; };

/* Functions, by their numbers. */
struct pci_range { u32 first, count; };

struct pci_host {
	u64 ecam;                 /* physical address of the first bus' configuration space */
	u32 first_bus, bus_count;
	struct pci_window memory; /* below 4 GiB on the bus */
	struct pci_window ports;  /* no bytes: ports are the processor's own */
	struct pci_range behind;  /* of the functions on the first bus, those that an IOMMU knows, by their numbers */
	u32 pin_mask, pin_count;
	struct pci_pin pin[PCI_PINS_MAX];
};

/* Configuration space of functions, at multiples of 4; `function` is bus, device and function in 8, 5 and 3 bits. */
struct pci_config {
	u32 (*read)(u32 function, u32 at);
	void (*write)(u32 function, u32 at, u32 value);
};

enum pci_bar_kind : u32 { PCI_BAR_NONE, PCI_BAR_MEMORY, PCI_BAR_PORTS };

struct pci_bar {
	enum pci_bar_kind kind;
	bool wide;            /* 64 bits: takes the next place too */
	u64 address, bytes;   /* on the bus; 0: it has no place */
};

struct pci_function {
	u32 function;
	u32 way;              /* the function on the first bus behind which it is, or it itself */
	bool past;            /* set by who knows: what it asks of memory goes past an IOMMU */
	bool active;          /* set by who has turned it on: it may reach memory by itself */
	u64 stop;             /* set by who has turned it on: where the byte is in which zero ends all that it does, or 0 */
	u32 vendor, device, subsystem;
	u32 class_code;       /* class, subclass, interface: 8 bits each */
	u32 line;             /* of its interrupt pin, or PCI_NO_LINE */
	u32 messages;         /* interrupts by message (MSI-X); 0: none */
	bool bridge;
	struct pci_bar bar[PCI_BARS_MAX];
};

struct pci_found {
	u32 count, left_out;
	struct pci_function function[PCI_FUNCTIONS_MAX];
};

/* Finds all functions behind the host bridge. Gives places to bridges and registers if firmware gave none; to ports that
 * appear in memory always, a page to each, so that a function's page is its own. Afterwards no function but bridges may
 * write to memory by itself, until it is turned on. */
void pci_scan(const struct pci_config *config, const struct pci_host *host, struct pci_found *out);

/* The function answers at its registers, may reach memory by itself, and interrupts by message if that is asked for. WHY not
 * before it was reset: what used it before may have told it of memory that is somebody else's now. */
void pci_turn_on(const struct pci_config *config, u32 function, bool by_message);
[[nodiscard]] bool pci_is_on(const struct pci_config *config, u32 function, bool by_message);

/* The function interrupts by plain MSI: it writes `data` at `address`, on the bus, and has no other message. False, and it has
 * none, if it cannot, or does not hold what it was told. It has to be turned on, too: a message is a write to memory. */
[[nodiscard]] bool pci_set_message(const struct pci_config *config, u32 function, u64 address, u32 data);

/* ---- resetting a function alone: reset.c ---- */

enum : u32 { PCI_KEPT_MAX = 12 };

struct pci_kept_word { u32 at, value; };

/* What a reset takes from a function and is put back, and how it is reset: where the capability is that says how, of PCI Express
 * or of conventional PCI (Advanced Features), or 0. */
struct pci_kept {
	u32 express, features, command, count;
	struct pci_kept_word word[PCI_KEPT_MAX];
};

/* As it is now, but turned on, as pci_turn_on does; false: it cannot be reset alone. */
[[nodiscard]] bool pci_keep(const struct pci_config *config, u32 function, bool by_message, struct pci_kept *out);

/* A function's own register in which zero ends all that it does: it has when a bit of another is clear. Both are read and written
 * as configuration space is. */
struct pci_stop {
	const struct pci_config *registers;
	u32 control, state, bit;
};

enum pci_reset_state : u32 {
	PCI_RESET_ASKED, PCI_RESET_DRAINING, PCI_RESET_STOPPING, PCI_RESET_COMING,
	PCI_RESET_DONE,  /* it is as it was kept */
	PCI_RESET_GONE,  /* it is not there, did not come back in time, or not with its registers where they were: it is off */
};

/* All zero: one that begins. */
struct pci_reset { enum pci_reset_state state; u32 waited_ms; };

/* A step of a reset: milliseconds until the next one, or 0: it has ended. From the first one on the function writes nowhere. With
 * `stop` it is stopped by that, and reset only if it does not heed it; without (nullptr), reset. At most some twelve hundred
 * milliseconds pass, whatever it answers, and with `stop` a second more. */
u32 pci_reset_step(const struct pci_config *config, u32 function, const struct pci_kept *kept, const struct pci_stop *stop,
	struct pci_reset *reset);

/* Where a capability is, or 0: at most as many steps as fit the space. `after` is 0, or the one found before. */
u32 pci_capability(const struct pci_config *config, u32 function, u32 id, u32 after);

/* The physical address of a place on the bus, and false if no window has it. */
[[nodiscard]] bool pci_physical(const struct pci_window *window, u64 bus, u64 bytes, u64 *physical);

/* ---- the parts ---- */

/* What is still free of the host bridge's windows. */
struct pci_room {
	bool assign;          /* firmware has not */
	u64 memory, memory_end;
	u64 ports, ports_end; /* equal: ports keep their places */
};

/* Reads the sizes of a function's registers, and gives places as the room says. Not for bridges of any kind. */
void pci_read_bars(const struct pci_config *config, struct pci_function *f, struct pci_room *room);

enum pci_register : u32 {
	PCI_ID = 0x00, PCI_COMMAND = 0x04, PCI_CLASS = 0x08, PCI_HEADER = 0x0c, PCI_BAR_0 = 0x10, PCI_BUSES = 0x18,
	PCI_BRIDGE_PORTS = 0x1c, PCI_BRIDGE_MEMORY = 0x20, PCI_BRIDGE_PREFETCHABLE = 0x24, PCI_SUBSYSTEM = 0x2c,
	PCI_BRIDGE_PORTS_HIGH = 0x30, PCI_CAPABILITIES = 0x34, PCI_PIN = 0x3c,
};
enum : u32 { PCI_ID_MSI = 0x05, PCI_ID_VENDOR = 0x09, PCI_ID_MSIX = 0x11 };
enum : u32 { PCI_COMMAND_PORTS = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4, PCI_STATUS_LIST = 1u << 20 };

#endif
