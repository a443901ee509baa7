"""The LASSO: its conditions of optimality, planted drugs found, innocent company left out."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from statsmodels.discrete.discrete_model import Logit

from glabella.safety.measures._lasso import INTERCEPT_SCALING, lasso_logistic

Floats = NDArray[np.float64]
PLANTED = {2: 1.5, 7: 2.0, 19: 2.5}


def reports(seed: int = 1, size: int = 20_000, drugs: int = 60) -> tuple[csr_array, Floats]:
    """Make reports with a few drugs of uneven frequency, three of which raise the odds of the event."""
    random = np.random.default_rng(seed)
    share = 0.2 / np.arange(1, drugs + 1) ** 0.7
    by_drug = (random.random((size, drugs)) < share).astype(float)
    # Drug 3 is company of drug 2 and does nothing.
    by_drug[:, 3] = np.maximum(by_drug[:, 3], by_drug[:, 2] * (random.random(size) < 0.7))
    effect = np.zeros(drugs)
    for drug in PLANTED.keys() & set(range(drugs)):
        effect[drug] = PLANTED[drug]
    event = random.random(size) < 1 / (1 + np.exp(4.5 - by_drug @ effect))
    return csr_array(by_drug), event.astype(float)


def test_planted_drugs_are_selected_and_their_company_is_not() -> None:
    drugs, event = reports()
    found = lasso_logistic(drugs, event)
    assert found.selected.tolist() == list(PLANTED)
    # Alone, drug 3 has a proportional reporting ratio no one would pass over.
    with_drug = drugs[:, [3]].toarray().ravel() == 1
    assert event[with_drug].mean() / event[~with_drug].mean() > 1.5
    np.testing.assert_allclose(found.refit_coefficients, list(PLANTED.values()), atol=0.35)
    assert (np.abs(found.coefficients[found.selected]) < np.abs(found.refit_coefficients)).all()
    assert (found.reports, found.events) == (20_000, int(event.sum()))


@pytest.mark.parametrize("penalty", [3.0, 15.0, 60.0])
def test_conditions_of_optimality_hold(penalty: float) -> None:
    drugs, event = reports(2)
    found = lasso_logistic(drugs, event, penalties=[penalty])
    fitted = 1 / (1 + np.exp(-(found.intercept + drugs @ found.coefficients)))
    gradient = drugs.T @ (event - fitted)
    on = found.coefficients != 0
    np.testing.assert_allclose(gradient[on], penalty * np.sign(found.coefficients[on]), rtol=1e-4)
    assert (np.abs(gradient[~on]) <= penalty * (1 + 1e-4)).all()
    # The intercept bears a thousandth of the penalty, so that many reports more or less are expected.
    assert abs((event - fitted).sum()) <= 1.01 * penalty / INTERCEPT_SCALING


def test_another_algorithm_finds_the_same() -> None:
    drugs, event = reports(3, 1500, 12)
    found = lasso_logistic(drugs, event, penalties=[5.0])
    other = LogisticRegression(C=1 / 5, l1_ratio=1.0, solver="saga", tol=1e-10, max_iter=20_000, random_state=0)
    other.fit(drugs.toarray(), event)
    np.testing.assert_allclose(found.coefficients, other.coef_[0], atol=2e-3)
    assert found.intercept == pytest.approx(other.intercept_[0], abs=2e-3)


def test_refit_and_criterion_are_those_of_an_unpenalised_regression() -> None:
    drugs, event = reports(4)
    found = lasso_logistic(drugs, event)
    design = np.column_stack([np.ones(len(event)), drugs[:, found.selected].toarray()])
    reference = Logit(event, design).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(found.refit_coefficients, reference.params[1:], rtol=1e-6)
    np.testing.assert_allclose(found.refit_se, reference.bse[1:], rtol=1e-6)
    np.testing.assert_allclose(np.log(found.refit_high), reference.conf_int()[1:, 1], rtol=1e-6)
    assert found.criterion.min() == pytest.approx(reference.bic)
    assert found.path().height == len(found.penalties) == len(found.n_selected)
    assert found.penalty == found.penalties[found.criterion.argmin()]
    assert found.n_selected[0] == 0
    assert found.table()["drug"].to_list() == found.selected.tolist()


def test_order_of_reports_and_drugs_carries_no_meaning() -> None:
    drugs, event = reports(5, 4000, 25)
    random = np.random.default_rng(0)
    rows, columns = random.permutation(4000), random.permutation(25)
    one, two = lasso_logistic(drugs, event), lasso_logistic(drugs[rows][:, columns], event[rows])
    assert sorted(columns[two.selected].tolist()) == one.selected.tolist()
    np.testing.assert_allclose(two.criterion.min(), one.criterion.min())
    np.testing.assert_allclose(two.coefficients, one.coefficients[columns], atol=1e-5)
    twice = lasso_logistic(
        csr_array(np.vstack([drugs.toarray()] * 2)), np.tile(event, 2), penalties=[2 * one.penalty]
    )
    np.testing.assert_allclose(twice.coefficients, one.coefficients, atol=1e-4)


def test_cross_validation_is_kinder_to_false_drugs() -> None:
    drugs, event = reports(6, 6000, 20)
    bic = lasso_logistic(drugs, event)
    cv = lasso_logistic(drugs, event, choose="cv", penalties=np.geomspace(60, 2, 8))
    assert set(bic.selected) <= set(cv.selected)
    assert len(cv.selected) > len(bic.selected)
    assert 0 < cv.criterion.min() < 1


def test_a_drug_with_nothing_but_events_has_no_finite_refit() -> None:
    drugs, event = reports(7, 3000, 20)
    dense = drugs.toarray()
    dense[:, 10] = 0
    dense[np.flatnonzero(event)[:25], 10] = 1
    found = lasso_logistic(dense, event)
    at = found.selected.tolist().index(10)
    assert found.refit_coefficients[at] == np.inf
    assert np.isnan(found.refit_high[at])
    assert np.isfinite(found.coefficients).all()
    assert np.isfinite(np.delete(found.refit_low, at)).all()


def test_what_cannot_be_is_refused() -> None:
    drugs, event = np.eye(4), np.array([1, 0, 1, 0])
    with pytest.raises(ValueError, match=r"reports_by_drug\[2, 2\] is 2, expected 0 or 1"):
        lasso_logistic(np.diag([1, 1, 2, 1]), event)
    with pytest.raises(ValueError, match=r"event is of shape \(3,\), expected \(4,\)"):
        lasso_logistic(drugs, event[:3])
    with pytest.raises(ValueError, match=r"event\[1\] is 3, expected 0 or 1"):
        lasso_logistic(drugs, [1, 3, 0, 0])
    with pytest.raises(ValueError, match="0 of 4 reports have the event"):
        lasso_logistic(drugs, np.zeros(4))
    with pytest.raises(ValueError, match=r"penalties\[1\] is 0, expected more than 0"):
        lasso_logistic(drugs, event, penalties=[1, 0])
    with pytest.raises(ValueError, match="2 reports are without the event, expected at least 10"):
        lasso_logistic(drugs, event, choose="cv")
