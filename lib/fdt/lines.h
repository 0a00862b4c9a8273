/* SPDX-License-Identifier: Apache-2.0
 *
 * Controllers of devices' interrupt lines on RISC-V machines, which may have several: a PLIC or an APLIC for each node.
 *
 * Kernel and user space name a line by one number, which both make of the tree alone. Controllers count that can interrupt
 * a processor for the kernel, in the order of the tree. Line n of one, from 1 to `lines`, has the number first + n; the
 * next one's first is behind that of the last line. So one alone numbers its lines as it does itself.
 *
 * SPEC: Linux, Documentation/devicetree/bindings/interrupt-controller: sifive,plic-1.0.0.yaml, riscv,aplic.yaml,
 * riscv,imsics.yaml
 */
#ifndef LIB_FDT_LINES_H
#define LIB_FDT_LINES_H

#include "lib/fdt/fdt.h"

enum : u32 { FDT_LINES_MAX = 1023 /* of a controller */, FDT_MESSAGES_MAX = 2047, FDT_PAIR_NONE = U32_MAX };

enum fdt_controller_kind : u32 { FDT_PLIC, FDT_APLIC, FDT_APLIC_MESSAGES };

struct fdt_controller {
	struct fdt_node node;      /* inside: there is one */
	struct fdt_node receiver;  /* of messages, if it sends such */
	enum fdt_controller_kind kind;
	u32 first, lines;
	struct span pairs;         /* what it or the receiver is connected to: processors' controllers and interrupts of them */
};

/* Goes on to the next controller behind *controller; {} begins. False behind the last. */
[[nodiscard]] bool fdt_next_controller(const struct fdt *fdt, struct fdt_controller *controller);

/* The controller with that handle; false if there is none, or it does not count. */
[[nodiscard]] bool fdt_controller_at(const struct fdt *fdt, u32 phandle, struct fdt_controller *controller);

/* Which pair is the kernel's external interrupt of the processor whose own controller has that handle; FDT_PAIR_NONE: none. */
u32 fdt_pair_of(const struct fdt_controller *controller, u32 phandle);

/* The number by which a controller that sends messages names the processor of a pair; FDT_PAIR_NONE: it cannot.
 * SPEC: RISC-V AIA 1.0, 3.6 "Arrangement of the memory regions of multiple interrupt files", 4.9.1 (hart indexes) */
u32 fdt_message_index(const struct fdt *fdt, const struct fdt_controller *controller, u32 pair);

/* How many messages the receiver tells apart, numbered from 1. */
u32 fdt_messages(const struct fdt *fdt, const struct fdt_controller *controller);

#endif
