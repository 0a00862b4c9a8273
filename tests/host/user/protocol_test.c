/* SPDX-License-Identifier: Apache-2.0
 *
 * The frames of the agent's control line.
 */
#include "tests/host/user/check.h"
#include "userspace/services/agent/protocol.h"

static struct protocol p;

/* The last event that is not NONE, and how many there were. */
struct fed {
	enum protocol_event last;
	u32 events;
};

static struct fed feed(struct span bytes)
{
	struct fed fed = {};

	for (usize i = 0; i < span_len(bytes); i++) {
		enum protocol_event event = protocol_input(&p, span_u8(bytes, i));

		if (event != PROTOCOL_NONE) {
			fed.last = event;
			fed.events++;
		}
	}
	return fed;
}

#define FEED(literal) feed(span_text(literal))

static void begin(void)
{
	p = (struct protocol){};
}

static void run_takes_its_text(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_NONE, FEED("run 7\nls /tm").last);
	CHECK_NUMBER(PROTOCOL_RUN, FEED("p").last);
	CHECK_TEXT("ls /tmp", protocol_text(&p));
	CHECK_NUMBER(PROTOCOL_RUN, FEED("run 3\na\nb").last);
	CHECK_TEXT("a\nb", protocol_text(&p));
}

static void empty_text_runs_at_once(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_RUN, FEED("run 0\n").last);
	CHECK_TEXT("", protocol_text(&p));
}

static void off_is_understood(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_OFF, FEED("off\n").last);
	CHECK_NUMBER(PROTOCOL_OFF, FEED("\r\n\noff\r\n").last);
}

static void nonsense_is_refused_and_forgotten(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_BAD, FEED("hello\n").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("run\n").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("run x\n").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("run 99999999999999999999999\n").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("run 18446744073709551615\n").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("0123456789012345678901234567890123456789\n").last);
	CHECK_NUMBER(PROTOCOL_RUN, FEED("run 1\nx").last);
}

static void too_long_text_is_passed_over(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_NONE, FEED("run 2000\n").last);
	for (u32 i = 0; i < 1999; i++)
		CHECK_NUMBER(PROTOCOL_NONE, FEED("y").last);
	CHECK_NUMBER(PROTOCOL_BAD, FEED("y").last);
	CHECK_NUMBER(PROTOCOL_RUN, FEED("run 2\nok").last);
	CHECK_TEXT("ok", protocol_text(&p));
}

static void longest_text_fits(void)
{
	begin();
	CHECK_NUMBER(PROTOCOL_NONE, FEED("run 1400\n").last);
	for (u32 i = 0; i < 1399; i++)
		CHECK_NUMBER(PROTOCOL_NONE, FEED("y").last);
	CHECK_NUMBER(PROTOCOL_RUN, FEED("y").last);
	CHECK_NUMBER(1400, span_len(protocol_text(&p)));
}

static const struct test tests[] = {
	{ "run takes its text", run_takes_its_text },
	{ "an empty text runs at once", empty_text_runs_at_once },
	{ "off is understood", off_is_understood },
	{ "nonsense is refused and forgotten", nonsense_is_refused_and_forgotten },
	{ "a text that is too long is passed over", too_long_text_is_passed_over },
	{ "the longest text fits", longest_text_fits },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
