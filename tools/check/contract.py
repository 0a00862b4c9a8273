#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the HAL is a contract: every function of its headers says what it requires, what holds afterwards, what it orders
and what it costs.

Each part is a line of a comment that begins with its word. A function has the parts of the comment right above it, or above the row
of declarations that it is in; those of the head of its group, a comment that begins with dashes; and those of the file's head.
What holds afterwards a function says itself. Inline functions of an architecture are declared inside the comment."""
import os
import re

from common import Finding, Result, main, read_text, tree_files

HAL = 'kernel/hal/'
PARTS = ('Pre', 'Post', 'Order', 'Cost')
OWN = {'Post'}
PART = re.compile(r'^[\s/*]*(' + '|'.join(PARTS) + r'):[ \t]+(?!\*/)\S', re.MULTILINE)
# A declaration or definition: not indented, no macro, no member, no call.
FUNCTION = re.compile(r'^(?:[A-Za-z\[][^\n(;={]*?[\s*])?((?:hal|core|atomic)_\w+)\s*\(')
INLINE = re.compile(r'^[\s*]+static [^\n(]*?\b(hal_\w+)\(.*\);', re.MULTILINE)
GROUP = re.compile(r'/\* ----')


def pieces(text):
	"""(line, comment or code) of a header, in order: comments whole, code line by line."""
	at = 0
	for match in re.finditer(r'/\*.*?\*/|\n', text, re.DOTALL):
		code = text[at:match.start()]
		if code.strip():
			yield text.count('\n', 0, at) + 1, code
		if match[0] != '\n':
			yield text.count('\n', 0, match.start()) + 1, match[0]
		elif not code.strip() and text[:at].endswith('\n'):
			yield text.count('\n', 0, at) + 1, ''
		at = match.end()


def parts_of(comment):
	return {match[1] for match in PART.finditer(comment)}


def functions(text):
	"""(line, name, its own parts, those of its group and file) of each function that a header declares."""
	head, group, own = None, set(), set()
	for line, piece in pieces(text):
		if piece.startswith('/*'):
			found = parts_of(piece)
			if head is None:
				head = found - OWN
				own = set()
				continue
			if GROUP.match(piece):
				group, own = found - OWN, set()
			else:
				own = found
			for match in INLINE.finditer(piece):
				yield line + piece.count('\n', 0, match.start(1)), match[1], own, group | head
		elif not piece:
			own = set()
		elif match := FUNCTION.match(piece):
			yield line, match[1], own, group | (head or set())


def run(context):
	result, count = Result(), 0
	for path in tree_files(context.root, ('.h',)):
		if not path.startswith(HAL):
			continue
		for line, name, own, shared in functions(read_text(os.path.join(context.root, path))):
			count += 1
			missing = [f'{part}:' for part in PARTS if part not in own and (part in OWN or part not in shared)]
			if missing:
				result.findings.append(Finding(path, line, 'contract', f'{name} does not say {", ".join(missing)}; '
				                               'say it in the comment above it, or in its group\'s head'))
	result.summary = f'{count} functions of the HAL, each with {", ".join(PARTS).lower()}'
	return result


if __name__ == '__main__':
	main(__doc__, run)
