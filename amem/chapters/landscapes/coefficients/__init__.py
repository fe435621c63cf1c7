"""How many patterns does a dense memory hold in the Gaussian limit, if so many bits may err?"""
