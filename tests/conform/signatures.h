/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses that the processor signs, where it does; in arch/NAME/signatures.S.
 */
#ifndef TESTS_CONFORM_SIGNATURES_H
#define TESTS_CONFORM_SIGNATURES_H

#include "lib/base/safe.h"

/* The address signed for a place as return addresses are for one on the stack; unchanged where nothing is signed. */
u64 signature_on(u64 address, u64 place);

/* A function whose saved return address was overwritten with this one returns. */
NORETURN void return_elsewhere(u64 address);

/* In a child: its end says how it signs, or that it went where it should not. */
void signatures_in_child(void);
void return_in_child(void);

#endif
