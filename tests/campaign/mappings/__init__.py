"""What a person ordered, what stands in the broker's book, and what is read back: one and the same.

Through the whole product and every vendor's wire, with as many digits as the broker's steps allow.
"""
