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
# Every memory in this book so far was built for its data: the points went into the weights, or into the sum of kernels, and
# another set of points would have needed another memory. A language model does something else. Shown a few examples in its
# prompt it behaves as if it had been trained on them, and not a single weight changes. {cite:t}`schaeffer2024icl_energy` and
# {cite:t}`schaeffer2024bridging` ask whether an *energy* can be learned in this way: a network that reads a data set
# $x_1,\dots,x_n$ and answers, for any query $x$, with a number
#
# $$
# E_\theta(x \mid x_1,\dots,x_n) \;=\; -\log p(x \mid x_1,\dots,x_n) + \text{const.},
# $$
#
# one set of weights $\theta$ for all data sets. Then the landscape, its wells, the memories, would be made on the spot from whatever
# the network is shown. What usually comes out of learning in context is a point of the same kind as what went in: words from words,
# $y$ from pairs of $x$ and $y$. Here points go in and a landscape comes out.
#
# The paper calls its evidence preliminary and gives pictures. In this chapter we repeat the pictures, and then measure: how good the
# landscapes are, what the best possible ones would be, what sets their scale, and where the training breaks down. Numbers that are marked
# RECONSTRUCTED are ours.

# %% tags=["parameters"]
preset = "quick"
device = "auto"

# %% [markdown]
# ## One network, many landscapes
#
# The data sets are small clouds in the plane. To make one, draw three means from $\mathcal N(0, S^2I)$, and points from the equal mixture of
# Gaussians of standard deviation $s$ around them. That is a *task*; during training the network meets every task once, and never
# again. It is an ordinary transformer: each point is a token, a linear map takes it in, blocks of pre-norm attention mix the tokens, and
# a last linear map takes each token to one number, its energy.
#
# A mask makes this cheap. Let each token of the context see the ones before it. Then its own output is the energy
# $E_\theta(x_n\mid x_1,\dots,x_{n-1})$ of a point given those shown before, and one pass over a sequence of length $L$ gives $L$ training cases,
# for contexts of every size from none to $L-1$. A query that sees the context and itself, and that nothing else sees, is a point of the
# landscape; we can ask about thousands of them at once.
#
# The quick preset, which this page was made with unless a figure says otherwise, has a small network: two blocks, four heads, width 32, and no code of
# a token's position. We train first (the next section says how), and look at tasks that it has never seen.

# %%
from amem.book import judge, record, select, show
from amem.chapters.in_context.landscapes import experiment, figures

plane = record(experiment.landscapes, preset, device)
show(figures.landscapes, plane)

# %% [markdown]
# Read a row of {numref}`fig-in-context-landscapes` from left to right. With nothing shown, the energy is the same shallow bowl for every task: all that
# the network knows is where means tend to lie. Two points dent it. With five, basins appear, and with all the points there are one or two wide ones
# that cover the clusters; a network as small as this does not separate clusters that lie close together (we count wells below). Between the panels of a
# row no weight has changed.
#
# The sampler sees the landscape through its slope:

# %%
from amem.chapters.in_context.landscapes import figures

show(figures.field, plane)

# %% [markdown]
# ## Two ways to teach it
#
# We would like to minimise $-\log p_\theta(x_n\mid x_{<n}) = E_\theta(x_n\mid x_{<n}) + \log Z_\theta(x_{<n})$, and cannot, because of $Z$. Its gradient is a difference
# of two averages,
#
# $$
# \nabla_\theta\mathcal L = \big\langle\nabla_\theta E_\theta(x^+)\big\rangle_{\text{data}} - \big\langle\nabla_\theta E_\theta(x^-)\big\rangle_{p_\theta} :
# $$
#
# lower the energy where the data are, raise it where the model believes them to be. **Contrastive divergence** {cite}`hinton2002training` replaces
# the second average by a few steps of a sampler, here from a broad random start,
#
# $$
# x^- \leftarrow x^- - \alpha\nabla_x E_\theta(x^-\mid x_{<n}) + \sigma\omega, \qquad \omega\sim\mathcal N(0, I),
# $$
#
# and treats the end points as constants. This is the paper's way (with $\alpha = 3.16$, $\sigma=0.01$ and 15 steps). Since nothing pins the energies down when
# the sampler falls short, a small penalty $\lambda\langle E^2\rangle$ holds them {cite}`du2021improved`.
#
# **Ranking** {cite}`ma2018noise` needs no sampler. Draw negatives uniformly in a box, and let the network tell the real point from them:
#
# $$
# \mathcal L = \Big\langle E_+ + \log\Big(e^{-E_+} + \sum_r e^{-E_{-,r}}\Big)\Big\rangle .
# $$
#
# For any number of negatives this is least when $E$ is $-\log p$ up to a constant of the context. In two dimensions random negatives do find the wells;
# in two hundred they would not, which is why one bothers with samplers at all. Here ranking is the reference: the same network on the same tasks, though not with
# the same effort. In quick it gets 1100 updates with 16 negatives to a point, contrastive divergence 500 with one that is moved twelve times.

