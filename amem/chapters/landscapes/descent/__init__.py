"""Does changing one spin after the other ever raise the energy?"""
