#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernel core, libraries and programs for a machine with larger pages, against the fake HAL and the
fake runtime: nothing but the one constant says how large they are, as static assertions see it."""
import os

import words
from common import Context, Finding, Result, main, read_text

CONSTANT, USUAL, OTHER = 'lib/base/addr.h', 'PAGE_SHIFT = 12', 'PAGE_SHIFT = 14'
# Its words have 32 bits, too: `words' has the other kind of them.
TARGET = 'riscv32-unknown-none-elf'


def with_other_pages(context):
	"""A folder with the header that has the constant, changed; None if it is not to be found there."""
	path = os.path.join(context.root, CONSTANT)
	text = read_text(path) if os.path.exists(path) else ''
	folder = os.path.join(context.cache, 'pages-include')
	changed = os.path.join(folder, CONSTANT)
	if text.count(USUAL) != 1:
		return None
	os.makedirs(os.path.dirname(changed), exist_ok=True)
	with open(changed, 'w', encoding='utf-8') as stream:
		stream.write(text.replace(USUAL, OTHER))
	return folder


def run(context: Context):
	folder = with_other_pages(context)
	if folder is None:
		return Result([Finding(CONSTANT, 0, 'pages', f'expected `{USUAL}` here, once')])
	return words.compiled(context, 'pages', 'pages of 16 KiB and words of 32 bits', TARGET, folder)


if __name__ == '__main__':
	main(__doc__, run)
