"""Every broker accepts, or does not, and then hangs, breaks off or answers rubbish.

A `Venue` is a simulated broker with what can go wrong there; a `Day` is one process of the
product at that broker, in which orders are drafted, confirmed, changed and canceled.
"""
