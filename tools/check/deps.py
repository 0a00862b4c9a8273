#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks modules: every C file is built, every module includes only headers of modules that it
declares in DEPS, and modules do not depend on each other in a circle.

A module.mk holds one or more blocks that end with an `include $(MK)/....mk`: a MODULE (named by
its folder), or a program of any kind. A folder with headers only is a module without module.mk.
Within kernel/core (with kernel/raw), and between a folder and the folders below it, mutual
use is allowed."""
import os
import re
from collections import defaultdict

from common import MARKED_VIOLATIONS, Context, Finding, Result, main, read_text, tree_files
from safe_c.graph import cycles

KINDS = ('MODULE', 'PROGRAM', 'HOST_TEST', 'HOST_FUZZ', 'HOST_PLUGIN', 'HOST_PEER')
ASSIGNMENT = re.compile(r'^([A-Z_]+)\s*[:+]?=\s*(.*)$')
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Headers found through an architecture's include folder belong to the contract they fulfil.
ARCH_HEADERS = {'hal_arch': 'kernel/hal', 'rt_arch': 'lib/rt'}
ARCHES = ('x86_64', 'aarch64', 'riscv64')  # folders that $(ARCH) may name
KNOT = ('kernel/core', 'kernel/raw')
# Generated code, the make machinery (its module.mk describes no folder), and what only the model checker compiles.
EXEMPT = ('abi/goldens/', 'tools/make/', 'tests/prove/', MARKED_VIOLATIONS)


def every_arch(words, root, folder=''):
	"""The words, with $(ARCH) replaced by each architecture for which there is something of that name; by all if there is
	none."""
	found = []
	for word in words:
		names = [word.replace('$(ARCH)', arch) for arch in ARCHES] if '$(ARCH)' in word else [word]
		found += [name for name in names if os.path.exists(os.path.join(root, folder, name))] or names
	return found


class Block:
	"""One block of a module.mk."""

	def __init__(self, root, folder, line, values):
		self.folder, self.line = folder, line
		self.kind = next((k for k in KINDS if values.get(k)), None)
		self.name = values.get(self.kind, '')
		self.sources = [os.path.normpath(os.path.join(folder, s)) for s in every_arch(values.get('SRCS', '').split(), root, folder)]
		self.needs = every_arch(values.get('DEPS', '').split(), root)


def read_blocks(root, path):
	folder, values, number = os.path.dirname(path), {}, 0
	text = read_text(os.path.join(root, path)).replace('\\\n', ' ')
	blocks, last_line = [], 0
	for number, line in enumerate(text.split('\n'), 1):
		line = line.split('#')[0].rstrip()
		match = ASSIGNMENT.match(line)
		if match:
			adding = '+=' in line[:match.start(2)]
			values[match[1]] = (values.get(match[1], '') + ' ' if adding else '') + match[2].strip()
			last_line = number
		elif line.startswith('include ') and values:
			blocks.append(Block(root, folder, number, values))
			values = {}
	if values:
		blocks.append(Block(root, folder, last_line, values))
	return blocks


class Modules:
	def __init__(self, root, result):
		self.root, self.result = root, result
		self.c_files = [p for p in tree_files(root, ('.c', '.h', '.S')) if not p.startswith(EXEMPT)]
		self.blocks = [b for p in tree_files(root, ('module.mk',)) if not p.startswith(EXEMPT) for b in read_blocks(root, p)]
		self.folders = {b.folder for b in self.blocks}
		# A folder of headers is a module by itself, unless a folder above it is one.
		for path in self.c_files:
			folder = os.path.dirname(path)
			if path.endswith('.h') and not self.owner(path):
				self.folders.add(folder)
		self.needs = defaultdict(set)
		for block in self.blocks:
			self.needs[block.folder] |= set(block.needs)

	def owner(self, path):
		"""The module whose folder is the deepest one that holds the path; None if there is none."""
		folder = os.path.dirname(path)
		while folder and folder not in self.folders:
			folder = os.path.dirname(folder)
		return folder or None

	def add(self, path, line, rule, text):
		self.result.findings.append(Finding(path, line, rule, text))

	def check_blocks(self):
		for block in self.blocks:
			path = f'{block.folder}/module.mk'
			if not block.kind:
				self.add(path, block.line, 'module-name', f'expected one of {", ".join(KINDS)} before the include')
			elif block.kind == 'MODULE' and block.name != block.folder:
				self.add(path, block.line, 'module-name', f'MODULE is {block.name}; expected the folder, {block.folder}')
			for source in block.sources:
				if not os.path.exists(os.path.join(self.root, source)):
					self.add(path, block.line, 'no-source', f'SRCS names {source}, which does not exist')
			for need in block.needs:
				if need != 'abi' and need not in self.folders:
					self.add(path, block.line, 'no-module', f'DEPS names {need}, which is no module')

	def check_built(self):
		built = {s for block in self.blocks for s in block.sources}
		missing, described = set(), {b.folder for b in self.blocks}
		for path in self.c_files:
			if path.endswith('.h') or path in built:
				continue
			folder = os.path.dirname(path)
			if self.owner(path) in described:
				self.add(path, 0, 'not-built', f'no SRCS of {self.owner(path)}/module.mk names it')
			elif folder not in missing:
				missing.add(folder)
				self.add(folder, 0, 'no-module', 'expected a module.mk that names the sources of the folder')

	def module_of_include(self, path, header):
		top = header.split('/')[0]
		if top in ARCH_HEADERS:
			return ARCH_HEADERS[top]
		if top == 'abi':
			return 'abi'
		if not os.path.exists(os.path.join(self.root, header)):
			return None         # the compiler reports it
		return self.owner(header)

	def check_includes(self):
		edges = defaultdict(lambda: defaultdict(str))
		for path in self.c_files:
			own = self.owner(path)
			if not own:
				continue
			text = read_text(os.path.join(self.root, path))
			for match in INCLUDE.finditer(text):
				used = self.module_of_include(path, match[1])
				if used in (None, own):
					continue
				line = 1 + text.count('\n', 0, match.start(1))
				edges[own][used] = edges[own][used] or f'{path}:{line}'
				if own in {b.folder for b in self.blocks} and used not in self.needs[own] and not self.is_arch_of(own, used):
					self.add(path, line, 'undeclared', f'"{match[1]}" is of module {used}; add {used} to DEPS in {own}/module.mk')
		return edges

	@staticmethod
	def is_arch_of(own, used):
		# The folder that provides hal_arch/ (or rt_arch/) need not declare the contract it fulfils.
		return (used == 'kernel/hal' and own.startswith('kernel/arch/')) or (used == 'lib/rt' and own.startswith('lib/rt/'))

	def check_cycles(self):
		def family(a, b):
			return a == b or a.startswith(b + '/') or b.startswith(a + '/') or (a.startswith(KNOT) and b.startswith(KNOT))
		graph = {m: {n for n in needs if n in self.folders and not family(m, n)} for m, needs in self.needs.items()}
		for cycle in cycles(graph):
			self.add(f'{cycle[0]}/module.mk', 0, 'cycle', f'{" and ".join(cycle)} depend on each other; '
			         'move what both need below them')


def run(context: Context):
	result = Result()
	modules = Modules(context.root, result)
	modules.check_blocks()
	modules.check_built()
	modules.check_includes()
	modules.check_cycles()
	result.summary = f'{len(modules.blocks)} blocks in module.mk files, {len(modules.c_files)} sources'
	return result


if __name__ == '__main__':
	main(__doc__, run)
