"""Families of tasks: points follow the densities that their tasks claim, pools keep what they drew."""

import copy
import math
import pickle
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from strategies import refused, type_checker_away

from amem import grids, tasks
from amem.seeds import generator

FAMILIES: dict[str, tasks.Family] = {
    "mixture": tasks.GaussianMixtures(3, 2.0, 0.4),
    "sheared": tasks.GaussianMixtures(3, 1.5, 0.4, stretch=0.5),
    "three rings": tasks.Rings(3, 3.0, 1.0, 0.3),
    "six rings": tasks.Rings(6, 3.0, 1.0, 0.3),
    "rectangles": tasks.TwoRectangles(1.5, 2.0),
    "moons": tasks.Curves("moons", 1.0, 2.0, 0.2),
    "swiss roll": tasks.Curves("swiss roll", 1.0, 3.0, 0.2),
    "lines": tasks.LinearRegressions(2.0, 1.0, 0.3),
}
KNOWN = ("mixture", "sheared", "three rings", "six rings", "rectangles")


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> tasks.Family:
    return FAMILIES[request.param]


def rng(*name: object) -> torch.Generator:
    return generator("tasks", *name)


def test_shapes_dtype_and_chance(family: tasks.Family) -> None:
    drawn = family.draw(4, rng("shape"))
    points = drawn.sample(7, rng("points"))
    assert points.shape == (4, 7, 2) and points.dtype == torch.float64
    assert len(drawn) == 4 and torch.isfinite(points).all()
    assert torch.equal(points, family.draw(4, rng("shape")).sample(7, rng("points")))
    assert not torch.equal(points, drawn.sample(7, rng("other points")))


def test_a_picked_task_is_that_task(family: tasks.Family) -> None:
    """Far from the others, points say of which task they are."""
    drawn = family.draw(6, rng("pick"))
    index = torch.tensor([4, 1, 4])
    assert len(drawn.pick(index)) == 3
    many, picked = drawn.sample(4000, rng("many")), drawn.pick(index).sample(4000, rng("picked"))
    moments = [torch.cat([x.mean(1), x.square().mean(1), x.prod(-1).mean(1, keepdim=True)], -1) for x in (many, picked)]
    errors = torch.cat([many.std(1), many.square().std(1), many.prod(-1).std(1)[:, None]], -1)[index] * math.sqrt(
        2 / 4000
    )
    assert ((moments[0][index] - moments[1]) / errors).abs().max() <= 4.5


@pytest.mark.parametrize("name", KNOWN)
def test_densities_integrate_to_one(name: str) -> None:
    drawn = FAMILIES[name].draw(3, rng("integral", name))
    grid = grids.box(10.0, 401, 2, device="cpu", dtype=torch.float64)
    total = drawn.log_density(grid.points.expand(3, -1, -1)).exp().sum(-1) * grid.cell
    assert (total - 1).abs().max() < (0.05 if name == "rectangles" else 1e-6), "a rectangle has sharp edges"


@pytest.mark.parametrize("name", KNOWN)
def test_points_follow_the_density(name: str) -> None:
    """Two roads to the entropy, by points and by the grid, and to the mean of a function that sees more."""
    drawn, count = FAMILIES[name].draw(3, rng("law", name)), 20_000
    points = drawn.sample(count, rng("law points", name))
    grid = grids.box(10.0, 401, 2, device="cpu", dtype=torch.float64)
    weights = drawn.log_density(grid.points.expand(3, -1, -1)).exp() * grid.cell
    for function in (
        lambda x: x[..., 0].sin(),
        lambda x: (x[..., 0] * x[..., 1]).cos(),
        lambda x: (x.square().sum(-1) / 9).cos(),
    ):
        exact = (weights * function(grid.points)).sum(-1) / weights.sum(-1)
        found = function(points)
        slack = 0.02 if name == "rectangles" else 0.0  # what the grid does not resolve
        excess = ((found.mean(-1) - exact).abs() - slack).clamp_min(0)
        assert (excess / (found.std(-1) / math.sqrt(count))).max() <= 4
    assert torch.isfinite(drawn.log_density(points)).all()


def test_a_wrong_scale_would_be_noticed() -> None:
    drawn = tasks.GaussianMixtures(3, 2.0, 0.4).draw(3, rng("wrong"))
    points = drawn.sample(20_000, rng("wrong points"))
    right, wrong = (each.log_density(points).mean() for each in (drawn, replace(drawn, scale=0.5)))
    assert right - wrong > 4 * 1.5 / math.sqrt(60_000)


def test_means_have_their_prior() -> None:
    means = tasks.GaussianMixtures(3, 2.0, 0.4).draw(5000, rng("prior")).means
    z = (means.square().mean() / 4 - 1) / math.sqrt(2 / means.numel())
    assert abs(z) <= 4


def test_a_stretch_keeps_the_area_and_moves_the_means() -> None:
    drawn = FAMILIES["sheared"].draw(50, rng("stretch"))
    assert (torch.linalg.det(drawn.frame) - 1).abs().max() < 1e-12
    assert not torch.allclose(drawn.centres(), drawn.means)
    plain = FAMILIES["mixture"].draw(5, rng("plain"))
    assert torch.allclose(plain.centres(), plain.means)


def test_lines_have_the_noise_they_claim() -> None:
    drawn = tasks.LinearRegressions(2.0, 1.0, 0.3).draw(20, rng("lines"))
    points = drawn.sample(2000, rng("line points"))
    away = points[..., 1] - drawn.slopes[:, None] * points[..., 0]
    assert abs((away.square().mean() / 0.09 - 1) / math.sqrt(2 / away.numel())) <= 4
    assert points[..., 0].abs().max() <= 2
    entropy = 0.5 * (1 + math.log(2 * math.pi * 0.09))
    assert abs((drawn.log_density(points).mean() + entropy) / math.sqrt(0.5 / away.numel())) <= 4


