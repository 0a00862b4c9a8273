/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers serve that lend windows: memory that their device and a client use, without a copy, as long as the client's file
 * is open (docs/adr/0037). With a window go, if its client wants requests to travel through rings in it (docs/adr/0050), a bell
 * to wake the driver, and the client's signal, by which the driver wakes him.
 */
#ifndef LIB_LEASE_PROTOCOL_PROTOCOL_H
#define LIB_LEASE_PROTOCOL_PROTOCOL_H

#include "lib/base/text.h"

/* Labels of calls to an open file. */
enum : u32 {
	/* Answers with the file's window, the same each time, and what words the driver has. If it brings a signal there are rings,
	 * and a bell is answered, too. BUSY: others have all windows. */
	LEASE_TAKE = 0x100,
	/* Whether all is well: STALE: the file has no window any more; INVALID: the client wrote what cannot be into his rings, which
	 * are served no more; IO: the device is gone. */
	LEASE_ASK,
	LEASE_LABEL_OWN, /* from here on, the drivers' own */
};

/* Bits: of the driver's signal, and of the client's, whose others are the driver's own. DOUBT: the client is to ask before he
 * looks at the window again. */
enum : u64 { LEASE_BELL = 1 << 2, LEASE_DOUBT = 1ull << 63 };

/* Windows of one driver. */
enum : u32 { LEASES_MAX = 8 };

/* Where the driver's vault has the client's signal, so that he can be woken when there is no driver. */
static inline void lease_client_name(u32 number, struct text *name)
{
	text_add(name, "/client/");
	text_add_u64(name, number);
}

#endif
