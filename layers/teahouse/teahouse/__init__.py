"""Teahouse: chat rooms on Lambda.

Read from the inside out: `domain` is what is true of chat rooms, `protocol` what travels,
`ports` what the core needs from the world, `actions` one file per verb, `adapters` the ports made
real, `edge` the seam to Lambda's events. `bootstrap` joins them, once per process.
"""

__version__ = "0.1.0"
