#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the kernel stays small enough to be read: lines of code, without comments, blank lines and tests."""
import os
import re

from common import Finding, Result, main, read_text, tree_files

SUFFIXES = ('.c', '.h', '.S')
# Folder: lines at most. A port may take as many as four thousand, and all of them with the core twenty.
# WHY more than ten thousand for the core: timers that lapse are 40, work that is left for live objects 70, revocations that wait
# for calls under way 30, cancelled waits 40.
LIMITS = {'kernel': 20000, 'kernel/core': 10552, 'kernel/boot': 431, 'kernel/raw': 300}
ARCHES, PORT_LIMIT = 'kernel/arch', 4000
HAL, HAL_HEADERS = 'kernel/hal', 10
COMMENT = re.compile(r'/\*.*?\*/', re.DOTALL)


def code_lines(text):
	return sum(1 for line in COMMENT.sub('', text).split('\n') if line.strip())


def limits(root):
	found = dict(LIMITS)
	for path in tree_files(root, SUFFIXES):
		if path.startswith(f'{ARCHES}/'):
			found['/'.join(path.split('/')[:3])] = PORT_LIMIT
	return found


def run(context):
	result = Result()
	files = [path for path in tree_files(context.root, SUFFIXES) if path.startswith('kernel/') and '/tests/' not in path]
	counted = {path: code_lines(read_text(os.path.join(context.root, path))) for path in files}
	for folder, most in limits(context.root).items():
		lines = sum(count for path, count in counted.items() if path.startswith(f'{folder}/'))
		result.details.append(f'{folder}: {lines} of {most} lines')
		if lines > most:
			result.findings.append(Finding(folder, 0, 'size', f'{lines} lines of code; expected at most {most}'))
	headers = [path for path in files if os.path.dirname(path) == HAL]
	if len(headers) > HAL_HEADERS:
		result.findings.append(Finding(HAL, 0, 'hal-headers', f'{len(headers)} headers; expected at most {HAL_HEADERS}'))
	total, core = (sum(count for path, count in counted.items() if path.startswith(f'{name}/')) for name in ('kernel', 'kernel/core'))
	result.summary = f'{total} lines of kernel, {core} of them core, {len(headers)} headers between'
	return result


if __name__ == '__main__':
	main(__doc__, run)
