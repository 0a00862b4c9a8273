# SPDX-License-Identifier: Apache-2.0
"""The rules on single expressions, statements and declarations. Each function gets the tree,
a node and its places; RULES says which kinds of nodes it judges. docs/safety.md lists the
rules by name."""
import re

from safe_c import typenames
from safe_c.typenames import is_pointer, of

_BUILTINS = re.compile(
	r'__builtin_((add|sub|mul)_overflow|s?u?(add|sub|mul)l{0,2}_overflow|(ctz|clz|popcount|ffs|parity)[gls]*|bswap\d+|'
	r'trap|expect|constant_p|types_compatible_p|choose_expr|rotate\w+|offsetof)$|__(c11_)?atomic_|__sync_synchronize$')
_BANNED_CALLS = re.compile(
	r'(mem(cpy|move|set|cmp|chr|ccpy|mem|pcpy)|bcopy|bzero|alloca|(sig)?(set|long)jmp|v?(s|sn|f|d|as)?w?printf|v?[fs]?scanf|qsort|bsearch|'
	r'malloc|calloc|realloc|free|gets|st[rp]n?(len|cpy|cat|cmp|dup|lcpy|lcat)|str(chr|rchr|str|tok|tok_r|spn|cspn|pbrk|coll|xfrm|'
	r'error|lcpy|lcat|sep|casecmp|ncasecmp|to[a-z]+))$')
_HIDING = {'AliasAttr', 'IFuncAttr', 'WeakRefAttr', 'NoSanitizeAttr', 'NakedAttr', 'DisableSanitizerInstrumentationAttr',
           'AnyX86NoCfCheckAttr', 'ConstructorAttr', 'DestructorAttr', 'MustTailAttr'}


def kids(node):
	return [child for child in node.get('inner', ()) if child]


def strip(node):
	"""The expression below parentheses and conversions (decay of an array is not one)."""
	while node.get('kind') in ('ParenExpr', 'ImplicitCastExpr', 'ConstantExpr') and node.get('inner') \
			and node.get('castKind') != 'ArrayToPointerDecay':
		node = node['inner'][-1]
	return node


def binary(tree, node, at):
	operands = kids(node)
	if not operands:
		return
	code, left = node['opcode'], is_pointer(of(operands[0]))
	if code in '+-' and (is_pointer(of(node)) or left):
		tree.flag(at, 'ptr-arith', f"pointer '{code}'; use a span or ELEM")
	elif code in ('<', '>', '<=', '>=') and left:
		tree.flag(at, 'ptr-arith', 'pointers compared by order; compare indices')


def compound_assign(tree, node, at):
	if is_pointer(of(node)):
		tree.flag(at, 'ptr-arith', f"pointer '{node['opcode']}'; use a span or an index")


def unary(tree, node, at):
	if node['opcode'] in ('++', '--') and is_pointer(of(node)):
		tree.flag(at, 'ptr-arith', f"pointer '{node['opcode']}'; use a span or an index")
	if node['opcode'] == '&':
		operand = strip(kids(node)[0])
		if operand.get('kind') == 'ArraySubscriptExpr':
			tree.flag(at, 'elem-addr', '&a[i] may point one past the end; write ELEM(a, i)')
		if typenames.is_char(of(operand)):
			tree.flag(at, 'text-ptr', 'a const char * is a string that lives for ever; pass other text as a span', at_use=True)


def same(a, b):
	"""True if two expressions are the same variable, or the same chain of members of it."""
	a, b = strip(a), strip(b)
	if a.get('kind') != b.get('kind'):
		return False
	if a.get('kind') == 'DeclRefExpr':
		return a['referencedDecl']['id'] == b['referencedDecl']['id']
	if a.get('kind') == 'MemberExpr':
		return a['referencedMemberDecl'] == b['referencedMemberDecl'] and same(kids(a)[0], kids(b)[0])
	if a.get('kind') == 'UnaryOperator':
		return a['opcode'] == b['opcode'] == '*' and same(kids(a)[0], kids(b)[0])
	return False


def counted_by(array):
	match = re.search(r'__counted_by\((\w+)\)', array.get('type', {}).get('qualType', ''))
	return match[1] if match else None


