# SPDX-License-Identifier: Apache-2.0
"""C types as the compiler prints them, for example `const struct thread *const`."""
import re

_TRAILING = re.compile(r'(?:\s|\b(?:const|volatile|restrict|_Nonnull|_Nullable)\b)+$')
_LEADING = re.compile(r'^(?:(?:const|volatile|restrict)\s+)+')
_INDIRECT = re.compile(r'[^()]*\(\*(?:const|volatile|restrict|[\s*])*\)')   # to an array or a function, however often
_FUNCTION = re.compile(r'\(\*(?:const|volatile|restrict|\s)*\)\(')
_RECORD = re.compile(r'(?:struct|union) (\w+|[^*\[\]]*\([^)]*\))')
_ARRAY = re.compile(r'\s*\[[^\]]*\]$')


def of(node):
	"""The type of a node without typedefs, as far as the compiler gives it."""
	type_ = node.get('type')
	if not type_:
		return ''
	return type_.get('desugaredQualType') or type_.get('qualType', '')


def unqualified(type_):
	return _LEADING.sub('', _TRAILING.sub('', type_))


def is_pointer(type_):
	type_ = _TRAILING.sub('', type_)
	return type_.endswith('*') or bool(_INDIRECT.match(type_))


def is_function_pointer(type_):
	return bool(_FUNCTION.search(type_))


def pointee(type_):
	"""What a plain pointer type points to; with its own qualifiers. None if it is no plain pointer."""
	type_ = _TRAILING.sub('', type_)
	return type_[:-1].strip() if type_.endswith('*') else None


def element(type_):
	"""The type of the innermost element of an array type; other types as they are."""
	while _ARRAY.search(type_):
		type_ = _ARRAY.sub('', type_)
	return type_


def record(type_):
	"""The tag if the type is a struct or union itself (not a pointer to one), else None."""
	match = _RECORD.fullmatch(unqualified(type_))
	return match[1] if match else None


def is_char(type_):
	return unqualified(type_) == 'char'
