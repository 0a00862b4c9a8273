# SPDX-License-Identifier: Apache-2.0
"""Building what boots: symbol table, system image, disk."""