def _elem_counted(tree, node, at, array):
	"""In ELEM_COUNTED(a, n, i), a must be a counted array and n the member that counts it."""
	source = tree.source(at[1][0])
	line = source.text.split('\n')[at[1][1] - 1] if source else ''
	if '(bounded((i), (n)))' not in line.replace('[', '(').replace(']', ')') or '#define ELEM_COUNTED' not in line:
		return
	calls = [strip(kid) for kid in kids(node)]
	call = next((c for c in calls if c.get('kind') == 'CallExpr'), None)
	count = strip(kids(call)[2]) if call and len(kids(call)) > 2 else {}
	array = array or {}
	right = (count.get('kind') == 'MemberExpr' and array.get('kind') == 'MemberExpr' and counted_by(array) == count.get('name')
	         and same(kids(array)[0], kids(count)[0]))
	if not right:
		tree.flag(at, 'subscript', 'ELEM_COUNTED(a, n, i) needs an array with COUNTED_BY(n) and that same n', at_use=True)


def subscript(tree, node, at):
	operands = kids(node)
	base = operands[0] if is_pointer(of(operands[0])) else operands[1]
	while base.get('kind') == 'ParenExpr':
		base = kids(base)[0]
	array = None
	if base.get('castKind') != 'ArrayToPointerDecay':
		tree.flag(at, 'subscript', 'subscript of a bare pointer; use a span, an array, or a COUNTED_BY member')
	else:
		array = strip(kids(base)[0])
		if of(array).endswith('[]') and not counted_by(array):
			tree.flag(at, 'subscript', 'array of unknown length; give its length with COUNTED_BY')
	if at and at[0] and at[0] != at[1]:
		_elem_counted(tree, node, at, array)


def cast(tree, node, at):
	operands, kind, to = kids(node), node.get('castKind'), of(node)
	source = of(operands[0]) if operands else ''
	if kind == 'IntegralToPointer':
		tree.flag(at, 'int-to-ptr', f'{source} becomes {to}')
	elif kind == 'PointerToIntegral':
		tree.flag(at, 'ptr-to-int', f'{source} becomes {to}')
	elif kind in ('BitCast', 'LValueBitCast', 'AddressSpaceConversion') and is_pointer(to):
		if typenames.pointee(to) and typenames.unqualified(typenames.pointee(to)) == typenames.unqualified(typenames.pointee(source) or ''):
			return      # only adds const
		tree.flag(at, 'ptr-cast', f'{source} becomes {to}')
	elif kind == 'ArrayToPointerDecay':
		if strip(operands[0]).get('kind') in ('StringLiteral', 'PredefinedExpr'):
			return
		user = next((p for p in reversed(tree.parents) if p.get('kind') != 'ParenExpr'), {})
		if user.get('kind') != 'ArraySubscriptExpr':
			tree.flag(at, 'decay', f'{source} becomes a bare pointer; pass a span or a pointer to the array')


def has_pointer(tree, type_, depth=0):
	type_ = typenames.element(type_)
	if is_pointer(type_) or '(*[' in type_:
		return True
	record = tree.record(type_)
	return bool(record and depth < 8 and any(has_pointer(tree, t, depth + 1) for _, t in record.fields))


def member(tree, node, at):
	name = node.get('name', '')
	record = tree.member_of.get(node.get('referencedMemberDecl'))
	if record and record.kind == 'union' and any(has_pointer(tree, t) for _, t in record.fields):
		tree.flag(at, 'union', f"member '{name}' of a union that holds pointers")
	if name.startswith('raw_'):
		tree.flag(at, 'raw-name', f'{name} may be named only in unsafe regions')


def initialiser(tree, node, at):
	record = tree.record(of(node))
	if not record or not any(name.startswith('raw_') for name, _ in record.fields):
		return
	for field, value in zip(record.fields, kids(node)):
		filled = value.get('kind') != 'ImplicitValueInitExpr' and strip(value).get('kind') != 'ImplicitValueInitExpr'
		if field[0].startswith('raw_') and filled and strip(value).get('value') != '0' \
				and strip(value).get('kind') != 'CXXNullPtrLiteralExpr':
			tree.flag(at, 'raw-name', f'builds a {of(node)} from its private parts')
			return