# %%
from amem.chapters.in_context.training import experiment, figures

taught = record(experiment.training, preset, device)
show(figures.training, taught)

# %% [markdown]
# The left panel of {numref}`fig-in-context-training` shows what one watches during contrastive divergence, the gap $E_+-E_-$. A gap that runs away below zero is a known
# sign of trouble: the sampler does not reach the wells that it is told to raise, and our trainer stops when it does. But a gap of zero is no sign of success. The dashed runs have a
# step ten times as large, little noise and a weak penalty, and, as they are quoted, fewer steps of the sampler, a third of the learning rate and a tenth of the bound on the gradient.
# A reference run with these numbers, two negatives to a point and three times as many updates was said to diverge. Ours do not. Their gap closes within a few hundred updates, nothing alarming is to be seen in it, and their likelihood (middle
# panel) is worse than that of the chapter's own runs after as many updates.
#
# The right panel is about a measure that looks natural and misleads: the rank correlation of the learned energy with the true one over the whole plane. Near the data it puts the two
# objectives in the order of their likelihood. Over the whole plane it puts the worse network first in most pairs: most of the plane holds no data, and the order of energies out there
# counts for nearly everything in this measure and for nothing in the likelihood.
#
# ## How good is it?
#
# In two dimensions we can do what is impossible in general, and normalise: $Z$ is a sum over a grid. With an inverse temperature $\beta$, fitted
# once on other tasks, the negative log-likelihood of a held-out point is $\beta E + \log\int e^{-\beta E}$. That puts the network on the same scale as everything
# else that predicts points from points, and we compare it with four things. A *kernel density estimate* on the context, the memory of
# the chapter on capacity. A *mixture fitted by EM*, which knows the form of the truth (its components as many as the task's, or as the points if these are fewer;
# a variance of its own choice, made on other tasks, is added to each so that none collapses on one point). The *true density*.
# And the *exact prediction*: since we know how tasks are drawn, we can average over all of them that are compatible with the context,
#
# $$
# p(x\mid x_1,\dots,x_n) = \sum_{A} w(A)\,\mathcal N\!\big(x;\, m_A, v_A I\big),
# $$
#
# a sum over all subsets $A$ of the context that might share a component with $x$. A component that holds the points of $A$ has a mean that is known up to a Gaussian, so that
# $v_A = s^2 + s^2S^2/(s^2 + |A|S^2)$ and $m_A = S^2\sum_{i\in A}x_i\,/\,(s^2 + |A|S^2)$; its weight $w(A)$ says how well $A$ holds together, and how well, in all the ways there are,
# the other points can be shared out among the other components. No function of the context has a lower expected NLL. It is what a perfect learner in context would
# do, and the distance to it is the honest measure of an imperfect one.

# %%
from amem.chapters.in_context.sharpening import experiment, figures

sharp = record(experiment.sharpening, preset, device)
show(figures.sharpening, sharp)

# %% [markdown]
# Both networks start where they must, at the entropy of a point whose task is unknown, $1+\ln2\pi(S^2+s^2)$, and both learn in context. With few points they are better
# than the kernel estimate could be at any bandwidth: they know what kind of data to expect. With all fifteen the kernel estimate, which knows nothing of mixtures, has overtaken them both, and so has EM, which has been
# told the answer's form. In between neither is to be trusted: their long bars stem from the draw of the tasks.
# The black curve shows what would be possible. It falls much faster, and comes close to the
# entropy of the true mixtures: a dozen points are nearly enough to know a mixture, if every one of them is used. The right panel counts wells. The exact prediction finds
# nearly as many as there are, and so does ranking; contrastive divergence finds one or two.
#
# Is it really the context? A network could lower its loss by learning what tasks look like on average. So we show it the wrong one.

# %%
from amem.chapters.in_context.sharpening import figures

show(figures.swap, sharp)

# %% [markdown]
# With another task's context the networks do worse than with none: they believe what they are shown.
#
# And does it matter in which order the points are shown? It should not; a data set has no order. But with a causal mask and more than one block, early points are read without
# knowledge of later ones, so it does, a little. A network whose context points all see one another is exact by construction; the price is
# that every prefix must be read separately in training, sixteen readings of the context instead of one, which nearly doubles the tokens of an update with sixteen negatives.
# We have trained one, with fewer updates, beside a causal one with as many.

