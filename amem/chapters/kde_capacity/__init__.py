"""The memory capacity of Gaussian kernel density estimators [schaeffer2024bridging, sec. 3].

With the theorems of [ramsauer2021hopfield] and the asymptotic rate of [lucibello2024exponential].
"""
