# SPDX-License-Identifier: Apache-2.0
"""The call graph: recursion is a cycle. Calls through pointers are not seen, nor calls of
functions that do not return: a panic guards itself."""
import os


def join(calls):
	"""The graph {(file, function): callees} from [file, caller, [[file or '', callee], ...]].

	Several programs may define a function of the same name: a call goes to the definition that is
	nearest in the tree."""
	definitions = {}
	for path, caller, _ in calls:
		definitions.setdefault(caller, set()).add(path)
	graph = {}
	for path, caller, targets in calls:
		edges = graph.setdefault((path, caller), set())
		for where, target in targets:
			near = where or max(sorted(definitions.get(target, {''})), key=lambda d: len(os.path.commonprefix([d, path])))
			edges.add((near, target))
	return graph


def cycles(graph):
	"""Strongly connected parts with a cycle, each sorted. (Tarjan 1972, without recursion.)"""
	index, low, stack, on_stack, found = {}, {}, [], set(), []
	for start in sorted(graph):
		if start in index:
			continue
		work = [(start, iter(sorted(graph.get(start, ()))))]
		index[start] = low[start] = len(index)
		stack.append(start)
		on_stack.add(start)
		while work:
			node, edges = work[-1]
			for target in edges:
				if target not in index:
					index[target] = low[target] = len(index)
					stack.append(target)
					on_stack.add(target)
					work.append((target, iter(sorted(graph.get(target, ())))))
					break
				if target in on_stack:
					low[node] = min(low[node], index[target])
			else:
				work.pop()
				if work:
					low[work[-1][0]] = min(low[work[-1][0]], low[node])
				if low[node] == index[node]:
					part = []
					while not part or part[-1] != node:
						part.append(stack.pop())
						on_stack.discard(part[-1])
					if len(part) > 1 or node in graph.get(node, ()):
						found.append(sorted(part))
	return found
