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
# # Normalise, then attend, is clustering on the sphere
#
# Most transformers in use today normalise their tokens before they attend to one another {cite}`xiong2020layer`. It is told
# as a trick that keeps training stable. {cite:t}`schaeffer2024bridging` read it as geometry: LayerNorm or RMSNorm puts every token
# on a sphere, and softmax attention on a sphere is a piece of classical statistics. It computes, for each token, the
# probability with which it belongs to each of several clusters. The clusters are the keys.
#
# The paper states this and shows no experiment. Here we write the identity out with all the parts that a real layer has,
# gain and bias and the small $\epsilon$ included, test it up to rounding, follow what it implies, and look at a trained
# model. What the paper states is marked PAPER in the table at the end; the constants and all experiments are RECONSTRUCTED.

# %% tags=["parameters"]
preset = "quick"
device = "auto"

# %% [markdown]
# ## The bell curve of the sphere
#
# On a sphere the part of the Gaussian is played by the von Mises–Fisher density
#
# $$
# p(s) = C_n(\kappa)\,e^{\kappa\,m\cdot s}, \qquad \lVert s\rVert = \lVert m\rVert = 1,
# $$
#
# on the unit sphere of $n$ dimensions, with a mean direction $m$ and a concentration $\kappa \ge 0$; $C_n(\kappa)$ makes it
# integrate to one. At $\kappa = 0$ it is uniform; at large $\kappa$ it is a narrow cap around $m$. Mix several of them with
# weights $\pi_j$ and ask which one a point $s$ has come from. Bayes answers
#
# $$
# p(j\mid s) = \frac{\pi_j\,C_n(\kappa_j)\,e^{\kappa_j m_j\cdot s}}{\sum_l \pi_l\,C_n(\kappa_l)\,e^{\kappa_l m_l\cdot s}}.
# $$
#
# This is a softmax of scores that are linear in $s$. So is attention.
#
# ## Attention, rewritten
#
# Let $x$ be a token of $n$ features and $\hat x$ the token without its mean and divided by its standard deviation
# (LayerNorm), or divided by its root mean square (RMSNorm). Then $\lVert\hat x\rVert = \sqrt n$: a point on a sphere. The
# layer goes on with $y = \gamma\odot\hat x + \delta$ and compares $q_i = W_Q y_i$ with $k_j = W_K y_j$, vectors of the
# head's width $d$. Collect everything that multiplies the query's $\hat x_i$:
#
# $$
# \frac{q_i\cdot k_j}{\sqrt d} = \hat x_i\cdot u_j + c_j, \qquad
# u_j = \frac{\gamma\odot W_Q^\top k_j}{\sqrt d}, \qquad c_j = \frac{(W_Q\delta)\cdot k_j}{\sqrt d}.
# $$
#
# Now put the length of $\sqrt n\,u_j$ into $\kappa_j$, its direction into $m_j$, and whatever is missing into the mixing
# weights:
#
# $$
# \kappa_j m_j = \sqrt n\,u_j, \qquad \log\pi_j = c_j - \log C_{n'}(\kappa_j) + \text{const},
# $$
#
# and attention *is* $p(j\mid s_i)$ with $s_i = \hat x_i/\sqrt n$, a point on the unit sphere of $n'$ dimensions. After RMSNorm
# $n' = n$. After LayerNorm tokens are orthogonal to $(1,\dots,1)$, so that $n' = n-1$, and only the part of $u_j$ in that space
# counts. With four features this can be seen without any simplification: LayerNorm takes one dimension away, and three are
# left.

# %%
from amem.book import judge, published, record, show
from amem.chapters.hypersphere.view import experiment, figures

seen = record(experiment.view, preset, device)
show(figures.view, seen)

