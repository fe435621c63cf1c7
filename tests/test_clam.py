"""Clustering by learned memories: exact laws, roads that must meet, masks, batching, and scikit-learn's own checks."""

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from conftest import DEVICES
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.utils.estimator_checks import parametrize_with_checks
from strategies import refused, seeds, type_checker_away
from torch import Tensor

from amem.dynamics import mean_shift, run
from amem.dynamics.assignment import attract, nearest, settle
from amem.energies import AssignmentEnergy, GaussianKDE, LogSumExp
from amem.energies.assignment import assignment_energy, assignment_force, gaussian_log_joint
from amem.learning.clam import Completion, fit_clam
from amem.learning.collapse import collapse_beta
from amem.learning.descent import Adam
from amem.learning.elbo import Evidence, expectation_maximisation, fit_elbo
from amem.learning.estimators import CLAM, CLAMELBO
from amem.learning.masks import bernoulli_masks, published_masks, random_batches
from amem.seeds import generator


def normal(*shape: int, name: str = "") -> Tensor:
    return torch.randn(*shape, generator=generator("tests", "clustering", name, *shape), dtype=torch.float64)


def blobs(count: int = 20, n: int = 3) -> tuple[Tensor, Tensor]:
    """Three well separated clouds and their centres."""
    centres = 6 * torch.eye(3, n, dtype=torch.float64)
    return (centres[:, None] + 0.5 * normal(3, count, n, name="blobs")).reshape(-1, n), centres


