"""Linear and integer programmes: the least cost of what obeys rows and limits, found by HiGHS."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import highspy
import numpy as np
from scipy.sparse import csc_array, sparray

KINDS = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger


@cache
def make_solver_options() -> highspy.HighsOptions:
    """Return how HiGHS searches: quietly, until the least is proven."""
    chosen = highspy.HighsOptions()
    chosen.output_flag = chosen.log_to_console = False
    chosen.mip_rel_gap = 0
    # With presolve HiGHS 1.12 calls some solutions optimal that are not; feasibility jump takes longer than the rest.
    chosen.presolve = "off"
    chosen.mip_heuristic_run_feasibility_jump = False
    return chosen


class RowLimits(NamedTuple):
    """Limits of the rows of a programme."""

    lower: np.ndarray
    upper: np.ndarray


class Solution(NamedTuple):
    """Values of the variables and what they cost, proven to be the least; of a search that was `cut`, a lower bound."""

    values: np.ndarray
    cost: float
    cut: bool = False


class MixedIntegerProgramme:
    """Variables from 0 to `most` and rows over them; costs and limits of the rows may change from search to search.

    Args:
        matrix: rows by variables.
        most: the upper limits of the variables.
        integer: 1 for each variable that is an integer in the search for whole numbers, else 0.
    """

    def __init__(self, matrix: sparray, most: np.ndarray, integer: np.ndarray):
        self.matrix, self.most, self.integer = csc_array(matrix), most, integer
        self._last: tuple[highspy.Highs, RowLimits] | None = None

    def relaxed(self, cost: np.ndarray, limits: RowLimits, *, afresh: bool) -> Solution | None:
        """Return a solution of the linear programme, None if there is none. Raises RuntimeError if HiGHS gives up.

        The search goes on from where the last one ended, which is faster; which of several solutions it finds then
        depends on what was asked before. A search `afresh` depends on nothing.
        """
        if afresh or self._last is None:
            solver = self._started(cost, limits)
        else:
            solver, last = self._last
            solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
            for row in np.flatnonzero((limits.lower != last.lower) | (limits.upper != last.upper)):
                solver.changeRowBounds(int(row), limits.lower[row], limits.upper[row])
        self._last = None  # what a failed search leaves is not gone on from
        found = run_solver(solver)
        self._last = solver, limits
        return found

    def whole(self, cost: np.ndarray, limits: RowLimits, nodes: int | None = None) -> Solution | None:
        """Return a solution in whole numbers, None if there is none; a search of more than `nodes` nodes is cut.

        Raises RuntimeError if HiGHS gives up.
        """
        solver = self._started(cost, limits, self.integer)
        if nodes is not None:
            solver.setOptionValue("mip_max_nodes", nodes)
        with suppress_c_stdout():
            return run_solver(solver)

    def _started(self, cost: np.ndarray, limits: RowLimits, integer: Sequence[int] | np.ndarray = ()) -> highspy.Highs:
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = model.a_matrix_.num_row_, model.a_matrix_.num_col_ = self.matrix.shape
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = self.matrix.indptr, self.matrix.indices
        model.a_matrix_.value_ = self.matrix.data
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(cost.size), self.most
        model.row_lower_, model.row_upper_ = limits
        model.integrality_ = [KINDS[int(one)] for one in integer]
        solver = highspy.Highs()
        solver.passOptions(make_solver_options())
        solver.passModel(model)
        return solver


@contextmanager
def suppress_c_stdout() -> Iterator[None]:
    """Drop what C code writes to standard output: HiGHS 1.12 tells of its repairs there, whatever its options say.

    A kernel would take it for the output of the cell. C holds back what it writes, so it is emptied before and after.
    """
    empty = ctypes.CDLL(None if os.name == "posix" else "ucrtbase").fflush
    empty(None)
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        empty(None)
        os.dup2(kept, 1)
        os.close(kept)


def run_solver(solver: highspy.Highs) -> Solution | None:
    """Return what HiGHS finds, None if nothing obeys all rows. Raises RuntimeError if it gives up."""
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    cut = status == highspy.HighsModelStatus.kSolutionLimit
    if status != highspy.HighsModelStatus.kOptimal and not cut:
        raise RuntimeError(f"the solver gave up: {solver.modelStatusToString(status)}")
    info = solver.getInfo()
    if cut:
        return Solution(np.zeros(solver.getNumCol()), info.mip_dual_bound, cut)
    return Solution(np.array(solver.getSolution().col_value), info.objective_function_value)
