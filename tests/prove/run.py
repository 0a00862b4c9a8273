#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of what ./ferrous prove reads: descriptions are whole, mutants still fit the code, the document is up to
date, and a run is judged rightly. Needs neither CBMC nor Spin. Ends with `N passed, N failed`.
"""

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "prove")]

import handlers  # noqa: E402
from tools.prove import cbmc, gaps, proofs, table, trial  # noqa: E402

HERE = ROOT / "tests" / "prove"
ALL = proofs.load(HERE)
WHOLE = """
proves = "x"
functions = ["f"]
bounds = "none"
mutants = [{ file = "a.c", old = "x", new = "y" }]
"""


def described(text, harness="x.c"):
    """The proofs of a description with this text."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / harness).write_text("")
        (Path(folder) / "x.toml").write_text(text)
        return proofs.load(folder)


class Descriptions(unittest.TestCase):
    def test_there_are_proofs_with_names_of_their_own(self):
        names = [proof.name for proof in ALL]
        self.assertTrue(names)
        self.assertEqual(len(names), len(set(names)))

    def test_every_harness_is_described_and_every_entry_used(self):
        used = {(proof.harness.stem, proof.entry) for proof in ALL if not proof.is_model}
        there = {(path.stem, entry) for path in HERE.glob("*.c")
                 for entry in re.findall(r"^void (prove_\w+)\(void\)", path.read_text(), re.MULTILINE)}
        self.assertEqual(used, there)

    def test_handlers_in_proofs_are_those_of_the_contract(self):
        self.assertEqual(handlers.TARGET.read_text(), handlers.text(), "write it anew with tests/prove/handlers.py")

    def test_mutants_fit_the_code(self):
        for proof in ALL:
            for mutant in proof.mutants:
                with tempfile.TemporaryDirectory() as folder:
                    self.assertIn(mutant.file, proofs.overlay(proof, ROOT, Path(folder), mutant), proof.name)
                self.assertNotEqual(mutant.old, mutant.new, proof.name)

    def test_functions_are_in_the_tree(self):
        text = "\n".join(path.read_text() for room in ("kernel", "lib/base", "lib/ring", "lib/virtio", "abi/goldens")
                         for path in (ROOT / room).rglob("*") if path.suffix in (".c", ".h", ".golden"))
        for proof in ALL:
            for name in proof.functions:
                self.assertTrue(re.search(rf"\b{name}\(", text), f"{proof.name}: {name}")

    def test_the_document_has_the_table(self):
        document = (ROOT / "docs" / "proofs.md").read_text()
        self.assertEqual(table.in_document(document), table.markdown(ALL), "put the output of `./ferrous prove --table' there")

    def test_mistakes_are_refused(self):
        for text, words in ((WHOLE + "colour = 1", "not known"), (WHOLE.replace('proves = "x"', ""), "missing: proves"),
                            (WHOLE.replace('"x"', "1", 1), "wrong type"), (WHOLE + "[", "x.toml"),
                            (re.sub("mutants.*", "mutants = []", WHOLE), "proves nothing"),
                            (WHOLE.replace(', new = "y"', ""), "expected file, old and new")):
            with self.assertRaisesRegex(proofs.ProofError, words):
                described(text)
        with self.assertRaisesRegex(proofs.ProofError, "neither"):
            described(WHOLE, harness="y.c")

    def test_several_proofs_of_one_harness_share_what_is_said_once(self):
        several = described(WHOLE + "[proof.a]\n[proof.b]\nproves = 'z'\n")
        self.assertEqual([(p.name, p.entry, p.proves) for p in several],
                         [("x-a", "prove_a", "x"), ("x-b", "prove_b", "z")])

    def test_an_edit_must_fit_exactly_once(self):
        edit = proofs.Edit("a.c", "x", "y")
        self.assertEqual(edit.apply("axb"), "ayb")
        for text in ("ab", "xx"):
            with self.assertRaises(proofs.ProofError):
                edit.apply(text)


