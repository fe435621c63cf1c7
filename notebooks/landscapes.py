# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Memory as a landscape
#
# Imagine a hilly country and a ball that rolls downhill. Put a valley at every place you want to remember. A ball released near one of
# them rolls to its floor: from part of a memory, the landscape restores the whole. {cite:t}`hopfield1982neural` turned this picture into a
# network of neurons, and the valleys into the low points of an energy. Forty years later the same picture describes the attention of a
# transformer {cite}`ramsauer2021hopfield`.
#
# What lies between is one idea, made stronger step by step. The memories are $p$ vectors $\xi^1,\dots,\xi^p$ of $n$ numbers. A state $\sigma$
# is compared with each of them by a dot product, the comparison goes through a function $F$, and the results are added up:
#
# $$
# E(\sigma) = -\sum_{\mu=1}^{p} F(\xi^\mu\cdot\sigma).
# $$
#
# With $F(x) = x^2$ this is Hopfield's network. With $F(x) = x^3$ or $x^4$ the valleys become narrower, so that more of them fit side by side
# {cite}`krotov2016dense`. With $F(x) = e^x$ {cite}`demircigil2017model` their number grows exponentially with the number of neurons. And
# the logarithm of that last sum, with real states instead of $\pm1$, is the energy whose descent is attention.
#
# This chapter walks along that path and measures, at each step, what the papers promise. Many promises hold for $n\to\infty$; for the
# sizes that we can simulate there are exact laws, and we put both beside every measurement. The table at the end lists each claim with its
# source. PAPER marks what a paper states, RECONSTRUCTED what we derived or set ourselves, RECALLED what we quote from memory.

# %% tags=["parameters"]
preset = "quick"
device = "auto"

# %%
from amem.book import judge, published, record, show

# %% [markdown]
# ## Five landscapes of the same memories
#
# In two dimensions a landscape can be seen. We store six points: two close pairs, one point alone, and one alone that is shorter than the
# others. Then we let balls roll.
# %%
from amem.chapters.landscapes.landscapes import experiment, figures

landscapes = record(experiment.landscapes, preset, device)
show(figures.energies, landscapes)

# %% [markdown]
# {numref}`fig-landscapes-energies` holds the plot of the whole chapter. The quadratic energy can tell hardly anything apart: without its
# self-couplings it is a single saddle in the plane, whatever we store. The log-sum-exp energy,
#
# $$
# E(x) = -\frac1\beta \log\sum_\mu e^{\beta\, x_\mu\cdot x} + \frac12\lVert x\rVert^2 + \text{constant},
# $$
#
# has a knob, the inverse temperature $\beta$. Turned low, it knows one average; turned up, it knows groups; turned up further, it knows
# every memory by itself. This is no accident of the picture. $e^{-\beta E}$ is a mixture of Gaussians of variance $1/\beta$ centred on the memories, and
# two equal bells closer than two standard deviations look like one. The mixture's weights grow as $e^{\beta\lVert x_\mu\rVert^2/2}$, so a dot product prefers
# long memories: at $\beta$ = [[landscapes.middle]] the short one is the only lone memory without a valley of its own, and at $\beta$ = [[landscapes.high]] the floor of its valley is
# still the highest.
#
# The Epanechnikov energy {cite}`hoover2025epanechnikov` replaces the Gaussian bell by a parabola that ends. What it promises looks strange
# at first, and the figure shows all of it: far from every memory there is no slope at all, a memory without near neighbours is recalled
# *exactly*, and where the parabolas of two memories overlap a memory appears that nobody stored.

