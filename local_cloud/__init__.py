"""A SAM template on one machine: API Gateway, Lambda and the store it names, made real.

Knows AWS, knows nothing of the application it runs.
"""
