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
# # A landscape out of a handful of points
#
# Every memory in this book so far was built for its data: another set of points would have needed another memory. A language
# model does something else. Shown a few examples in its prompt it behaves as if it had been trained on them, and not a single
# weight changes. {cite:t}`schaeffer2024icl_energy` and {cite:t}`schaeffer2024bridging` ask whether an *energy* can be learned in
# this way: a network that reads a data set $x_1,\dots,x_n$ and answers, for any query $x$, with a number
#
# $$
# E_\theta(x \mid x_1,\dots,x_n) \;=\; -\log p(x \mid x_1,\dots,x_n) + \text{const.},
# $$
#
# one set of weights $\theta$ for all data sets. Then the landscape, its wells, the memories, would be made on the spot from
# whatever the network is shown. What usually comes out of learning in context is a point of the same kind as what went in. Here
# points go in and a landscape comes out.
#
# The paper calls its evidence preliminary and gives pictures. We repeat the pictures, and then measure: how good the landscapes
# are, what the best possible ones would be, what sets their scale, and where the training breaks down. Numbers that are marked
# RECONSTRUCTED are ours.

# %% tags=["parameters"]
preset = "quick"
device = "auto"

# %% [markdown]
# ## One network, many landscapes
#
# The data sets are small clouds in the plane. To make one, draw [[landscapes.components]] means from $\mathcal N(0, S^2I)$, and
# points from the equal mixture of Gaussians of standard deviation $s$ around them. That is a *task*; during training the network
# meets every task once, and never again.
#
# The network is an ordinary transformer: each point is a token, a linear map takes it in, blocks of pre-norm attention mix the
# tokens, and a last linear map takes each token to one number, its energy.
#
# A mask makes this cheap. Let each token of the context see the ones before it. Then its own output is the energy
# $E_\theta(x_n\mid x_1,\dots,x_{n-1})$ of a point given those shown before, and one pass over a sequence of length $L$ gives $L$
# training cases, for contexts of every size from none to $L-1$. A query that sees the context and itself, and that nothing else
# sees, is a point of the landscape.
#
# The network of the first figures has [[landscapes.layers]] blocks of [[landscapes.heads]] heads, width [[landscapes.width]], and
# no code of a token's position. We train it first (the next section says how), and look at tasks that it has never seen.

# %%
from amem.book import judge, record, select, show
from amem.chapters.in_context.landscapes import experiment, figures

plane = record(experiment.landscapes, preset, device)
show(figures.landscapes, plane)

# %% [markdown]
# The landscape deepens around whatever is shown. Read a row of {numref}`fig-in-context-landscapes` from left to right. With nothing
# shown, the energy is the same bowl for every task: all that the network knows is where means tend to lie. With points, basins
# appear, and every cross lies where the energy is below its mean. Between the panels of a row no weight has changed.
#
# The sampler sees the landscape through its slope:

# %%
from amem.chapters.in_context.landscapes import figures

show(figures.field, plane)

# %% [markdown]
# ## Two ways to teach it
#
# We would like to minimise $-\log p_\theta(x_n\mid x_{<n}) = E_\theta(x_n\mid x_{<n}) + \log Z_\theta(x_{<n})$, and cannot, because
# of $Z$. Its gradient is a difference of two averages,
#
# $$
# \nabla_\theta\mathcal L = \big\langle\nabla_\theta E_\theta(x^+)\big\rangle_{\text{data}} - \big\langle\nabla_\theta E_\theta(x^-)\big\rangle_{p_\theta} :
# $$
#
# lower the energy where the data are, raise it where the model believes them to be. **Contrastive divergence**
# {cite}`hinton2002training` replaces the second average by a few steps of a sampler, here from a broad random start,
#
# $$
# x^- \leftarrow x^- - \alpha\nabla_x E_\theta(x^-\mid x_{<n}) + \sigma\omega, \qquad \omega\sim\mathcal N(0, I),
# $$
#
# and treats the end points as constants. This is the paper's way (with $\alpha = 3.16$, $\sigma=0.01$ and 15 steps). Since nothing
# pins the energies down when the sampler falls short, a small penalty $\lambda\langle E^2\rangle$ holds them {cite}`du2021improved`.
#
# **Ranking** {cite}`ma2018noise` needs no sampler. Draw negatives uniformly in a box, and let the network tell the real point from
# them:
#
# $$
# \mathcal L = \Big\langle E_+ + \log\Big(e^{-E_+} + \sum_r e^{-E_{-,r}}\Big)\Big\rangle .
# $$
#
# For any number of negatives this is least when $E$ is $-\log p$ up to a constant of the context. In two dimensions random
# negatives do find the wells; in two hundred they would not, which is why one bothers with samplers at all.
#
# Here ranking is the reference: the same network on the same tasks, though not with the same effort. It gets
# [[training.ranking_updates]] updates with [[training.ranking_negatives]] negatives to a point, contrastive divergence
# [[training.divergence_updates]] with [[training.divergence_negatives]], moved in [[training.steps]] steps.