# %% [markdown]
# ## One step, one bit
#
# How many memories fit? Start *on* a stored pattern of fair coins, $\xi^\mu_i = \pm1$, and ask a single neuron whether it wants to leave. It
# compares the energies of its two values, the other neurons held {cite}`krotov2016dense`:
#
# $$
# \sigma_i \leftarrow \mathrm{sgn}\sum_\mu \Big[ F\big(\xi_i^\mu + \textstyle\sum_{j\ne i}\xi_j^\mu\sigma_j\big)
#                                           - F\big(-\xi_i^\mu + \sum_{j\ne i}\xi_j^\mu\sigma_j\big)\Big].
# $$
#
# The pattern itself contributes a large term that says *stay*. The $p-1$ others contribute cross-talk, a sum of independent terms of random
# sign. If that sum were Gaussian, the chance of a wrong bit would be
#
# $$
# P_{\rm err} = Q(z), \qquad z = \sqrt{\frac{n^{k-1}}{(2k-3)!!\;p}},
# $$
#
# for $F(x) = x^k$, with $Q$ the tail of the normal law. A load $p = \alpha_k n^{k-1}$ keeps the error fixed, and the familiar 0.14 of the
# Hopfield network is $\alpha_2$ at an error of [[coefficients.error]], more exactly [[coefficients.load]]:

# %%
from amem.chapters.landscapes.coefficients import experiment

coefficients = record(experiment.coefficients, preset, device)
columns = {"memory": "memory", "error": "bits that err", "coefficient": "load over n^(k-1)"}
print(coefficients.table[list(columns)].rename(columns=columns).to_string(index=False, float_format="{:.4g}".format))

# %% [markdown]
# But one need not assume a Gaussian. The cross-talk lives on a lattice, and its exact law follows from a Fourier transform, for any $n$, $p$
# and $k$. {numref}`fig-landscapes-one-step-error` compares all three.

# %%
from amem.chapters.landscapes.one_step_error import experiment, figures

one_step_error = record(experiment.one_step_error, preset, device)
show(figures.one_step_error, one_step_error)

# %% [markdown]
# The simulation agrees with the exact law everywhere, within four standard errors of whole draws. (The bars in the figure count bits as
# independent, which the bits of a draw, sharing their patterns, are not.) The Gaussian limit is a good first guess and not more: just where it
# matters, at small errors, the quadratic memory errs [[one_step_error.quadratic]] times as often as it says, the cubic and the quartic one
# [[one_step_error.cubic]] and [[one_step_error.quartic]] times. The quadratic memory does better than the limit, since its cross-talk has $p-1$ terms, not $p$, and at even $p$ some fields are zero, which is
# no error; the higher orders do worse, since a few patterns that happen to be close weigh in with a high power. A tolerance of 35 %, which is how
# one might check a simulation against the formula, fails for the quadratic memory at the smallest load. The table calls that claim *not
# reproduced*, although nothing is wrong except the approximation.
#
# That moving one spin after the other lowers the energy needs no approximation. It is how the rule was made. Still, we count:

# %%
from amem.chapters.landscapes.descent import experiment

descent = record(experiment.descent, preset, device)
columns = {"memory": "memory", "updates": "updates", "energy": "mean energy", "rise": "largest change"}
print(
    published(descent).table[list(columns)].rename(columns=columns).to_string(index=False, float_format="{:.3g}".format)
)

# %% [markdown]
# Each row is one sweep over all neurons from many random states at once; energies are in units of the largest $|E|$ seen, and the largest
# change is that of any state in that sweep. No change is positive. Moving all spins in parallel carries no such guarantee.

# %% [markdown]
# ## How many patterns?
#
# From one bit to a whole pattern. Say *always* what is asked: one given pattern or all of them, one step or a fixed point,
# self-coupling or not. Each choice changes the answer, some by a constant, some by an exponent. Here it is one given pattern, one step, no
# self-coupling, and the capacity is the load at which the pattern comes through without a single wrong bit in half of all draws.
#
# We do not look for the largest $p$ that once worked, which is biased upwards by every retry. We fix a grid of loads beforehand, count, and fit
# the curve; the threshold comes with an interval.

# %%
from amem.chapters.landscapes.capacity import experiment, figures

capacity = record(experiment.capacity, preset, device)
show(figures.capacity, capacity)

