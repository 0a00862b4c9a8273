#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what a reader sees: licence line, file comment, layout, includes, words."""
import os
import re

from common import Context, Finding, Result, main, read_text, tree_files

SUFFIXES = ('.c', '.h', '.S', '.ld', '.mk', '.py', '.sh', '.toml', '.image', 'Makefile', 'ferrous', '.ci/run')
C_SUFFIXES = ('.c', '.h', '.S')
LICENCE = 'SPDX-License-Identifier: Apache-2.0'
# Written by the generator: the rules for people do not apply.
GENERATED = ('abi/goldens/', 'tests/prove/include/handlers.h')
MAX_LINES, TAB = 700, 4
MAX_COLUMNS = {'.c': 130, '.h': 130, '.S': 130, '.py': 150}
UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX|HA' r'CK)\b')
MACHINE_PATH = re.compile(r'(?<![\w.)}$*/])/(home|root|work|Users)/\w')
# Where code must be the same for every architecture, size of words and order of bytes, apart from folders named arch.
PORTABLE = ('kernel/boot/', 'kernel/core/', 'kernel/debug/', 'kernel/hal/', 'kernel/raw/', 'lib/', 'userspace/', 'drivers/', 'tests/', 'boot/common/')
ARCH_CONDITION = re.compile(r'^\s*#\s*(?:if|ifdef|ifndef|elif|elifdef|elifndef)\b.*\b(__x86_64__|__amd64__|__i386__|__aarch64__|__arm__|'
                            r'__riscv\w*|_M_X64|__I?LP(?:32|64)__|_LP64|__SIZEOF_\w+__|__\w+_WIDTH__|__WORDSIZE|U?INTPTR_MAX|'
                            r'S?SIZE_MAX|U?LONG_MAX|__BYTE_ORDER__|__ORDER_\w+__|__(?:BIG|LITTLE)_ENDIAN__|_(?:BIG|LITTLE)_ENDIAN)\b')
# The same for tests in Python, which ask what a machine has (tools/run/boot_ways.toml), not which it is.
ARCH_NAME = r'["\'](?:x86_64|aarch64|riscv64)["\']'
ARCH_COMPARED = re.compile(rf'(?:[!=]=|\bin)\s*[\[({{]?\s*{ARCH_NAME}|{ARCH_NAME}\s*[!=]=')
GUEST_TESTS = ('tests/scenarios/', 'tests/kasan/', 'tests/torture/', 'tests/conform/')
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
# Include folders besides the root: out/gen, and the two that an architecture provides.
INCLUDE_ROOMS = ('abi/', 'hal_arch/', 'rt_arch/')
COMMENT_MARK = re.compile(r'^[\s/*#;"\']+')


class File:
	def __init__(self, root, path, result):
		with open(os.path.join(root, path), encoding='utf-8', errors='replace', newline='') as stream:
			self.text = stream.read()
		self.root, self.path, self.findings = root, path, result.findings
		self.lines = self.text.split('\n')
		self.is_c = path.endswith(C_SUFFIXES)

	def add(self, line, rule, text):
		self.findings.append(Finding(self.path, line, rule, text))


def head(file):
	"""The licence first, then what the file is for."""
	first = 1 if file.text.startswith('#!') else 0
	line = file.lines[first] if len(file.lines) > first else ''
	if LICENCE not in line:
		file.add(first + 1, 'spdx', f'expected a comment with `{LICENCE}` in this line')
		return
	words = COMMENT_MARK.sub('', line.split(LICENCE)[1]).strip()
	for line in file.lines[first + 1:first + 8]:
		stripped = line.strip()
		if stripped and not re.match(r'[/*#;"\']|\*|;', stripped) and not words and not file.is_c:
			break
		if file.is_c and stripped.startswith('#'):
			break
		words += COMMENT_MARK.sub('', stripped)
		if len(words) >= 10:
			return
	file.add(first + 2, 'file-comment', 'expected a comment that says what the file is for')