# %%
from amem.chapters.in_context.training import experiment, figures

taught = record(experiment.training, preset, device)
show(figures.training, taught)

# %% [markdown]
# A quiet gap is no sign of success. The left panel of {numref}`fig-in-context-training` shows what one watches during contrastive
# divergence, the gap $E_+-E_-$. A gap that runs away below zero is a known sign of trouble: the sampler does not reach the wells
# that it is told to raise, and our trainer stops when it does.
#
# The dashed runs have a larger step ([[training.quoted_step]] for [[training.step]]), less noise ([[training.quoted_noise]] for
# [[training.noise]]) and a weaker penalty ([[training.quoted_penalty]] for [[training.penalty]]). As they are quoted, they take
# [[training.quoted_steps]] steps of the sampler, the learning rate [[training.quoted_rate]] (for [[training.rate]]) and the bound
# [[training.quoted_norm]] (for [[training.norm]]) on the gradient. A longer run with such numbers was said to diverge.
#
# Ours do not. Their gap is never farther than [[training.quoted_gap]] from zero, and their likelihood (middle panel) is in every
# network worse than that of the chapter's own run after [[training.early]] updates, by [[training.quoted_worse]] nats at least.
#
# The right panel is about a measure that looks natural and misleads: the rank correlation of the learned energy with the true one
# over the whole plane. Near the data it puts the two objectives in the order of their likelihood. Over the whole plane it puts the
# worse network first in [[training.misled]] of [[training.pairs]] pairs. Most of the plane holds no data, and the order of energies
# out there counts for much in this measure and for nothing in the likelihood.
#
# ## How good is it?
#
# In two dimensions we can do what is impossible in general, and normalise: $Z$ is a sum over a grid. With an inverse temperature
# $\beta$, fitted once on other tasks, the negative log-likelihood of a held-out point is $\beta E + \log\int e^{-\beta E}$. That
# puts the network on the same scale as everything else that predicts points from points. We compare it with four things:
#
# - A *kernel density estimate* on the context, the memory of the chapter on capacity.
# - A *mixture fitted by EM*, which knows the form of the truth. Its components are as many as the task's, or as the points if these
#   are fewer; a variance, chosen on other tasks, is added to each so that none collapses on one point.
# - The *true density*.
# - The *exact prediction*: since we know how tasks are drawn, we can average over all that are compatible with the context,
#
# $$
# p(x\mid x_1,\dots,x_n) = \sum_{A} w(A)\,\mathcal N\!\big(x;\, m_A, v_A I\big),
# $$
#
# a sum over all subsets $A$ of the context that might share a component with $x$. A component that holds the points of $A$ has a
# mean that is known up to a Gaussian, so that $v_A = s^2 + s^2S^2/(s^2 + |A|S^2)$ and
# $m_A = S^2\sum_{i\in A}x_i\,/\,(s^2 + |A|S^2)$. Its weight $w(A)$ says how well $A$ holds together, and how well, in all the ways
# there are, the other points can be shared out among the other components. No function of the context has a lower expected NLL: the
# distance to it is the honest measure of an imperfect learner.

