"""What every estimator must stand: arrays of every layout, NumPy's numbers, refusals that leave no trace, and copies.

An estimator that is added to `amem.learning.estimators` is held to all of it; how it is made small stands in MADE.
"""

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from strategies import type_checker_away

from amem.learning import estimators
from amem.learning.conjugate import Categorical, Gaussian, VonMisesFisher
from amem.learning.estimators import CLAM, CLAMELBO, DPMeans, DynamicalRestaurantClustering, RestaurantClustering
from amem.learning.kernels import exponential, hyperbolic, oscillator

MEANS = 4 * np.array([[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]])
TRUTH = np.arange(60) % 3
X = MEANS[TRUTH] + 0.3 * np.random.default_rng(0).standard_normal((60, 2))

MADE: list[Any] = [
    CLAM(3, max_iter=20, n_init=2, random_state=0),
    CLAM(3, mask=0.3, weighted=True, max_iter=20, n_init=2, random_state=0, batch_size=20),
    CLAM(3, spherical=True, max_iter=20, n_init=2, random_state=0),
    CLAMELBO(3, max_iter=20, n_init=2, random_state=0),
    CLAMELBO(3, learn_beta=True, max_iter=20, n_init=2, random_state=0, batch_size=20),
    DPMeans(9.0),
    DPMeans(9.0, online=True),
    RestaurantClustering(rho=0.05),
    RestaurantClustering(rho=0.05, hard=True, passes=2, normalised=False, steps=3),
    DynamicalRestaurantClustering(likelihood=Gaussian(4.0, 0.05)),
    DynamicalRestaurantClustering(kernel=oscillator(0.5), likelihood=Gaussian(4.0, 0.05), collapsed=True),
]
NUMBERS: dict[str, list[str]] = {
    "CLAM": ["n_clusters", "beta", "mask", "step", "steps", "learning_rate", "max_iter", "n_init", "batch_size"],
    "CLAMELBO": ["n_clusters", "beta", "learning_rate", "max_iter", "n_init", "batch_size"],
    "DPMeans": ["threshold", "passes"],
    "RestaurantClustering": ["alpha", "beta", "rho", "discount", "passes", "steps", "max_memories"],
    "DynamicalRestaurantClustering": ["alpha", "sweeps", "max_memories"],
}
"""The parameters that are numbers."""


def named(estimators: list[Any]) -> Any:
    cases = [pytest.param(one, id=f"{type(one).__name__}-{place}") for place, one in enumerate(estimators)]
    return pytest.mark.parametrize("estimator", cases)


every = named(MADE)
in_streams = named([one for one in MADE if hasattr(one, "partial_fit")])


def found(estimator: Any) -> list[NDArray[Any]]:
    """All that an estimator says of itself, and of the points."""
    names = sorted(name for name in vars(estimator) if name.endswith("_") and not name.startswith("_"))
    said = [np.asarray(getattr(estimator, name)) for name in names]
    chances = estimator.predict_proba(X) if hasattr(estimator, "predict_proba") else ()
    return [*said, estimator.predict(X), np.asarray(chances)]


def alike(first: list[NDArray[Any]], second: list[NDArray[Any]]) -> bool:
    return len(first) == len(second) and all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def refuses(call: Callable[[], object], error: type[Exception] | tuple[type[Exception], ...] = ValueError) -> str:
    with type_checker_away(), pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_every_estimator_is_here() -> None:
    assert {type(one).__name__ for one in MADE} == set(estimators.__all__) == set(NUMBERS)


# --- layouts and numbers ----------------------------------------------------------------------------------------------


def read_only(points: NDArray[np.float64]) -> NDArray[np.float64]:
    points = points.copy()
    points.flags.writeable = False
    return points


LAYOUTS: dict[str, Callable[[NDArray[np.float64]], Any]] = {
    "backwards": lambda points: points[::-1].copy()[::-1],
    "columns first": np.asfortranarray,
    "every other": lambda points: np.repeat(points, 2, axis=0)[::2],
    "read-only": read_only,
    "a list": lambda points: points.tolist(),
    "a frame": lambda points: pd.DataFrame(points, columns=["x", "y"]),
}


@every
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_points_in_every_layout(estimator: Any, layout: str) -> None:
    with type_checker_away():
        plain, laid = clone(estimator).fit(X), clone(estimator).fit(LAYOUTS[layout](X))
        assert np.array_equal(plain.labels_, laid.labels_)
        assert np.array_equal(plain.predict(X), laid.predict(LAYOUTS[layout](X)))
        if hasattr(estimator, "partial_fit"):
            plain.partial_fit(X[:9]), laid.partial_fit(LAYOUTS[layout](X[:9]))
            assert np.array_equal(plain.labels_, laid.labels_)


