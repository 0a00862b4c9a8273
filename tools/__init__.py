# SPDX-License-Identifier: Apache-2.0
"""The project's tools. Each folder is one tool; `./ferrous` (tools/cli) calls them."""