def one(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


# --- the log-joint and the dynamics on it -----------------------------------------------------------------------------


def test_log_joint_is_scipys() -> None:
    points, memories, weights = normal(7, 3), normal(4, 3), normal(4)
    known = [
        [math.log(w) + multivariate_normal.logpdf(x, m, np.eye(3) / 1.7) for m, w in zip(memories, share, strict=True)]
        for share in [weights.softmax(-1).tolist()]
        for x in points
    ]
    assert torch.allclose(gaussian_log_joint(points, memories, 1.7, weights), torch.tensor(known), atol=1e-12, rtol=0)


def test_log_joint_keeps_its_digits_far_from_the_origin() -> None:
    points, memories = normal(7, 3), normal(4, 3)
    far = gaussian_log_joint(points + 1e6, memories + 1e6, 1.0)
    assert torch.allclose(far, gaussian_log_joint(points, memories, 1.0), atol=1e-7, rtol=0)


@given(seed=seeds, p=st.integers(1, 9), size=st.sampled_from([0.1, 1.0, 10.0]))
def test_one_step_of_length_p_is_the_posterior(seed: int, p: int, size: float) -> None:
    joint = size * torch.randn(3, p, generator=generator("tests", "settle", seed), dtype=torch.float64)
    assert torch.allclose(settle(joint).softmax(-1), AssignmentEnergy(joint).posterior(), atol=1e-12, rtol=0)


def test_a_step_of_another_length_is_not() -> None:
    joint = normal(5, 4)
    assert (settle(joint, step=3.0).softmax(-1) - joint.softmax(-1)).abs().max() > 0.01


@pytest.mark.parametrize("step", [0.3, 1.0])
def test_the_flow_falls_to_the_evidence_and_keeps_the_sum(step: float) -> None:
    joint, state = normal(30, 6), normal(30, 6, name="starts")
    before, total = assignment_energy(state, joint), state.sum(-1)
    for _ in range(4000):
        state = state + step * assignment_force(state, joint)
        after = assignment_energy(state, joint)
        assert (after <= before + 1e-13).all()
        before = after
    assert torch.allclose(before, -joint.logsumexp(-1), atol=1e-6)
    assert torch.allclose(state.sum(-1), total, atol=1e-11)


def test_the_force_costs_no_matrix() -> None:
    """(diag q − qqᵀ)(ℓ − log q − 1), written out."""
    joint, logits = normal(5), normal(5, name="logits")
    q = logits.softmax(-1)
    full = (torch.diag(q) - torch.outer(q, q)) @ (joint - q.log() - 1)
    assert torch.allclose(assignment_force(logits, joint), full, atol=1e-14)


# --- CLAM's dynamics --------------------------------------------------------------------------------------------------


def test_attract_is_mean_shift() -> None:
    memories, points = normal(4, 3), normal(9, 3, name="points")
    ends = attract(points, memories, one(1.9), step=1.0, steps=25)
    assert torch.allclose(ends, run(mean_shift(memories, 1.9**-0.5), points, steps=25).state, atol=1e-12)


@pytest.mark.parametrize("step", [0.1, 1.0, 1.9])
def test_attract_lowers_the_energy_for_every_step_below_two(step: float) -> None:
    memories, points = normal(4, 3), 2 * normal(50, 3, name="points")
    energy = GaussianKDE(memories, 2.5**-0.5)
    for _ in range(30):
        after = attract(points, memories, one(2.5), step=step, steps=1)
        assert (energy(after) <= energy(points) + 1e-14).all()
        points = after


def test_weights_pull() -> None:
    """Weights in CLAM are the log-weights of the mixture: at equal distances, their share."""
    memories = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    weights = torch.tensor([3.0, 1.0], dtype=torch.float64).log()
    (end,) = attract(torch.zeros(1, 2, dtype=torch.float64), memories, one(1.0), step=1.0, steps=1, log_weights=weights)
    assert torch.allclose(end, torch.tensor([-0.5, 0.0], dtype=torch.float64))


def test_the_spherical_variant_is_attention() -> None:
    """With memories of length one, the norm drops out: the force of the modern Hopfield energy."""
    memories = torch.nn.functional.normalize(normal(5, 4), dim=-1)
    points = normal(8, 4, name="points")
    assert torch.allclose(
        attract(points, memories, one(3.0), step=1.0, steps=1), points + LogSumExp(memories, 3.0).force(points)
    )


def test_only_hidden_entries_move() -> None:
    points, memories = normal(40, 5), normal(3, 5)
    mask = bernoulli_masks(40, 5, 0.3, [generator("tests", "mask")])()[0]
    ends = attract(points, memories, one(1.0), step=0.1, steps=10, mask=mask)
    assert torch.equal(ends[~mask], points[~mask]) and (ends[mask] != points[mask]).all()


def test_sharp_dynamics_end_at_the_nearest_memory() -> None:
    points, memories = normal(200, 2), normal(6, 2)
    ends = attract(points, memories, one(1e6), step=0.1, steps=200)
    assert torch.equal(nearest(ends, memories), nearest(points, memories))
    assert torch.equal(nearest(points, memories), torch.cdist(points, memories).argmin(-1))


# --- masks ------------------------------------------------------------------------------------------------------------


class TestMasks:
    def test_each_entry_alike_and_never_none(self) -> None:
        """The exact law: hidden with chance ρ + (1 − ρ)^n/n, since a row without any gets one."""
        masks = bernoulli_masks(20_000, 4, 0.2, [generator("tests", "masks")])()
        assert masks.any(-1).all()
        chance = 0.2 + 0.8**4 / 4
        z = (masks.double().mean(1) - chance) / math.sqrt(chance * (1 - chance) / 20_000)
        assert z.abs().max() < 4

    def test_the_published_ones_never_hide_the_first_and_of_four_none(self) -> None:
        of_ten = published_masks(500, 10, 0.2, [generator("tests", "published")])()
        assert not of_ten[..., 0].any() and of_ten[..., 1:].any(1).all()
        assert (of_ten.sum(-1) <= 2).all() and (of_ten.sum(-1) == 1).any(), "drawn with replacement"
        assert not published_masks(500, 4, 0.2, [generator("tests", "published")])().any()

    def test_with_the_published_masks_iris_teaches_nothing(self) -> None:
        points = torch.from_numpy(load_iris(return_X_y=True)[0])
        start = points[[0, 60, 120]].clone()
        for make, moves in ((published_masks, False), (bernoulli_masks, True)):
            masks = make(150, 4, 0.2, [generator("tests", "iris")])
            learned = fit_clam(points, start, 1.0, rate=0.1, updates=5, masks=lambda draw=masks: draw()[0])
            assert torch.equal(learned.memories, start) != moves
            assert bool(learned.losses.gt(0).all()) == moves

    def test_new_ones_at_every_call_and_the_same_from_the_same_chance(self) -> None:
        first, again = (bernoulli_masks(9, 6, 0.5, [generator("tests", "call")]) for _ in range(2))
        drawn = first()
        assert torch.equal(drawn, again()) and not torch.equal(drawn, first())


# --- learning ---------------------------------------------------------------------------------------------------------


def test_em_climbs_and_is_scikit_learns() -> None:
    """With weights, the fixed point of scikit-learn's spherical mixture of one width, given that width."""
    points, _ = blobs()
    found = expectation_maximisation(points, points[[0, 20, 40]], 4.0, updates=60, weighted=True)
    assert (found.losses.diff(dim=0) <= 1e-12).all()
    peer = GaussianMixture(3, covariance_type="spherical", max_iter=1, means_init=found.memories.numpy(), tol=1.0)
    peer.precisions_init, peer.weights_init = np.full(3, 4.0), found.log_weights.exp().numpy()
    with pytest.warns(Warning, match="converge"):
        peer.fit(points.numpy())
    assert np.allclose(peer.means_, found.memories, atol=1e-8)
    assert np.allclose(peer.weights_, found.log_weights.exp(), atol=1e-8)


def test_gradients_end_where_em_ends() -> None:
    points, _ = blobs()
    start = points[[0, 20, 40]]
    by_em = expectation_maximisation(points, start, 1.0, updates=200, weighted=True)
    by_gradient = fit_elbo(points, start, 1.0, rate=0.02, updates=1500)
    assert torch.allclose(by_em.memories, by_gradient.memories, atol=1e-4)
    assert torch.allclose(by_em.log_weights.exp(), by_gradient.log_weights.exp(), atol=1e-4)
    assert float(by_gradient.loss) == pytest.approx(float(by_em.loss), abs=1e-7)


def test_a_learned_beta_is_the_clouds_own() -> None:
    """The maximum of the likelihood in β: one over the mean squared distance per dimension."""
    points, centres = blobs(count=200)
    found = fit_elbo(points, centres, 1.0, rate=0.02, updates=1500, learn_beta=True)
    assert float(found.beta) == pytest.approx(1 / 0.25, rel=0.1)
    own = (points - found.memories[nearest(points, found.memories)]).square().mean()
    assert float(found.beta) == pytest.approx(1 / float(own), rel=1e-3)


def test_unfinished_assignments_are_an_upper_bound() -> None:
    points, centres = blobs()
    joint = gaussian_log_joint(points, centres + 1, 0.3)
    exact, rough = (assignment_energy(settle(joint, step=s, steps=t), joint) for s, t in ((None, 1), (0.5, 3)))
    assert torch.allclose(exact, -joint.logsumexp(-1)) and (rough > exact).all()


def test_at_large_beta_all_are_kmeans() -> None:
    points, _ = blobs()
    start = points[[0, 20, 40]]
    known = KMeans(3, init=start.numpy(), n_init=1).fit(points.numpy())
    for found in (
        expectation_maximisation(points, start, 100.0, updates=50),
        fit_elbo(points, start, 100.0, rate=0.02, updates=800, weighted=False),
    ):
        assert np.allclose(found.memories, known.cluster_centers_, atol=1e-3)
    clam = fit_clam(points, start, 100.0, rate=0.02, updates=800)
    assert np.allclose(clam.memories, known.cluster_centers_, atol=0.05)
    assert np.array_equal(nearest(points, clam.memories), known.labels_)


def test_a_single_memory_learns_the_mean() -> None:
    points, start = normal(80, 4), torch.ones(1, 4, dtype=torch.float64)
    for found in (
        fit_clam(points, start, 1.0, rate=0.05, updates=600),
        fit_elbo(points, start, 1.0, rate=0.05, updates=600),
        expectation_maximisation(points, start, 1.0, updates=1),
    ):
        assert torch.allclose(found.memories[0], points.mean(0), atol=1e-5)


def test_memories_in_another_order_learn_the_same() -> None:
    points, _ = blobs()
    start, order = points[[3, 25, 47]], [2, 0, 1]
    masks = [bernoulli_masks(60, 3, 0.3, [generator("tests", "order")]) for _ in range(2)]
    plain, turned = (
        fit_clam(points, begin, 1.0, rate=0.05, updates=30, masks=lambda draw=draw: draw()[0], weighted=True)
        for begin, draw in zip((start, start[order]), masks, strict=True)
    )
    assert torch.allclose(plain.memories[order], turned.memories, atol=1e-9)
    assert torch.allclose(plain.log_weights[order], turned.log_weights, atol=1e-9)


def test_weights_stay_within_the_published_range() -> None:
    points, _ = blobs()
    found = fit_clam(points, points[[0, 1, 40]], 1.0, rate=3.0, updates=60, weighted=True)
    assert found.log_weights.abs().max() <= math.log(1000) + 1e-12


def test_spherical_memories_stay_on_the_sphere() -> None:
    points, centres = blobs()
    start = normal(3, 3)
    found = fit_clam(points, start, 10.0, rate=0.05, updates=200, spherical=True)
    assert torch.allclose(found.memories.norm(dim=-1), torch.ones(3, dtype=torch.float64))
    along = (found.memories @ torch.nn.functional.normalize(centres, dim=-1).T).amax(0)
    assert along.min() > 0.99


def test_hidden_entries_get_the_value_asked_for() -> None:
    """Masked entries start there: with nothing to pull, the error is that of the value itself."""
    points = normal(30, 2)
    masks = bernoulli_masks(30, 2, 1.0, [generator("tests", "value")])
    value = torch.tensor([5.0, -3.0], dtype=torch.float64)
    far = torch.full((1, 2), 1.0, dtype=torch.float64)
    found = fit_clam(
        points, far, 1.0, rate=1e-9, updates=1, masks=lambda: masks()[0], hidden_value=value, step=1e-12, steps=1
    )
    assert float(found.loss) == pytest.approx(float((points - value).square().mean()))


def test_the_loss_is_that_of_hidden_entries_alone() -> None:
    """By hand: a step of length 1 puts what is hidden on the only memory, (1, 1)."""
    points = torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=torch.float64)
    mask = torch.tensor([[True, False], [True, True]])
    memory = torch.ones(1, 2, dtype=torch.float64)
    found = fit_clam(points, memory, 0.7, rate=0.1, updates=1, masks=lambda: mask, step=1.0, steps=1)
    assert float(found.loss) == pytest.approx(((1 - 1) ** 2 + (3 - 1) ** 2 + (5 - 1) ** 2) / 3)