# %%
from amem.chapters.in_context.orders import experiment, figures

order = record(experiment.orders, preset, device)
show(figures.orders, order)

# %% [markdown]
# For causal networks the order moves the energy of single points of the plane visibly, and the NLL of a task by some hundredths of a nat; far less than tasks differ by. The invariant
# network has learned as much from as many updates (the claims table compares the two), and no order moves it. Where the price can be paid, this is the better wiring.
#
# ## From a finite pool
#
# So far every task was new. The paper's code draws its training data from a pool that is made once, by default ten mixtures with a thousand points each. What does a network learn from so few?

# %%
from amem.chapters.in_context.pools import experiment, figures

finite = record(experiment.pools, preset, device)
show(figures.pools, finite)

# %% [markdown]
# Those ten ({numref}`fig-in-context-pools`). On the pool's own tasks the network is better than one that has always met new ones, after as many updates: it has learned ten landscapes, and the context only
# tells it which of them to show. On new tasks it is more than a nat behind, and gains little from the context. That is memory in the old sense, in the weights. Whoever wants learning in context
# must draw from more; in all that follows every task is new.
#
# ## What the sampler does
#
# A memory is more than a score. Start anywhere, follow the landscape, and you should end at something that is remembered:

# %%
from amem.chapters.in_context.samples import experiment, figures

chains = record(experiment.samples, preset, device)
show(figures.samples, chains)

# %% [markdown]
# Without context all chains take the same road towards the middle ({numref}`fig-in-context-samples`). Shown points, they head for the clusters, and with all of them more than half arrive. A chain has only
# a dozen steps, in training as here.
#
# ## Who sets the scale of an energy?
#
# A likelihood comes with its units: an energy that is $-\log p$ is measured in nats, and a Gaussian well of standard deviation $s$ has the curvature $1/s^2$. The
# ranking network keeps to that. Contrastive divergence does not, and one well is enough to see why. Teach $E = k\lVert x\rVert^2/2$ the variance $s^2$ of Gaussian data. The gradient for
# $k$ is half the difference of the variances of data and negatives, so $k$ grows until the sampler's end points are as narrow as the data. Each step
# multiplies the variance by $(1-\alpha k)^2$ and adds $\sigma^2$: after $T$ steps from the variance $v_0$ it is
#
# $$
# v_T = (1-\alpha k)^{2T} v_0 + \sigma^2\sum_{t<T}(1-\alpha k)^{2t} .
# $$
#
# Run for long, this tends to $\sigma^2/(\alpha k(2-\alpha k))$, the variance at a temperature of about $\sigma^2/2\alpha$. A chain that is given enough time learns the energy at that temperature;
# with the paper's numbers it is $1.6\cdot10^{-5}$. A chain that is cut after a few steps learns something else: the curvature that carries a negative from its start to the data *in the
# steps that it has*, whatever the likelihood says. Setting $v_T = s^2$ tells which. Two more things can be read off. Only $\alpha k$ appears: **the step is nothing but the unit of energy.** And since $v_T \geq \sigma^2$, **noise
# wider than the data cannot be matched by any curvature**; then $k$ grows without end, past $\alpha k = 2$, where the well throws the negatives out, which only makes them wider.

# %%
from amem.chapters.in_context.wells import experiment, figures

one = record(experiment.wells, preset, device)
show(figures.wells, one)

# %% [markdown]
# Marks and line agree until the noise reaches the width of the data. Beyond, the curvature is still growing when training ends, at whatever rate the optimiser allows. (A further trap: the authors' code
# adds the noise before it takes the gradient. In a well that multiplies the stationary variance by $(1-\alpha k)^2$.)
#
# Does the network obey? It differs from the well in that its energy can have any form, and in what the optimiser and the penalty $\lambda E^2$ know: nothing of the unit $\alpha$. If the step is a unit of
# energy, they act more strongly or more weakly as it changes. So we train over steps and noises twice: with the same small $\lambda$ everywhere, and with $\lambda$ scaled with $\alpha$.

# %%
from amem.chapters.in_context.stability import experiment, figures

stable = record(experiment.stability, preset, device)
show(figures.stability, stable)
print(*select(stable.table, penalty="fixed", step=0.1, noise=1.0, seed=0)["stopped"])

