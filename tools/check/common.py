# SPDX-License-Identifier: Apache-2.0
"""What all static checks share: findings, the list of files, command lines, a result cache."""
import argparse
import dataclasses
import hashlib
import json
import os
import re
import subprocess
import sys

CLANG = os.environ.get('CLANG', 'clang-19')
# Folders that hold no source of ours.
SKIPPED_FOLDERS = {'.git', 'out', '__pycache__', 'node_modules'}
# The checker's own tests break the rules on purpose.
MARKED_VIOLATIONS = 'tests/check/'


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
	"""One broken rule. `path` is relative to the root; line 0 means the whole file."""
	path: str
	line: int
	rule: str
	text: str

	def __str__(self):
		return f'{self.path}:{self.line}: {self.rule}: {self.text}'


@dataclasses.dataclass
class Result:
	"""What one check found: findings fail it, notes are only told, details are told on demand."""
	findings: list = dataclasses.field(default_factory=list)
	notes: list = dataclasses.field(default_factory=list)
	details: list = dataclasses.field(default_factory=list)
	summary: str = ''


@dataclasses.dataclass
class Context:
	root: str
	commands: list    # paths of compile_commands.json files
	cache: str        # folder for results that can be used again
	jobs: int


def read_text(path):
	with open(path, encoding='utf-8', errors='replace') as stream:
		return stream.read()


def tree_files(root, suffixes):
	"""Relative paths of all files of the project with one of the suffixes, sorted."""
	found = []
	for folder, folders, names in os.walk(root):
		folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
		for name in names:
			if name.endswith(suffixes):
				found.append(os.path.relpath(os.path.join(folder, name), root))
	return sorted(found)


def digest(text):
	return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


@dataclasses.dataclass(frozen=True)
class Command:
	"""One compilation: the source file, where the compiler runs, and its flags."""
	path: str         # absolute
	directory: str
	flags: tuple


# Flags without meaning for the syntax tree; with one following word if True.
_DROPPED = {'-c': False, '-S': False, '-o': True, '-MF': True, '-MT': True, '-MQ': True,
            '-MMD': False, '-MD': False, '-MP': False, '-MJ': True, '-pipe': False}


def _command_flags(words, directory, source):
	flags, words = [], iter(words[1:])
	for word in words:
		if word in _DROPPED:
			if _DROPPED[word]:
				next(words, None)
		elif not word.startswith('-') and os.path.abspath(os.path.join(directory, word)) == source:
			continue
		else:
			flags.append(word)
	return tuple(flags)


def load_commands(paths):
	"""All compilations of C files that the compile_commands.json files name."""
	import shlex
	found = []
	for path in paths:
		if not os.path.exists(path):
			raise SystemExit(f'{path}: expected the list of compile commands that the build writes, found no such '
			                 f'file; run ./ferrous build first, or name the file with --compile-commands')
		with open(path, encoding='utf-8') as stream:
			entries = json.load(stream)
		for entry in entries:
			directory = entry['directory']
			source = os.path.abspath(os.path.join(directory, entry['file']))
			words = entry.get('arguments') or shlex.split(entry['command'])
			found.append(Command(source, directory, _command_flags(words, directory, source)))
	return found


class Cache:
	"""Results per compilation, valid while the checker, the flags and every file read are the same.

	`name` separates the checks; `version` is a digest of whatever decides the outcome besides the input."""

	def __init__(self, folder, name, version):
		self.folder, self.version, self.digests = os.path.join(folder, name), version, {}
		os.makedirs(self.folder, exist_ok=True)

	def file_digest(self, path):
		if path not in self.digests:
			try:
				with open(path, 'rb') as stream:
					self.digests[path] = digest(stream.read())
			except OSError:
				self.digests[path] = 'absent'
		return self.digests[path]

	def _entry(self, key):
		return os.path.join(self.folder, digest(key)[:32] + '.json')

	def get(self, key):
		try:
			with open(self._entry(key), encoding='utf-8') as stream:
				entry = json.load(stream)
		except (OSError, ValueError):
			return None
		if entry['version'] != self.version or entry['key'] != key:
			return None
		if any(self.file_digest(path) != value for path, value in entry['files'].items()):
			return None
		return entry['result']

	def put(self, key, files, result):
		entry = {'version': self.version, 'key': key, 'result': result,
		         'files': {path: self.file_digest(path) for path in files}}
		temporary = f'{self._entry(key)}.{os.getpid()}'
		with open(temporary, 'w', encoding='utf-8') as stream:
			json.dump(entry, stream)
		os.replace(temporary, self._entry(key))


def tool_version(*folders):
	"""A digest of the compiler's version and the Python sources in the folders given."""
	try:
		text = subprocess.run([CLANG, '--version'], capture_output=True, text=True, check=True).stdout
	except (OSError, subprocess.CalledProcessError):
		raise SystemExit(f'{CLANG}: expected the clang 19 compiler, found none; run ./ferrous setup') from None
	if not re.search(r'version 19\.', text):
		raise SystemExit(f'{CLANG}: expected version 19, found: {text.splitlines()[0]}; '
		                 f'set CLANG to a clang 19, for the rules are written for its syntax tree')
	for folder in folders:
		for name in sorted(os.listdir(folder)):
			if name.endswith('.py'):
				text += read_text(os.path.join(folder, name))
	return digest(text)


def arguments(description, add=None):
	"""The command line that every check understands."""
	parser = argparse.ArgumentParser(description=description)
	parser.add_argument('--root', default='.', help='the root of the source tree')
	parser.add_argument('--compile-commands', action='append', default=[], metavar='FILE',
	                    help='a compile_commands.json of the build; may be given several times')
	parser.add_argument('--cache', help='folder for results of earlier runs (default: ROOT/out/check)')
	parser.add_argument('--jobs', type=int, default=min(2, os.cpu_count() or 1))
	if add:
		add(parser)
	options = parser.parse_args()
	root = os.path.abspath(options.root)
	options.context = Context(root, options.compile_commands,
	                          os.path.abspath(options.cache or os.path.join(root, 'out', 'check')), options.jobs)
	return options


def main(description, run):
	"""Runs one check by itself."""
	result = run(arguments(description).context)
	for line in [*sorted(result.findings), *result.details, *(f'note: {n}' for n in result.notes)]:
		print(line)
	if result.summary:
		print(result.summary)
	print(f'{len(result.findings)} findings')
	sys.exit(1 if result.findings else 0)
