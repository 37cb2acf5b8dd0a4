"""Trees kept as arrays answer as scikit-learn does, to the last bit."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from engine.numerics.trees import Trees


def test_they_answer_what_the_fitted_ones_do_missing_values_among_it() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3000, 6)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    rows[:, 5] = np.round(rows[:, 5])
    truth = np.nan_to_num(rows[:, 0]) * np.nan_to_num(rows[:, 5]) > 0.4
    fitted = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=15, early_stopping=False).fit(rows, truth)
    asked = rng.normal(size=(2000, 6)).astype(np.float32)
    asked[rng.random(asked.shape) < 0.3] = np.nan
    for some in (rows, asked, asked[:0]):
        expected = fitted.decision_function(some) if len(some) else np.zeros(0)
        np.testing.assert_array_equal(Trees.of(fitted).decision_function(some), expected)


def test_trees_of_one_leaf_give_the_same_everywhere() -> None:
    rows = np.zeros((50, 2), np.float32)
    fitted = HistGradientBoostingClassifier(max_iter=2, early_stopping=False).fit(rows, np.arange(50) < 10)
    np.testing.assert_array_equal(Trees.of(fitted).decision_function(rows), fitted.decision_function(rows))