# %% [markdown]
# The power laws are there: a higher order is a steeper line in the middle panel of {numref}`fig-landscapes-capacity`. Next to the line
# that follows from the exact one-bit law, taking the $n$ bits of a pattern as independent, the markers are [[capacity.powers_over_exact]] times as high.
# The formula $n^{k-1}/(2(2k-3)!!\ln n)$ of {cite:t}`krotov2016dense` lies below all markers, by a factor that shrinks towards one only like
# $\ln\ln n/\ln n$. It answers a stricter question: *no* errors as $n\to\infty$.
#
# The exponential memory shows what a difference the question makes. For one given pattern the load grows as $e^{0.675\,n}$ in the limit. At
# our sizes the slope is smaller, [[capacity.one_slope]], and the exact law says so too, [[capacity.one_slope_exact]]: the cross-talk comes from a
# handful of patterns that differ from the given one in a few spins, and that is far from Gaussian. It also makes a pattern's bits fail apart rather than together, since a
# rival that attacks one spin supports all the others; the law takes them as independent, so its line lies above the markers. For *all* patterns at
# once, the enemy is a birthday. As soon as two patterns differ in a single spin, one of them is wrong in that spin after a step, whatever the
# others do. There are $p^2/2$ pairs, each with a chance of $n/2^n$, so half of the draws contain such a pair at
#
# $$
# p = \sqrt{2\ln 2\cdot 2^n/n}.
# $$
#
# This has no free parameter. At our largest size the curve of counts crosses one half at [[capacity.crossing]] times this load. The markers are
# the middles of fitted curves, at [[capacity.all_over_birthday]] times it, and the solid line is the law fitted in the same way. Its rate is the
# $2^{n/2}$ of the theorem in {cite:t}`demircigil2017model`, about half of the exponent for a single pattern. Both statements are true. They are about different things.

# %% [markdown]
# ## How much damage?
#
# A memory that only confirms what it is shown is useless. Flip a fraction $\rho$ of the bits of a pattern and update all neurons once. The
# theorem says that $e^{\alpha n}$ patterns are all restored, with a probability that tends to one, if
#
# $$
# \alpha < \tfrac12 I(1-2\rho), \qquad I(a) = \tfrac12\big[(1+a)\ln(1+a) + (1-a)\ln(1-a)\big].
# $$
#
# The factor one half is the birthday again. For a single given pattern the dangerous event is that *one* of the others is closer to the
# cue than the pattern itself; that happens when $\alpha > I(1-2\rho)$, as long as $\rho$ is not so small that the many outweigh the one.

# %%
from amem.chapters.landscapes.exponential_recall import experiment, figures

exponential_recall = record(experiment.exponential_recall, preset, device)
show(figures.exponential_recall, exponential_recall)

# %% [markdown]
# The right panel of {numref}`fig-landscapes-exponential-recall` shows that the two thresholds answer two questions. All its loads lie above the
# all-patterns threshold, where the theorem promises nothing, yet [[exponential_recall.below]] of the [[exponential_recall.loads]] errors of a
# single pattern fall as the network grows. Only above the
# one-pattern threshold do they rise. A memory used in practice
# is asked for one pattern at a time.

# %% [markdown]
# ## Attention, at three temperatures
#
# Let the states be real vectors. The log-sum-exp energy is a difference of two convex functions, and minimising the one while linearising the
# other gives a rule without a step size {cite}`ramsauer2021hopfield`,
#
# $$
# x \leftarrow \sum_\mu \mathrm{softmax}_\mu(\beta\, x_\mu\cdot x)\; x_\mu,
# $$
#
# which never raises the energy. It is one head of attention whose keys and values are the memories. In this library it takes one line,
# `run(attend(patterns, beta), cue, steps=…)`. Now store patterns that come in clusters, cue one of them, and turn $\beta$ through
# [[temperatures.decades]] decades.

# %%
from amem.chapters.landscapes.temperatures import experiment, figures

temperatures = record(experiment.temperatures, preset, device)
show(figures.temperatures, temperatures)

# %% [markdown]
# The staircase of {numref}`fig-landscapes-temperatures` has three plateaus. On them the attention weights of a fixed point are shared by all
# memories, by the members of one cluster, or belong to a single memory. Nothing in the rule knows about clusters: the plateau in the middle
# is where $\beta$ resolves the distance between clusters and not yet the distance within. Along every path the energy stays between 0
# and $2M^2$, $M$ being the largest norm, and never rises.
#
# The right panel holds a small warning. Close to the transition a single step of attention brings a noisy cue near to its pattern, to
# [[temperatures.best_step]] radii, and further steps take it away again, to the average of everything. More iterations are not better when the
# pattern is not a fixed point.

