# SPDX-License-Identifier: Apache-2.0
"""The share of unsafe lines of each room, and the ratchet that lets it only fall.

unsafe_budget.toml gives every room either max_lines (lines of code in unsafe regions) or
max_share (percent of its code lines), and the whole tree a max_share."""
import tomllib

from common import Finding

FILE = 'tools/check/unsafe_budget.toml'
SLACK = 0.9     # a figure below this part of its limit asks for a lower limit


class Room:
	def __init__(self, name, limits):
		self.name, self.limits, self.lines, self.unsafe = name, limits, 0, 0

	@property
	def share(self):
		return 100 * self.unsafe / self.lines if self.lines else 0.0

	def limit_text(self):
		if 'max_lines' in self.limits:
			return f"{self.limits['max_lines']} lines"
		return f"{self.limits.get('max_share', 0):g} %"

	def exceeded(self):
		if 'max_lines' in self.limits:
			return self.unsafe > self.limits['max_lines']
		return self.share > self.limits.get('max_share', 0)

	def may_fall(self):
		"""The limit that would do, if the present one is a tenth or more too high; else None."""
		if 'max_lines' in self.limits:
			limit, value = self.limits['max_lines'], self.unsafe
		else:
			limit, value = self.limits.get('max_share', 0), self.share
		return f'{value:.2f}'.rstrip('0').rstrip('.') if self.lines and limit and value < SLACK * limit else None

	def __str__(self):
		return f'{self.name:18} {self.unsafe:6} of {self.lines:7} lines unsafe = {self.share:6.2f} %  (limit {self.limit_text()})'


def load(path):
	with open(path, 'rb') as stream:
		table = tomllib.load(stream)
	rooms = {name: Room(name, limits) for name, limits in table['rooms'].items()}
	return rooms, Room('the tree', table['tree'])


def room_of(rooms, path):
	"""The room with the longest name that the path lies in; None if there is none."""
	fitting = [name for name in rooms if path.startswith(name + '/')]
	return rooms[max(fitting, key=len)] if fitting else None


def measure(rooms, tree, counts, result):
	"""Adds the counts {path: (lines, unsafe)} up, and judges the sums."""
	for path, (lines, unsafe) in sorted(counts.items()):
		room = room_of(rooms, path)
		if room is None:
			if unsafe:
				result.findings.append(Finding(path, 0, 'unsafe-budget', f'unsafe lines in a folder that {FILE} does not name'))
			room = tree
		room.lines += lines
		room.unsafe += unsafe
		if room is not tree and not room.limits.get('generated'):
			tree.lines += lines
			tree.unsafe += unsafe
	for room in (*rooms.values(), tree):
		if not room.lines:
			continue
		result.details.append(str(room))
		if room.exceeded():
			result.findings.append(Finding(FILE, 0, 'unsafe-budget',
				f'{room.name}: expected at most {room.limit_text()} unsafe, found {room.unsafe} lines = {room.share:.2f} %; '
				'write the code without, or argue for more in an ADR'))
		elif room.may_fall() and not room.limits.get('generated'):
			result.notes.append(f'{FILE}: the limit of {room.name} may fall from {room.limit_text()} to {room.may_fall()}')
