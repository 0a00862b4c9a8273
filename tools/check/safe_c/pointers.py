# SPDX-License-Identifier: Apache-2.0
"""The rules on where pointers may go, so that none outlives what it points to.

ptr-store    A pointer kept outside a local variable points to a STABLE struct, a function, static
             data, or a string (const char *).
stable-auto  A STABLE struct is never on a stack, nor inside a struct that may be there.
addr-local   The address of a local goes into calls, and into locals of the same or an inner scope.
view-static  A view (a struct with a raw_ pointer: a span) is a guest: not in static storage, not in
             a STABLE struct."""
from safe_c import typenames
from safe_c.rules import kids, strip
from safe_c.typenames import is_pointer, of

_THROUGH = {'ParenExpr', 'ImplicitCastExpr', 'CStyleCastExpr', 'InitListExpr', 'CompoundLiteralExpr', 'ConstantExpr'}
_HARMLESS = {'CallExpr', 'AtomicExpr', 'UnaryExprOrTypeTraitExpr', 'MemberExpr', 'IfStmt', 'WhileStmt', 'DoStmt',
             'ForStmt', 'ArraySubscriptExpr', 'OffsetOfExpr'}
YES, NO = True, False


def storable(tree, type_):
	"""True if a pointer of the type may be kept anywhere, False if not, or the tag of a struct that is
	not defined in this compilation."""
	if typenames.is_function_pointer(type_):
		return YES
	target = typenames.pointee(type_)
	if target is None:
		return NO
	if typenames.is_char(target) and 'const' in target.split():
		return YES
	if typenames.unqualified(target) in tree.function_types:
		return YES
	record = tree.record(target)
	if record and record.stable:
		return YES
	name = typenames.record(target)
	if name and (not record or not record.complete):
		return name
	return NO


def is_view(record):
	return not record.stable and any(name.startswith('raw_') and is_pointer(t) for name, t in record.fields)


def root(tree, node):
	"""What an lvalue is part of: ('local', id), ('static', name), ('temporary', None) or ('memory', None)."""
	while True:
		node = strip(node)
		kind = node.get('kind')
		if kind == 'MemberExpr' and not node.get('isArrow'):
			node = kids(node)[0]
		elif kind == 'ArraySubscriptExpr':
			base = next((strip(k) for k in kids(node) if is_pointer(of(k))), {})
			if base.get('castKind') != 'ArrayToPointerDecay':
				return 'memory', None
			node = kids(base)[0]
		elif kind == 'DeclRefExpr':
			declared = node['referencedDecl']
			return ('local', declared['id']) if declared['id'] in tree.locals else ('static', declared.get('name'))
		elif kind == 'CompoundLiteralExpr':
			return ('temporary', None) if tree.function else ('static', None)
		elif kind in ('StringLiteral', 'PredefinedExpr'):
			return 'static', None
		else:
			return 'memory', None


def lives_for_ever(tree, node):
	"""True if the value of a pointer expression is null or the address of static data."""
	while node.get('kind') in ('ParenExpr', 'ImplicitCastExpr', 'CStyleCastExpr', 'ConstantExpr') and kids(node):
		if node.get('castKind') == 'NullToPointer':
			return True
		if node.get('castKind') == 'ArrayToPointerDecay':
			return root(tree, kids(node)[0])[0] == 'static'
		node = kids(node)[-1]
	kind = node.get('kind')
	if kind in ('CXXNullPtrLiteralExpr', 'ImplicitValueInitExpr', 'GNUNullExpr'):
		return True
	if kind == 'ConditionalOperator':
		return all(lives_for_ever(tree, k) for k in kids(node)[1:])
	if kind == 'BinaryOperator' and node['opcode'] in ('=', ','):
		return lives_for_ever(tree, kids(node)[1])
	if kind == 'UnaryOperator' and node['opcode'] == '&':
		return root(tree, kids(node)[0])[0] == 'static'
	return False


