# SPDX-License-Identifier: Apache-2.0
"""Running the system under QEMU, driving it over its control line, and the scenario runner."""
