/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls with any arguments, right or wrong.
 */
#ifndef TESTS_CONFORM_RAW_CALL_H
#define TESTS_CONFORM_RAW_CALL_H

#include "lib/base/safe.h"

struct any_call {
	u64 number;
	u64 argument[6];  /* of a message call: handles, msg_info, word 0 to 3 */
	u64 deadline;     /* of a message call */
	bool message;
};

struct any_result {
	u64 status, value;
};

/* Makes the call. The arguments must not name memory that the program uses otherwise, unless the
 * call is known to leave it alone. */
struct any_result any_call(const struct any_call *call);

/* Reads and writes a byte of memory that the test has mapped itself. */
u8 any_read(u64 address);
void any_write(u64 address, u8 value);

/* Executes a return instruction that stands at the address. */
void any_execute(u64 address);

/* Uses registers that the kernel keeps for no thread: vectors of any length, matrices. They return if nothing stops them. */
void any_vectors(void);
void any_matrices(void);

#endif
