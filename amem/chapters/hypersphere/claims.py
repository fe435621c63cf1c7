"""What is said about attention as clustering on the sphere, as numbers read off the tables."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers

BRIDGING, POSTER = "schaeffer2024bridging, sec. 4", "schaeffer2023probabilistic_lens, poster"
STUDENT = {2: 4.303, 4: 2.776}
"""Degrees of freedom, and how many standard errors hold 95 % of Student's law."""
SIX_DIGITS = "six decimals of the formula, evaluated with fifty digits, before the expansion was written"
EXACT = (0.0, 1e-12)
ROUNDING = "an identity: rounding in double precision, nothing else"


def _largest(name: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.abs(numbers(table, name, **equal)).max())


def _gap(one: str, other: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    """The largest difference of two columns over all pairs of query and key."""

    def measure(table: pd.DataFrame) -> float:
        difference = numbers(table, one, what="pair", **equal) - numbers(table, other, what="pair", **equal)
        return float(np.abs(difference).max())

    return measure


def _one_draw(norm: str) -> Callable[[pd.DataFrame], float]:
    """The largest change of attention under uniform weights in a nine-token example, typically (median over draws)."""

    def measure(table: pd.DataFrame) -> float:
        draws = np.unique(numbers(table, "draw", what="pair"))
        return float(np.median([_gap("attention", "uniform", norm=norm, draw=draw)(table) for draw in draws]))

    return measure


def _length(table: pd.DataFrame) -> float:
    difference = numbers(table, "length", what="epsilon") - numbers(table, "predicted", what="epsilon")
    return float(np.abs(difference).max())


def _scatter(spread: float) -> Callable[[pd.DataFrame], float]:
    """Standard deviation of log κ over the keys."""
    return lambda table: float(np.log(numbers(table, "kappa", what="key", spread=spread)).std())


def _tripled(table: pd.DataFrame) -> float:
    return float(np.abs(numbers(table, "tripled", what="key") / 9 - 1).max())


def _deepest_fall(table: pd.DataFrame) -> float:
    """The least change of a token's log-density in one layer, keys at rest."""
    kappas, tokens = np.unique(numbers(table, "kappa")), np.unique(numbers(table, "token"))
    paths = [numbers(table, "log_density", keys="at rest", kappa=k, token=t) for k in kappas for t in tokens]
    return float(min(np.diff(path).min() for path in paths))


def _left(table: pd.DataFrame, keys: str, kappa: float) -> NDArray[np.float64]:
    """How many tokens stay apart, layer by layer."""
    return numbers(table, "distinct", keys=keys, kappa=kappa, token=0)


def _head_start(table: pd.DataFrame) -> float:
    """How many layers sooner half of the tokens have merged if keys move along, at the least favourable κ."""

    def half(keys: str, kappa: float) -> int:
        left = _left(table, keys, kappa)
        return int(np.argmax(left <= left[0] / 2))

    return float(min(half("at rest", k) - half("moving along", k) for k in np.unique(numbers(table, "kappa"))))


def _fewer(table: pd.DataFrame) -> float:
    """How many fewer tokens stay apart in the last layer if keys move along, at the least favourable κ."""
    kappas = np.unique(numbers(table, "kappa"))
    return float(min(_left(table, "at rest", k)[-1] - _left(table, "moving along", k)[-1] for k in kappas))


def _value(n: int) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(numbers(table, "value", method="value", n=n)[0])


def _first_failure(table: pd.DataFrame) -> float:
    error = numbers(table, "error", method="scaled Bessel function")
    return float(numbers(table, "n", method="scaled Bessel function")[error > 1].min())


def _last_failure(table: pd.DataFrame) -> float:
    """The largest concentration of the map at which the scaled Bessel function fails in 768 dimensions."""
    error = numbers(table, "error", method="scaled Bessel function", n=768)
    return float(numbers(table, "kappa", method="scaled Bessel function", n=768)[error > 1].max())


def _fit_error(table: pd.DataFrame) -> float:
    """The largest deviation of a fitted concentration, in standard errors."""
    fitted, planted, error = (numbers(table, name, what="fit") for name in ("fitted", "planted", "standard_error"))
    return float((np.abs(fitted - planted) / error).max())


def _likelihood_gain(table: pd.DataFrame) -> float:
    """Twice the log-likelihood that all points gain over the planted mixture, mean over seeds."""
    first = {"what": "fit", "component": 0}
    return float((2 * numbers(table, "points", **first) * numbers(table, "log_likelihood_gain", **first)).mean())


def _explained(attention: str, what: str) -> Callable[[pd.DataFrame], float]:
    """The share of the variance of log π over a head's keys that −log C(κ) explains, median over heads."""

    def measure(table: pd.DataFrame) -> float:
        rows = {"attention": attention, "what": what}
        heads = np.unique([numbers(table, name, **rows) for name in ("seed", "block", "head")], axis=1).T
        shares: list[float] = []
        for seed, block, head in heads:
            one = {**rows, "seed": seed, "block": block, "head": head}
            weight, tie = numbers(table, "log_weight", **one), numbers(table, "tie", **one)
            shares.append(1 - float((weight - tie).var() / weight.var()))
        return float(np.median(shares))

    return measure


def _sharpening(table: pd.DataFrame) -> float:
    """How many times larger tied concentrations are after training: median over keys, least over seeds."""

    def median(what: str, seed: float) -> float:
        return float(np.median(numbers(table, "kappa", attention="tied", what=what, seed=seed)))

    seeds = np.unique(numbers(table, "seed"))
    return min(median("key, trained", seed) / median("key, at the start", seed) for seed in seeds)


def _loss(table: pd.DataFrame, attention: str, what: str = "test") -> float:
    return float(numbers(table, "loss", attention=attention, what=what).mean())


def _early(table: pd.DataFrame) -> float:
    """Training loss from a tenth to three tenths of the way, untied over tied."""
    step = numbers(table, "step", what="training")
    end = step.max() + step[step > 0].min()

    def mean(attention: str) -> float:
        rows = {"attention": attention, "what": "training"}
        way = numbers(table, "step", **rows) / end
        return float(numbers(table, "loss", **rows)[(way >= 0.1) & (way < 0.3)].mean())

    return mean("untied") / mean("tied")


def _above_floor(table: pd.DataFrame) -> float:
    """The lowest loss of any model on unseen text, over the information in the text."""
    return float(numbers(table, "loss", what="test").min() / numbers(table, "loss", what="information")[0])


def _half_widths(table: pd.DataFrame) -> float:
    """The difference of the two kinds' losses on unseen text, in half-widths of its 95 % interval over seeds."""
    tied, untied = (numbers(table, "loss", attention=kind, what="test") for kind in ("tied", "untied"))
    error = math.sqrt((tied.var(ddof=1) + untied.var(ddof=1)) / len(tied))
    return float((untied.mean() - tied.mean()) / (STUDENT[2 * len(tied) - 2] * error))


CLAIMS = [
    Claim(
        id="claim-hypersphere-identity",
        says="Attention after LayerNorm or RMSNorm equals the responsibilities of a mixture of von Mises–Fisher"
        " densities, $\\epsilon = 0$: largest difference",
        source=BRIDGING,
        mark="PAPER",
        experiment="identity",
        measure=_gap("attention", "responsibility"),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-residue",
        says="With $\\epsilon=10^{-5}$ and tokens of unit spread, taken to lie on the sphere, a residue is left",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_largest("residue", what="epsilon", spread=1.0),
        expect=(1e-7, 1e-5),
        because="the token is shorter by ε/2 = 5·10⁻⁶, times scores of order one",
    ),
    Claim(
        id="claim-hypersphere-inside",
        says="The residue is all in the token's length: inside the sphere, where $\\epsilon$ puts it, the"
        " identity is exact",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_largest("inside", what="epsilon"),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-length",
        says="That length is $(1+\\epsilon/\\tau^2)^{-1/2}$, $\\tau$ the spread of the raw token: largest difference",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_length,
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-projection",
        says="After LayerNorm a multiple of $(1, \\dots, 1)$, another for each key, can be added to $u_j$ and"
        " changes nothing",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_gap("attention", "shifted", norm="LayerNorm"),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-projection-rms",
        says="After RMSNorm it does change attention",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_gap("attention", "shifted", norm="RMSNorm"),
        expect=(0.1, 1.0),
        because="the sphere has all dimensions there; a change of weights is at most one",
    ),
    Claim(
        id="claim-hypersphere-scale",
        says="Attention does not see the scale of the raw token, $\\epsilon = 0$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_gap("attention", "rescaled"),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-gradient",
        says="Attention whose values are $u_j$ is the gradient of $\\log\\sum_j e^{\\hat x\\cdot u_j + c_j}$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_largest("gradient_gap", what="pair"),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-still",
        says="$\\kappa\\to0$: every component is uniform and attention is $\\mathrm{softmax}(c)$",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_gap("still", "prior"),
        expect=(0.0, 1e-7),
        because="κ is of order 10⁻⁸ here, and so is what it changes",
    ),
    Claim(
        id="claim-hypersphere-uniform-layernorm",
        says="Uniform mixing weights instead of the tied ones change some attention weight among nine tokens,"
        " LayerNorm, by more than 0.1: largest change, median over draws",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_one_draw("LayerNorm"),
        expect=(0.1, 1.0),
        because="we call a tenth of all attention a change that counts; how large it is depends on the scale of the"
        " weights, and 1 is all there is",
    ),
    Claim(
        id="claim-hypersphere-uniform-rmsnorm",
        says="The same after RMSNorm",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="identity",
        measure=_one_draw("RMSNorm"),
        expect=(0.1, 1.0),
        because="as before",
    ),
    Claim(
        id="claim-hypersphere-product",
        says="$e^{q\\cdot k} = e^{\\lVert k\\rVert\\cos}\\,e^{\\lVert q\\rVert}$, so that the mixing is uniform:"
        " orders of magnitude between the two sides, at worst",
        source=POSTER,
        mark="PAPER",
        experiment="identity",
        measure=_largest("product_error", what="pair"),
        expect=(0.0, 1e-9),
        because="an equation",
        finding="The exponent is the product $\\lVert q\\rVert\\lVert k\\rVert\\cos$, not a sum. The mixing weights"
        " are tied to the concentrations instead.",
    ),
    Claim(
        id="claim-hypersphere-homogeneous",
        says="Rotations as query and key matrices and equal gains give one $\\kappa$: standard deviation of its"
        " logarithm",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="gain",
        measure=_scatter(0.0),
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-gain",
        says="A gain that is the same for all features, here 3, only rescales all $\\kappa$, by its square:"
        " largest deviation",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="gain",
        measure=_tripled,
        expect=EXACT,
        because=ROUNDING,
    ),
    Claim(
        id="claim-hypersphere-ellipsoid",
        says="Unequal gains make the mixture inhomogeneous: standard deviation of $\\log\\kappa$ at a spread of 0.6",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="gain",
        measure=_scatter(0.6),
        expect=(0.03, 0.5),
        because="κ² is a sum over 64 features with weights that scatter by a factor e^±1.2: some tenths",
    ),
    Claim(
        id="claim-hypersphere-ascent",
        says="Normalised attention never lowers the density: the lowest step under random heads",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="ascent",
        measure=lambda table: float(numbers(table, "lowest_step").min()),
        expect=(-1e-12, 1.0),
        because="a theorem; log-densities of some tens are rounded at 10⁻¹⁴",
    ),
    Claim(
        id="claim-hypersphere-falls",
        says="The same for forty tokens that attend to one another, keys at rest",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="merging",
        measure=_deepest_fall,
        expect=(-1e-12, 1.0),
        because="a theorem, up to rounding",
    ),
    Claim(
        id="claim-hypersphere-merging-sooner",
        says="Keys that move along with the tokens merge half of them sooner, at every concentration: layers fewer,"
        " at least",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="merging",
        measure=_head_start,
        expect=(1.0, 50.0),
        because="the density sharpens as they gather; layers are whole numbers",
    ),
    Claim(
        id="claim-hypersphere-merging-further",
        says="In the end they leave no more tokens apart than keys at rest, at any concentration: tokens fewer, at"
        " least",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="merging",
        measure=_fewer,
        expect=(0.0, 39.0),
        because="equal numbers are allowed: a sharper density may keep the modes that it has",
    ),
    Claim(
        id="claim-hypersphere-value-10",
        says="$\\log C_{10}(5) = -4.382488$",
        source="banerjee2005clustering, sec. 2",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_value(10),
        expect=(-4.3824885, -4.3824875),
        because=SIX_DIGITS,
    ),
    Claim(
        id="claim-hypersphere-value-64",
        says="$\\log C_{64}(30) = 34.333725$",
        source="banerjee2005clustering, sec. 2",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_value(64),
        expect=(34.3337245, 34.3337255),
        because=SIX_DIGITS,
    ),
    Claim(
        id="claim-hypersphere-value-128",
        says="$\\log C_{128}(100) = 95.061469$",
        source="banerjee2005clustering, sec. 2",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_value(128),
        expect=(95.0614685, 95.0614695),
        because=SIX_DIGITS,
    ),
    Claim(
        id="claim-hypersphere-underflow",
        says="The scaled Bessel function underflows at $\\kappa = 10^{-6}$ from dimension 84 on: first dimension of"
        " the map where it fails",
        source="olver1974asymptotics",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_first_failure,
        expect=(84.0, 100.0),
        because="(κ/2)^ν/Γ(ν+1), what is left of I_ν at small κ, is below 10⁻³⁰⁸ from ν = 41; the map's next"
        " dimensions are 96 and 100",
    ),
    Claim(
        id="claim-hypersphere-underflow-768",
        says="In 768 dimensions, the width of GPT-2, it underflows up to $\\kappa\\approx 50$: largest $\\kappa$ of the"
        " map where it fails",
        source="olver1974asymptotics",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_last_failure,
        expect=(31.0, 51.0),
        because="(κ/2)^383 e^−κ/383! falls below 10⁻³⁰⁸ at κ = 51; the map goes in steps of √10",
    ),
    Claim(
        id="claim-hypersphere-accuracy",
        says="Our $\\log C_n(\\kappa)$ is right on the whole map: largest error, relative to $\\max(1, |\\log C_n|)$",
        source="olver1974asymptotics, ch. 10",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_largest("error", method="this book"),
        expect=(0.0, 1e-13),
        because="terms of up to some hundreds cancel where log C passes through zero",
    ),
    Claim(
        id="claim-hypersphere-mean-length",
        says="So is its derivative $-A_n(\\kappa)$: largest relative error",
        source="banerjee2005clustering, sec. 2",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_largest("error", method="mean length"),
        expect=(0.0, 2e-15),
        because="nothing cancels: some units in the last place",
    ),
    Claim(
        id="claim-hypersphere-slope",
        says="And its second derivative $-A_n'(\\kappa)$: largest relative error",
        source="banerjee2005clustering, sec. 2",
        mark="RECONSTRUCTED",
        experiment="accuracy",
        measure=_largest("error", method="slope"),
        expect=(0.0, 1e-11),
        because="inside the circle of 40 it is a difference, which loses up to four digits",
    ),
    Claim(
        id="claim-hypersphere-sampler",
        says="Drawn points have the exact mean resultant length: largest deviation in standard errors",
        source="wood1994simulation",
        mark="RECONSTRUCTED",
        experiment="recovery",
        measure=_largest("z", what="sample"),
        expect=(0.0, 4.0),
        because="24 Gaussian deviations of known width",
    ),
    Claim(
        id="claim-hypersphere-reparametrised",
        says="Differentiating the draws in $\\kappa$ gives $A_n'(\\kappa)$ on average: largest deviation in standard"
        " errors",
        source="figurnov2018implicit",
        mark="RECONSTRUCTED",
        experiment="recovery",
        measure=_largest("gradient_z", what="sample"),
        expect=(0.0, 4.0),
        because="24 averages over at least 2000 draws, close to Gaussian",
    ),
    Claim(
        id="claim-hypersphere-recovery",
        says="EM finds planted concentrations: largest deviation in standard errors",
        source="banerjee2005clustering, sec. 3",
        mark="RECONSTRUCTED",
        experiment="recovery",
        measure=_fit_error,
        expect=(0.0, 4.0),
        because="components hardly overlap, so the error is that of known labels",
    ),
    Claim(
        id="claim-hypersphere-likelihood",
        says="The fit is likelier than the truth by as much as its parameters allow: twice the gain in nats,"
        " mean over seeds",
        source="banerjee2005clustering, sec. 3",
        mark="RECONSTRUCTED",
        experiment="recovery",
        measure=_likelihood_gain,
        expect=(54.0, 114.0),
        because="Wilks: χ² with 84 degrees of freedom, mean 84 and standard deviation 13 a seed; four of them over"
        " three seeds",
    ),
    Claim(
        id="claim-hypersphere-tie-start",
        says="Before training $\\log\\pi_j = -\\log C(\\kappa_j)$ up to a constant: explained share of its variance",
        source=BRIDGING,
        mark="PAPER",
        experiment="language",
        measure=_explained("tied", "key, at the start"),
        expect=(0.999, 1.0),
        because="without biases the tie is an identity; single precision",
    ),
    Claim(
        id="claim-hypersphere-tie-trained",
        says="After training mixing and concentration are still tied: explained share of the variance, median"
        " over heads",
        source=BRIDGING,
        mark="PAPER",
        experiment="language",
        measure=_explained("tied", "key, trained"),
        expect=(0.5, 1.0),
        because="the norm's bias adds a part c_j that is free; we call it tied if that is the smaller part",
    ),
    Claim(
        id="claim-hypersphere-sharpening",
        says="Training concentrates the clusters of a tied model: how many times larger the median κ gets, least seed",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="language",
        measure=_sharpening,
        expect=(1.5, math.inf),
        because="half as much again is more than the seeds' scatter at the start, which is a few per cent",
    ),
    Claim(
        id="claim-hypersphere-tie-untied",
        says="Where they are free, training does not restore the tie: the same share",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="language",
        measure=_explained("untied", "key, trained"),
        expect=(-math.inf, 0.5),
        because="negative if −log C varies more than the weights do",
    ),
    Claim(
        id="claim-hypersphere-trained-uniform",
        says="A trained model needs its mixing weights: loss with uniform ones over loss",
        source=BRIDGING,
        mark="RECONSTRUCTED",
        experiment="language",
        measure=lambda table: _loss(table, "tied", "test, uniform weights") / _loss(table, "tied"),
        expect=(1.5, 100.0),
        because="a factor that nobody would miss",
    ),
    Claim(
        id="claim-hypersphere-untying-early",
        says="Free concentration and mixing are learned faster, at equal parameters: training loss from a tenth to"
        " three tenths of the way, untied over tied",
        source="schaeffer2023probabilistic_lens",
        mark="RECONSTRUCTED",
        experiment="language",
        measure=_early,
        expect=(0.5, 0.98),
        because="suggested without a prediction; the full curves were seen before the claim was made. Below 1 is"
        " faster, and two per cent is what seeds differ by",
    ),
    Claim(
        id="claim-hypersphere-untying",
        says="In the end little is left of the lead, below five per cent: relative change of the loss on unseen text",
        source="schaeffer2023probabilistic_lens",
        mark="RECONSTRUCTED",
        experiment="language",
        measure=lambda table: _loss(table, "untied") / _loss(table, "tied") - 1,
        expect=(-0.05, 0.05),
        because="less than five per cent either way is no difference that a model of this size can show",
    ),
    Claim(
        id="claim-hypersphere-untying-seeds",
        says="Nor is what is left more than seeds differ by: the change in half-widths of its 95 % interval",
        source="schaeffer2023probabilistic_lens",
        mark="RECONSTRUCTED",
        experiment="language",
        measure=_half_widths,
        expect=(-1.0, 1.0),
        because="Student's law with the degrees of freedom that two or three seeds of a kind leave",
    ),
    Claim(
        id="claim-hypersphere-unfinished",
        says="Neither kind has learned all there is: least loss on unseen text, over the information in it",
        source="schaeffer2023probabilistic_lens",
        mark="RECONSTRUCTED",
        experiment="language",
        measure=_above_floor,
        expect=(1.2, math.inf),
        because="a fifth above the floor leaves room for either kind to win with longer training",
    ),
    Claim(
        id="claim-hypersphere-parameters",
        says="Both models have the same number of parameters: difference",
        source="schaeffer2023probabilistic_lens",
        mark="RECONSTRUCTED",
        experiment="language",
        measure=lambda table: _loss(table, "untied", "parameters") - _loss(table, "tied", "parameters"),
        expect=(0.0, 0.0),
        because="hidden units are traded for features",
    ),
]
