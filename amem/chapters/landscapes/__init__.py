"""What an energy-based memory is, from Hopfield to attention.

Reproduces, and checks against exact finite-size laws, the one-step errors and capacities of the dense memories
[krotov2016dense] and of the exponential memory [demircigil2017model], the two-layer network behind them
[krotov2021large], and the modern Hopfield network [ramsauer2021hopfield]; beside them the Epanechnikov memory
[hoover2025epanechnikov].
"""
