/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults end the process that made them, or go to its fault endpoint.
 */
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

static void expect_fault(struct span kind, u64 expected)
{
	struct child_end end = child_run(kind, handle_none());

	EXPECT_NUMBER(EXIT_REASON_FAULTED, end.reason);
	EXPECT_NUMBER(expected, end.status);
}

static void reading_null(void) { expect_fault(span_text("read-null"), FAULT_KIND_READ); }
static void reading_the_kernel(void) { expect_fault(span_text("read-kernel"), FAULT_KIND_READ); }
static void writing_unmapped_memory(void) { expect_fault(span_text("write-unmapped"), FAULT_KIND_WRITE); }
static void writing_read_only_memory(void) { expect_fault(span_text("write-read-only"), FAULT_KIND_WRITE); }
static void executing_data(void) { expect_fault(span_text("execute-data"), FAULT_KIND_EXECUTE); }

/* Else they would be another thread's, or lost, with the next switch. */
static void using_vectors_that_are_not_kept(void) { expect_fault(span_text("vectors"), FAULT_KIND_INSTRUCTION); }
static void using_matrices_that_are_not_kept(void) { expect_fault(span_text("matrices"), FAULT_KIND_INSTRUCTION); }

/* The handler gets the fault as a message; an answer other than 0 ends the process. */
static void fault_goes_to_its_handler(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	handle_t badged = {};
	struct message m = {};
	struct child_end end;

	EXPECT_OK(sys_cap_derive(endpoint, ALL_RIGHTS, 55, 0, &badged));
	handle_t child = child_start(span_text("write-unmapped"), handle_none(), badged);

	EXPECT_OK(msg_receive(endpoint, reply, &m, before_long()));
	EXPECT_NUMBER(MSG_KIND_NOTE_FAULT, msg_kind_of(&m));
	EXPECT_NUMBER(55, m.badge);
	EXPECT_NUMBER(FAULT_KIND_WRITE, m.word[0]);
	EXPECT_NUMBER(BAD_USER_ADDRESS, m.word[1]);
	EXPECT_TRUE(m.word[2] != 0 && m.word[3] != 0);
	EXPECT_NUMBER(inspected(child).object_id, m.word[4]);
	m = msg_make(1, 0);
	EXPECT_OK(msg_reply(reply, &m));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(EXIT_REASON_FAULTED, end.reason);
	drop(child);
	drop(badged);
	drop(reply);
	drop(endpoint);
}

/* Nobody takes the fault any more, though the process still holds the endpoint. */
static void fault_without_handler_ends_the_process(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t faults = derived(endpoint, RIGHT_DUPLICATE | RIGHT_TRANSFER | ENDPOINT_RIGHT_SEND);
	handle_t child = child_start(span_text("write-unmapped"), handle_none(), faults);
	struct child_end end;

	rt_sleep_until(in_a_moment());
	drop(endpoint);
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(EXIT_REASON_FAULTED, end.reason);
	EXPECT_NUMBER(FAULT_KIND_WRITE, end.status);
	drop(child);
	drop(faults);
}

/* A handler may mend what was missing: the thread then tries again. */
static void mended_fault_goes_on(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	handle_t memory = new_memory(1);
	struct message m = {};
	struct child_end end;
	u64 address = 0;
	handle_t child = child_start(span_text("write-unmapped"), handle_none(), endpoint);

	EXPECT_OK(msg_receive(endpoint, reply, &m, before_long()));
	EXPECT_OK(sys_map(child, memory, BAD_USER_ADDRESS, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED, &address));
	m = msg_make(STATUS_OK, 0);
	EXPECT_OK(msg_reply(reply, &m));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(EXIT_REASON_EXITED, end.reason);
	EXPECT_NUMBER(99, end.status);
	drop(child);
	drop(memory);
	drop(reply);
	drop(endpoint);
}

static void waiting_for_its_handler_it_can_be_killed(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t child = child_start(span_text("read-null"), handle_none(), endpoint);
	struct child_end end;

	rt_sleep_until(in_a_moment());
	EXPECT_OK(sys_process_kill(child, 6));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(EXIT_REASON_KILLED, end.reason);
	EXPECT_NUMBER(6, end.status);
	drop(child);
	drop(endpoint);
}

static const struct test tests[] = {
	{ "reading address 0 faults", reading_null },
	{ "reading the kernel faults", reading_the_kernel },
	{ "writing unmapped memory faults", writing_unmapped_memory },
	{ "writing read-only memory faults", writing_read_only_memory },
	{ "a fault that nobody may receive ends the process", fault_without_handler_ends_the_process },
	{ "executing data faults", executing_data },
	{ "using vectors that are not kept faults", using_vectors_that_are_not_kept },
	{ "using matrices that are not kept faults", using_matrices_that_are_not_kept },
	{ "a fault goes to its handler", fault_goes_to_its_handler },
	{ "a mended fault goes on", mended_fault_goes_on },
	{ "a faulted process can be killed", waiting_for_its_handler_it_can_be_killed },
};

void test_faults(struct span filter)
{
	RUN_TESTS(tests, filter);
}