# %% [markdown]
# The clusters are not equally likely, and it shows. Keys [[view.outshone]] of [[view.tokens]] stand in the colour of
# another: even a token that points exactly their way attends more to a neighbour. The neighbour has the smaller ring and
# the larger $\pi$. That the two go together is no accident of this draw, and we come back to it.
#
# In code the reading takes a line, for a layer of PyTorch or a block of GPT-2:
#
# ```python
# import torch
# from amem.energies.heads import encoder_layer_heads
#
# layer = torch.nn.TransformerEncoderLayer(32, nhead=4, norm_first=True)
# heads = encoder_layer_heads(layer, torch.randn(9, 32))
# heads.responsibilities()    # attention weights, (head, query, key)
# heads.concentrations        # κ of every key, (head, key)
# heads.log_weights           # its log π, (head, key)
# heads.mixture(0, 0).distribution().sample((5,))
# ```
#
# The last line draws tokens as head 0 expects them, and is not idle: a mixture is a generative model, and every attention
# head carries one around.
#
# ## Up to rounding
#
# With $\epsilon = 0$ the two sides are the same real numbers computed in different ways: one through queries and keys, the
# other through directions, concentrations, Bessel functions and weights. {numref}`fig-hypersphere-identity` puts them side by
# side. The grey marks show why the weights matter: treat all clusters as equally likely, and the result is something else.
#
# Real layers divide by $\sqrt{\tau^2+\epsilon}$, with $\tau$ the spread of the raw token, its standard deviation or root mean
# square. That does not break the identity, it moves the token: its length is $(1+\epsilon/\tau^2)^{-1/2}$ instead of one, and a
# token of very small spread falls towards the centre of the sphere, where
# every cluster looks alike. Scores that are linear do not mind. Only who insists on a token *on* the sphere finds the residue
# in the right panel.

# %%
from amem.chapters.hypersphere.identity import experiment, figures

pairs = record(experiment.identity, preset, device)
show(figures.identity, pairs)

# %% [markdown]
# ## What the gain does
#
# The gain $\gamma$ stretches the sphere of tokens to an ellipsoid. In the rewriting it is simply part of $u_j$, which maps
# the ellipsoid back; what the stretching leaves behind is a spread of concentrations. With equal gains, no biases, and
# projections that keep lengths, all keys have the same $\kappa$: a *homogeneous* mixture. The paper stresses that real
# heads are *inhomogeneous*, and {numref}`fig-hypersphere-gain` shows unequal gains doing that on their own. A gain that is
# merely large, the same for all features, multiplies every $\kappa$ by its square: it is an inverse temperature.
# (Normalising queries and keys after the projection {cite}`henry2020query` moves the sphere into the head and gives all
# keys one $\kappa$, up to those gains; `amem.energies.heads.query_key_norm_heads` reads such heads.)

# %%
from amem.chapters.hypersphere.gain import experiment, figures

stretched = record(experiment.gain, preset, device)
show(figures.gain, stretched)

# %% [markdown]
# ## A stack of layers climbs
#
# Let the values be the $u_j$ themselves. Then attention returns $\sum_j p(j\mid s)\,u_j$, which is exactly the gradient of
# $\log\sum_j e^{\hat x\cdot u_j + c_j}$, the log-density of the mixture. Normalise it, and you have a step
#
# $$
# s \leftarrow \frac{\sum_j p(j\mid s)\,\kappa_j m_j}{\lVert \sum_j p(j\mid s)\,\kappa_j m_j\rVert}
# $$
#
# that never lowers the density. The proof is a line: the log-sum-exp is convex, so it lies above its tangent at $s$, and the
# next state is the highest point of this tangent on the sphere. Attend, normalise, attend, normalise: a stack of such layers
# climbs to the modes of a density, as mean shift does in flat space, and tokens that climb the same hill become one. With
# keys at rest this is recall in an associative memory. In a transformer the keys are tokens and climb as well, which sharpens
# the hills while they are climbed: tokens merge sooner, and end in no more groups than they would otherwise.

# %%
from amem.chapters.hypersphere.merging import experiment, figures

layers = record(experiment.merging, preset, device)
show(figures.merging, layers)

# %% [markdown]
# Three dimensions prove little. The same under heads of the size of the first test, with random weights, gains and biases,
# after LayerNorm and after RMSNorm: we look for the step that falls deepest.

# %%
from amem.chapters.hypersphere.ascent import experiment

climbs = record(experiment.ascent, preset, device)
published(climbs).table.groupby("norm")["lowest_step"].min().to_frame("lowest step, nats")