def test_masked_training_is_judged_by_one_draw_of_masks() -> None:
    """The first, on which it is not trained: the loss kept is that of the memories kept, whatever was drawn later."""
    points, _ = blobs()
    draw, drawn = bernoulli_masks(60, 3, 0.4, [generator("tests", "judged")]), list[Tensor]()

    def masks() -> Tensor:
        drawn.append(draw()[0])
        return drawn[-1]

    found = fit_clam(points, points[[0, 1, 40]], 1.0, rate=0.3, updates=30, masks=masks)
    assert len(drawn) == 31
    of_each = []
    for mask in drawn:
        end = attract(points * ~mask, found.memories, found.beta, step=0.1, steps=10, mask=mask)
        of_each.append(float((end - points)[mask].square().mean()))
    assert float(found.loss) == float(found.losses.min()) == pytest.approx(of_each[0], rel=1e-12)
    assert min(of_each) < of_each[0], "a luckier draw than the first"


def test_the_lowest_loss_is_kept() -> None:
    points, _ = blobs()
    found = fit_elbo(points, points[[0, 20, 40]], 1.0, rate=2.0, updates=5)
    joint = gaussian_log_joint(points, found.memories, found.beta, found.log_weights)
    assert found.losses[-1] > found.losses.min(), "a rate that overshoots"
    assert float(found.loss) == float(found.losses.min()) == pytest.approx(float(-joint.logsumexp(-1).mean()))


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("model", ["clam", "masked", "elbo", "em"])
def test_all_settings_at_once_are_each_alone(model: str, device: torch.device) -> None:
    """Two leading axes: β with rates, and seeds with their starts and masks."""
    points, _ = blobs()
    betas, rates = torch.tensor([0.5, 2.0]), torch.tensor([0.01, 0.1])
    starts = torch.stack([points[torch.randperm(60, generator=generator("tests", "starts", s))[:3]] for s in range(3)])

    def fit(where: Tensor, start: Tensor, beta: Any, rate: Any, names: list[int]) -> Tensor:
        draw = bernoulli_masks(60, 3, 0.3, [generator("tests", "batch", s) for s in names], device=where.device)
        masks = draw if start.ndim > 2 else lambda: draw()[0]
        if model == "em":
            return expectation_maximisation(where, start, beta, updates=20, weighted=True).memories
        if model == "elbo":
            return fit_elbo(where, start, beta, rate=rate, updates=20, learn_beta=True, step=1.0, steps=3).memories
        used = masks if model == "masked" else None
        return fit_clam(where, start, beta, rate=rate, updates=20, masks=used, weighted=True).memories

    axes = (2, 3)
    together = fit(
        points.to(device),
        starts.expand(*axes, 3, 3).to(device),
        betas.double()[:, None].expand(axes).to(device),
        rates.double()[:, None].expand(axes).to(device),
        [0, 1, 2],
    ).cpu()
    for i in range(2):
        for s in range(3):
            alone = fit(points, starts[s], float(betas[i].double()), float(rates[i].double()), [s])
            assert torch.allclose(together[i, s], alone, atol=1e-9), (i, s)


