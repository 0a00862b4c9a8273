# SPDX-License-Identifier: Apache-2.0
"""prove: the proofs with CBMC and the models with Spin (tests/prove), and the mutants they must find."""

from concurrent.futures import ThreadPoolExecutor, as_completed

from tools.cli import work
from tools.cli.options import ROOT, Command, Option, ToolError, UsageError, nearest, whole_number
from tools.prove import cbmc, gaps, proofs, spin, table, trial
from tools.run import at_once
from tools.setup import cbmc as cbmc_setup, packages

FOLDER = ROOT / "tests" / "prove"
QUICK_SECONDS = 10   # of processor time, at most, by the proof's own description: those that every run of the tests repeats


def chosen(names):
    """The proofs that were named, by their name or their harness'; all without a name."""
    every = proofs.load(FOLDER)
    known = {proof.name for proof in every} | {proof.harness.stem for proof in every}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no proof {name}{nearest(name, sorted(known))}; see `./ferrous prove --list'")
    return [proof for proof in every if not names or proof.name in names or proof.harness.stem in names]


def tools(args, wanted):
    """Where CBMC is, if it is needed; Spin is a package."""
    try:
        if any(proof.is_model for proof in wanted):
            packages.ensure_for("prove", work.say)
        return cbmc_setup.ensure(args.out, work.say) if any(not proof.is_model for proof in wanted) else None
    except packages.SetupError as error:
        raise ToolError(str(error)) from None


def jobs(args, wanted, program):
    """Functions without arguments, each gives an Outcome; the longest first, so that none is left alone at the end."""
    out, gen = (args.out / "prove").resolve(), (args.out / "gen").resolve()
    found = []
    for proof in sorted(wanted, key=lambda proof: -proof.seconds):
        count = len(proof.mutants) if args.mutants else 1
        for number in range(count):
            if proof.is_model:
                found.append((lambda p=proof, n=number: spin.kill(p, n, ROOT, out)) if args.mutants
                             else (lambda p=proof: spin.prove(p, ROOT, out)))
            else:
                found.append((lambda p=proof, n=number: cbmc.kill(program, p, n, ROOT, out, gen)) if args.mutants
                             else (lambda p=proof: cbmc.prove(program, p, ROOT, out, gen, args.trace)))
    return found


def report(args, outcome):
    state = "FAIL" if outcome.problem else "ok"
    print(f"{state:4} {outcome.name:28} {outcome.seconds:6.1f} s  {outcome.detail}".rstrip(), flush=True)
    if outcome.problem:
        print(f"  {outcome.problem}", flush=True)


def outcomes(args, wanted):
    """Runs the proofs, or their mutants; yields an Outcome as each ends."""
    program = tools(args, wanted)
    work.make(args, "gen")
    with ThreadPoolExecutor(max_workers=args.jobs) as pool:
        for done in as_completed([pool.submit(job) for job in jobs(args, wanted, program)]):
            yield done.result()


def quick(wanted):
    return [proof for proof in wanted if proof.seconds <= QUICK_SECONDS]


def trials(args, wanted):
    """Tries the slow ones of these whose descriptions say so; an Outcome each."""
    work.make(args, "gen")
    out, gen = (args.out / "prove").resolve(), (args.out / "gen").resolve()
    yield from at_once.each(args.jobs, lambda proof: trial.attempt(proof, ROOT, out, gen), [proof for proof in wanted if proof.trials])


def run_all(args, wanted):
    """(passed, failed)."""
    passed = failed = 0
    for outcome in trials(args, wanted) if args.trials else outcomes(args, wanted):
        report(args, outcome)
        failed += bool(outcome.problem)
        passed += not outcome.problem
    return passed, failed


def prove(args):
    try:
        wanted = quick(chosen(args.rest)) if args.quick else chosen(args.rest)
        if args.open:
            print(gaps.listing(ROOT))
            return 0
        if args.list or args.table:
            print(table.markdown(wanted) if args.table else table.listing(wanted))
            return 0
        work.setup(args)
        passed, failed = run_all(args, wanted)
    except proofs.ProofError as error:
        raise ToolError(str(error)) from None
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


PROVE = Command(
    "prove", "run the proofs of the kernel core and the models of its protocols", prove, positional="[NAME]...", maximum=None,
    text="NAMEs choose proofs; docs/proofs.md tells what each shows and what is not proved. The first run fetches CBMC and Spin.\n"
         "Output of each stays in out/prove/NAME; ends with the line `N passed, N failed'.",
    options=[Option("--list", None, "tell what each proof shows, and prove nothing", False),
             Option("--table", None, "the same as the table in docs/proofs.md", False),
             Option("--open", None, "tell which functions of the kernel core no proof covers, file by file", False),
             Option("--quick", None, "only those that take seconds, as `./ferrous test' does", False),
             Option("--trials", None, "only tries slow ones with random values, as `./ferrous test' does", False),
             Option("--mutants", None, "seed the bugs that the proofs name, each of which a proof must find", False),
             Option("--trace", None, "write the way to each failure into out/prove/NAME/log", False),
             Option("--jobs", "N", "how many at a time", 2, convert=whole_number(1, 64))])
