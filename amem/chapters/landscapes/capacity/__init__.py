"""At which load does one step stop being safe?"""