# %%
from amem.chapters.in_context.sharpening import experiment, figures

sharp = record(experiment.sharpening, preset, device)
show(figures.sharpening, sharp)

# %% [markdown]
# Both networks learn in context. They start within [[sharpening.start]] nats of where they must, the entropy
# $1+\ln2\pi(S^2+s^2)$ of a point whose task is unknown; the longest context takes [[sharpening.gain_divergence]] nats off the loss
# of contrastive divergence and [[sharpening.gain_ranking]] off that of ranking.
#
# With one to four points they are better than the kernel estimate could be at any one bandwidth: they know what kind of data to
# expect. With all [[sharpening.longest]] points the kernel estimate, which knows nothing of mixtures, has overtaken them both, and so
# has EM, which has been told the answer's form. In between the bars of these two are long, up to [[sharpening.bar]] nats to a side:
# the tasks that are drawn decide.
#
# The black curve shows what would be possible. It falls faster, and with [[sharpening.summed]] points lies [[sharpening.exact_left]]
# nats above the entropy of the true mixtures.
#
# The right panel counts wells. The true mixtures have [[sharpening.wells_truth]] on average, the exact prediction
# [[sharpening.wells_exact]], ranking [[sharpening.wells_ranking]], and contrastive divergence [[sharpening.wells_divergence]].
#
# Is it really the context? A network could lower its loss by learning what tasks look like on average. So we show it the wrong one.

# %%
from amem.chapters.in_context.sharpening import figures

show(figures.swap, sharp)

# %% [markdown]
# With another task's context the networks do worse than with none: they believe what they are shown.
#
# And does it matter in which order the points are shown? It should not; a data set has no order. But with a causal mask and more
# than one block, early points are read without knowledge of later ones.
#
# A network whose context points all see one another is exact by construction. The price is that every prefix must be read
# separately in training: [[orders.length]] readings of the context instead of one, which with [[orders.negatives]] negatives to a
# point makes [[orders.tokens]] times as many tokens of an update. We have trained one, with fewer updates, beside a causal one with as
# many.

# %%
from amem.chapters.in_context.orders import experiment, figures

order = record(experiment.orders, preset, device)
show(figures.orders, order)

# %% [markdown]
# The order matters little, and need not matter at all. For causal networks it moves the NLL of a task by [[orders.nll_least]] to
# [[orders.nll_most]] nats in the median, far less than tasks differ by. No order moves the invariant network beyond rounding. Its mean NLL
# less that of the causal one with as many updates is [[orders.excess]] nats.
#
# ## From a finite pool
#
# So far every task was new. The paper's code draws its training data from a pool that is made once, by default ten mixtures with a
# thousand points each. What does a network learn from so few?

# %%
from amem.chapters.in_context.pools import experiment, figures

finite = record(experiment.pools, preset, device)
show(figures.pools, finite)

# %% [markdown]
# Those ten ({numref}`fig-in-context-pools`). On new points of those ten it is better than the other on new tasks, after as many
# updates. On new tasks it is [[pools.cost]] nats behind the other with the longest context, and gains less from the context:
# [[pools.gain]] nats instead of [[pools.gain_new]].
#
# That is memory in the old sense, in the weights: the context only tells the network which of its landscapes to show. Whoever wants
# learning in context must draw from more; in all that follows every task is new.
#
# ## What the sampler does
#
# A memory is more than a score. Start anywhere, follow the landscape, and you should end at something that is remembered:

# %%
from amem.chapters.in_context.samples import experiment, figures

chains = record(experiment.samples, preset, device)
show(figures.samples, chains)

