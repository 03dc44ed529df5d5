"""Estimates figures for inputs that were not played, by an emulator of the simulation.

The emulator is a Gaussian process over the quantiles of the inputs. Each input has its own length
scale. A noise term represents the chance in a member's figure, since members have different seeds.
Cross-validation shows how well the emulator predicts members that are not used for its fit.
"""

import warnings
from typing import Self

import numpy as np

from runs.study.study_file import StudyError

FOLDS = 5
# An emulator must explain at least this share of the variance of members not used for its fit.
TRUSTED = 0.7


class Emulator:
    """An estimate of one figure as a function of the inputs."""

    def __init__(self, points: np.ndarray, values: np.ndarray) -> None:
        """Fit the emulator.

        Args:
            points: quantiles of the inputs, shape (members, unknowns).
            values: values of the figure, shape (members,).

        Raises:
            StudyError: scikit-learn is not installed.
        """
        try:
            from sklearn.exceptions import ConvergenceWarning
            from sklearn.gaussian_process import GaussianProcessRegressor
            from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
        except ImportError as error:
            raise StudyError(
                "an emulator needs scikit-learn; install it with: pip install 'moneytrail[study]'"
            ) from error
        scales = np.ones(points.shape[1])
        kernel = ConstantKernel(1.0, (1e-2, 1e3)) * Matern(scales, (0.05, 1e2), nu=2.5)
        kernel += WhiteKernel(0.1, (1e-5, 1.0))
        self._process = GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)
        with warnings.catch_warnings():
            # The fitted scale of an input without effect is at its bound. scikit-learn warns of
            # this, but it is not an error.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._process.fit(points, values)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return the expected value of the figure at each point, shape (points,)."""
        expected: np.ndarray = self._process.predict(points)
        return expected

    @classmethod
    def checked(cls, points: np.ndarray, values: np.ndarray) -> tuple[Self, float]:
        """Return a fitted emulator, and the share of unseen members' variance that it explains.

        Source: K-fold cross-validation; Hastie, Tibshirani & Friedman (2009), section 7.10.
        """
        fold = np.arange(len(values)) % FOLDS
        unseen = np.empty(len(values))
        for each in range(FOLDS):
            out = fold == each
            unseen[out] = cls(points[~out], values[~out]).at(points[out])
        variance = float(np.var(values))
        explained = 1 - float(np.mean((values - unseen) ** 2)) / variance if variance else 0.0
        return cls(points, values), explained