# %% [markdown]
# What looks like a fall is rounding.
#
# ## The tie, in a trained model
#
# A statistician who fits a mixture chooses for every cluster how narrow it is *and* how common it is. A head cannot choose
# both:
#
# $$
# \log\pi_j = c_j - \log C_{n'}(\kappa_j) + \text{const}, \qquad
# -\log C_{n'}(\kappa) \approx \kappa - \tfrac{n'-1}2\log\kappa + \text{const}\quad\text{for large }\kappa:
# $$
#
# a narrow cluster is a common one. Only $c_j$ can loosen the tie, and it needs the norm's bias (or a bias of the
# query's projection). Do trained heads care? We train a small character model on tales from a little grammar of our own, of
# the kind
#
# > ravi has a golden lamp. ravi throws the lamp to mira. now mira has the golden lamp.
#
# where names and things return and have to be looked up. Since we wrote the grammar, we know the information in the text
# exactly, and so the loss that no model can beat on average. {numref}`fig-hypersphere-tie` shows every key of a piece of
# unseen text. At random weights all lie on the curve, for the bias is still zero. After training the median concentration
# is [[language.sharpening]] times as large at least, whatever the seed, and heads have learned to use the bias: keys come
# to lie above and below the curve, in a fan. The tie holds on the whole, and training pulls at it.

# %%
from amem.chapters.hypersphere.language import experiment, figures

trained = record(experiment.language, preset, device)
show(figures.tie, trained)

# %% [markdown]
# The workshop paper from which all this grew {cite}`schaeffer2023probabilistic_lens` suggests to untie the two. So we did:
# in the right panel each key's $\log\kappa_j$ and $\log\pi_j$ are features of their own, learned from its token, with the
# normaliser $C_{n'}(\kappa)$ in the score and a gradient through it. The model uses the freedom: after training its keys
# have left the curve. To be fair, the tied model gets the same number of parameters, to the last one, in its hidden layer.
# Who wins?

# %%
from amem.chapters.hypersphere.language import figures

show(figures.untied, trained)

# %% [markdown]
# It is one small model, one kind of text and [[language.seeds]] seeds of each kind, and nobody had predicted anything. The
# untied models learn faster: early on their loss is lower. Then the lead shrinks, and in the end the two kinds differ by no
# more than seeds do; the table below has both numbers. It also says that neither has finished, for all losses are still
# well above the information in the text, and who would win a longer race we do not know. The freedom is taken and helps
# early; that it helps for good is not shown. And both kinds break down when their mixing weights are made equal. Weights
# that are tied are not weights that do not matter.
#
# ## How to compute the normaliser
#
# All this needs $\log C_n(\kappa)$, which is a Bessel function of order $\nu = n/2-1$, in dimensions where attention lives.
# The obvious ways fail there. $I_\nu(\kappa)$ overflows for large $\kappa$ and underflows for large $\nu$; multiplied by
# $e^{-\kappa}$, as libraries offer it, it still underflows where the dimension is high and the concentration moderate: in a
# model as wide as GPT-2, with 768 features, at every concentration of the map up to [[accuracy.last]]. We use one expansion
# in powers of $1/\sqrt{\nu^2+\kappa^2}$, uniform in both {cite}`olver1974asymptotics`: at $\kappa=0$ it turns into
# Stirling's series, at $\nu=0$ into the one for large arguments. It wants one of the two to be large; where neither is,
# inside a quarter circle of radius 40, a stable recurrence comes down from orders where it holds. Outside the circle,
# derivatives come from the same expansion, term by term.

# %%
from amem.chapters.hypersphere.accuracy import experiment, figures

digits = record(experiment.accuracy, preset, device)
show(figures.accuracy, digits)

# %% [markdown]
# With the normaliser in hand, the rest of the tool box follows: a distribution with density, entropy, and draws by rejection
# {cite}`wood1994simulation` that can be differentiated in both parameters {cite}`figurnov2018implicit`; mixtures; and the half
# of the EM algorithm that attention leaves out, the M-step {cite}`banerjee2005clustering`. We let it find mixtures that
# we had planted.

# %%
from amem.chapters.hypersphere.recovery import experiment, figures

found = record(experiment.recovery, preset, device)
show(figures.recovery, found)

# %% [markdown]
# ## What we found
#
# The claim is right, and in its exact form it is an identity. Three statements around it need care. The workshop poster
# writes $e^{q\cdot k}$ as a product of one factor in the key and one in the query, which would make the mixing uniform:
# this is wrong by up to [[identity.product]] orders of magnitude. Tokens lie on the sphere only if their spread is well
# above $\sqrt\epsilon$. And the mixing weights, tied as they are, are not a detail: uniform ones give another attention
# matrix and a broken model.

# %%
judge(pairs, stretched, climbs, layers, digits, found, trained)
