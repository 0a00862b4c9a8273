# SPDX-License-Identifier: Apache-2.0
"""gdb for a stopped guest."""