def reference(tree, node, at):
	declared = node['referencedDecl']
	name = declared.get('name', '')
	if declared['kind'] == 'FunctionDecl' and (_BANNED_CALLS.match(name) or name.startswith('__builtin_')) \
			and not _BUILTINS.match(name):
		tree.flag(at, 'banned-call', f'{name}: the compiler cannot check its bounds; use the functions of lib/base')
	if name.startswith('raw_'):
		tree.flag(at, 'raw-name', f'{name} may be named only in unsafe regions')


def call(tree, node, at):
	callee = strip(kids(node)[0])
	if callee.get('kind') == 'DeclRefExpr' and callee['referencedDecl']['kind'] == 'FunctionDecl' and tree.function:
		tree.calls[tree.function].add(callee['referencedDecl']['name'])


def assembly(tree, node, at):
	tree.flag(at, 'asm', 'inline assembly')


def construct(tree, node, at):
	tree.flag(at, 'construct', {'VAArgExpr': 'varargs', 'AddrLabelExpr': 'address of a label', 'IndirectGotoStmt': 'computed goto'}[node['kind']])


def attribute(tree, node, at):
	tree.flag(at, 'attribute', f"{node['kind'].removesuffix('Attr')} hides code from the checks")


def label(tree, node, at):
	"""CBMC rejects a label before a declaration or a closing brace."""
	below = kids(node)[-1] if kids(node) else {}
	if below.get('kind') == 'DeclStmt':
		tree.report(at, 'label', 'label before a declaration; put the declaration in a block of its own')
	elif below.get('kind') == 'NullStmt' and at and at[1]:
		source = tree.source(at[1][0])
		place = below['range']['begin']
		offset = place.get('spellingLoc', place).get('offset')
		if source and offset is not None and source.text.isascii() and source.text[offset:offset + 1] != ';':
			tree.report(at, 'label', "label before '}'; end it with a statement such as break;")


def record(tree, node, at):
	known = tree.record_ids[node['id']]
	if node.get('tagUsed') == 'union' and node.get('completeDefinition') and any(has_pointer(tree, t) for _, t in known.fields):
		tree.flag(at, 'union', 'a union that holds pointers')


def static_assertion(tree, node, at):
	if tree.parents[-1].get('kind') == 'RecordDecl':
		tree.report(at, 'construct', 'static_assert inside a struct; put it after the struct')


def variable(tree, node, at):
	type_ = of(node)
	if re.search(r'\[[^\]\d]+\]', type_) and type_.endswith(']') and tree.function:
		tree.flag(at, 'construct', 'variable-length array; use a fixed bound')
	if node.get('storageClass') == 'extern' and tree.in_main(at):
		tree.flag(at, 'extern-in-c', f"{node.get('name')} must be declared in a header")


def function(tree, node, at):
	defined = any(c.get('kind') == 'CompoundStmt' for c in kids(node))
	name = node['name']
	if any(c.get('kind') in ('CXX11NoReturnAttr', 'C11NoReturnAttr', 'NoReturnAttr') for c in kids(node)) \
			or '((noreturn))' in of(node):
		tree.noreturn.add(name)
	if node.get('storageClass') == 'static' and at and at[0]:
		tree.static_functions[name] = at[0][0]
	if defined and at and at[0]:
		tree.defined[name] = at[0][0]
	if node.get('variadic') and defined:
		tree.flag(at, 'construct', 'variadic function')
	if not defined and node.get('storageClass') != 'static' and not node.get('isImplicit') and 'previousDecl' not in node \
			and tree.in_main(at):
		tree.flag(at, 'extern-in-c', f'{name} must be declared in a header')


RULES = {
	'BinaryOperator': binary, 'CompoundAssignOperator': compound_assign, 'UnaryOperator': unary,
	'ArraySubscriptExpr': subscript, 'ImplicitCastExpr': cast, 'CStyleCastExpr': cast, 'MemberExpr': member,
	'InitListExpr': initialiser, 'DeclRefExpr': reference, 'CallExpr': call,
	'GCCAsmStmt': assembly, 'MSAsmStmt': assembly, 'FileScopeAsmDecl': assembly,
	'VAArgExpr': construct, 'AddrLabelExpr': construct, 'IndirectGotoStmt': construct,
	'LabelStmt': label, 'CaseStmt': label, 'DefaultStmt': label,
	'StaticAssertDecl': static_assertion, 'RecordDecl': record, 'VarDecl': variable, 'FunctionDecl': function,
	**{name: attribute for name in _HIDING},
}