# %% [markdown]
# Shown points, the chains head for the clusters ({numref}`fig-in-context-samples`). Without context [[samples.none]] % end near a true
# mean, with all points [[samples.longest]] %. A chain has only [[samples.steps]] steps, in training as here.
#
# ## Who sets the scale of an energy?
#
# The sampler does. A likelihood comes with its units: an energy that is $-\log p$ is measured in nats, and a Gaussian well of
# standard deviation $s$ has the curvature $1/s^2$. Contrastive divergence does not keep to that, and one well is enough to see why.
#
# Teach $E = k\lVert x\rVert^2/2$ the variance $s^2$ of Gaussian data. The gradient for $k$ is half the difference of the variances of
# data and negatives, so $k$ grows until the sampler's end points are as narrow as the data. Each step multiplies the variance by
# $(1-\alpha k)^2$ and adds $\sigma^2$: after $T$ steps from the variance $v_0$ it is
#
# $$
# v_T = (1-\alpha k)^{2T} v_0 + \sigma^2\sum_{t<T}(1-\alpha k)^{2t} .
# $$
#
# Run for long, this tends to $\sigma^2/(\alpha k(2-\alpha k))$, the variance at a temperature of about $\sigma^2/2\alpha$. A chain that
# is given enough time learns the energy at that temperature; with the paper's numbers it is $1.6\cdot10^{-5}$. A chain that is cut
# after a few steps learns something else: the curvature that carries a negative from its start to the data *in the steps that it
# has*, whatever the likelihood says. Setting $v_T = s^2$ tells which.
#
# Two more things can be read off. Only $\alpha k$ appears: **the step is nothing but the unit of energy.** And since
# $v_T \geq \sigma^2$, **noise wider than the data cannot be matched by any curvature**; then $k$ grows without end, past
# $\alpha k = 2$, where the well throws the negatives out, which only makes them wider.

# %%
from amem.chapters.in_context.wells import experiment, figures

one = record(experiment.wells, preset, device)
show(figures.wells, one)

# %% [markdown]
# Marks and line agree to [[wells.error]] % until the noise reaches the width of the data. Beyond, the curvature is still growing when
# training ends. (A further trap: the authors' code adds the noise before it takes the gradient. In a well that multiplies the
# stationary variance by $(1-\alpha k)^2$.)
#
# Does the network obey? It differs from the well in that its energy can have any form, and in what the optimiser and the penalty
# $\lambda E^2$ know: nothing of the unit $\alpha$. If the step is a unit of energy, they act more strongly or more weakly as it
# changes. So we train over steps and noises twice: with the same small $\lambda$ everywhere, and with $\lambda$ scaled with $\alpha$.

# %%
from amem.chapters.in_context.stability import experiment, figures

stable = record(experiment.stability, preset, device)
show(figures.stability, stable)
print(*select(stable.table, penalty="fixed", step=0.1, noise=1.0, seed=0)["stopped"])

# %% [markdown]
# The step is a unit. In the right-hand column of {numref}`fig-in-context-stability`, where $\lambda$ grows with $\alpha$, the steps
# differ by a factor of [[stability.steps]] and the scaled gaps of one noise by [[stability.gaps]] at most.
#
# The noise does no harm there. At $\sigma$ = [[stability.widest]] it is [[stability.components]] times as wide as a component. The gap
# is larger, as it must be, for negatives stay wider than the data. But the penalty bounds it, and the likelihood is not worse: at
# $\sigma=1$ the mean NLL is [[stability.better]] nats lower than at $\sigma=0.3$.
#
# The scale is near the well's. The inverse temperature of these networks without context ranges over a factor of [[stability.range]].
# The well's is off by [[stability.off_well]] at most; the guess that an energy is a log-likelihood, $\beta = 1$, by
# [[stability.off_likelihood]].
#
# What runs away is noise that cannot be matched, under a penalty that does not bind. In the left-hand column $\lambda$ is the same
# small number everywhere; in the unit that counts, a large step makes it weaker still. Nothing holds the energies back: negatives
# are always wider than the data, so data are pulled down and negatives pushed up without end. After [[stability.halted_least]] to
# [[stability.halted_most]] of [[stability.updates]] updates every one of these runs was stopped by the monitor, and the line above is
# its advice. With little noise no such thing happened to the dashed runs of {numref}`fig-in-context-training`.
#
# ## Side by side
#
# How far do the two landscapes differ from each other, and from what could be known?

# %%
from amem.chapters.in_context.landscapes import figures

