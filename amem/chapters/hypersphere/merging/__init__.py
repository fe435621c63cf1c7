"""Do tokens that attend to one another climb the density and merge?"""
