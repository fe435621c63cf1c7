"""Normalising on a grid: against densities whose integral, entropy and temperature are known."""

import inspect
import math

import pytest
import torch
from conftest import TOLERANCE

from amem import grids
from amem.seeds import generator
from amem.tasks import GaussianMixtures

EXACT = TOLERANCE[torch.float64]


def plane(half: float = 8.0, side: int = 33) -> grids.Grid:
    return grids.box(half, side, 2, device="cpu", dtype=torch.float64)


def well(points: torch.Tensor, scale: float) -> torch.Tensor:
    return points.square().sum(-1) / (2 * scale**2)


@pytest.mark.parametrize(("half", "side", "n"), [(8.0, 33, 2), (1.0, 5, 1), (2.0, 4, 3)])
def test_the_grid_fills_its_box(half: float, side: int, n: int) -> None:
    grid = grids.box(half, side, n, device="cpu", dtype=torch.float64)
    assert grid.points.shape == (side**n, n)
    assert grid.points.min() == -half and grid.points.max() == half
    assert math.isclose(grid.cell, (2 * half / (side - 1)) ** n)
    assert (grid.points[1] - grid.points[0])[-1] > 0, "the last coordinate runs fastest"


@pytest.mark.parametrize("scale", [0.4, 1.0, 1.5])
def test_a_gaussian_has_its_integral_and_its_entropy(scale: float) -> None:
    grid = plane()
    energy = well(grid.points, scale)
    quadrature = max(4 * math.exp(-2 * math.pi**2 * scale**2 / 0.25), math.exp(-((8 / scale) ** 2) / 2) * 8, EXACT)
    assert abs(grids.log_partition(energy, grid.cell) - math.log(2 * math.pi * scale**2)) <= 3 * quadrature
    assert abs(grids.entropy(energy, grid.cell) - (1 + math.log(2 * math.pi * scale**2))) <= 100 * quadrature


def test_the_density_of_an_energy_is_that_of_the_task_it_was_made_of() -> None:
    """A hand-coded true-mixture energy, shifted by any constant, has the oracle's likelihood on the grid."""
    rng = generator("grids", "oracle")
    tasks = GaussianMixtures(3, 2.0, 0.4).draw(5, rng)
    points, grid = tasks.sample(200, rng), plane()
    constant = torch.arange(5.0, dtype=torch.float64)[:, None]
    known = -tasks.log_density(grid.points.expand(5, -1, -1)) + constant
    found = grids.log_density(-tasks.log_density(points) + constant, known, grid.cell)
    assert (found - tasks.log_density(points)).abs().max() < 1e-4


def test_the_entropy_on_the_grid_is_the_monte_carlo_entropy() -> None:
    rng = generator("grids", "monte carlo")
    tasks, grid = GaussianMixtures(3, 2.0, 0.4).draw(4, rng), plane()
    on_grid = grids.entropy(-tasks.log_density(grid.points.expand(4, -1, -1)), grid.cell)
    drawn = -tasks.log_density(tasks.sample(200_000, rng))
    z = (drawn.mean(-1) - on_grid) / (drawn.std(-1) / math.sqrt(200_000))
    assert z.abs().max() <= 4
    assert (drawn.mean(-1) - on_grid).abs().max() < 1e-2


@pytest.mark.parametrize("scaling", [0.02, 1.0, 30.0])
def test_the_inverse_temperature_undoes_a_scale(scaling: float) -> None:
    grid = plane()
    weights = torch.softmax(-well(grid.points, 1.3), -1)
    picked = torch.multinomial(weights, 4000, replacement=True, generator=generator("grids", "beta"))
    energy = scaling * well(grid.points, 1.3)
    beta = grids.fit_beta(energy[picked], energy)
    # ½‖x‖² of n = 2 dimensions has the variance n/2·(temperature)², so that log β is known to 1/√count
    assert abs(math.log(beta * scaling)) <= 4 / math.sqrt(4000)


def test_the_fitted_temperature_is_the_likeliest() -> None:
    rng = generator("grids", "likeliest")
    tasks, grid = GaussianMixtures(3, 2.0, 0.4).draw(3, rng), plane()
    points = tasks.sample(50, rng)
    energy, on_grid = (-tasks.log_density(x).sqrt().nan_to_num() + 0.3 * x[..., 0] ** 2
                       for x in (points, grid.points.expand(3, -1, -1)))  # fmt: skip
    best = grids.fit_beta(energy, on_grid)
    nll = [-grids.log_density(energy, on_grid, grid.cell, beta).mean() for beta in (0.99 * best, best, 1.01 * best)]
    assert nll[1] < min(nll[0], nll[2])


def test_an_energy_that_says_nothing_gets_no_weight() -> None:
    grid = plane()
    flat = torch.zeros(len(grid.points), dtype=torch.float64)
    assert grids.fit_beta(torch.ones(3, dtype=torch.float64), flat) == 0
    assert math.isclose(float(grids.entropy(flat, grid.cell)), math.log(len(flat) * grid.cell))


def test_wells_deeper_than_the_grid_end_at_the_largest() -> None:
    energy = torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert grids.fit_beta(energy[:1], energy) == grids.LARGEST


def test_wells_are_counted_where_the_density_is_not_negligible() -> None:
    """Three paraboloids of known depths far apart; one on the rim is none, and the whole batch goes at once."""
    grid = plane()
    centres = torch.tensor([[-4.0, -4.0], [4.0, 3.0], [4.0, -4.0], [8.0, 8.0]], dtype=torch.float64)
    depths = torch.tensor([0.0, 2.0, 6.0, -1.0], dtype=torch.float64)
    energy = ((grid.points[:, None] - centres).square().sum(-1) + depths).amin(-1)
    assert grids.wells(energy) == 2, "from the deepest, on the rim, 1, 3 and 7 up; 4.6 is a hundredth"
    assert grids.wells(energy, beta=0.5) == 3 and grids.wells(energy, beta=2.0) == 1
    assert grids.wells(energy, part=0.5) == 0 and grids.wells(energy, part=1e-9) == 3
    assert grids.wells(torch.stack([energy, well(grid.points, 1.0)]).expand(3, 2, -1)).tolist() == [[2, 1]] * 3
    assert grids.wells(-well(grid.points, 1.0)) == 0


def test_bad_input_is_named() -> None:
    for points in (4, 10):
        with pytest.raises(ValueError, match="on_grid"):
            grids.wells(torch.zeros(2, points))
    with pytest.raises(ValueError, match="part"):
        grids.wells(torch.zeros(2, 9), part=0.0)
    good = torch.zeros(2, 4)
    with pytest.raises(ValueError, match="half"):
        grids.box(0.0, 3, 2, device="cpu", dtype=torch.float64)
    with pytest.raises(ValueError, match="side"):
        grids.box(1.0, 1, 2, device="cpu", dtype=torch.float64)
    with pytest.raises(ValueError, match="cell"):
        grids.log_partition(good, 0.0)
    for function, cell in ((grids.log_density, {"cell": 1.0}), (grids.fit_beta, {})):
        with pytest.raises(ValueError, match=r"^energy: wanted"):
            inspect.unwrap(function)(torch.zeros(3, 4), good, **cell)  # without the tests' own check of shapes
