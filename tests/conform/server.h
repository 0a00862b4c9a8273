/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread of this process that receives and answers, for tests of the caller's side.
 */
#ifndef TESTS_CONFORM_SERVER_H
#define TESTS_CONFORM_SERVER_H

#include "tests/conform/objects.h"

enum server_label : u32 {
	SERVER_ECHO = 1,   /* answers with the same words, up to 64 */
	SERVER_BADGE,      /* answers with the badge as word 0 */
	SERVER_CAPS,       /* answers with the types of the capabilities received, and drops them */
	SERVER_GIVE,       /* answers with two capabilities: a signal with bit 5 raised, and it again with fewer rights */
	SERVER_DROP_REPLY, /* gives its reply object up instead of answering, and ends */
	SERVER_COPY,       /* copies word 0 bytes from the caller's in buffer to its out buffer, at offset word 1 */
	SERVER_SLOW,       /* answers after server_answer */
	SERVER_STOP,       /* answers and ends */
};

/* Starts it; the endpoint is the caller's to drop, after server_stop. */
handle_t server_start(void);
void server_stop(handle_t endpoint);

/* Whoever asked SERVER_SLOW, or will, is answered. */
void server_answer(void);

/* Waits until the server has ended by itself. */
void server_wait(void);

#endif