def _refuse(tree, at, type_, verdict):
	text = f'a {type_} is kept outside a local variable; mark the struct it points to STABLE, or keep a handle or an index'
	if isinstance(verdict, str):
		tree.decide_later(at, 'ptr-store', text, verdict)
	else:
		tree.flag(at, 'ptr-store', text, at_use=True)


def _store_pointer(tree, at, type_, value):
	verdict = storable(tree, type_)
	if verdict is not YES and not lives_for_ever(tree, value):
		_refuse(tree, at, type_, verdict)


def _unstorable_field(tree, record, depth=0):
	"""(type, verdict) of a field that must not be copied to memory that outlives a call; None if all may."""
	if is_view(record) or depth > 8:
		return None
	for _, type_ in record.fields:
		type_ = typenames.element(type_)
		if is_pointer(type_):
			verdict = storable(tree, type_)
			if verdict is not YES:
				return type_, verdict
		else:
			nested = tree.record(type_)
			found = nested and _unstorable_field(tree, nested, depth + 1)
			if found:
				return found
	return None


def _store_record(tree, at, record, value):
	value = strip(value)
	if value.get('kind') == 'CompoundLiteralExpr' and kids(value):
		value = kids(value)[0]
	if value.get('kind') == 'InitListExpr':
		for part in kids(value):
			if is_pointer(of(part)):
				_store_pointer(tree, at, of(part), part)
			else:
				nested = tree.record(of(part))
				if nested and not is_view(nested) and part.get('kind') != 'ImplicitValueInitExpr':
					_store_record(tree, at, nested, part)
		return
	field = _unstorable_field(tree, record)
	if field:
		_refuse(tree, at, field[0], field[1])


# ---- addresses of locals ----

def _may_hold_address(tree, type_):
	return is_pointer(type_) or tree.record(type_) is not None


def _borrowed_depth(tree, node):
	"""The scope depth of the local that an expression may point to; None if none is known."""
	node = strip(node)
	while node.get('kind') == 'MemberExpr' and not node.get('isArrow'):
		node = strip(kids(node)[0])
	if node.get('kind') == 'ConditionalOperator':
		depths = [_borrowed_depth(tree, k) for k in kids(node)[1:]]
		return max((d for d in depths if d is not None), default=None)
	if node.get('kind') == 'DeclRefExpr':
		return tree.borrowed.get(node['referencedDecl']['id'])
	return None


def _borrow(tree, variable, depth):
	tree.borrowed[variable] = max(depth, tree.borrowed.get(variable, 0))


def _address_flow(tree, node, at, depth):
	"""Follows the address of a local at the given depth to where it is used."""
	child = node
	for parent in reversed(tree.parents):
		kind = parent.get('kind')
		if kind in _THROUGH:
			child = parent
			continue
		if kind == 'ConditionalOperator':
			if kids(parent)[0] is child:
				return
			child = parent
			continue
		if kind in _HARMLESS or (kind == 'UnaryOperator' and parent['opcode'] in ('*', '!')):
			return
		if kind == 'VarDecl' and parent['id'] in tree.locals:
			_borrow(tree, parent['id'], depth)
			return
		if kind == 'BinaryOperator':
			if parent['opcode'] in ('==', '!=', '&&', '||'):
				return
			if parent['opcode'] == '=':
				where, variable = root(tree, kids(parent)[0])
				if where == 'local' and depth <= tree.locals[variable]:
					_borrow(tree, variable, depth)
					return
		break
	tree.flag(at, 'addr-local', 'the address of a local leaves its scope', at_use=True)


def address(tree, node, at):
	if node['opcode'] != '&' or not tree.function:
		return
	operand = kids(node)[0]
	where, variable = root(tree, operand)
	if where == 'local':
		_address_flow(tree, node, at, tree.locals[variable])
	elif where == 'temporary':
		_address_flow(tree, node, at, tree.depth)
		record = tree.record(of(strip(operand)))
		if record and record.stable:
			tree.flag(at, 'stable-auto', 'a STABLE struct on the stack', at_use=True)


