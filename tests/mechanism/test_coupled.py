"""The chain made to last as long as the course says: against a closed form."""

import numpy as np

from glabella.mechanism._coupled import loss_lasting
from tests.mechanism.toy import LOSS, MOOD


def test_the_loss_is_what_makes_each_person_lose_it_on_their_day() -> None:
    # The weakness of the small model is the amount: of 4 the half is lost after log 2 / rate.
    dose, limit = np.array([4.0, 4.0, 4.0, 1.0]), np.array([2.0, 2.0, 1.0, 2.0])
    days = np.array([40.0, 90.0, 90.0, 90.0])
    found = loss_lasting(MOOD, {"dose": dose, "kdeg": LOSS}, "kdeg", limit, days)
    np.testing.assert_allclose(found[:3], np.log(dose / limit)[:3] / days[:3], rtol=0.02)
    assert found[3] == LOSS, "who never responds loses nothing"