class TestPools:
    family = tasks.GaussianMixtures(3, 2.0, 0.1)

    def test_finite_samples_are_kept_and_not_repeated(self) -> None:
        source = tasks.pool(self.family.draw(3, rng("pool")), 5, rng("samples"))
        batches = torch.cat([source(8, 5, rng("batch", number)) for number in range(6)])
        seen = batches.flatten(0, 1).unique(dim=0)
        assert len(seen) == 3 * 5
        assert all(len(sequence.unique(dim=0)) == 5 for sequence in batches)

    def test_a_sequence_is_of_one_task(self) -> None:
        kept = self.family.draw(3, rng("pool"))
        for samples in (5, None):
            sequence = tasks.pool(kept, samples, rng("samples"))(40, 4, rng("batch"))
            likely = torch.stack([kept.pick(torch.full((40,), task)).log_density(sequence) for task in range(3)])
            assert (likely.sum(-1).amax(0) > -40).all(), "some task explains all of it"
            assert len(likely.sum(-1).argmax(0).unique()) == 3

    def test_infinite_samples_are_new(self) -> None:
        source = tasks.pool(self.family.draw(2, rng("pool")), None, rng("samples"))
        assert len(torch.cat([source(8, 5, rng("batch", k)) for k in range(3)]).flatten(0, 1).unique(dim=0)) == 120

    def test_endless_tasks_are_new(self) -> None:
        means = tasks.endless(tasks.GaussianMixtures(1, 50.0, 0.01))(500, 2, rng("endless"))
        assert len((means[:, 0] / 0.5).round().unique(dim=0)) > 450

    def test_too_long_a_sequence_is_refused(self) -> None:
        source = tasks.pool(self.family.draw(3, rng("pool")), 5, rng("samples"))
        with pytest.raises(ValueError, match="length"):
            source(2, 6, rng("batch"))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: tasks.GaussianMixtures(0, 2.0, 0.4), "components"),
        (lambda: tasks.GaussianMixtures(3, 0.0, 0.4), "spread"),
        (lambda: tasks.GaussianMixtures(3, 2.0, -1.0), "scale"),
        (lambda: tasks.GaussianMixtures(3, 2.0, 1.0, stretch=-1.0), "stretch"),
        (lambda: tasks.Rings(4, 3.0, 1.0, 0.1), "count"),
        (lambda: tasks.Rings(3, 0.0, 1.0, 0.1), "spread"),
        (lambda: tasks.TwoRectangles(1.0, 0.0), "size"),
        (lambda: tasks.Curves("spiral", 1.0, 1.0, 0.1), "kind"),
        (lambda: tasks.LinearRegressions(1.0, 1.0, 0.0), "noise"),
        (lambda: tasks.GaussianMixtures(3, 2.0, 0.4).draw(0, rng("bad")), "tasks"),
        (lambda: tasks.pool(tasks.GaussianMixtures(3, 2.0, 0.4).draw(2, rng("x")), 0, rng("x")), "samples"),
    ],
)
def test_bad_input_is_named(make, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: wanted"):
        make()


def same_twice(source: tasks.Source, other: tasks.Source) -> bool:
    return torch.equal(source(4, 3, rng("sent")), other(4, 3, rng("sent")))


def test_sources_can_be_copied_and_sent(family: tasks.Family) -> None:
    drawn = family.draw(3, rng("copies"))
    for source in (tasks.endless(family), tasks.pool(drawn, None, rng("kept")), tasks.pool(drawn, 5, rng("kept"))):
        assert same_twice(source, copy.deepcopy(source)) and same_twice(source, pickle.loads(pickle.dumps(source)))


def test_points_must_be_of_the_plane_and_for_each_task(family: tasks.Family) -> None:
    drawn = family.draw(3, rng("widths"))
    if not hasattr(drawn, "log_density"):
        pytest.skip("it has no density")
    points = drawn.sample(5, rng("widths"))
    for wrong in (points[..., :1], points[:1], points[0]):
        refused("points", lambda wrong=wrong: drawn.log_density(wrong))


def test_numbers_of_numpy_make_the_same_tasks(family: tasks.Family) -> None:
    numbers = {part.name: getattr(family, part.name) for part in fields(family)}
    cast = {
        name: value if isinstance(value, str) else (np.int32 if isinstance(value, int) else np.float64)(value)
        for name, value in numbers.items()
    }
    with type_checker_away():
        other = type(family)(**cast)
        drawn, again = (one.draw(size, rng("numbers")) for one, size in ((family, 3), (other, np.int64(3))))
        assert other == family and all(type(getattr(other, name)) in (int, float, str) for name in numbers)
        assert torch.equal(drawn.sample(4, rng("x")), again.sample(np.int64(4), rng("x")))


def test_a_pool_of_many_samples_is_not_copied_for_each_sequence() -> None:
    """A thousand sequences of two points from a thousand samples each: 32 kB are picked, not 16 MB."""
    pool = tasks.pool(FAMILIES["lines"].draw(2, rng("large")), 1000, rng("samples"))
    largest = 0

    class Seen(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, kinds, args=(), kwargs=None):
            nonlocal largest
            made = function(*args, **(kwargs or {}))
            largest = max(largest, made.numel() if isinstance(made, torch.Tensor) else 0)
            return made

    with Seen():
        pool(1000, 2, rng("picked"))
    assert largest == 1000 * 1000  # the random order of all samples, and nothing with their coordinates