def layout(file):
	if '\r' in file.text:
		file.add(1 + file.text[:file.text.index('\r')].count('\n'), 'line-ends', 'carriage return; end lines with a line feed')
		return
	if file.text and not file.text.endswith('\n'):
		file.add(len(file.lines), 'line-ends', 'the last line does not end')
	if len(file.lines) - 1 > MAX_LINES and not file.path.endswith('.toml'):
		file.add(0, 'file-size', f'{len(file.lines) - 1} lines; expected at most {MAX_LINES}, split it by concept')
	in_comment, columns = False, MAX_COLUMNS.get(os.path.splitext(file.path)[1], 10000)
	for number, line in enumerate(file.lines, 1):
		if line != line.rstrip():
			file.add(number, 'blanks', 'blanks at the end of the line')
		if len(line.expandtabs(TAB)) > columns and not re.match(r'\s*UNSAFE_BEGIN', line) and '://' not in line:
			file.add(number, 'line-length', f'{len(line.expandtabs(TAB))} columns; expected at most {columns}')
		if file.path.endswith(('.c', '.h')) and not in_comment and re.match(r' {2,}[^ *]', line):
			file.add(number, 'indent', 'indented by blanks; use tabs')
		opened, closed = line.rfind('/*'), line.rfind('*/')
		in_comment = opened > closed or (in_comment and closed < 0)


def words(file):
	for number, line in enumerate(file.lines, 1):
		match = UNFINISHED.search(line)
		if match:
			file.add(number, 'unfinished', f'{match[0]}: finish it, or file an issue and say what holds today')
		match = MACHINE_PATH.search(line)
		if match:
			file.add(number, 'machine-path', f'a path of one machine: {match[0]}...')


def is_fake(file):
	"""A test may put headers of its own in place of the kernel's, in a folder named fake."""
	parts = file.path.split('/')
	return parts[0] == 'tests' and len(parts) > 2 and os.path.isdir(os.path.join(file.root, *parts[:2], 'fake'))


def includes(file, tops):
	portable = file.path.startswith(PORTABLE) and '/arch/' not in file.path
	for number, line in enumerate(file.lines, 1):
		match = INCLUDE.match(line)
		if match and ('..' in match[1] or not (match[1].startswith(INCLUDE_ROOMS) or match[1].split('/')[0] in tops or is_fake(file))):
			file.add(number, 'include-path', f'"{match[1]}": write the path from the root of the tree')
		match = portable and ARCH_CONDITION.match(line)
		if match:
			file.add(number, 'arch-condition', f'{match[1]}: choose files by architecture, not branches; '
			         'put it behind kernel/hal or in an arch folder')


def compared(file):
	for number, line in enumerate(file.lines, 1):
		match = ARCH_COMPARED.search(line)
		if match:
			file.add(number, 'arch-condition', f'{match[0]}: ask what the machine has; a row of tools/run/boot_ways.toml says it')


def guard(file, guards):
	match = re.search(r'^#ifndef (\w+)\n#define \1\b', file.text, re.M)
	if not match:
		file.add(0, 'header-guard', 'expected #ifndef NAME and #define NAME around the header')
	elif match[1] in guards:
		file.add(0, 'header-guard', f'{match[1]} is the guard of {guards[match[1]]} too')
	else:
		guards[match[1]] = file.path


def run(context: Context):
	result, guards = Result(), {}
	tops = {n for n in os.listdir(context.root) if os.path.isdir(os.path.join(context.root, n)) and n != 'out'}
	paths = [p for p in tree_files(context.root, SUFFIXES) if not p.startswith(GENERATED)]
	for path in paths:
		file = File(context.root, path, result)
		head(file)
		layout(file)
		words(file)
		if file.is_c:
			includes(file, tops)
		if path.endswith('.py') and path.startswith(GUEST_TESTS):
			compared(file)
		if path.endswith('.h'):
			guard(file, guards)
	for path in tree_files(context.root, ('.md',)):
		file = File(context.root, path, result)
		words(file)
		if file.text and not file.text.endswith('\n') or '\r' in file.text:
			file.add(len(file.lines), 'line-ends', 'end every line with a line feed alone')
	result.summary = f'{len(paths)} files, {sum(read_text(os.path.join(context.root, p)).count(chr(10)) for p in paths)} lines'
	return result


if __name__ == '__main__':
	main(__doc__, run)
