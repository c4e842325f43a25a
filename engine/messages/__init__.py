"""What passes between window, client and cloud: named messages, their fields and bounds.

May import the parameters and networks, for their bounds.
"""
