# SPDX-License-Identifier: Apache-2.0
"""A source file as text: which lines hold code, where its unsafe regions are, and the rules
that can be judged on tokens alone (they hold inside regions too, because they protect the
proofs: CBMC misreads or rejects these forms)."""
import dataclasses
import re

TOKEN = re.compile(r'''
	(?P<comment>/\*.*?\*/|//[^\n]*)
	|(?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
	|(?P<number>\.?[0-9](?:[eEpP][+-]|'[0-9A-Za-z_]|[0-9A-Za-z_.])*)
	|(?P<word>[A-Za-z_]\w*)
	|(?P<char>'(?:\\.|[^'\\\n])+')
	|(?P<other>\S)''', re.S | re.X)
BEGIN = re.compile(r'^\s*UNSAFE_BEGIN\((.*)\)\s*;')
END = re.compile(r'^\s*UNSAFE_END\(\)\s*;')
REASON = re.compile(r'"SAFETY: [^"]{16,}"')

BANNED_WORDS = {
	'auto': 'write the type; proofs misread it',
	'constexpr': 'use an enum constant',
	'_BitInt': 'use a fixed-width integer',
	'typeof_unqual': 'use typeof',
	'_Atomic': 'use the macros of kernel/hal/atomic.h on plain integers',
	'musttail': 'write a loop',
}


@dataclasses.dataclass
class Region:
	first: int
	last: int
	defines: bool     # holds macro definitions, which the syntax tree shows only where they are used


class Source:
	def __init__(self, path, text):
		self.path, self.regions, self.problems = path, [], []
		self.text = text
		lines = text.split('\n')
		self.code = [False] * (len(lines) + 1)
		self.unsafe = [False] * (len(lines) + 2)
		if path.endswith('.S'):
			self.code = [False] + [bool(re.sub(r'(^|\s)[#;/@].*', '', l).strip()) for l in lines]
			self.unsafe = [True] * (len(lines) + 2)
			return
		self._tokens(text)
		self._find_regions(lines)

	def _problem(self, line, rule, what):
		self.problems.append((line, rule, what))

	def _tokens(self, text):
		line, position, attribute = 1, 0, ''
		for match in TOKEN.finditer(text):
			line += text.count('\n', position, match.start())
			position = match.start()
			kind, token = match.lastgroup, match[0]
			if kind == 'comment':
				continue
			for extra in range(token.count('\n') + 1):
				self.code[line + extra] = True
			if kind == 'number' and "'" in token:
				self._problem(line, 'digit-separator', f'{token}: proofs misread it; write the number without')
			elif kind == 'word':
				if token in BANNED_WORDS:
					self._problem(line, 'banned-word', f'{token}: {BANNED_WORDS[token]}')
				elif token == 'annotate' and not self.path.endswith('lib/base/safe.h'):
					self._problem(line, 'banned-word', 'annotate: only the macro STABLE of lib/base/safe.h may use it')
			attribute = (attribute + token)[-13:]
			if attribute.endswith('[[gnu::packed'):
				self._problem(line, 'gnu-packed', 'proofs ignore [[gnu::packed]]; write PACKED')
			elif attribute.endswith('<stdatomic.h>'):
				self._problem(line, 'banned-word', 'stdatomic.h: use the macros of kernel/hal/atomic.h')

	def _find_regions(self, lines):
		start, defines = 0, False
		for number, line in enumerate(lines, 1):
			if 'UNSAFE_' not in line:
				if start:
					self.unsafe[number] = True
					defines |= '#define' in line
				continue
			begin, end = BEGIN.match(line), END.match(line)
			if begin:
				if start:
					self._problem(number, 'region', 'UNSAFE_BEGIN inside a region')
				start, defines = number, False
				if not REASON.fullmatch(begin[1].strip()):
					self._problem(number, 'region', 'the reason must read "SAFETY: ..." with 16 or more characters')
			if start:
				self.unsafe[number] = True
			if end and not start:
				self._problem(number, 'region', 'UNSAFE_END without UNSAFE_BEGIN')
			elif end:
				self.regions.append(Region(start, number, defines))
				start = 0
		if start:
			self._problem(start, 'region', 'UNSAFE_BEGIN without UNSAFE_END')

	def region_at(self, line):
		"""The region that holds the line, or None."""
		if line >= len(self.unsafe) or not self.unsafe[line]:
			return None
		return next((r for r in self.regions if r.first <= line <= r.last), None)

	def counts(self):
		"""(code lines, code lines in regions)"""
		unsafe = sum(1 for number, code in enumerate(self.code) if code and self.unsafe[number])
		return sum(self.code), unsafe