def assign(tree, node, at):
	if node['opcode'] != '=':
		return
	left, value = kids(node)
	type_ = of(node)
	record = None if is_pointer(type_) else tree.record(type_)
	if not is_pointer(type_) and not record:
		return
	where, variable = root(tree, left)
	depth = _borrowed_depth(tree, value)
	if where == 'local':
		if depth is not None:
			if depth <= tree.locals[variable]:
				_borrow(tree, variable, depth)
			else:
				tree.flag(at, 'addr-local', 'a pointer to a local of an inner scope is kept', at_use=True)
		return
	if depth is not None:
		tree.flag(at, 'addr-local', 'a pointer to a local is kept outside its function', at_use=True)
	elif record:
		_store_record(tree, at, record, value)
	else:
		_store_pointer(tree, at, type_, value)


def atomic(tree, node, at):
	"""Atomic stores of pointers, wherever the macro that makes them is written."""
	if 'load' in node.get('name', ''):
		return
	operands = kids(node)
	target = typenames.pointee(of(operands[0])) if operands else None
	if target and is_pointer(target) and root(tree, strip(operands[0]).get('inner', [{}])[0])[0] != 'local':
		values = [k for k in operands[1:] if is_pointer(of(k)) and of(k).count('*') == target.count('*')]
		for value in values:
			_store_pointer(tree, at, target, value)


def returned(tree, node, at):
	value = kids(node)[0] if kids(node) else None
	if value and _may_hold_address(tree, of(value)) and _borrowed_depth(tree, value) is not None:
		tree.flag(at, 'addr-local', 'a pointer to a local is returned', at_use=True)


# ---- STABLE structs and views ----

def _holds(tree, type_, wanted, depth=0):
	"""True if a type is, or has inside by value, a record that `wanted` accepts."""
	record = tree.record(typenames.element(type_))
	if not record or depth > 8:
		return False
	return wanted(record) or any(_holds(tree, t, wanted, depth + 1) for _, t in record.fields if not is_pointer(t))


def variable(tree, node, at):
	type_ = of(node)
	if is_pointer(type_):
		if node.get('id') in tree.locals and node.get('init') and kids(node):
			depth = _borrowed_depth(tree, kids(node)[-1])
			if depth is not None:
				_borrow(tree, node['id'], depth)
		return
	automatic = node.get('id') in tree.locals
	if automatic and _holds(tree, type_, lambda r: r.stable):
		tree.flag(at, 'stable-auto', f'{type_} is STABLE: it lives in a pool or in static storage, never on a stack', at_use=True)
	if automatic and node.get('init') and kids(node):
		depth = _borrowed_depth(tree, kids(node)[-1])
		if depth is not None:
			_borrow(tree, node['id'], depth)
	constant = typenames.element(type_).startswith('const ')
	if not automatic and not constant and node.get('storageClass') != 'extern' and _holds(tree, type_, is_view):
		tree.flag(at, 'view-static', f'{type_} in static storage holds a view; keep the owner and make the view when needed',
		          at_use=True)


def record(tree, node, at):
	if not node.get('completeDefinition'):
		return
	known = tree.record_ids[node['id']]
	for name, type_ in known.fields:
		if is_pointer(type_):
			continue
		if not known.stable and node.get('name') and _holds(tree, type_, lambda r: r.stable):
			tree.flag(at, 'stable-auto', f"member '{name}' is STABLE, so struct {node['name']} must be STABLE too")
		if known.stable and _holds(tree, type_, is_view):
			tree.flag(at, 'view-static', f"member '{name}' of a STABLE struct holds a view")


RULES = {
	'UnaryOperator': address, 'BinaryOperator': assign, 'AtomicExpr': atomic, 'ReturnStmt': returned,
	'VarDecl': variable, 'ParmVarDecl': variable, 'RecordDecl': record,
}