show(figures.objectives, plane)

# %% [markdown]
# Contrastive divergence has found where the points are, and made wide clouds of them. Ranking draws the clouds tighter, and the exact
# prediction draws them tighter still. A uniform density of the same entropy would cover an area of
# [[landscapes.area_divergence]] for contrastive divergence, [[landscapes.area_ranking]] for ranking, [[landscapes.area_exact]] for the
# exact prediction and [[landscapes.area_truth]] for the truth, in the mean over the tasks that were drawn.
#
# ## What has it learned: to estimate densities, or to expect mixtures?
#
# The network has met mixtures of [[families.components]] Gaussians and nothing else. What does it make of a ring?

# %%
from amem.chapters.in_context.families import experiment, figures

shapes = record(experiment.families, preset, device)
show(figures.families, shapes)

# %% [markdown]
# It smooths, and is never far off. The numbers at the bottom of {numref}`fig-in-context-families` say more than the maps: on every
# family the network stays within [[families.most]] nats of the best kernel estimate, and is better than it on none. On six circles,
# moons and the swiss roll it is better than kernels of the bandwidth that suits mixtures.
#
# One who is certain of round Gaussians of the right width and number, as the exact prediction is, pays for every point away from the
# spots: up to [[families.exact]] nats more than the network. On his own ground he is [[families.own]] nats ahead. What the network has
# learned in its short training is a humbler thing than the right prior, and a more robust one elsewhere.
#
# ## The same idea as regression
#
# Let a point be a pair $(x, y)$ with $y = wx$ plus noise, another $w$ for each task, and let negatives keep their $x$, so that only
# $y$ is raised or lowered. The energy over $y$, given $x$ and the context, is then a prediction, and we can compare it with the best
# one: ridge regression with the right penalty.

# %%
from amem.chapters.in_context.regression import experiment, figures

lines = record(experiment.regression, preset, device)
show(figures.regression, lines)

# %% [markdown]
# Both find the line. Ranking's error is at most [[regression.against]] times the best possible with one to four pairs; that of least
# squares, to which every slope is as likely, is [[regression.single]] times the best with a single one. Contrastive divergence is
# further off.
#
# Its training shows once more what a gap is worth. It ends at [[regression.gap]]: the monitor, had it been on, would have stopped
# this run, which learns, at [[regression.limit]]. The sampler's noise is [[regression.sampler]] here, that about a line
# [[regression.noise]]; the penalty bounds the gap.
#
# ## What must hold in any case
#
# Some statements do not depend on what was learned, and they are the ones that catch a wrong program. One pass under the mask gives
# the same energies as a pass for every prefix. Later points and a negative's own target are not seen. The sampler has the variance
# that it should. The true mixtures' energies, normalised on the grid, have the entropy of the mixtures. The last rows of the claims
# table hold them.

# %%
from amem.chapters.in_context.identities import experiment

laws = record(experiment.identities, preset, device)

# %% [markdown]
# ## What the paper said, and what we found
#
# The pictures hold: one network, fixed weights, and landscapes that sharpen as points are shown. Not all that they suggest does:
# contrastive divergence has [[sharpening.wells_divergence]] wells where the true mixtures have [[sharpening.wells_truth]]. Four things we
# would add.
#
# - The scale of an energy is set by the sampler and not by the likelihood, so energies are to be compared by their shape, or after
#   fitting $\beta$.
# - Contrastive divergence is stable where the penalty binds in the sampler's own unit; then even noise wider than a component does no
#   harm. Neither a quiet gap nor the rank correlation over the box tells whether it has learned.
# - In the plane, ranking random negatives is better, and sooner: after [[training.early]] updates it is ahead of where contrastive
#   divergence ends.
# - A small network taught mixtures is a robust smoother: never more than [[families.most]] nats from the best kernel estimate. And from
#   the ten mixtures of the paper's default pool it learns those ten.
#
# The full preset has the paper's size. It wants a GPU.

# %%
judge(plane, sharp, taught, order, finite, chains, one, stable, shapes, lines, laws)
