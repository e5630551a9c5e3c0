"""What does each action take of the store, the gateway and the purse?"""
