"""Three replicas behind a load balancer, with the store and the Redis that they share.

Real processes: nginx and Redis as Debian has them, bots that get Discord's interactions over HTTP,
and the exchange of every campaign.
"""
