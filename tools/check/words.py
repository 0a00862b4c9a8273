#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the kernel core, libraries and programs for machines with words of 32 bits, against the fake HAL and the fake runtime:
nothing is cut without being said, and what the contract lays out keeps its layout (the static assertions of the generated headers)."""
import os

import lint
from common import Command, Context, Finding, Result, load_commands, main

# WHY this one: 64-bit numbers lie at multiples of 4 there, and everywhere else at multiples of 8. `pages' has another.
TARGET = 'i386-unknown-none-elf'
CORE = ('kernel/boot/', 'kernel/core/', 'kernel/raw/', 'lib/base/')
GENERATED = ('abi/kernel_dispatch.c', 'abi/names.c')
# Of a compilation for the machine: what is not its own.
KEPT = ('-std=', '-D', '-W', '-ffreestanding', '-fno-strict-aliasing', '-fstrict-flex-arrays')


def joined(flags):
	"""Each flag in one word, as compilers list them in one or two."""
	words = iter(flags)
	return [word + next(words, '') if word in ('-D', '-I') else word for word in words]


def narrowed(command, root, target, first=None):
	"""The same compilation for another machine; headers in the folder `first` hide those of the tree."""
	folders = [f for f in joined(command.flags) if f.startswith('-I') and '/arch/' not in f]
	flags = [*([f'-I{first}'] if first else []), *(f for f in joined(command.flags) if f.startswith(KEPT))]
	return Command(command.path, command.directory, (f'--target={target}', *flags, *folders, f'-I{root}/tests/host/include'))


def is_portable(command, root):
	"""Whether it compiles the kernel core, or what runs above the kernel, and no architecture's part of them."""
	path, flags = os.path.relpath(command.path, root), joined(command.flags)
	if not path.endswith('.c') or '/arch/' in path or not os.path.exists(command.path):
		return False
	return '-DFERROUS_USER=1' in flags or ('-DFERROUS_KERNEL=1' in flags and (path.startswith(CORE) or path.endswith(GENERATED)))


def compiled(context, check, what, target, first=None):
	"""The result of compiling all of it for the target; headers in the folder `first` hide those of the tree."""
	result = Result()
	portable = [c for c in load_commands(context.commands) if is_portable(c, context.root)]
	commands = list(dict.fromkeys(narrowed(c, context.root, target, first) for c in portable))
	for room in ('kernel/core', 'lib', 'userspace', 'drivers'):
		if not any(os.path.relpath(c.path, context.root).startswith(room + '/') for c in portable):
			result.findings.append(Finding(room, 0, check, 'no compilation of this was given'))
	result.findings += lint.examine_all(commands, context, check, True)
	result.summary = f'{len(commands)} compilations with {what}'
	return result


def run(context: Context):
	return compiled(context, 'words', 'words of 32 bits', TARGET)


if __name__ == '__main__':
	main(__doc__, run)
