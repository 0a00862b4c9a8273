#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernel core, libraries and programs for a big-endian machine, against the fake HAL and the fake runtime, and sees that
only one file asks for the machine's order of bytes or swaps any. That what was compiled also does the same is for host tests on such a
machine (docs/testing.md)."""
import os
import re

import words
from common import Context, Finding, Result, main, read_text, tree_files
from style import PORTABLE

TARGET = 's390x-unknown-none-elf'
ASKS = re.compile(r'__builtin_bswap\w+|__BYTE_ORDER__|\bORDER_IS_LITTLE\b')
# Who may, and why: the header itself; executables of the machine, whose head says their order; what was read byte by byte before, in the
# other order than the format's.
ALLOWED = {'lib/base/order.h', 'lib/elf/elf.h', 'lib/elf/text.c', 'lib/fdt/fdt.c'}


def asked(root, paths):
	"""Where portable code, but for tests, asks for the order."""
	found = []
	for path in paths:
		if not path.startswith(PORTABLE) or path in ALLOWED or {'arch', 'tests'} & set(path.split('/')):
			continue
		for number, line in enumerate(read_text(os.path.join(root, path)).split('\n'), 1):
			if match := ASKS.search(line):
				found.append(Finding(path, number, 'order', f'`{match.group()}\' here; expected order_le16 and its like (lib/base/order.h), a format '
				                                            'read byte by byte (span_le32), or the machine\'s own order'))
	return found


def run(context: Context):
	result: Result = words.compiled(context, 'order', 'big-endian numbers', TARGET)
	result.findings += asked(context.root, tree_files(context.root, ('.c', '.h')))
	return result


if __name__ == '__main__':
	main(__doc__, run)
