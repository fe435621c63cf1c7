"""What is said about energies learned in context, as numbers read off the tables."""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers

BRIDGING, ENERGY = "schaeffer2024bridging, sec. 1", "schaeffer2024icl_energy"
DIVERGENCE, RANKING, QUOTED = "contrastive divergence", "ranking", "large step, little noise"
EXACT, TRUTH, KDE_TEST = "exact prediction", "true density", "kernel density, bandwidth chosen on the test"
CHANCE = "|z| ≤ 4, fixed seeds"


def _curve(table: pd.DataFrame, name: str, source: str) -> NDArray[np.float64]:
    """The means over seeds, in the order of the context's size."""
    return numbers(table, name, what="mean", source=source)


def _fall(name: str, source: str) -> Callable[[pd.DataFrame], float]:
    """From no context to the longest."""

    def measure(table: pd.DataFrame) -> float:
        curve = _curve(table, name, source)
        return float(curve[0] - curve[-1])

    return measure


def _steepest_rise(name: str, source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.diff(_curve(table, name, source)).max())


def _over_exact(source: str) -> Callable[[pd.DataFrame], float]:
    """The least excess of the NLL over the exact prediction's."""

    def measure(table: pd.DataFrame) -> float:
        exact = _curve(table, "nll", EXACT)
        return float((_curve(table, "nll", source)[: len(exact)] - exact).min())

    return measure


def _without_context(source: str) -> Callable[[pd.DataFrame], float]:
    """The excess of the NLL without context over the best, on the same tasks."""
    return lambda table: float(_curve(table, "nll", source)[0] - _curve(table, "nll", EXACT)[0])


def _by_seed(table: pd.DataFrame, name: str, source: str) -> NDArray[np.float64]:
    """(sizes, seeds)."""
    rows = table[(table["what"] == "seed") & (table["source"] == source)]
    return cast("pd.DataFrame", rows).pivot_table(index="n", columns="seed", values=name).to_numpy(float)


def _under_kernels(source: str) -> Callable[[pd.DataFrame], float]:
    """By how much the NLL is at least below that of the best kernel estimate on the same tasks, over seeds, from one to
    four points."""

    def measure(table: pd.DataFrame) -> float:
        few = cast("pd.DataFrame", table[(table["n"] >= 1) & (table["n"] <= 4)])
        return float((_by_seed(few, "nll", KDE_TEST) - _by_seed(few, "nll", source)).min())

    return measure


def _over(other: str) -> Callable[[pd.DataFrame], float]:
    """By how much ranking's NLL with the longest context at least exceeds another's on the same tasks, over seeds."""

    def measure(table: pd.DataFrame) -> float:
        return float((_by_seed(table, "nll", RANKING)[-1] - _by_seed(table, "nll", other)[-1]).min())

    return measure