@pytest.mark.parametrize("ratio", [0.95, 1.05])
def test_memories_part_above_the_critical_beta(ratio: float) -> None:
    points = torch.from_numpy(load_iris(return_X_y=True)[0])
    start = points.mean(0) + 1e-3 * normal(3, 4)
    found = expectation_maximisation(points, start, ratio * collapse_beta(points), updates=1500)
    spread = float(torch.pdist(found.memories).max())
    assert spread < 1e-6 if ratio < 1 else spread > 0.5


def test_the_critical_beta_of_a_known_covariance() -> None:
    points = torch.tensor([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
    assert collapse_beta(points) == pytest.approx(1 / 4.5)
    with pytest.raises(ValueError, match="points: wanted points that differ"):
        collapse_beta(torch.ones(4, 2))


def test_single_precision_stays_single() -> None:
    points = blobs()[0].float()
    for found in (
        fit_clam(points, points[:3], 1.0, rate=0.1, updates=3, weighted=True),
        fit_elbo(points, points[:3], 1.0, rate=0.1, updates=3, learn_beta=True),
        expectation_maximisation(points, points[:3], 1.0, updates=3),
    ):
        assert {value.dtype for value in (found.memories, found.log_weights, found.beta, found.loss)} == {torch.float32}


def test_bad_input() -> None:
    points, good = normal(9, 3), {"rate": 0.1, "updates": 2}
    start = points[:2]
    calls: dict[str, list[Any]] = {
        "points": [(points * math.nan, start, 1.0), (points[0], start, 1.0), ("points", start, 1.0)],
        "start": [(points, start[:, :2], 1.0), (points, start.int(), 1.0), (points, start[:0], 1.0)],
        "beta": [(points, start, 0.0), (points, start, torch.ones(2)), (points, start, math.inf)],
    }
    for name, bad in calls.items():
        for arguments in bad:
            refused(name, lambda a=arguments: fit_clam(*a, **good))
            refused(name, lambda a=arguments: fit_elbo(*a, **good))
            refused(name, lambda a=arguments: expectation_maximisation(*a, updates=2))
    for name, value in (("rate", -1.0), ("updates", 0), ("step", 0.0), ("steps", 0)):
        for fit in (fit_clam, fit_elbo):
            refused(name, lambda fit=fit, name=name, value=value: fit(points, start, 1.0, **(good | {name: value})))
    refused("probability", lambda: bernoulli_masks(3, 3, 1.5, [generator("tests")]))
    refused("probability", lambda: published_masks(3, 3, -0.1, [generator("tests")]))
    refused("rngs", lambda: bernoulli_masks(3, 3, 0.5, [0]))  # pyright: ignore[reportArgumentType]
    refused("n", lambda: published_masks(3, 1, 0.5, [generator("tests")]))


# --- estimators -------------------------------------------------------------------------------------------------------


@parametrize_with_checks(
    [
        CLAM(max_iter=60, n_init=4),
        CLAM(mask=0.2, weighted=True, n_init=4),
        CLAM(spherical=True, max_iter=60, n_init=4),
        CLAMELBO(max_iter=60, n_init=4, learn_beta=True),
    ]
)
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    """All that apply pass; the one on other array libraries is skipped where SciPy's support is not switched on."""
    with type_checker_away():
        check(estimator)


@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_three_lines_cluster_an_array(model: Any, shift: float) -> None:
    points, _ = blobs()
    labels = model(n_clusters=3, random_state=0).fit_predict(points.numpy() + shift)
    assert adjusted_rand_score(np.repeat(range(3), 20), labels) == 1.0


def test_memories_are_numbered_by_what_they_hold() -> None:
    points, centres = blobs()
    some = torch.cat([points[:5], points[20:]])
    found = CLAMELBO(n_clusters=3, random_state=1).fit(some.numpy())
    assert np.bincount(found.labels_).tolist() == [20, 20, 5]
    assert np.allclose(found.cluster_centers_[2], centres[0], atol=0.6)
    assert np.allclose(found.predict_proba(some.numpy()).sum(-1), 1)
    assert np.array_equal(found.predict(some.numpy()), found.labels_)


def test_the_same_state_gives_the_same_clusters() -> None:
    points = blobs()[0].numpy()
    first, again, other = (CLAM(n_clusters=5, random_state=seed, n_init=2).fit(points) for seed in (3, 3, 4))
    assert np.array_equal(first.cluster_centers_, again.cluster_centers_)
    assert not np.array_equal(first.cluster_centers_, other.cluster_centers_)


def test_more_restarts_are_never_worse() -> None:
    points = torch.from_numpy(load_iris(return_X_y=True)[0]).numpy()
    losses = [CLAMELBO(n_clusters=3, random_state=0, n_init=count).fit(points).loss_ for count in (1, 8)]
    assert losses[1] <= losses[0]


def test_restarts_differ_in_nothing_but_their_starts() -> None:
    """All see the same masks: from one start they learn the same."""
    points, _ = blobs()
    starts, rng = points[[0, 1, 40]].expand(4, 3, 3), generator("tests", "restarts")
    learned = CLAM(n_clusters=3, mask=0.4, max_iter=20)._learn(points, starts, 1.0, rng, None)
    assert torch.allclose(learned.losses, learned.losses[:, :1], atol=1e-12, rtol=0)
    assert learned.losses.diff(dim=0).abs().min() > 0


@pytest.mark.parametrize("model", [CLAM, CLAMELBO])
def test_the_default_beta_is_ten_times_the_critical_one(model: Any) -> None:
    points, _ = blobs()
    found = model(n_clusters=3, max_iter=2, n_init=1, random_state=0).fit(points.numpy())
    assert found.beta_ == pytest.approx(10 * collapse_beta(points), rel=1e-12)


def test_points_are_assigned_with_the_weights_that_were_learned() -> None:
    """A place a little nearer to the light memory is drawn to the heavy one."""
    found = CLAM(n_clusters=2, weighted=True, random_state=0).fit(np.array([[-1.0], [-1.0], [1.0], [1.0]]))
    memories, weights, beta = torch.tensor([[-1.0], [1.0]]), torch.tensor([3.0, -3.0]), torch.tensor(1.0)
    found._model = (memories.double(), weights.double(), beta.double())
    assert found.predict([[0.1]]).tolist() == [0]
    found._model = (memories.double(), 0 * weights.double(), beta.double())
    assert found.predict([[0.1]]).tolist() == [1]


def test_a_bad_parameter_is_named() -> None:
    points = blobs()[0].numpy()
    for name, value in (("n_clusters", 0), ("n_init", 0), ("beta", -1.0), ("mask", 2.0), ("steps", 0)):
        refused(name, lambda name=name, value=value: CLAM(**{name: value}).fit(points))
    refused("X", lambda: CLAM(n_clusters=61).fit(points))
    refused("X", lambda: CLAM(spherical=True).fit(points[:, :1]))


# --- batches, copies, modes, devices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: bernoulli_masks(9, 4, 0.5, [rng]),
        lambda rng: published_masks(9, 4, 0.5, [rng]),
        lambda rng: random_batches(9, 4, rng),
    ],
)
def test_draws_can_be_copied_and_sent(make: Any) -> None:
    draw = make(generator("tests", "copies"))
    draw()
    copies = [copy.deepcopy(draw), pickle.loads(pickle.dumps(draw))]
    wanted = [draw(), draw()]
    assert all(torch.equal(other(), known) for other in copies for known in wanted)


