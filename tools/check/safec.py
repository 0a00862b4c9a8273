#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the safe C profile (docs/safety.md) on every compilation of the build."""
import concurrent.futures
import os

from common import MARKED_VIOLATIONS, Cache, Context, Finding, Result, load_commands, main, read_text, tool_version, tree_files
from safe_c import budget, graph
from safe_c.source import Source
from safe_c.tree import Tree, language_flags

HERE = os.path.dirname(os.path.abspath(__file__))


def examine(command, root, cache_folder, version):
	"""The outcome of one compilation, from the cache if nothing changed."""
	cache = Cache(cache_folder, 'safec', version)
	key = ' '.join((command.path, command.directory, *language_flags(command.flags)))
	outcome = cache.get(key)
	if outcome is None:
		try:
			outcome = Tree(command, root).outcome()
		except SyntaxError as error:
			return {'error': str(error), 'path': command.path}
		cache.put(key, outcome['read'], outcome)
	return outcome


def examine_all(context, commands):
	version = tool_version(HERE, os.path.join(HERE, 'safe_c'))
	chosen = {(c.path, language_flags(c.flags)): c for c in commands if c.path.endswith('.c')}
	chosen = {key: c for key, c in chosen.items() if c.path.startswith(context.root + '/') and os.path.exists(c.path)}
	with concurrent.futures.ProcessPoolExecutor(max_workers=context.jobs) as pool:
		jobs = [pool.submit(examine, c, context.root, context.cache, version) for c in chosen.values()]
		return [job.result() for job in jobs]


class Merged:
	"""The outcomes of all compilations, joined."""

	def __init__(self, outcomes):
		self.findings, self.undecided, self.operations = set(), set(), set()
		self.calls, self.files, self.stable, self.plain, self.errors = [], {}, set(), set(), []
		for outcome in outcomes:
			if 'error' in outcome:
				self.errors.append(outcome)
				continue
			self.findings |= {tuple(f) for f in outcome['findings']}
			self.undecided |= {tuple(u) for u in outcome['undecided']}
			self.operations |= {(path, line) for path, line, _ in outcome['operations']}
			self.stable |= set(outcome['stable'])
			self.plain |= set(outcome['plain'])
			self.files.update(outcome['files'])
			self.calls += outcome['calls']

	def all_findings(self):
		yield from self.findings
		for path, line, rule, text, tag in self.undecided:
			if tag not in self.stable or tag in self.plain:
				yield path, line, rule, f'{text} (struct {tag})'
		for path, file in self.files.items():
			yield from ((path, *problem) for problem in file['problems'])
			for first, _, defines in file['regions']:
				if not defines and (path, first) not in self.operations:
					yield path, first, 'needless-unsafe', 'the region holds no unsafe operation; remove it'
		for cycle in graph.cycles(graph.join(self.calls)):
			names = ' -> '.join(name for _, name in cycle)
			yield cycle[0][0], 0, 'recursion', f'{names}: stacks are small and fixed; write a loop'


def count_lines(root, merged):
	counts = {}
	for path in tree_files(root, ('.c', '.h', '.S')):
		if not path.startswith(MARKED_VIOLATIONS):
			counts[path] = Source(path, read_text(os.path.join(root, path))).counts()
	for path, file in merged.files.items():
		counts.setdefault(os.path.relpath(path, root), tuple(file['counts']))
	return counts


def relative(root, path):
	return os.path.relpath(path, root) if os.path.isabs(path) else path


def run(context: Context, with_budget=True):
	result = Result()
	outcomes = examine_all(context, load_commands(context.commands))
	merged = Merged(outcomes)
	for error in merged.errors:
		lines = [l for l in error['error'].splitlines() if 'error:' in l]
		result.findings.append(Finding(relative(context.root, error['path']), 0, 'compile', (lines or [error['error']])[0].strip()))
	result.findings += {Finding(relative(context.root, p), l, r, t) for p, l, r, t in merged.all_findings()}
	sources = {p for p in tree_files(context.root, ('.c',)) if not p.startswith(MARKED_VIOLATIONS)}
	unseen = sorted(sources - {relative(context.root, p) for p in merged.files})
	if unseen and with_budget:
		result.notes.append(f'{len(unseen)} C files are in no compile command given and were not judged: '
		                    f'{", ".join(unseen[:5])}{" ..." if len(unseen) > 5 else ""}')
	if with_budget:
		rooms, tree = budget.load(os.path.join(context.root, budget.FILE))
		budget.measure(rooms, tree, count_lines(context.root, merged), result)
		result.summary = f'{len(outcomes)} compilations, {tree.unsafe} of {tree.lines} lines unsafe = {tree.share:.2f} %'
	return result


if __name__ == '__main__':
	main(__doc__, run)