@every
def test_single_precision_is_taken_in_double(estimator: Any) -> None:
    rounded = X.astype(np.float32)
    first, second = clone(estimator).fit(rounded), clone(estimator).fit(rounded.astype(np.float64))
    assert alike(found(first), found(second))


def as_numpy(value: float, kind: str) -> Any:
    if kind == "a tensor":
        return torch.tensor(value, dtype=torch.int64 if isinstance(value, int) else torch.float64)
    return np.int32(value) if isinstance(value, int) else {"double": np.float64, "array": np.array}[kind](value)


@every
@pytest.mark.parametrize("kind", ["double", "array", "a tensor"])
def test_numbers_of_numpy_are_numbers(estimator: Any, kind: str) -> None:
    given = {name: getattr(estimator, name) for name in NUMBERS[type(estimator).__name__]}
    cast = {name: as_numpy(value, kind) for name, value in given.items() if value is not None}
    with type_checker_away():
        assert alike(found(clone(estimator).fit(X)), found(clone(estimator).set_params(**cast).fit(X)))


@pytest.mark.parametrize("make", [np.int64, np.uint8, np.random.RandomState])
@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
def test_seeds_of_numpy_are_seeds(model: Any, make: Any) -> None:
    with type_checker_away():
        first, second = (model(3, max_iter=5, n_init=2, random_state=seed).fit(X) for seed in (3, make(3)))
    assert alike(found(first), found(second))


@every
def test_a_wrong_number_is_called_by_the_estimators_own_name(estimator: Any) -> None:
    for name in NUMBERS[type(estimator).__name__]:
        for wrong in (-1, "three", float("nan")):
            if name == "passes" and getattr(estimator, "online", False):
                continue
            message = refuses(lambda: clone(estimator).set_params(**{name: wrong}).fit(X), (ValueError, TypeError))  # noqa: B023
            assert message.startswith(f"{name}: wanted "), message


@pytest.mark.parametrize("scoring", [None, "adjusted_rand_score"])
@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
def test_a_grid_of_numpys_numbers_is_searched(model: Any, scoring: str | None) -> None:
    with type_checker_away():
        small = model(max_iter=20, n_init=4, random_state=0)
        search = GridSearchCV(small, {"n_clusters": np.arange(2, 5)}, scoring=scoring, cv=3, error_score="raise")
        search.fit(X, TRUTH)
    assert search.best_params_["n_clusters"] >= 3


@every
def test_a_grid_over_any_parameter(estimator: Any) -> None:
    name = NUMBERS[type(estimator).__name__][0]
    value = getattr(estimator, name)
    with type_checker_away():
        grid = {name: np.array([value, value])}
        search = GridSearchCV(clone(estimator), grid, scoring="adjusted_rand_score", cv=3, error_score="raise")
        assert search.fit(X, TRUTH).best_score_ > 0.3


@named(MADE[:5])
def test_a_score_is_minus_the_loss(estimator: Any) -> None:
    whole = clone(estimator).set_params(batch_size=None)
    if isinstance(estimator, CLAM):
        whole.set_params(mask=0.0)
    whole.fit(X)
    assert whole.score(X) == pytest.approx(-whole.loss_, rel=1e-9)


# --- refusals ---------------------------------------------------------------------------------------------------------

SPOILT = X.copy()
SPOILT[6, 1] = np.nan
BAD: dict[str, Any] = {"a NaN": SPOILT, "no rows": X[:0], "three axes": X[None], "words": [["a", "b"]] * 9}
DATES = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ns]")[:, None].repeat(2, 1)


@every
def test_unfitted_ones_say_so(estimator: Any) -> None:
    fresh = clone(estimator)
    for ask in (fresh.predict, getattr(fresh, "predict_proba", fresh.predict), getattr(fresh, "score", fresh.predict)):
        refuses(lambda: ask(X), NotFittedError)  # noqa: B023
    for bad in BAD.values():
        refuses(lambda: fresh.fit(bad))  # noqa: B023
        refuses(lambda: fresh.predict(X), NotFittedError)


@every
@pytest.mark.parametrize("bad", [*BAD, "too few", "dates", "a parameter"])
def test_a_refused_refit_changes_nothing(estimator: Any, bad: str) -> None:
    model = clone(estimator).fit(X)
    before, names = found(model), set(vars(model))
    if bad == "a parameter":
        name = NUMBERS[type(estimator).__name__][0]
        good = getattr(model, name)
        refuses(lambda: model.set_params(**{name: -1}).fit(X + 100))
        model.set_params(**{name: good})
    elif bad == "too few":
        if not isinstance(model, (CLAM, CLAMELBO)):
            pytest.skip("one row is enough for it")
        refuses(lambda: model.fit(X[:2] + 100))
    elif bad == "dates":
        refuses(lambda: model.fit(np.repeat(DATES, 30, 0)), TypeError)
    else:
        refuses(lambda: model.fit(BAD[bad]))
    assert alike(before, found(model)) and set(vars(model)) == names