def _missing_wells(source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(_curve(table, "wells", TRUTH)[-1] - _curve(table, "wells", source)[-1])


def _swap(source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float((_curve(table, "swapped", source) - _curve(table, "nll", source))[-1])


def _worst(table: pd.DataFrame, predicted: NDArray[np.float64] | float) -> float:
    """The largest factor by which, over steps and noises, β (geometric mean over seeds) misses what is predicted."""
    off = table.assign(off=np.log(table["beta"].to_numpy(float)) - np.log(predicted))
    return float(np.exp(np.abs(np.asarray(off.groupby(["noise", "step"])["off"].mean())).max()))


def _scale_of_well(table: pd.DataFrame) -> float:
    """How far off the inverse temperature of one well is, at worst."""
    rows = cast("pd.DataFrame", table[table["penalty"] == "scaled"])
    return _worst(rows, rows["well"].to_numpy(float))


def _scale_of_likelihood(table: pd.DataFrame) -> float:
    """How far off one is, at worst."""
    return _worst(cast("pd.DataFrame", table[table["penalty"] == "scaled"]), 1.0)


def _stopped(penalty: str) -> Callable[[pd.DataFrame], float]:
    """The fraction of the runs with the widest noise that were stopped because the gap had run away."""

    def measure(table: pd.DataFrame) -> float:
        wide = table["noise"] == table["noise"].to_numpy(float).max()
        advice = list(table["stopped"][wide & (table["penalty"] == penalty)])
        return float(np.mean(["run away" in str(each) for each in advice]))

    return measure


def _cost_of_wide_noise(table: pd.DataFrame) -> float:
    wide, narrow = (numbers(table, "nll", penalty="scaled", noise=noise).mean() for noise in (1.0, 0.3))
    return float(wide - narrow)


def _sampled(table: pd.DataFrame) -> NDArray[np.float64]:
    return numbers(table, "within", what="mean")


def _final_gap(objective: str) -> Callable[[pd.DataFrame], float]:
    """The mean gap E₊ − E₋ over the last fifth of the updates."""

    def measure(table: pd.DataFrame) -> float:
        gap, update = (numbers(table, name, what="update", objective=objective) for name in ("gap", "update"))
        return float(gap[update > 0.8 * update.max()].mean())

    return measure


def _least_gap(table: pd.DataFrame) -> float:
    """The lowest that the gap of the quoted run gets, over a fiftieth of it; mean over seeds."""
    rows = cast("pd.DataFrame", table[(table["objective"] == QUOTED) & (table["what"] == "update")])
    return float(np.asarray(rows.groupby("seed")["gap"].min()).mean())


def _stage(table: pd.DataFrame, name: str, objective: str, number: int) -> NDArray[np.float64]:
    """A column at a stage of training, an entry a seed."""
    at = {"what": "stage", "objective": objective}
    return numbers(table, name, **at, update=np.unique(numbers(table, "update", **at))[number])


def _stages(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of contrastive divergence at each stage of training, mean over seeds."""
    stages = len(np.unique(numbers(table, "update", what="stage", objective=DIVERGENCE)))
    return np.array([_stage(table, name, DIVERGENCE, number).mean() for number in range(stages)])


def _ranks_apart(name: str) -> Callable[[pd.DataFrame], float]:
    """The least over seeds of ranking's rank correlation less that of contrastive divergence, at the end."""
    return lambda table: float((_stage(table, name, RANKING, -1) - _stage(table, name, DIVERGENCE, -1)).min())


def _worse_early(table: pd.DataFrame) -> float:
    """By how much the quoted run's NLL at the stage before the last at least exceeds contrastive divergence's, over
    seeds."""
    return float((_stage(table, "nll", QUOTED, -2) - _stage(table, "nll", DIVERGENCE, -2)).min())


def _sooner(table: pd.DataFrame) -> float:
    """By how much ranking's NLL at the stage before the last exceeds contrastive divergence's at its last, at most over
    seeds."""
    return float((_stage(table, "nll", RANKING, -2) - _stage(table, "nll", DIVERGENCE, -1)).max())


def _change(name: str) -> Callable[[pd.DataFrame], float]:
    """From the first stage to the last."""
    return lambda table: float(_stages(table, name)[-1] - _stages(table, name)[0])


def _remaining_error(source: str) -> Callable[[pd.DataFrame], float]:
    """The squared error with the longest context, over that without any."""

    def measure(table: pd.DataFrame) -> float:
        error = numbers(table, "error", source=source, what="mean")
        return float(error[-1] / error[0])

    return measure


def _against_ridge(table: pd.DataFrame) -> float:
    """The largest ratio of ranking's squared error to the best possible one's on the same questions, from one pair to
    four."""
    few = cast("pd.DataFrame", table[(table["n"] >= 1) & (table["n"] <= 4)])
    ours, best = (numbers(few, "error", source=source, what="mean") for source in (RANKING, EXACT))
    return float((ours / best).max())


def _well_error(table: pd.DataFrame) -> float:
    """The largest relative deviation from the prediction, where there is one."""
    ratio = numbers(table, "learned") / numbers(table, "predicted")
    return float(np.abs(ratio[np.isfinite(ratio)] - 1).max())


def _no_rest(table: pd.DataFrame) -> float:
    """The least drift of αk where no curvature is predicted, over the largest where one is."""
    drift, predicted = numbers(table, "drift"), numbers(table, "predicted")
    return float(drift[np.isnan(predicted)].min() / np.abs(drift[~np.isnan(predicted)]).max())


def _steps_apart(table: pd.DataFrame) -> float:
    """The largest relative difference of αk between the two steps, where it comes to rest."""
    steps = np.unique(numbers(table, "step"))
    one, other = (numbers(table, "learned", step=step) for step in (steps[0], steps[-1]))
    known = np.isfinite(numbers(table, "predicted", step=steps[0]))
    return float(np.abs(one / other - 1)[known].max())


def _largest(name: str, identity: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.nanmax(np.abs(numbers(table, name, identity=identity))))


def _unseen(table: pd.DataFrame) -> float:
    hidden = table["what"].str.contains("seen|target")
    return float(cast("pd.DataFrame", table[hidden])["error"].to_numpy(float).max())


SHAPES = ["three circles", "six circles", "two rectangles", "moons", "swiss roll"]


def _off_the_prior(table: pd.DataFrame) -> float:
    """Mean over shapes that are no mixtures of the exact prediction's NLL less the network's."""
    shapes = cast("pd.DataFrame", table[table["family"].isin(SHAPES)])
    exact, network = (numbers(shapes, "nll", what="mean", source=source) for source in (EXACT, RANKING))
    return float((exact - network).mean())


def _from_kernels(which: Callable[[NDArray[np.float64]], float]) -> Callable[[pd.DataFrame], float]:
    """Over families, the network's NLL less that of kernels whose bandwidth is chosen on the test."""

    def measure(table: pd.DataFrame) -> float:
        network, kernels = (numbers(table, "nll", what="mean", source=source) for source in (RANKING, KDE_TEST))
        return which(network - kernels)

    return measure


def _pool_gap(pool: int) -> Callable[[pd.DataFrame], float]:
    """NLL with the longest context on new tasks less that on the pool's."""

    def measure(table: pd.DataFrame) -> float:
        last = cast("pd.DataFrame", table[table["n"] == table["n"].max()])
        new, own = (
            numbers(last, "nll", what="mean", pool=pool, where=where)[0] for where in ("new tasks", "tasks of the pool")
        )
        return float(new - own)

    return measure


def _pool_cost(pool: int) -> Callable[[pd.DataFrame], float]:
    """NLL with the longest context on new tasks less that of the network that was never shown a task twice."""

    def measure(table: pd.DataFrame) -> float:
        last = cast("pd.DataFrame", table[(table["n"] == table["n"].max()) & (table["where"] == "new tasks")])
        few, always_new = (numbers(last, "nll", what="mean", pool=number)[0] for number in (pool, 0))
        return float(few - always_new)

    return measure


def _median(table: pd.DataFrame, name: str, kind: str) -> float:
    return float(np.median(numbers(table, name, kind=kind)))


def _invariant_excess(table: pd.DataFrame) -> float:
    invariant, causal = (numbers(table, "nll", kind=kind) for kind in ("ranking, early, invariant", "ranking, early"))
    return float((invariant - causal).mean())


def _formula(what: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(numbers(table, "wanted", identity="no context", what=what)[0])


CLAIMS = [
    Claim(
        id="claim-in-context-gain",
        says="Contrastive divergence learns in context: NLL without context less NLL with the longest, in nats",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_fall("nll", DIVERGENCE),
        expect=(0.8, 5.0),
        because="0.8 was set beforehand for a small network, whose reference run gained 1.1; it cannot gain more than"
        " there is to know",
    ),
    Claim(
        id="claim-in-context-monotone",
        says="and each further point helps: the largest rise of its NLL from one size of context to the next",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_steepest_rise("nll", DIVERGENCE),
        expect=(-5.0, 0.05),
        because="monotone to within 0.05 was set beforehand",
    ),
    Claim(
        id="claim-in-context-ranking",
        says="The network trained by ranking: NLL with the longest context, in nats",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=lambda table: float(_curve(table, "nll", RANKING)[-1]),
        stated=2.58,
        expect=(1.0, 2.8),
        because="at most 2.8 was set beforehand; the mixtures' own entropy is about 2",
    ),
    Claim(
        id="claim-in-context-nothing-known",
        says="Without context the best is to predict the marginal; excess of the ranking network over it, same tasks",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_without_context(RANKING),
        expect=(-0.05, 0.2),
        because="the reference run is 0.05 off; a few hundredths are the draw of the tasks",
    ),
    Claim(
        id="claim-in-context-nothing-known-divergence",
        says="The same for contrastive divergence",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_without_context(DIVERGENCE),
        expect=(-0.05, 0.4),
        because="the reference run is 0.1 off; its energies are not likelihoods",
    ),
    Claim(
        id="claim-in-context-bound",
        says="Nothing beats the exact prediction: least excess of ranking over it",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_over_exact(RANKING),
        expect=(-0.05, 5.0),
        because="a theorem about the mean over tasks; a few hundredths are the draw of the tasks",
    ),
    Claim(
        id="claim-in-context-sharpening",
        says="The landscape sharpens: entropy of the normalised energies (contrastive divergence), from no context to"
        " the longest,"
        " falls by",
        source=ENERGY,
        mark="PAPER",
        experiment="sharpening",
        measure=_fall("entropy", DIVERGENCE),
        expect=(0.2, 5.0),
        because="the paper shows it in pictures only; a fifth of a nat is visible",
    ),
    Claim(
        id="claim-in-context-sharpening-ranking",
        says="The same for ranking",
        source=ENERGY,
        mark="PAPER",
        experiment="sharpening",
        measure=_fall("entropy", RANKING),
        expect=(0.8, 5.0),
        because="as likelihoods sharpen, 0.8 nats at least must go if the NLL falls as much",
    ),
    Claim(
        id="claim-in-context-kernels",
        says="With one to four points contrastive divergence is better than a kernel density estimate of the best"
        " bandwidth, in every network: least difference of NLL",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_under_kernels(DIVERGENCE),
        expect=(0.0, math.inf),
        because="a sign, in each of the networks; the kernels may even choose their bandwidth on the test",
    ),
    Claim(
        id="claim-in-context-kernels-overtake",
        says="With the longest context the kernel estimate has overtaken ranking, in every network: least difference"
        " of NLL",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_over(KDE_TEST),
        expect=(0.0, math.inf),
        because="a sign, in each of the networks",
    ),
    Claim(
        id="claim-in-context-em",
        says="and so has EM, which is told the number of components",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_over("EM"),
        expect=(0.0, math.inf),
        because="a sign, in each of the networks",
    ),
    Claim(
        id="claim-in-context-wells-found",
        says="With the longest context there is a well for each cluster: local minima of the true $-\\log p$ less"
        " those of the energies (contrastive divergence), mean over tasks",
        source=ENERGY,
        mark="PAPER",
        experiment="sharpening",
        measure=_missing_wells(DIVERGENCE),
        expect=(-0.5, 0.5),
        because="three wells are what the pictures show; a half would be one task in two with a well too few",
        finding="The small network makes one or two wide basins: it does not separate clusters that lie close"
        " together.",
    ),
    Claim(
        id="claim-in-context-wells-found-ranking",
        says="The same for ranking",
        source=ENERGY,
        mark="PAPER",
        experiment="sharpening",
        measure=_missing_wells(RANKING),
        expect=(-0.5, 0.5),
        because="as before",
    ),
    Claim(
        id="claim-in-context-swap",
        says="Another task's context costs contrastive divergence more than a nat with the longest context",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_swap(DIVERGENCE),
        expect=(1.0, math.inf),
        because="one nat was set beforehand",
    ),
    Claim(
        id="claim-in-context-swap-ranking",
        says="and ranking",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_swap(RANKING),
        expect=(1.0, math.inf),
        because="one nat was set beforehand",
    ),
    Claim(
        id="claim-in-context-calibrated",
        says="Ranking gives energies at the scale of likelihoods: the inverse temperature that fits",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=lambda table: float(_curve(table, "beta", RANKING)[0]),
        stated=1.0,
        expect=(0.8, 1.25),
        because="one is exact for a perfect learner; a quarter is for an imperfect one",
    ),
    Claim(
        id="claim-in-context-scale",
        says="Contrastive divergence gives them at the scale that its sampler sets, penalty in the unit of the step:"
        " inverse temperature without context against that of one quadratic well with the same sampler, worst factor"
        " over steps and noises",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="stability",
        measure=_scale_of_well,
        expect=(1.0, 2.0),
        because="the marginal is one Gaussian, but the network's energy need not be a parabola: a factor of two",
        finding="Three of four settings are within a factor of 1.6 and the fourth, wide noise at the small step, is"
        " just beyond two.",
    ),
    Claim(
        id="claim-in-context-scale-likelihood",
        says="while the guess that energies are log-likelihoods, $\\beta=1$, is off by a factor of",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="stability",
        measure=_scale_of_likelihood,
        expect=(4.0, math.inf),
        because="the steps differ thirtyfold, and only one unit can be that of likelihood; a half of the least such"
        " factor on a log scale is four or so",
    ),
    Claim(
        id="claim-in-context-sampler",
        says="The fraction of negatives that end near a true mean rises with the context: by",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="samples",
        measure=lambda table: float(_sampled(table)[-1] - _sampled(table)[0]),
        expect=(0.1, 1.0),
        because="a rise was set beforehand; a tenth of all chains is no chance",
    ),
    Claim(
        id="claim-in-context-sampler-monotone",
        says="and never falls: the largest fall from one size to the next",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="samples",
        measure=lambda table: float(-np.diff(_sampled(table)).min()),
        expect=(-1.0, 0.03),
        because="thousands of chains on the same tasks: 0.03 allows for the network, not for chance",
    ),
    Claim(
        id="claim-in-context-gap",
        says="Healthy contrastive divergence has a small negative gap $E_+-E_-$: mean over the end of training",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_final_gap(DIVERGENCE),
        stated=-2.0,
        expect=(-5.0, 0.5),
        because="about −2 is called healthy and −10 a run-away; the unit depends on the sampler",
    ),
    Claim(
        id="claim-in-context-runaway",
        says="A large step, little noise and a weak penalty ($\\alpha=1$, $\\sigma=0.01$, $\\lambda=10^{-3}$ in"
        " quick; the paper's sampler in full) make it run away: lowest gap, mean over networks",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_least_gap,
        stated=-33.0,
        expect=(-math.inf, -10.0),
        because="−10 is where a run-away is said to begin",
        finding="It settles at a gap close to zero in every run. What does run away is a sampler whose noise is wider"
        " than a component, under a weak penalty.",
    ),
    Claim(
        id="claim-in-context-runaway-likelihood",
        says="Its likelihood is worse than that of the chapter's own run after as many updates, in every network:"
        " least difference of NLL",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_worse_early,
        expect=(0.0, math.inf),
        because="a sign, in each of the networks",
    ),
    Claim(
        id="claim-in-context-runaway-noise",
        says="A noise wider than a component with a weak fixed penalty does run away: fraction of the runs that the"
        " monitor stops at a gap of −10",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="stability",
        measure=_stopped("fixed"),
        expect=(1.0, 1.0),
        because="one well predicts that nothing else can happen, if nothing holds the energies",
    ),
    Claim(
        id="claim-in-context-runaway-penalty",
        says="and a penalty in the unit of the step holds it: fraction stopped",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="stability",
        measure=_stopped("scaled"),
        expect=(0.0, 0.0),
        because="a bounded energy has a bounded gap",
    ),
    Claim(
        id="claim-in-context-wide-noise",
        says="Then noise far wider than a component costs no likelihood: NLL at $\\sigma=1$ less that at"
        " $\\sigma=0.3$, mean over steps and networks",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="stability",
        measure=_cost_of_wide_noise,
        expect=(-1.0, 0.1),
        because="a tenth of a nat is half of what networks differ by",
    ),
    Claim(
        id="claim-in-context-rank-box",
        says="Over the whole box the rank correlation of $E$ with $-\\log p$ falls during training (contrastive"
        " divergence,"
        " longest context): change",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_change("rank_box"),
        stated=-0.35,
        expect=(-1.0, -0.05),
        because="from 0.83 to 0.48 was quoted for one run, at unknown stages; a fall is the point",
        finding="It rises. The warning stands in another form: over the whole box this measure prefers contrastive"
        " divergence to ranking, whose likelihood is the better, in most pairs of networks.",
    ),
    Claim(
        id="claim-in-context-rank-nll",
        says="while the NLL improves: change",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_change("nll"),
        expect=(-3.0, -0.1),
        because="a tenth of a nat is more than the draw of the tasks, which are the same at every stage",
    ),
    Claim(
        id="claim-in-context-rank-near",
        says="Near the data rank correlation prefers the better likelihood, of ranking, to contrastive divergence, in"
        " every network: least difference",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_ranks_apart("rank_near"),
        expect=(0.0, 1.0),
        because="a sign",
    ),
    Claim(
        id="claim-in-context-rank-misleads",
        says="and over the whole box it does not: least difference",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_ranks_apart("rank_box"),
        expect=(-1.0, 0.0),
        because="a sign: one network that it puts the wrong way round is enough",
    ),
    Claim(
        id="claim-in-context-sooner",
        says="Ranking is better sooner, in every network: its NLL after 300 updates (1500 in full) less that of"
        " contrastive divergence in the end, at most",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_sooner,
        expect=(-math.inf, 0.0),
        because="a sign, in each of the networks",
    ),
    Claim(
        id="claim-in-context-order",
        says="A causal network is not exactly blind to the order of its context: median spread of a task's NLL over"
        " orders"
        " (ranking), in nats",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="orders",
        measure=lambda table: _median(table, "spread", RANKING),
        expect=(1e-3, 0.5),
        because="more than rounding, less than what the context is worth",
    ),
    Claim(
        id="claim-in-context-invariant",
        says="A network whose context points all see one another is: largest spread of an energy over orders, relative",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="orders",
        measure=lambda table: float(numbers(table, "energy_spread", kind="ranking, early, invariant").max()),
        expect=(0.0, 1e-4),
        because="a property of the wiring; single precision rounds at 10⁻⁷ of terms that may cancel",
    ),
    Claim(
        id="claim-in-context-invariant-learns",
        says="It learns as well with as many updates: its NLL with the longest context less the causal network's,"
        " mean over tasks",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="orders",
        measure=_invariant_excess,
        expect=(-0.2, 0.2),
        because="one network of each kind, and networks differ by as much",
    ),
    Claim(
        id="claim-in-context-regression",
        says="Shown pairs, the energy over $y$ finds the line: squared error with the longest context over that with"
        " none"
        " (contrastive divergence)",
        source=ENERGY,
        mark="CODE",
        experiment="regression",
        measure=_remaining_error(DIVERGENCE),
        expect=(0.0, 0.3),
        because="the code draws such a curve, no number is known; to lose two thirds of the error is to have learned",
    ),
    Claim(
        id="claim-in-context-regression-ranking",
        says="The same for ranking",
        source=ENERGY,
        mark="CODE",
        experiment="regression",
        measure=_remaining_error(RANKING),
        expect=(0.0, 0.3),
        because="as before",
    ),
    Claim(
        id="claim-in-context-regression-prior",
        says="With few pairs ranking is as good as the best predictor, ridge regression with the right penalty:"
        " squared error over its on the same questions, worst from one pair to four",
        source=ENERGY,
        mark="RECONSTRUCTED",
        experiment="regression",
        measure=_against_ridge,
        expect=(0.9, 1.5),
        because="it cannot be below one but for chance; half as much again is a small network's due",
    ),
    Claim(
        id="claim-in-context-wells",
        says="In one well contrastive divergence comes to rest where negatives have the data's variance after the"
        " given number of"
        " steps: largest relative deviation of the curvature",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="wells",
        measure=_well_error,
        expect=(0.0, 0.1),
        because="hundreds of particles and averaged updates; close to the limit the curvature is loosely held",
    ),
    Claim(
        id="claim-in-context-wells-unit",
        says="The step is a unit of energy: largest relative difference of $\\alpha k$ between two steps",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="wells",
        measure=_steps_apart,
        expect=(0.0, 0.1),
        because="the rule knows the energy only as αE; chance differs",
    ),
    Claim(
        id="claim-in-context-wells-limit",
        says="With noise beyond the data's standard deviation there is no rest: least drift of $\\alpha k$ over the"
        " last two quarters of the updates, over the largest where there is rest",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="wells",
        measure=_no_rest,
        expect=(3.0, math.inf),
        because="a drift beyond all that chance does to the others",
    ),
    Claim(
        id="claim-in-context-prior",
        says="Off its prior a Bayesian would fail: NLL of the exact prediction for mixtures less that of the network"
        " which was taught mixtures (ranking), mean over circles, rectangles, moons and spirals",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="families",
        measure=_off_the_prior,
        expect=(0.5, math.inf),
        because="half a nat is beyond what networks and tasks differ by; who is sure of three round components pays"
        " for every point elsewhere",
    ),
    Claim(
        id="claim-in-context-smoother",
        says="The network is never far from a kernel estimate: its NLL less that of the best bandwidth, largest over"
        " families",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="families",
        measure=_from_kernels(lambda excess: float(excess.max())),
        expect=(0.0, 0.5),
        because="within half a nat on any family, whatever its shape, is what a smoother would do",
        finding="It is within half a nat on most families, and further behind on the one whose single tasks differ"
        " most.",
    ),
    Claim(
        id="claim-in-context-smoother-least",
        says="nor better on any: least over families",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="families",
        measure=_from_kernels(lambda excess: float(excess.min())),
        expect=(0.0, 0.5),
        because="a sign; the kernels choose their bandwidth on the test",
    ),
    Claim(
        id="claim-in-context-pool",
        says="Taught by ranking on ten mixtures, a network learns those ten: NLL on new tasks less that on the"
        " pool's, longest context",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="pools",
        measure=_pool_gap(10),
        expect=(0.2, math.inf),
        because="a fifth of a nat is more than the draw of the tasks",
    ),
    Claim(
        id="claim-in-context-pool-cost",
        says="and loses on new tasks against one that never saw a task twice: NLL",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="pools",
        measure=_pool_cost(10),
        expect=(0.1, math.inf),
        because="a tenth of a nat is half of what networks differ by",
    ),
    Claim(
        id="claim-in-context-one-pass",
        says="One pass with a mask equals a pass for each prefix and each negative: largest difference, single"
        " precision",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=lambda table: float(
            np.max(
                [
                    numbers(table, "error", identity="one pass", what=f"prefix by prefix, {kind}")
                    for kind in ("causal", "invariant")
                ]
            )
        ),
        expect=(0.0, 1e-5),
        because="an identity, up to rounding in single precision",
    ),
    Claim(
        id="claim-in-context-unseen",
        says="Later points, and a negative's own target, change nothing: largest change of an energy",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_unseen,
        expect=(0.0, 0.0),
        because="what is masked does not enter",
    ),
    Claim(
        id="claim-in-context-gradient",
        says="With exact samples of $E=\\frac k2x^2$ the gradient of contrastive divergence is"
        " $\\frac12(\\langle x_+^2\\rangle-1/k)$: largest $|z|$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_largest("z", "exact gradient"),
        expect=(0.0, 4.0),
        because=CHANCE,
    ),
    Claim(
        id="claim-in-context-stationary",
        says="In a well of curvature $k$ the sampler has the variance $\\sigma^2/(\\alpha k(2-\\alpha k))$, and noise"
        " first"
        " $(1-\\alpha k)^2$ times as much: largest $|z|$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_largest("z", "stationary variance"),
        expect=(0.0, 4.0),
        because=CHANCE,
    ),
    Claim(
        id="claim-in-context-oracle",
        says="The true mixtures' energies, normalised on the grid, have their Monte Carlo entropy as NLL: difference",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_largest("error", "oracle"),
        expect=(0.0, 1e-2),
        because="the grid resolves a component by less than its standard deviation; 10⁻² was set beforehand",
    ),
    Claim(
        id="claim-in-context-formula",
        says="A point of an unknown mixture is Gaussian with variance $S^2+s^2$: largest $|z|$ of its entropy",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_largest("z", "no context"),
        expect=(0.0, 4.0),
        because=CHANCE,
    ),
    Claim(
        id="claim-in-context-formula-small",
        says="so that without context, $S=2$, $s=0.4$, the NLL is $1+\\ln2\\pi(S^2+s^2)$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_formula("S = 2, s = 0.4"),
        stated=4.263,
        expect=(4.2625, 4.2635),
        because="three decimals are given",
    ),
    Claim(
        id="claim-in-context-formula-large",
        says="and with the paper's $S=5$, $s=0.33$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identities",
        measure=_formula("S = 5, s = 0.33"),
        stated=6.061,
        expect=(6.0605, 6.0615),
        because="three decimals are given",
    ),
]
