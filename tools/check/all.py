#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs all static checks: one line per check, details only where one fails or with --verbose."""
import sys
import time

import contract
import deps
import docs
import lint
import order
import pages
import safec
import size
import style
import words
from common import arguments

CHECKS = {
	'style': (style.run, 'licence lines, comments, layout, words'),
	'size': (size.run, 'lines of the kernel'),
	'hal': (contract.run, 'what each function of the HAL requires, leaves, orders and costs'),
	'deps': (deps.run, 'modules, their sources and dependencies'),
	'docs': (docs.run, 'links, decisions, shell scripts'),
	'lint': (lint.run, 'compiler warnings and flags'),
	'words': (words.run, 'words of 32 bits'),
	'pages': (pages.run, 'pages of another size'),
	'order': (order.run, 'another order of bytes'),
	'safec': (safec.run, 'the safe C profile'),
}
SHOWN = 200    # findings printed per check


def options(parser):
	parser.add_argument('--only', action='append', choices=CHECKS, help='run this check alone; may be given several times')
	parser.add_argument('--verbose', '-v', action='store_true', help='details of checks that pass, too')


def report(name, result, seconds, verbose):
	state = 'failed' if result.findings else 'passed'
	print(f'{name:6} {state}  {seconds:5.1f} s  {result.summary}')
	for finding in sorted(result.findings)[:SHOWN]:
		print(f'  {finding}')
	if len(result.findings) > SHOWN:
		print(f'  and {len(result.findings) - SHOWN} more')
	if result.findings or verbose:
		for line in result.details:
			print(f'  {line}')
	for note in result.notes:
		print(f'  note: {note}')
	sys.stdout.flush()


def main():
	chosen = arguments(__doc__, options)
	failed = 0
	names = chosen.only or list(CHECKS)
	for name in names:
		started = time.monotonic()
		result = CHECKS[name][0](chosen.context)
		report(name, result, time.monotonic() - started, chosen.verbose)
		failed += bool(result.findings)
	print(f'{len(names) - failed} passed, {failed} failed')
	return 1 if failed else 0


if __name__ == '__main__':
	sys.exit(main())
