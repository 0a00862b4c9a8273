/* SPDX-License-Identifier: Apache-2.0
 *
 * conform [TEXT]: runs all tests, or those whose name contains the text.
 */
#include "lib/rt/rt.h"
#include "tests/conform/check.h"
#include "tests/conform/child.h"
#include "tests/conform/suites.h"

u64 program_main(const struct rt_args *args)
{
	struct span filter = rt_arg(0);

	if (args->count == 2 && span_equal(filter, span_text("child")))
		return child_main(rt_arg(1));
	test_basics(filter);
	test_generated(filter);
	test_caps(filter);
	test_groups(filter);
	test_memory(filter);
	test_threads(filter);
	test_scheduling(filter);
	test_inheritance(filter);
	test_words(filter);
	test_signals(filter);
	test_endpoints(filter);
	test_messages(filter);
	test_buffers(filter);
	test_blocking(filter);
	test_names(filter);
	test_processes(filter);
	test_faults(filter);
	test_taken(filter);
	test_floats(filter);
	test_signatures(filter);
	test_machine(filter);
	return check_finish();
}
