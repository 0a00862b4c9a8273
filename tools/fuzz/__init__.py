# SPDX-License-Identifier: Apache-2.0
"""The host's side of the system call fuzzer (tests/fuzz/guest)."""
