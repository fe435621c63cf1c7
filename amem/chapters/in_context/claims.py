"""What is said about energies learned in context, as numbers read off the tables."""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim

BRIDGING, ENERGY = "schaeffer2024bridging, sec. 1", "schaeffer2024icl_energy"
DIVERGENCE, RANKING, EXACT = "contrastive divergence", "ranking", "exact prediction"
CHANCE = "|z| ≤ 4, fixed seeds"


def _column(table: pd.DataFrame, name: str, **equal: object) -> NDArray[np.float64]:
    """A column of the rows in which others have these values."""
    for other, value in equal.items():
        table = cast("pd.DataFrame", table[table[other] == value])
    return table[name].to_numpy(float)


def _curve(table: pd.DataFrame, name: str, source: str) -> NDArray[np.float64]:
    """The means over seeds, in the order of the context's size."""
    return _column(table, name, what="mean", source=source)


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


def _under_kernels(source: str) -> Callable[[pd.DataFrame], float]:
    """By how much the NLL is at least below that of the best kernel estimate, from one to four points."""

    def measure(table: pd.DataFrame) -> float:
        few = cast("pd.DataFrame", table[(table["n"] >= 1) & (table["n"] <= 4)])
        kernel = _curve(few, "nll", "kernel density, bandwidth chosen on the test")
        return float((kernel - _curve(few, "nll", source)).min())

    return measure


def _swap(source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float((_curve(table, "swapped", source) - _curve(table, "nll", source))[-1])


def _scale_of_energy(table: pd.DataFrame) -> float:
    """β of contrastive divergence without context over that of one well."""
    return float(_curve(table, "beta_each", DIVERGENCE)[0] / _curve(table, "beta_each", "one well")[0])


def _sampled(table: pd.DataFrame) -> NDArray[np.float64]:
    return _column(table, "within", what="mean")


def _final_gap(objective: str) -> Callable[[pd.DataFrame], float]:
    """The mean gap E₊ − E₋ over the last fifth of the updates."""

    def measure(table: pd.DataFrame) -> float:
        gap, update = (_column(table, name, what="update", objective=objective) for name in ("gap", "update"))
        return float(gap[update > 0.8 * update.max()].mean())

    return measure


def _stages(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of contrastive divergence at each stage of training, mean over seeds."""
    at = {"what": "stage", "objective": DIVERGENCE}
    updates = np.unique(_column(table, "update", **at))
    return np.array([_column(table, name, **at, update=update).mean() for update in updates])


def _change(name: str) -> Callable[[pd.DataFrame], float]:
    """From the first stage to the last."""
    return lambda table: float(_stages(table, name)[-1] - _stages(table, name)[0])


def _remaining_error(source: str) -> Callable[[pd.DataFrame], float]:
    """The squared error with the longest context, over that without any."""

    def measure(table: pd.DataFrame) -> float:
        error = _column(table, "error", source=source)
        return float(error[-1] / error[0])

    return measure


def _against_least_squares(table: pd.DataFrame) -> float:
    ours, theirs = (_column(table, "error", source=source, n=1)[0] for source in (RANKING, "least squares"))
    return float(ours / theirs)


def _well_error(table: pd.DataFrame) -> float:
    """The largest relative deviation from the prediction, where there is one."""
    ratio = _column(table, "learned") / _column(table, "predicted")
    return float(np.abs(ratio[np.isfinite(ratio)] - 1).max())


def _no_rest(table: pd.DataFrame) -> float:
    """The least αk learned where no curvature is predicted."""
    learned, predicted = _column(table, "learned"), _column(table, "predicted")
    return float(learned[np.isnan(predicted)].min())


def _steps_apart(table: pd.DataFrame) -> float:
    """The largest relative difference of αk between the two steps, where it comes to rest."""
    steps = np.unique(_column(table, "step"))
    one, other = (_column(table, "learned", step=step) for step in (steps[0], steps[-1]))
    known = np.isfinite(_column(table, "predicted", step=steps[0]))
    return float(np.abs(one / other - 1)[known].max())


def _largest(name: str, identity: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.nanmax(np.abs(_column(table, name, identity=identity))))


def _unseen(table: pd.DataFrame) -> float:
    hidden = table["what"].str.contains("seen|target")
    return float(cast("pd.DataFrame", table[hidden])["error"].to_numpy(float).max())


def _formula(what: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(_column(table, "wanted", identity="no context", what=what)[0])


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
        " bandwidth:"
        " least difference of NLL",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_under_kernels(DIVERGENCE),
        expect=(0.0, math.inf),
        because="a sign; the kernels may even choose their bandwidth on the test",
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
        says="Contrastive divergence gives them at the scale that its sampler sets: inverse temperature without"
        " context over"
        " that of one quadratic well with the same sampler",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="sharpening",
        measure=_scale_of_energy,
        stated=1.0,
        expect=(0.5, 2.0),
        because="the marginal is one Gaussian, but the network's energy need not be a parabola: a factor of two",
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
        " quick; the paper's"
        " sampler in full) make it run away: gap in the end",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="training",
        measure=_final_gap("large step, little noise"),
        stated=-33.0,
        expect=(-math.inf, -10.0),
        because="−10 is where a run-away is said to begin",
        finding="It settles at a gap close to zero, and at a worse likelihood than the chapter's own run. What does"
        " run away"
        " is a sampler whose noise is wider than a component, as one well predicts.",
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
        finding="It rises at first and then hardly changes. The warning stands in another form: over the whole box"
        " this measure"
        " prefers contrastive divergence to ranking, whose likelihood is the better.",
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
        id="claim-in-context-order",
        says="A causal network is not exactly blind to the order of its context: median spread of a task's NLL over"
        " orders"
        " (ranking), in nats",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="orders",
        measure=lambda table: float(np.median(_column(table, "spread", kind=RANKING))),
        expect=(1e-3, 0.5),
        because="more than rounding, less than what the context is worth",
    ),
    Claim(
        id="claim-in-context-invariant",
        says="A network whose context points all see one another is: largest spread of an energy over orders, relative",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="orders",
        measure=lambda table: float(_column(table, "energy_spread", kind="invariant, untrained").max()),
        expect=(0.0, 1e-4),
        because="a property of the wiring; single precision rounds at 10⁻⁷ of terms that may cancel",
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
        says="With one pair a learned prior beats least squares: squared error of ranking over that of least squares",
        source=ENERGY,
        mark="RECONSTRUCTED",
        experiment="regression",
        measure=_against_least_squares,
        expect=(0.0, 1.0),
        because="the expected error of least squares from one pair is infinite",
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
        says="With noise beyond the data's standard deviation there is no rest: least $\\alpha k$ reached",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="wells",
        measure=_no_rest,
        expect=(1.0, math.inf),
        because="no αk below one has such narrow negatives; beyond two the well throws them out",
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
                    _column(table, "error", identity="one pass", what=f"prefix by prefix, {kind}")
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