SOURCE = """
/* said(of) { a comment }
 */
static __attribute__((noinline)) bool first(u32 a,
	u32 b)
{
	return second(a) && b;
}

enum status second(u32 a) { return modelled(a); }
struct data { u32 (*not_one)(void); };
void modelled(u32 a) { fourth(a); }
"""


class Gaps(unittest.TestCase):
    def test_functions_and_what_they_call_are_seen(self):
        found = gaps.functions_of(SOURCE)
        self.assertEqual(list(found), ["first", "second", "modelled"])
        self.assertIn("second", found["first"])
        self.assertNotIn("modelled", found["first"])

    def test_what_a_proof_reaches_is_covered_but_for_what_it_models(self):
        files = {"kernel/a.c": gaps.functions_of(SOURCE), "kernel/b.c": {"elsewhere": set()}}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x.c").write_text('#include "kernel/a.c"\nvoid modelled(u32 a) { (void)a; }\n')
            (Path(folder) / "x.toml").write_text(WHOLE.replace('"f"', '"first"'))
            covered = gaps.covered_by(proofs.load(folder)[0], files)
        self.assertEqual(covered, {("kernel/a.c", "first"), ("kernel/a.c", "second")})

    def test_each_function_that_a_proof_names_is_covered(self):
        files = gaps.sources(ROOT)
        elsewhere = {name for path in (ROOT / "kernel" / "arch").rglob("*.c") for name in gaps.functions_of(path.read_text())}
        there = {name for functions in files.values() for name in functions} - elsewhere
        for proof in ALL:
            if not proof.is_model:
                covered = {name for _, name in gaps.covered_by(proof, files)}
                self.assertEqual(set(proof.functions) & there - covered, set(), proof.name)


HARNESS = """void prove_small(void)
{
	static unsigned runs;
	unsigned any = ANY(unsigned);

	ASSUME(any < END);
	PROVE(any != 2, "it is not two");
	PROVE(runs++ == 0, "each run finds static storage as it was");
}
"""


class Trials(unittest.TestCase):
    def attempt(self, end):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x.c").write_text(HARNESS)
            (Path(folder) / "x.toml").write_text(f"{WHOLE}\nentry = 'prove_small'\ntrials = 100\nflags = ['-DEND={end}']\n")
            proof = proofs.load(folder)[0]
            return trial.attempt(proof, ROOT, Path(folder) / "out", folder)

    def test_a_broken_proof_is_found(self):
        self.assertIn("it is not two", self.attempt(3).problem)

    def test_one_that_holds_is_let_through(self):
        self.assertEqual((self.attempt(2).problem, self.attempt(2).detail), ("", "100 runs"))

    def test_one_without_a_state_fails(self):
        self.assertIn("ended with 2", self.attempt(0).problem)

    def test_slow_proofs_are_tried_and_quick_ones_are_not(self):
        self.assertTrue([proof for proof in ALL if proof.trials])
        self.assertEqual([proof.name for proof in ALL if proof.trials and proof.seconds <= 10], [])


class Judgement(unittest.TestCase):
    def judge(self, status, output):
        return cbmc.judge(described(WHOLE)[0], status, output)

    def test_only_a_verified_run_is_a_proof(self):
        self.assertEqual(self.judge(0, "VERIFICATION SUCCESSFUL\n"), "")
        self.assertIn("not proved", self.judge(10, "[f.assertion.1] line 3 text: FAILURE\n"))
        self.assertIn("did not end", self.judge(None, ""))
        self.assertIn("status 6", self.judge(6, "CONVERSION ERROR"))
        self.assertIn("status 0", self.judge(0, "nothing was said"))

    def test_a_function_without_a_body_is_no_proof(self):
        self.assertIn("other", self.judge(0, "**** WARNING: no body for function other\nVERIFICATION SUCCESSFUL\n"))


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
