#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the static checks: every marked violation is found by the rule it names, nothing else is,
and every other check finds the one fault put into an otherwise clean little tree."""
import collections
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tools', 'check'))

import contract  # noqa: E402
import deps  # noqa: E402
import docs  # noqa: E402
import lint  # noqa: E402
import order  # noqa: E402
import pages  # noqa: E402
import safec  # noqa: E402
import size  # noqa: E402
import style  # noqa: E402
import words  # noqa: E402
from common import Context  # noqa: E402
from safe_c import budget  # noqa: E402

PASSED, FAILED = [], []


def expect(name, holds, detail=''):
	(PASSED if holds else FAILED).append(name)
	if not holds:
		print(f'failed: {name}{": " if detail else ""}{detail}')


def marked():
	"""({(path, line): rules}, [texts of call-graph findings]) of the marked violations."""
	expected, anywhere = collections.defaultdict(set), []
	for name in sorted(os.listdir(HERE)):
		if not name.endswith(('.c', '.h')):
			continue
		with open(os.path.join(HERE, name), encoding='utf-8') as stream:
			for number, line in enumerate(stream, 1):
				match = re.search(r'// EXPECT: (.*)', line)
				if match:
					expected[(f'tests/check/{name}', number)] |= set(match[1].split())
				match = re.search(r'// EXPECT-ANYWHERE: recursion (.*)', line)
				if match:
					anywhere.append(match[1].strip())
	return expected, anywhere


def compile_commands(folder, files, flags):
	path = os.path.join(folder, 'compile_commands.json')
	entries = [{'directory': folder, 'file': f, 'arguments': ['clang-19', *flags, '-c', f, '-o', f + '.o']} for f in files]
	with open(path, 'w', encoding='utf-8') as stream:
		json.dump(entries, stream)
	return path


def profile_rules(folder):
	files = [os.path.join(HERE, name) for name in sorted(os.listdir(HERE)) if name.endswith('.c')]
	commands = compile_commands(folder, files, ['-std=c23', '-I', ROOT, '-I', os.path.join(ROOT, 'tests/host/include')])
	context = Context(ROOT, [commands], os.path.join(folder, 'cache'), 2)
	expected, anywhere = marked()
	for round_ in ('first run', 'run from the cache'):
		found, graph = collections.defaultdict(set), []
		for finding in safec.run(context, with_budget=False).findings:
			if finding.rule == 'recursion':
				graph.append(finding.text.split(':')[0])
			elif finding.path.startswith('tests/check/') or finding.rule == 'compile':
				found[(finding.path, finding.line)].add(finding.rule)
		for place in sorted({*expected, *found}):
			expect(f'{place[0]}:{place[1]} ({round_})', expected[place] == found[place],
			       f'expected {sorted(expected[place])}, found {sorted(found[place])}')
		expect(f'recursion ({round_})', sorted(graph) == sorted(anywhere), f'expected {anywhere}, found {graph}')


def write_tree(folder, files):
	for path, text in files.items():
		full = os.path.join(folder, path)
		os.makedirs(os.path.dirname(full), exist_ok=True)
		with open(full, 'w', encoding='utf-8', newline='') as stream:
			stream.write(text)


C_HEAD = '/* SPDX-License-Identifier: Apache-2.0\n *\n * What this file is for, in words.\n */\n'
PY_HEAD = '# SPDX-License-Identifier: Apache-2.0\n"""What this file is for, in words."""\n'
MK_HEAD = '# SPDX-License-Identifier: Apache-2.0\n# The sources of this folder.\n'
CLEAN = {
	'lib/a/a.h': C_HEAD + '#ifndef LIB_A_A_H\n#define LIB_A_A_H\nint a(void);\n#endif\n',
	'lib/a/a.c': C_HEAD + '#include "lib/a/a.h"\nint a(void) { return 1; }\n',
	'lib/a/module.mk': MK_HEAD + 'MODULE := lib/a\nSRCS := a.c\nDEPS :=\ninclude $(MK)/module.mk\n',
	'lib/b/b.h': C_HEAD + '#ifndef LIB_B_B_H\n#define LIB_B_B_H\nint b(void);\n#endif\n',
	'lib/b/b.c': C_HEAD + '#include "lib/b/b.h"\n#include "lib/a/a.h"\nint b(void) { return a(); }\n',
	'lib/b/module.mk': MK_HEAD + 'MODULE := lib/b\nSRCS := \\\n\tb.c\nDEPS := lib/a\ninclude $(MK)/module.mk\n',
	'README.md': '# A\n\nSee [b](docs/b.md#part) and [web](https://example.org).\n',
	'docs/b.md': '# B\n\n## Part\n\n[up](../README.md)\n',
}


# Each asks what the machine is: by name, by its words, by its bytes' order.
CONDITIONS = ('defined(__riscv)', 'defined(__LP64__)', '!defined __ILP32__', '__SIZEOF_POINTER__ == 8', '__SIZEOF_LONG__ > 4',
              '__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__', '__POINTER_WIDTH__ == 64', 'UINTPTR_MAX > 0xffffffff', '__LITTLE_ENDIAN__',
              '1 && defined(__BIG_ENDIAN__)', '__INTPTR_WIDTH__ == 32')


def hal_header(head='', own='', group='', after='void hal_a(void);'):
	return {'kernel/hal/a.h': C_HEAD.replace(' */', head + ' */') + f'#ifndef A_H\n#define A_H\n/* ---- A group ----{group} */\n\n'
	        f'/* What it does.{own} */\n{after}\n#endif\n'}


def hal_cases():
	"""A function of the HAL has four parts: from its own comment, its group's or the file's head, the second from its own alone."""
	said = {part: f'\n * {part}: something.' for part in contract.PARTS}
	every, shared = ''.join(said.values()), said['Pre'] + said['Order'] + said['Cost']
	inline = '\n *     static void hal_b(void);'
	yield contract, {}, None
	yield contract, hal_header(own=every), None
	yield contract, hal_header(group=shared, own=said['Post']), None
	yield contract, hal_header(head=said['Cost'] + '\n', group=said['Pre'] + said['Order'], own=said['Post']), None
	yield contract, hal_header(own=every, after='void hal_a(void);\nvoid hal_b(void);'), None
	yield contract, hal_header(own=every, after='\nenum { HAL_A };\n#define hal_a(x) (x)'), None
	yield contract, hal_header(), 'contract'
	yield contract, hal_header(own=every, after='void hal_a(void);\n\nvoid hal_b(void);'), 'contract'
	yield contract, hal_header(own=inline, after=''), 'contract'
	yield contract, hal_header(own=inline + every, after=''), None
	for part in contract.PARTS:
		yield contract, hal_header(own=every.replace(said[part], '')), 'contract'
		yield contract, hal_header(own=every.replace(said[part], f'\n * {part}:')), 'contract'
	yield contract, hal_header(own=shared, group=said['Post']), 'contract'
	yield contract, hal_header(own=every, after='NORETURN static inline struct a *core_b(u64 x,\n\tu64 y)\n{\n}\n\n'
	                           '[[nodiscard]] u32 hal_c(void);'), 'contract'


def tree_checks():
	"""Each entry: the check, what to put into the clean tree, the rule that must find it (None: nothing)."""
	cases = [
		(style, {}, None), (deps, {}, None), (docs, {}, None),
		(style, {'lib/a/x.c': 'int x;\n'}, 'spdx'),
		(style, {'lib/a/x.c': '/* SPDX-License-Identifier: Apache-2.0 */\nint x;\n'}, 'file-comment'),
		(style, {'lib/a/x.c': C_HEAD + 'int x; \n'}, 'blanks'),
		(style, {'lib/a/x.c': C_HEAD + 'int x;\r\n'}, 'line-ends'),
		(style, {'lib/a/x.c': C_HEAD + 'int x;'}, 'line-ends'),
		(style, {'lib/a/x.c': C_HEAD + 'int x; /* TO' + 'DO: more */\n'}, 'unfinished'),
		(style, {'lib/a/x.c': C_HEAD + 'int x; /* see /ho' + 'me/someone/x */\n'}, 'machine-path'),
		(style, {'lib/a/x.c': C_HEAD + 'int x;\n' * 701}, 'file-size'),
		(style, {'lib/a/x.c': C_HEAD + 'int ' + 'x' * 130 + ';\n'}, 'line-length'),
		(style, {'lib/a/x.c': C_HEAD + '    int x;\n'}, 'indent'),
		(style, {'lib/a/x.c': C_HEAD + '#include "../b/b.h"\n'}, 'include-path'),
		(style, {'lib/a/x.c': C_HEAD + '#include "x.h"\n'}, 'include-path'),
		(style, {'lib/a/x.c': C_HEAD + '#ifdef __x86_64__\nint x;\n#endif\n'}, 'arch-condition'),
		(style, {'tests/scenarios/x.py': PY_HEAD + 'WAY = 1 if ARCH == "x86_64" else 2\n'}, 'arch-condition'),
		(style, {'tests/kasan/x.py': PY_HEAD + 'if t.arch not in ("aarch64", "riscv64"):\n\tpass\n'}, 'arch-condition'),
		(style, {'tests/scenarios/x.py': PY_HEAD + 'PLACES = {"x86_64": 1}\n'}, None),
		(style, {'kernel/arch/x86/64/x.c': C_HEAD + '#ifdef __x86_64__\nint x;\n#endif\n'}, None),
		*((style, {f'{room}/x.c': C_HEAD + f'#if {condition}\nint x;\n#endif\n'}, 'arch-condition')
		  for room in ('kernel/core', 'kernel/raw', 'tests/conform') for condition in CONDITIONS),
		(style, {'kernel/raw/x.c': C_HEAD + '#if defined(__clang__) && FERROUS_TRACE\nint x;\n#endif\n'}, None),
		*hal_cases(),
		(style, {'lib/a/a.h': C_HEAD + 'int a(void);\n'}, 'header-guard'),
		(deps, {'lib/a/lost.c': C_HEAD}, 'not-built'),
		(deps, {'lib/c/c.c': C_HEAD}, 'no-module'),
		(deps, {'lib/a/module.mk': MK_HEAD + 'MODULE := lib/a\nSRCS := a.c gone.c\n'}, 'no-source'),
		(deps, {'lib/b/module.mk': MK_HEAD + 'MODULE := lib/b\nSRCS := b.c\nDEPS :=\n'}, 'undeclared'),
		(deps, {'lib/b/module.mk': MK_HEAD + 'MODULE := lib/b\nSRCS := b.c\nDEPS := lib/a lib/gone\n'}, 'no-module'),
		(deps, {'lib/a/module.mk': MK_HEAD + 'MODULE := lib/a\nSRCS := a.c\nDEPS := lib/b\n'}, 'cycle'),
		(deps, {'lib/a/module.mk': MK_HEAD + 'MODULE := lib/z\nSRCS := a.c\nDEPS :=\n'}, 'module-name'),
		(size, {'kernel/core/x.c': C_HEAD + 'int x;\n' * 11001}, 'size'),
		(size, {'kernel/core/x.c': C_HEAD + '\n/* x\n */\n' * 11001}, None),
		(size, {'kernel/arch/x86/64/x.c': C_HEAD + 'int x;\n' * 4001}, 'size'),
		(size, {f'kernel/hal/x{i}.h': C_HEAD for i in range(11)}, 'hal-headers'),
		(docs, {'docs/c.md': '# C\n\n[gone](gone.md)\n'}, 'dead-link'),
		(docs, {'docs/c.md': '# C\n\n[gone](b.md#nowhere)\n'}, 'dead-link'),
		(docs, {'docs/c.md': '# C\n\n```\n[gone](gone.md)\n```\n'}, None),
		(docs, {'docs/porting.md': '# P\n', 'lib/a/arch/riscv64/x.c': C_HEAD}, 'porting'),
		(docs, {'docs/porting.md': '# P\n\n| a part | `lib/a/arch/NAME` |\n', 'lib/a/arch/riscv64/x.c': C_HEAD}, None),
		(docs, {'docs/porting.md': '# P\n\n| parts | `lib/b`, `lib/a`: `arch/NAME` |\n', 'lib/a/arch/riscv64/x.c': C_HEAD}, None),
		(docs, {'docs/adr/README.md': '# Decisions\n', 'docs/adr/0001-x.md': '# X\n'}, 'adr-list'),
	]
	for check, extra, rule in cases:
		with tempfile.TemporaryDirectory() as folder:
			write_tree(folder, {**CLEAN, **extra})
			found = {f.rule for f in check.run(Context(folder, [], os.path.join(folder, 'out', 'check'), 1)).findings}
			expect(f'{check.__name__}: {rule or "nothing"} for {list(extra) or "the clean tree"}',
			       found == ({rule} if rule else set()), f'found {sorted(found)}')


def lint_checks(folder):
	write_tree(folder, {'kernel/x.c': C_HEAD + 'extern char *text;\nchar *text = "literal";\n',
	                    'kernel/y.c': C_HEAD + 'extern int y;\nint y;\n'})
	paths = [os.path.join(folder, 'kernel', name) for name in ('x.c', 'y.c')]
	for flags, files, wanted in ((lint.WARNINGS, paths, {'warning'}), (lint.WARNINGS, paths[1:], set()),
	                             (['-Wall', '-Wextra'], paths[1:], {'missing-flag'})):
		commands = compile_commands(folder, files, ['-std=c23', '-Werror', *flags, *lint.RELEASE_CHECKS])
		found = {f.rule for f in lint.run(Context(folder, [commands], os.path.join(folder, 'cache'), 1)).findings}
		expect(f'lint: {sorted(wanted)}', found == wanted, f'found {sorted(found)}')


GOOD = C_HEAD + 'extern int y;\nint y;\n'
ROOMS = ('kernel/core/good.c', 'lib/good.c', 'userspace/good.c', 'drivers/good.c')


def words_checks(folder):
	"""What is cut, and a layout that is another, are seen only with words of 32 bits, of the core and of what runs above it."""
	cut = C_HEAD + 'extern unsigned long f(unsigned long long);\nunsigned long f(unsigned long long wide)\n{\n\treturn wide;\n}\n'
	write_tree(folder, {'kernel/core/cut.c': cut, 'lib/other/cut.c': cut, 'lib/other/arch/x/cut.c': cut, 'kernel/arch/x/cut.c': cut,
	                    'kernel/core/layout.c': C_HEAD + 'struct s { void *p; };\nstatic_assert(sizeof(struct s) == 8);\n',
	                    **{room: GOOD for room in ROOMS}})
	core, programs = '-DFERROUS_KERNEL=1', '-DFERROUS_USER=1'
	cases = [(None, [core, programs], set()), ('kernel/core/cut.c', [core, programs], {'words'}),
	         ('kernel/core/layout.c', [core, programs], {'words'}), ('lib/other/cut.c', [core, programs], {'words'}),
	         ('lib/other/arch/x/cut.c', [core, programs], set()), (None, [core], {'words'}), (None, [], {'words'}),
	         *((room, [core, programs], {'words'}) for room in ROOMS)]
	for name, flavours, wanted in cases:
		flags = ['-std=c23', *lint.WARNINGS, *flavours]
		files = [*ROOMS, name] if name not in (None, *ROOMS) else [room for room in ROOMS if room != name]
		commands = compile_commands(folder, [os.path.join(folder, file) for file in files], flags)
		found = {f.rule for f in words.run(Context(folder, [commands], os.path.join(folder, 'cache'), 1)).findings}
		expect(f'words: {name}, {flavours}', found == wanted, f'found {sorted(found)}')


def pages_checks(folder):
	"""What takes a size of pages for granted is seen, and where the size is not found, that."""
	write_tree(folder, {'lib/base/addr.h': C_HEAD + 'enum : unsigned { PAGE_SHIFT = 12, PAGE_BYTES = 1u << PAGE_SHIFT };\n',
	                    'kernel/core/granted.c': C_HEAD + '#include "lib/base/addr.h"\nstatic_assert(PAGE_BYTES == 4096);\n',
	                    'kernel/core/asked.c': C_HEAD + '#include "lib/base/addr.h"\nstatic_assert(PAGE_BYTES % 4096 == 0);\n'})
	write_tree(folder, {room: GOOD for room in ROOMS})
	flags = ['-std=c23', '-DFERROUS_KERNEL=1', '-DFERROUS_USER=1', f'-I{folder}']
	for name, wanted in (('granted.c', {'pages'}), ('asked.c', set())):
		commands = compile_commands(folder, [os.path.join(folder, file) for file in (*ROOMS, f'kernel/core/{name}')], flags)
		found = {f.rule for f in pages.run(Context(folder, [commands], os.path.join(folder, 'cache'), 1)).findings}
		expect(f'pages: {name}', found == wanted, f'found {sorted(found)}')
	write_tree(folder, {'lib/base/addr.h': C_HEAD + 'enum : unsigned { PAGE_BYTES = 4096 };\n'})
	found = {f.rule for f in pages.run(Context(folder, [commands], os.path.join(folder, 'cache'), 1)).findings}
	expect('pages: no constant', found == {'pages'}, f'found {sorted(found)}')


def order_checks(folder):
	"""What takes an order of bytes for granted is found where a compiler sees it, and who asks for the order, or swaps, where he need not."""
	swap, ask = 'unsigned f(unsigned v) { return __builtin_bswap32(v); }\n', 'enum { BIG = __BYTE_ORDER__ };\n'
	write_tree(folder, {room: GOOD for room in ROOMS})
	flags = ['-std=c23', '-DFERROUS_KERNEL=1', '-DFERROUS_USER=1', f'-I{folder}']
	for name, text, wanted in (('lib/base/order.h', ask, set()), ('lib/swap.c', swap, {'order'}), ('lib/arch/swap.c', swap, set()),
	                           ('lib/tests/swap.c', swap, set()), ('drivers/ask.h', ask, {'order'}),
	                           ('kernel/core/taken.c', 'static_assert(__LITTLE_ENDIAN__);\n', {'order'})):
		write_tree(folder, {name: C_HEAD + text})
		files = [*ROOMS, name] if name == 'kernel/core/taken.c' else ROOMS
		commands = compile_commands(folder, [os.path.join(folder, file) for file in files], flags)
		found = {f.rule for f in order.run(Context(folder, [commands], os.path.join(folder, 'cache'), 1)).findings}
		expect(f'order: {name}', found == wanted, f'found {sorted(found)}')
		os.remove(os.path.join(folder, name))


def budget_checks():
	for limits, counts, failing, notes in (({'max_lines': 0}, (100, 0), 0, 0), ({'max_lines': 0}, (100, 1), 1, 0),
	                                       ({'max_lines': 10}, (100, 8), 0, 1), ({'max_share': 10}, (100, 11), 1, 0),
	                                       ({'max_share': 10}, (100, 10), 0, 0), ({'max_share': 20}, (100, 10), 0, 1)):
		result = safec.Result()
		rooms = {'lib': budget.Room('lib', limits)}
		budget.measure(rooms, budget.Room('the tree', {'max_share': 11}), {'lib/x.c': counts}, result)
		own = [f for f in result.findings if 'lib' in f.text]
		expect(f'budget {limits} {counts}', len(own) == failing and len([n for n in result.notes if 'of lib' in n]) == notes,
		       f'{result.findings} {result.notes}')


def main():
	with tempfile.TemporaryDirectory() as folder:
		profile_rules(folder)
	tree_checks()
	with tempfile.TemporaryDirectory() as folder:
		lint_checks(folder)
	with tempfile.TemporaryDirectory() as folder:
		words_checks(folder)
	with tempfile.TemporaryDirectory() as folder:
		pages_checks(folder)
	with tempfile.TemporaryDirectory() as folder:
		order_checks(folder)
	budget_checks()
	print(f'{len(PASSED)} passed, {len(FAILED)} failed')
	return 1 if FAILED else 0


if __name__ == '__main__':
	sys.exit(main())
