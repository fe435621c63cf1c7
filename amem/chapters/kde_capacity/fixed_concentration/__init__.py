"""Is the capacity exponential in the dimension if the ratio of radius to bandwidth is fixed?"""
