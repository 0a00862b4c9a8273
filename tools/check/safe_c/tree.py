# SPDX-License-Identifier: Apache-2.0
"""The compiler's syntax tree of one compilation: runs the compiler, walks the tree once, keeps
track of locations, scopes and records, and hands every node to the rules.

A node has up to two places: where it is spelled and, inside a macro, where the macro is used.
Most rules let an operation pass if either is in an unsafe region, so that an audited macro
may be used anywhere; a rule that judges what the user of a macro does with it (`at_use`)
looks at the place of use alone."""
import collections
import json
import os
import re
import subprocess
import sys

from common import CLANG, read_text
from safe_c import pointers, rules, typenames
from safe_c.source import Source

sys.setrecursionlimit(20000)

# The flags that decide how a file is read; the rest only change the code made from it.
_WITH_WORD = ('-D', '-U', '-I', '-isystem', '-iquote', '-include', '-target', '-x')
_SINGLE = re.compile(r'--target=|-std=|-ffreestanding$|-fshort-wchar$|-m|-nostd|-fsanitize=(kernel-)?(address|thread)$')
_UNNAMED = re.compile(r'\((?:anonymous|unnamed)[^)]*? at (.+?)\)')


def language_flags(flags):
	kept, words = [], iter(flags)
	for word in words:
		if word == '-Xclang':
			next(words, '')  # code generation only
		elif word in _WITH_WORD:
			kept += [word, next(words, '')]
		elif word.startswith(_WITH_WORD[:6]) or _SINGLE.match(word):
			kept.append(word)
	return tuple(kept)


class Record:
	"""What is known of a struct or union."""

	def __init__(self, kind):
		self.kind, self.complete, self.stable, self.fields = kind, False, False, []


def inner(node):
	return [child for child in node.get('inner', ()) if child]