# %% [markdown]
# ## One network behind them all
#
# Powers, exponentials and softmax ask a synapse to multiply many signals at once, which no synapse does. {cite:t}`krotov2021large`
# removed the objection. Give every memory its own hidden neuron, let visible and hidden neurons talk through ordinary pairwise
# synapses $\Xi$,
#
# $$
# \tau_v\,\dot v = \Xi^\top f - v, \qquad \tau_h\,\dot h = \Xi\, g - h,
# \qquad f = \frac{\partial L_h}{\partial h}, \quad g = \frac{\partial L_v}{\partial v},
# $$
#
# and choose the activations through two convex functions, the Lagrangians $L_v$ and $L_h$. The energy
#
# $$
# E = v\cdot g - L_v + h\cdot f - L_h - f^\top\Xi\, g
# $$
#
# can only fall, and with fast hidden neurons it becomes an energy of the kind above. Four choices, one wiring:
#
# | model | visible activation $g$ | hidden activation $f$ |
# |---|---|---|
# | A, dense memory | $\tanh 4v$ | $[h]_+^2$ |
# | B, attention | $v$ | $\mathrm{softmax}(0.3\,h)$ |
# | C, on the sphere | $v/\lVert v\rVert$ | $[h]_+^3$ |
# | Hopfield's, graded | $\tanh v$ | $h$ |

# %%
from amem.chapters.landscapes.two_layer import experiment, figures

two_layer = record(experiment.two_layer, preset, device)
show(figures.two_layer, two_layer)

# %% [markdown]
# All four of {numref}`fig-landscapes-two-layer` hold the same [[two_layer.hidden]] patterns. So many in [[two_layer.visible]] neurons are far
# too many for the last one, a load of [[two_layer.load]] where 0.14 is the limit. Its energy falls as dutifully as the others' and, for this
# draw and cue, leads somewhere else. A falling energy promises an end, not the right one.

# %% [markdown]
# ## Real images
#
# Fair coins are kind to a memory, because independent patterns hardly overlap. Images are not kind. Digits share their background,
# and patches of one photograph its light. We store [[images.stored]] of either and ask for one of them with a cue that is half
# masked, noisy, or blurred.

# %%
from amem.chapters.landscapes.images import experiment, figures

images = record(experiment.images, preset, device)
show(figures.images, images)

# %% [markdown]
# The quadratic memory returns the same blend whatever it is asked: what the images have in common is stored [[images.stored]] times, what
# tells them apart only once. A steeper energy listens to the best match and forgets the crowd. How far that carries is a matter
# of counting, over many images and several loads:

# %%
from amem.chapters.landscapes.image_recall import experiment, figures

image_recall = record(experiment.image_recall, preset, device)
show(figures.image_recall, image_recall)

# %% [markdown]
# Averaged over the cues and loads of {numref}`fig-landscapes-image-recall`, the memories come in the order of this chapter: quadratic, cubic,
# exponential, log-sum-exp. One should not read more into the last step than there is. The first three work on black-and-white images and thereby
# lose part of the cue, which the log-sum-exp memory keeps; on blurred digits, which turn into good black-and-white ones, less than half of its
# lead is left: it recalls [[image_recall.blurred_log_sum_exp]] of them, the exponential memory [[image_recall.blurred_exponential]].
#
# ## What was claimed, what was found
#
# The chapter on {doc}`kde_capacity` takes up the thread at the log-sum-exp energy: normalised, it is a
# probability density, and its capacity can be predicted without simulating. Here is the account of this one.
#
# These counts end at [[capacity.powers_largest]] neurons for the powers and at [[capacity.one_largest]] for one given pattern of the
# exponential memory. Each two further neurons of the latter multiply the patterns by nearly four.

# %%
judge(
    landscapes,
    coefficients,
    one_step_error,
    descent,
    capacity,
    exponential_recall,
    temperatures,
    two_layer,
    images,
    image_recall,
)
