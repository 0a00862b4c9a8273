#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks documents: links lead somewhere, every decision is listed, shell scripts are sound."""
import os
import re
import shutil
import subprocess

from common import Context, Finding, Result, main, read_text, tree_files
from deps import ARCHES

LINK = re.compile(r'!?\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\s*\[[^\]]+\]:\s+(\S+)', re.M)
FENCE = re.compile(r'^(```|~~~).*?^\1\s*$', re.M | re.S)
PORTING = 'docs/porting.md'
ARCH_ROOM = re.compile(r'(.+?)/arch/(?:' + '|'.join(ARCHES) + r')/')
EXTERNAL = re.compile(r'[a-z][a-z0-9+.-]*:|//')


def without_code(text):
	"""The text with code blocks and code spans blanked, lines kept."""
	text = FENCE.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)
	return re.sub(r'`[^`\n]+`', lambda m: ' ' * len(m[0]), text)


def anchors(text):
	"""The anchors that headings get, as common viewers of Markdown make them."""
	found = set()
	for heading in re.findall(r'^#+\s+(.*?)\s*#*$', FENCE.sub('', text), re.M):
		plain = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).replace('`', '').lower()
		anchor = re.sub(r'[^\w\- ]', '', plain).replace(' ', '-')
		number, unique = 0, anchor
		while unique in found:
			number += 1
			unique = f'{anchor}-{number}'
		found.add(unique)
	return found | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


def check_links(root, path, result):
	text = read_text(os.path.join(root, path))
	plain = without_code(text)
	for match in LINK.finditer(plain):
		target = match[1] or match[2]
		line = 1 + plain.count('\n', 0, match.start(1) if match[1] else match.start(2))
		if EXTERNAL.match(target):
			continue
		file, _, anchor = target.partition('#')
		full = os.path.normpath(os.path.join(root, os.path.dirname(path) if not file.startswith('/') else '', file.lstrip('/')))
		full = full if file else os.path.join(root, path)
		if not os.path.exists(full):
			result.findings.append(Finding(path, line, 'dead-link', f'{target}: no such file'))
		elif anchor and full.endswith('.md') and anchor.lower() not in anchors(read_text(full)):
			result.findings.append(Finding(path, line, 'dead-link', f'{target}: no such heading there'))


def check_decisions(root, result):
	folder = os.path.join(root, 'docs', 'adr')
	index = os.path.join(folder, 'README.md')
	if not os.path.exists(index):
		return
	text = read_text(index)
	for name in sorted(os.listdir(folder)):
		if re.match(r'\d+.*\.md$', name) and name not in text:
			result.findings.append(Finding(f'docs/adr/{name}', 0, 'adr-list', 'docs/adr/README.md does not list it'))


def check_porting(root, result):
	"""Every room with code of an architecture is one that a port has to bring, and the guide says so."""
	guide = os.path.join(root, PORTING)
	if not os.path.exists(guide):
		return
	named = set(re.findall(r'`([\w/.-]+?)(?:/arch(?:/NAME)?)?`', read_text(guide)))
	rooms = {match[1] for path in tree_files(root, ('.c', '.h', '.S')) if (match := ARCH_ROOM.match(path))}
	for room in sorted(rooms - named):
		result.findings.append(Finding(PORTING, 0, 'porting', f'{room} has a part for each architecture (arch/NAME); '
		                               'the table of parts does not name it'))


def check_scripts(root, result):
	scripts = [p for p in tree_files(root, ('.sh', 'ferrous', '.ci/run')) if os.path.isfile(os.path.join(root, p))]
	scripts = [p for p in scripts if p.endswith('.sh') or re.match(r'#!.*\b(ba|da)?sh\b', read_text(os.path.join(root, p)))]
	if not scripts:
		return
	if not shutil.which('shellcheck'):
		result.notes.append(f'shellcheck is not installed: {len(scripts)} shell scripts were not checked')
		return
	done = subprocess.run(['shellcheck', '--format=gcc', *scripts], cwd=root, capture_output=True, text=True)
	for line in done.stdout.splitlines():
		match = re.match(r'(.+?):(\d+):\d+: (.*)', line)
		if match:
			result.findings.append(Finding(match[1], int(match[2]), 'shellcheck', match[3]))
	if done.returncode and not done.stdout:
		result.findings.append(Finding(scripts[0], 0, 'shellcheck', done.stderr.strip()))


def run(context: Context):
	result = Result()
	documents = tree_files(context.root, ('.md',))
	for path in documents:
		check_links(context.root, path, result)
	check_decisions(context.root, result)
	check_porting(context.root, result)
	check_scripts(context.root, result)
	result.summary = f'{len(documents)} documents'
	return result


if __name__ == '__main__':
	main(__doc__, run)