def test_batches_are_of_different_points() -> None:
    draw = random_batches(7, 5, generator("tests", "batches"))
    drawn = torch.stack([draw() for _ in range(200)])
    assert all(len(batch.unique()) == 5 for batch in drawn) and set(drawn.flatten().tolist()) == set(range(7))
    refused("size", lambda: random_batches(3, 4, generator("tests")))


@pytest.mark.parametrize("fit", [fit_clam, fit_elbo])
def test_an_update_sees_its_batch_alone(fit: Any) -> None:
    """From one start, a step on two points is the step that those two would make."""
    points, _ = blobs()
    start, batch = points[[0, 20, 40]] + 0.3, torch.tensor([3, 44])
    some = fit(points, start, 1.0, rate=0.1, updates=2, batches=lambda: batch)
    alone = fit(points[batch], start, 1.0, rate=0.1, updates=2)
    assert torch.equal(some.memories, alone.memories) and torch.equal(some.losses, alone.losses)
    assert not torch.equal(some.memories, fit(points, start, 1.0, rate=0.1, updates=2).memories)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
@pytest.mark.parametrize("fit", [fit_clam, fit_elbo])
def test_memories_learn_in_every_mode(fit: Any, mode: Any) -> None:
    """Even from points that were made there."""
    points, _ = blobs()
    plain = fit(points, points[:3], 1.0, rate=0.1, updates=3)
    with mode():
        own = points + 0
        more = {"hidden_value": own[0]} if fit is fit_clam else {}
        found = fit(own, own[:3], 1.0, rate=0.1, updates=3, **more)
    assert torch.equal(found.memories, plain.memories) and not found.memories.is_inference()