# %% [markdown]
# Start with the right-hand column of {numref}`fig-in-context-stability`, where $\lambda$ grows with $\alpha$. Over steps that differ thirtyfold the scaled gaps hardly change: the step is a unit. And the
# noise? At $\sigma = 1$ it is two and a half times as wide as a component. The gap is larger, as it must be, for negatives stay wider than the data. But the penalty bounds it, and the likelihood is not
# worse; it is better than with the chapter's own noise. A network is not one well, and negatives that spread more widely seem rather to help it. The claims table compares the inverse
# temperature of these networks without context with the well's. It ranges fortyfold, and stays within about a factor of two of the well's; the guess that an energy is a log-likelihood, $\beta = 1$, is off by more than ten.
#
# In the left-hand column $\lambda$ is the same small number everywhere; in the unit that counts, a large step makes it weaker still. What that does with little noise the dashed runs have shown above. With the
# wide noise nothing holds the energies back. Negatives are always wider than the data, so data are pulled down and negatives pushed up without end; every one of these runs was stopped by the
# monitor, and the line above is its advice. So what runs away is not a large step, but a noise that cannot be matched, under a penalty that does not bind.
#
# ## Side by side
#
# How far do the two landscapes differ from each other, and from what could be known?

# %%
from amem.chapters.in_context.landscapes import figures

show(figures.objectives, plane)

# %% [markdown]
# Contrastive divergence has found where the points are, and made one or two wide clouds of it. Ranking draws the clouds tighter. The exact prediction puts a round spot on each cluster, of the right width even where it
# holds two points: that is what it means to know the form of the answer.
#
# ## What has it learned: to estimate densities, or to expect mixtures?
#
# The network has met mixtures of three Gaussians and nothing else. Shown a ring, does it see a ring?

# %%
from amem.chapters.in_context.families import experiment, figures

shapes = record(experiment.families, preset, device)
show(figures.families, shapes)

# %% [markdown]
# It does not, but with fifteen points nobody could. The numbers at the bottom of {numref}`fig-in-context-families` say more than the maps. One who is certain of three round Gaussians of the right width, as the exact prediction is, is
# far off on six circles, moons and spirals, for every point away from the three spots is a surprise. The network is not. It stays within about half a nat of the best kernel estimate on every family, and is better than it on none;
# where the bandwidth that suits mixtures is much too narrow, its own is not. What it has learned in its short training is less to expect mixtures than to smooth what it is shown, as widely as that asks for.
# That is a humbler thing than a Bayesian with the right prior, whom it trails on his own ground, and a more robust one elsewhere.
#
# ## The same idea as regression
#
# Let a point be a pair $(x, y)$ with $y = wx$ plus noise, another $w$ for each task, and let negatives keep their $x$, so that only $y$ is raised or lowered. The energy over $y$, given $x$ and the
# context, is then a prediction, and we can compare it with the best one: ridge regression with the right penalty.

# %%
from amem.chapters.in_context.regression import experiment, figures

lines = record(experiment.regression, preset, device)
show(figures.regression, lines)

# %% [markdown]
# Both find the line. Ranking stays within half as much again of the best possible error with few pairs; with a single one least squares, to which every slope is as likely, is far worse. Contrastive divergence is further off, and its training shows once more
# what a gap is worth: the sampler's noise, $\sigma = 0.3$, is wider here than the noise about a line, so that the gap goes far beyond $-10$, where the monitor, had it been on, would have stopped
# a run that learns. The penalty bounds it.
#
# ## What must hold in any case
#
# Some statements do not depend on what was learned, and they are the ones that catch a wrong program: one pass under the mask gives the same energies as a pass for every prefix, later
# points and a negative's own target are not seen, the sampler has the variance that it should, the true mixtures' energies normalised on the grid
# have the entropy of the mixtures. The last rows of the claims table hold them.

# %%
from amem.chapters.in_context.identities import experiment

laws = record(experiment.identities, preset, device)

# %% [markdown]
# ## What the paper said, and what we found
#
# The pictures hold: one network, fixed weights, and landscapes that sharpen as points are shown. Measured, the claim is true with a margin, though not all that the pictures suggest: contrastive divergence finds one or two
# wide basins rather than a well for each cluster. Four things we would add.
#
# - The scale of an energy is set by the sampler and not by the likelihood, so energies are to be compared by their shape, or after fitting $\beta$.
# - Contrastive divergence is stable where the penalty binds in the sampler's own unit; then even noise wider than a component does no harm. Neither a quiet gap nor the rank correlation over the box tells whether it has learned.
# - In the plane, ranking random negatives is better, and sooner: after 200 updates it is ahead of where contrastive divergence ends.
# - What a small network learns from mixtures is nearer to a good smoother than to the exact prediction; and from the ten mixtures of the paper's default pool it learns those ten.
#
# The full preset has the paper's size: six blocks, eight heads, width 128, contexts of 35 points, fifteen steps of the sampler, three networks of each kind. It wants a GPU.

# %%
judge(sharp, taught, order, finite, chains, one, stable, shapes, lines, laws)