class Tree:
	def __init__(self, command, root):
		self.root, self.main = root + '/', command.path
		self.directory = command.directory
		self.findings = set()
		self.operations = collections.Counter()   # (path, first line of region): unsafe operations in it
		self.undecided = set()                    # stores of pointers to structs not defined here
		self.sources, self._resolved = {}, {}
		self.records = {}                         # by tag, typedef name or place
		self.record_ids = {}                      # by id of the RecordDecl
		self.function_types = set()               # typedefs of functions (not of pointers to them)
		self.member_of = {}                       # id of a FieldDecl: its Record
		self.calls = collections.defaultdict(set)
		self.static_functions, self.defined, self.noreturn = {}, {}, set()
		self.function, self.depth = None, 0
		self.locals, self.borrowed = {}, {}       # id of a variable: scope depth of it, of what it points to
		self.parents = []
		self._file = self._line = None
		self.source(self.main)
		self._visit(self._dump(command))

	def _dump(self, command):
		words = [CLANG, *language_flags(command.flags), '-w', '-fsyntax-only', '-Xclang', '-ast-dump=json', command.path]
		done = subprocess.run(words, capture_output=True, text=True, cwd=command.directory)
		if done.returncode:
			raise SyntaxError(done.stderr)
		return json.loads(done.stdout)

	# ---- files and places ----

	def absolute(self, name):
		return os.path.normpath(os.path.join(self.directory, name))

	def source(self, name):
		"""The Source of a file of the project; None for system headers and the like."""
		path = self._resolved.get(name)
		if path is None:
			path = self._resolved[name] = self.absolute(name)
		if path not in self.sources:
			ours = path.startswith(self.root) and os.path.exists(path)
			self.sources[path] = Source(path, read_text(path)) if ours else None
		return self.sources[path]

	def _bare(self, place):
		if 'offset' not in place:
			return None
		# The compiler leaves out what is the same as in the place printed before.
		self._file = place.get('file', self._file)
		self._line = place.get('line', self._line)
		return (self._file, self._line, place['offset'], place.get('col', 0))

	def _place(self, place):
		if 'spellingLoc' in place or 'expansionLoc' in place:
			spelled = self._bare(place.get('spellingLoc', {}))
			used = self._bare(place.get('expansionLoc', {}))
			return (used or spelled, spelled or used)
		place = self._bare(place)
		return (place, place) if place else None

	def in_main(self, at):
		return bool(at and at[0]) and self.absolute(at[0][0]) == self.main

	def allowed(self, at, at_use=False):
		"""True if an operation stands in an unsafe region, or has no place at all; counts it for the region."""
		if not at or not at[0]:
			return True
		for place in at[:1] if at_use else at:
			source = self.source(place[0])
			region = source and source.region_at(place[1])
			if region:
				self.operations[(source.path, region.first)] += 1
				return True
		return False

	def flag(self, at, rule, text, at_use=False):
		"""Reports an operation unless it stands in an unsafe region."""
		if not self.allowed(at, at_use):
			self.report(at, rule, text)

	def decide_later(self, at, rule, text, tag):
		"""Reports an operation that is sound only if struct `tag`, defined elsewhere, is STABLE."""
		source = self.source(at[0][0])
		if not self.allowed(at, True) and source:
			self.undecided.add((source.path, at[0][1], rule, text, tag))

	def report(self, at, rule, text):
		for place in at or ():
			source = place and self.source(place[0])
			if source:
				self.findings.add((source.path, place[1], rule, text))
				return

	# ---- records ----

	def record(self, type_):
		"""The Record of a struct or union type, None for other types."""
		unnamed = _UNNAMED.search(type_)
		if unnamed:
			return self.records.get(unnamed[1])
		name = typenames.record(type_) or typenames.unqualified(type_)
		return self.records.get(name)

	def _learn_record(self, node, at):
		name = node.get('name')
		if not name and at and at[0]:
			name = f'{at[0][0]}:{at[0][1]}:{at[0][3]}'
		record = self.records.setdefault(name, Record(node.get('tagUsed', 'struct')))
		record.stable |= any(c['kind'] == 'AnnotateAttr' for c in inner(node))
		if node.get('completeDefinition'):
			record.complete = True
			record.fields = [(c.get('name', ''), typenames.of(c)) for c in inner(node) if c['kind'] == 'FieldDecl']
			for child in inner(node):
				if child['kind'] == 'FieldDecl':
					self.member_of[child['id']] = record
		return record

	def _learn_typedef(self, node):
		if re.match(r'[^()]+\((?!\*)', typenames.of(node)):
			self.function_types.add(node['name'])
		# A typedef of a struct without a tag: the compiler prints the typedef's name as the type.
		for child in inner(node):
			for deep in (child, *inner(child)):
				declared = deep.get('decl') or {}
				if declared.get('id') in self.record_ids and not declared.get('name'):
					self.records[node['name']] = self.record_ids[declared['id']]

	# ---- the walk ----

	def _visit(self, node):
		kind, at = node.get('kind'), None
		if 'loc' in node:
			at = self._place(node['loc'])
		if 'range' in node:
			begin = self._place(node['range'].get('begin', {}))
			self._place(node['range'].get('end', {}))
			if kind == 'RecordDecl':
				at = at or begin
			else:
				at = begin or at
		saved = None
		if kind == 'FunctionDecl':
			saved = (self.function, self.depth, self.locals, self.borrowed)
			self.function, self.depth, self.locals, self.borrowed = node['name'], 0, {}, {}
		elif kind in ('CompoundStmt', 'ForStmt'):
			self.depth += 1
		elif kind in ('VarDecl', 'ParmVarDecl') and self.function and node.get('storageClass') not in ('static', 'extern'):
			self.locals[node['id']] = self.depth
		if 'inner' in node:
			self.parents.append(node)
			for child in node['inner']:
				if child:
					self._visit(child)
			self.parents.pop()
		if kind == 'RecordDecl':
			self.record_ids[node['id']] = self._learn_record(node, at)
		elif kind == 'TypedefDecl':
			self._learn_typedef(node)
		judge = rules.RULES.get(kind)
		if judge:
			judge(self, node, at)
		judge = pointers.RULES.get(kind)
		if judge:
			judge(self, node, at)
		if saved:
			self.function, self.depth, self.locals, self.borrowed = saved
		elif kind in ('CompoundStmt', 'ForStmt'):
			self.depth -= 1

	# ---- the outcome ----

	def outcome(self):
		"""Everything later steps need, in types that JSON keeps."""
		# A static function is known by its file, another by its name alone: joining finds the definition.
		statics, noreturn = self.static_functions, self.noreturn
		calls = [[self.absolute(path), caller, sorted([self.absolute(statics[t]) if t in statics else '', t]
		                                              for t in self.calls.get(caller, ()) if t not in noreturn)]
		         for caller, path in sorted(self.defined.items())]
		files = {p: {'counts': s.counts(), 'regions': [[r.first, r.last, r.defines] for r in s.regions],
		             'problems': s.problems} for p, s in self.sources.items() if s}
		named = {n: r for n, r in self.records.items() if n and ':' not in n and r.complete}
		return {'findings': sorted(self.findings), 'undecided': sorted(self.undecided),
		        'operations': [[p, l, c] for (p, l), c in sorted(self.operations.items())],
		        'calls': calls, 'files': files, 'read': sorted(self.sources),
		        'stable': sorted(n for n, r in named.items() if r.stable),
		        'plain': sorted(n for n, r in named.items() if not r.stable)}