@in_streams
@pytest.mark.parametrize("bad", [*BAD, "three columns"])
def test_a_refused_batch_is_not_taken_in(estimator: Any, bad: str) -> None:
    """And what follows goes on as if it had not been there."""
    rows = np.column_stack([X, X[:, 0]]) if bad == "three columns" else BAD[bad]
    refused, plain = (clone(estimator).fit(X[:30]) for _ in range(2))
    for _ in range(2):
        before = found(refused)
        refuses(lambda: refused.partial_fit(rows))
        assert alike(before, found(refused))
        refused.partial_fit(X[30:40]), plain.partial_fit(X[30:40])
        assert alike(found(refused), found(plain))


@in_streams
def test_a_refused_first_batch_leaves_it_unfitted(estimator: Any) -> None:
    model = clone(estimator)
    refuses(lambda: model.partial_fit(SPOILT))
    refuses(lambda: model.predict(X), NotFittedError)
    wide = np.column_stack([X, X])
    assert alike(found(model.partial_fit(X)), found(clone(estimator).partial_fit(X)))
    refuses(lambda: model.partial_fit(wide))


def test_a_bad_value_in_the_middle_is_not_half_taken_in() -> None:
    """The likelihood itself refuses, at the seventh of ten rows."""
    rows = (X[:10] > 0).astype(float)
    bad = rows.copy()
    bad[6, 0] = 2.0
    first, second = (DynamicalRestaurantClustering(likelihood=Categorical()).fit(rows) for _ in range(2))
    assert refuses(lambda: first.partial_fit(bad)).startswith("x: wanted whole numbers")
    first.partial_fit(rows), second.partial_fit(rows)
    assert np.array_equal(first.predict_proba(rows), second.predict_proba(rows))


@pytest.mark.parametrize("model", [RestaurantClustering, DynamicalRestaurantClustering])
def test_a_stream_that_overflows_its_room_is_not_half_taken_in(model: Any) -> None:
    model = model(alpha=10.0, max_memories=4).fit(X[:3])
    before = found(model)
    far = np.random.default_rng(1).standard_normal((40, 2)) * 1e3
    refuses(lambda: model.partial_fit(far), RuntimeError)
    assert alike(before, found(model))


def test_a_shallow_copy_goes_its_own_way() -> None:
    for estimator in MADE:
        if hasattr(estimator, "partial_fit"):
            model = clone(estimator).fit(X[:30])
            before = found(model)
            copy.copy(model).partial_fit(X[30:])
            assert alike(before, found(model)), estimator


TIMES = {
    "dates": pd.date_range("2024-01-01", periods=60),
    "dates of a zone": pd.Series(pd.date_range("2024-01-01", periods=60, tz="UTC")),
    "durations": pd.timedelta_range("1D", periods=60),
    "dates of NumPy": np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]"),
    "words": ["now"] * 60,
}


@pytest.mark.parametrize("times", TIMES)
def test_dates_are_no_times(times: str) -> None:
    model = DynamicalRestaurantClustering(kernel=exponential(0.1))
    message = refuses(lambda: model.fit(X, times=TIMES[times]), TypeError)
    assert message.startswith("times: wanted real numbers") and "timedelta64(1, 'D')" in message
    days = (np.arange(60) * np.timedelta64(1, "D")) / np.timedelta64(1, "D")
    assert np.array_equal(model.fit(X, times=days).labels_, model.fit(X, times=list(range(60))).labels_)


@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
def test_fewer_distinct_points_than_clusters_are_warned_of(model: Any) -> None:
    few = np.repeat(X[:2], 30, 0)
    with pytest.warns(ConvergenceWarning, match=r"distinct points \(2\) found smaller than n_clusters \(3\)"):
        model(3, max_iter=2, n_init=1).fit(few)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(2, max_iter=2, n_init=1).fit(np.concatenate([few, X[:1]]))
        model(3, max_iter=2, n_init=1).fit(np.concatenate([few, X[5:6]]))
    assert refuses(lambda: model(1, n_init=1).fit(np.ones((9, 2)))).startswith("X: wanted points that differ")


# --- copies, modes, memory --------------------------------------------------------------------------------------------


@every
@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deep", "pickle"]
)
def test_a_copy_is_the_same_and_goes_on_as_the_first(estimator: Any, way: Callable[[Any], Any]) -> None:
    model = clone(estimator).fit(X)
    if hasattr(model, "partial_fit"):
        model.partial_fit(X[:9])
    other = way(model)
    assert alike(found(model), found(other))
    if hasattr(model, "partial_fit"):
        assert alike(found(model.partial_fit(X[9:20])), found(other.partial_fit(X[9:20])))


