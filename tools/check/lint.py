#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the compilations themselves: none has lost a warning or a run-time check that the
profile counts on, and warnings too slow or too odd for every build find nothing."""
import concurrent.futures
import os
import re
import subprocess

from common import CLANG, Cache, Context, Finding, Result, load_commands, main, tool_version

HERE = os.path.dirname(os.path.abspath(__file__))
# Every compilation has these as errors: docs/safety.md says what each is for.
WARNINGS = ['-Wall', '-Wextra', '-Wconversion', '-Wsign-conversion', '-Wcast-qual', '-Wcast-align', '-Wmissing-prototypes',
            '-Wmissing-variable-declarations', '-Wvla', '-Walloca', '-Wshadow', '-Wimplicit-fallthrough', '-Wswitch-enum',
            '-Wthread-safety', '-Wconditional-uninitialized', '-Wstrict-prototypes', '-Wpointer-arith',
            '-Wreturn-stack-address', '-Waddress-of-packed-member', '-Wincompatible-function-pointer-types-strict',
            '-Wcast-function-type-strict']
# Every compilation for the guest has these, release too.
SANITIZERS = ['array-bounds', 'shift', 'signed-integer-overflow', 'bool', 'enum', 'unreachable', 'return', 'vla-bound',
              'integer-divide-by-zero', 'builtin']
RELEASE_CHECKS = ['-ffreestanding', '-fsanitize=' + ','.join(SANITIZERS), '-fsanitize-trap=all', '-ftrivial-auto-var-init=zero',
                  '-fstrict-flex-arrays=3', '-fno-strict-aliasing', '-fstack-protector-strong', '-fsanitize=kcfi']
# WHY: string literals get const char, so that none can be written through; the others find slips.
EXTRA = ['-Wwrite-strings', '-Wundef', '-Wduplicate-enum', '-Wloop-analysis', '-Wbad-function-cast', '-Wextra-semi', '-Wcomma',
         '-Wnewline-eof', '-Wduplicate-decl-specifier', '-Wtautological-compare', '-Wunreachable-code-break',
         '-Wunreachable-code-loop-increment', '-Wformat=2', '-Wunused-macros']


def missing_flags(command):
	flags = set(command.flags)
	wanted = ['-Werror', *WARNINGS]
	if '-ffreestanding' in flags:
		# The UEFI loader is called by firmware, which knows neither kcfi nor our stack guard.
		efi = any(f.endswith('FERROUS_EFI=1') for f in flags)
		wanted += [f for f in RELEASE_CHECKS if not f.startswith('-fsanitize=') and not (efi and 'stack-protector' in f)]
		wanted += [f'-fsanitize={s}' for s in [*SANITIZERS, *([] if efi else ['kcfi'])]]
	for flag in list(flags):
		if flag.startswith('-fsanitize='):
			flags |= {f'-fsanitize={part}' for part in flag[11:].split(',')}
	return [f for f in wanted if f not in flags]


def examine(command, folder, version, root, generated=False):
	"""What the compiler says of the tree's own files; with `generated' of those that are made, too."""
	cache = Cache(folder, 'lint', version)
	key = ' '.join((command.path, command.directory, *command.flags))
	known = cache.get(key)
	if known is not None:
		return known
	words = [CLANG, *command.flags, '-fsyntax-only', '-Wno-error', *EXTRA, '-fno-caret-diagnostics',
	         '-fdiagnostics-absolute-paths', '-MMD', '-MF', '-', command.path]
	done = subprocess.run(words, cwd=command.directory, capture_output=True, text=True)
	found = []
	for line in done.stderr.splitlines():
		match = re.match(r'(.+?):(\d+):\d+: (?:warning|error|fatal error): (.*)', line)
		if match and (generated or (match[1].startswith(root + '/') and '/out/' not in match[1])):
			found.append([match[1], int(match[2]), match[3]])
	read = [os.path.normpath(os.path.join(command.directory, word)) for word in done.stdout.replace('\\\n', ' ').split()[1:]]
	if read:    # none where the compiler gave up
		cache.put(key, read, found)
	return found


def examine_all(commands, context, rule, generated=False):
	"""The findings of all the compilations, each once."""
	version = tool_version(HERE)
	with concurrent.futures.ThreadPoolExecutor(max_workers=context.jobs) as pool:
		outcomes = pool.map(lambda c: examine(c, context.cache, version, context.root, generated), commands)
		found = {tuple(f) for outcome in outcomes for f in outcome}
	return sorted(Finding(os.path.relpath(p, context.root), l, rule, t) for p, l, t in found)


def run(context: Context):
	result = Result()
	commands = [c for c in load_commands(context.commands) if c.path.endswith('.c') and c.path.startswith(context.root + '/')
	            and os.path.exists(c.path)]
	for command in commands:
		missing = missing_flags(command)
		if missing:
			path = os.path.relpath(command.path, context.root)
			result.findings.append(Finding(path, 0, 'missing-flag', f'compiled without {" ".join(missing)}'))
	result.findings += examine_all(commands, context, 'warning')
	result.summary = f'{len(commands)} compilations'
	return result


if __name__ == '__main__':
	main(__doc__, run)
