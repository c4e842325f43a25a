"""Where the cloud is: choosing it, pairing with one on another machine, and how it answers.

May import the journey, the actions, the link, the state and the kit.
"""
