"""Do everyday estimates, with a rule-of-thumb bandwidth, memorise their data?"""