@every
@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_no_mode_of_torch_matters(estimator: Any, mode: Any) -> None:
    plain, within = clone(estimator).fit(X), clone(estimator)
    with mode():
        within.fit(X)
        if hasattr(estimator, "partial_fit"):
            within.partial_fit(X[:9])
    if hasattr(estimator, "partial_fit"):
        plain.partial_fit(X[:9]), plain.partial_fit(X[9:20]), within.partial_fit(X[9:20])
    assert alike(found(plain), found(within))


def test_a_likelihood_that_was_used_in_inference_mode_serves_gradients() -> None:
    likelihood, x = VonMisesFisher(10.0), torch.tensor([[0.6, 0.8]], dtype=torch.float64)
    with torch.inference_mode():
        likelihood.predictive(likelihood.prior(2, x), x)
    asked = x.clone().requires_grad_()
    likelihood.predictive(likelihood.prior(2, x), asked).exp().sum().backward()
    assert asked.grad is not None


@every
def test_asking_never_holds_points_by_clusters_by_features(estimator: Any) -> None:
    """Of 3 000 points, 40 clusters and 500 features that would be 480 MB."""
    centres = 100 * np.random.default_rng(0).standard_normal((40, 500))
    model = clone(estimator)
    numbers = {"n_clusters": 40, "max_iter": 1, "n_init": 1, "batch_size": None, "threshold": 1e4, "passes": 1}
    model.set_params(**{name: value for name, value in numbers.items() if name in model.get_params()})
    if "rho" in model.get_params():
        model.set_params(rho=1e-4, beta=1.0)
    if "likelihood" in model.get_params():
        model.set_params(likelihood=Gaussian(1.0, 1e-4))
    model.fit(centres)
    many = np.tile(centres, (75, 1))
    largest = 0

    class Seen(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            nonlocal largest
            made = function(*args, **(kwargs or {}))
            largest = max(largest, made.numel() if isinstance(made, torch.Tensor) else 0)
            return made

    with Seen():
        model.predict(many)
    assert 0 < largest <= 1 << 24


# --- streams of batches -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
class TestBatches:
    def test_a_batch_of_all_points_is_no_batch(self, model: Any) -> None:
        small = model(3, max_iter=10, n_init=2, random_state=0)
        assert alike(found(clone(small).fit(X)), found(clone(small).set_params(batch_size=60).fit(X)))

    @pytest.mark.parametrize("weighted", [False, True])
    def test_a_stream_of_whole_batches_is_a_fit(self, model: Any, weighted: bool) -> None:
        """One restart, the same start, so many updates on all points: the same memories, before the best is chosen."""
        one = model(3, n_init=1, max_iter=6, weighted=weighted, random_state=0)
        stream = clone(one)
        losses = [stream.partial_fit(X).loss_ for _ in range(6)]
        fitted = clone(one).fit(X)
        assert fitted.loss_ == pytest.approx(min(losses), rel=1e-12)
        assert stream.n_iter_ == 6 and losses[0] > losses[-1]

    @pytest.mark.parametrize("way", ["batches", "a stream"])
    def test_small_batches_find_the_clusters(self, model: Any, way: str) -> None:
        many = MEANS[np.arange(600) % 3] + 0.3 * np.random.default_rng(2).standard_normal((600, 2))
        if way == "batches":
            made = model(3, batch_size=30, max_iter=150, random_state=0).fit(many)
        else:
            made = model(3, random_state=0)
            for _ in range(10):
                for batch in many.reshape(20, 30, 2):
                    made.partial_fit(batch)
        apart = np.linalg.norm(made.cluster_centers_[:, None] - MEANS, axis=-1)
        assert apart.min(0).max() < 0.5 and made.predict(many).tolist() != [0] * 600
        assert len({(a, b) for a, b in zip(made.predict(many), np.arange(600) % 3, strict=True)}) == 3

    def test_batches_are_judged_by_one_that_stays(self, model: Any) -> None:
        """Else the luckiest of them would choose."""
        made = model(3, batch_size=10, max_iter=30, learning_rate=1e-9, random_state=0).fit(X)
        again = model(3, batch_size=10, max_iter=1, learning_rate=1e-9, random_state=0).fit(X)
        assert made.loss_ == pytest.approx(again.loss_, rel=1e-6)


def test_kernels_refuse_durations() -> None:
    for kernel in (exponential(0.1), hyperbolic(0.1), oscillator(0.1)):
        message = refuses(lambda: kernel(np.timedelta64(1, "D")), TypeError)  # noqa: B023
        assert message.startswith("gap: wanted")
