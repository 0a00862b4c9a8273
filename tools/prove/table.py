# SPDX-License-Identifier: Apache-2.0
"""What the proofs show, as text for people and as the table in docs/proofs.md."""

import textwrap

BEGIN, END = "<!-- proofs -->", "<!-- /proofs -->"


def listing(wanted):
    blocks = []
    for proof in wanted:
        lines = [proof.name, *textwrap.wrap(proof.proves, 100, initial_indent="  ", subsequent_indent="  ")]
        lines += textwrap.wrap("of: " + ", ".join(proof.functions), 100, initial_indent="  ", subsequent_indent="      ")
        lines += textwrap.wrap("bounds: " + proof.bounds, 100, initial_indent="  ", subsequent_indent="      ")
        if proof.models:
            lines += textwrap.wrap("modelled: " + proof.models, 100, initial_indent="  ", subsequent_indent="      ")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def cell(text):
    return text.replace("|", "\\|")


def markdown(wanted):
    lines = ["| proof | functions | shown, beside memory safety and no overflow | bounds | modelled |", "|---|---|---|---|---|"]
    for proof in wanted:
        functions = ", ".join(f"`{name}`" for name in proof.functions)
        lines.append(f"| {proof.name} | {functions} | {cell(proof.proves)} | {cell(proof.bounds)} | {cell(proof.models) or 'nothing'} |")
    return "\n".join(lines)


def in_document(text):
    """The table as a document has it; None: it has no place for one."""
    if BEGIN not in text or END not in text:
        return None
    return text.split(BEGIN)[1].split(END)[0].strip()
