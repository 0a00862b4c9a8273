# SPDX-License-Identifier: Apache-2.0
"""The figures that are kept (tools/run/figures.py), and the table made of them."""

import tempfile
import unittest
from pathlib import Path

from tools.run import bench, figures

ROOT = Path(__file__).resolve().parents[2]


def result(name, value):
    return {"name": name, "unit": "instructions", "usual": value, "min": value, "max": value, "samples": 1}


class Figures(unittest.TestCase):
    def test_the_document_has_the_table_of_what_is_kept(self):
        document = (ROOT / figures.DOCUMENT).read_text()
        self.assertEqual(figures.with_table(ROOT, document), document, "run ./ferrous bench --keep")
        self.assertIn("| null_syscall |", document)

    def test_every_measure_is_kept_of_x86_64(self):
        self.assertLessEqual(set(bench.NAMES), set(figures.load(ROOT)["x86_64"]))

    def test_what_differs_is_found(self):
        kept = {"a": 1000, "b": 1000, "c": 10, "gone": 1}
        wrong = figures.differences("x86_64", kept, [result("a", 1050), result("b", 1051), result("c", 18), result("new", 5)])
        self.assertEqual([name for name, text in wrong.items() if text], ["b", "new", "gone"])
        self.assertIn("expected 1000", wrong["b"])

    def test_keeping_leaves_other_architectures_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path in (figures.KEPT, figures.ANCHORS, figures.DOCUMENT):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text((ROOT / path).read_text())
            before = figures.load(root)
            figures.keep(root, {"x86_64": [result("null_syscall", 7)]})
            after = figures.load(root)
            self.assertEqual(after["x86_64"], {"null_syscall": 7})
            self.assertEqual({arch: kept for arch, kept in after.items() if arch != "x86_64"},
                             {arch: kept for arch, kept in before.items() if arch != "x86_64"})
            self.assertIn("| null_syscall | 150 | 7 |", (root / figures.DOCUMENT).read_text())

    def test_what_is_about_the_median_is_averaged(self):
        def usual(samples, tick=1):
            return bench.summary("a", "instructions", samples, tick)["usual"]
        self.assertEqual(usual([400, 400, 500, 44000], 100), 433)
        self.assertEqual(usual([248, 248, 248, 350]), 248)
        self.assertEqual(usual([400, 401, 402, 44000]), 401)
        self.assertEqual(usual([9400, 10500] * 100 + [57000]), 9950)
        self.assertEqual(usual([9400] + [9400, 10500] * 100 + [57000]), 9947)

    def test_several_architectures_stand_beside_each_other(self):
        text = bench.table({"x86_64": [result("null_syscall", 130)], "aarch64": [result("null_syscall", 140), result("other", 3)]},
                           ROOT / figures.ANCHORS)
        self.assertRegex(text, r"measure +unit +x86_64 +aarch64 +asked")
        self.assertRegex(text, r"null_syscall +instructions +130 +140 +150")
        self.assertRegex(text, r"other +instructions +- +3 +-")
