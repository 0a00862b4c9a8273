# SPDX-License-Identifier: Apache-2.0
"""Set-up: the Debian packages the project needs, and why."""