def test_widths_must_fit() -> None:
    points, memories = normal(9, 4), normal(3, 4)
    narrow = points[:, :1]
    refused("points", lambda: nearest(narrow, memories))
    refused("state", lambda: attract(narrow, memories, one(1.0), step=0.1, steps=1))
    refused("hidden_value", lambda: fit_clam(points, memories, 1.0, rate=0.1, updates=1, hidden_value=narrow[0]))
    wrong = torch.ones(9, 1, dtype=torch.bool)
    refused("masks", lambda: fit_clam(points, memories, 1.0, rate=0.1, updates=1, masks=lambda: wrong))


def test_numbers_without_axes_are_numbers() -> None:
    points, _ = blobs()
    starts, numbers = points[:3].expand(2, 3, 3), (float, lambda value: torch.tensor(value, dtype=torch.float64))
    with type_checker_away():
        plain, other = (fit_clam(points, starts, make(1.5), rate=make(0.1), updates=2) for make in numbers)
    assert torch.equal(plain.memories, other.memories)


@pytest.mark.parametrize("kind", [Completion, Evidence])
def test_learning_makes_no_tensor_on_another_device(kind: Any) -> None:
    """On the device meta, which has no values, a tensor that was made elsewhere would not fit."""
    points, memories = torch.empty(2, 9, 4, device="meta"), torch.empty(2, 3, 4, device="meta")
    objective = kind(torch.empty(2, device="meta"), weighted=True)
    adam = Adam(objective.parameters(memories), 0.1)
    level, gradients = adam.gradients(lambda parameters: objective.loss(parameters, points))
    adam.move(gradients)
    objective.bounded(adam.parameters)
    made = [level, *adam.parameters, *objective.model(adam.parameters), nearest(points, memories)]
    assert {value.device.type for value in made} == {"meta"} and level.shape == (2,)
