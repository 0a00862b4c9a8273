# SPDX-License-Identifier: Apache-2.0
"""The checker of the safe C profile. docs/safety.md explains the rules for people.

source.py    a source file as text: tokens, unsafe regions, rules on tokens
ctypes.py    C types as the compiler prints them
tree.py      the compiler's syntax tree: locations, scopes, records, the walk
rules.py     the rules on expressions and declarations
pointers.py  the rules on where pointers may go
graph.py     the call graph and recursion
budget.py    the share of unsafe lines per room, and its ratchet
"""
