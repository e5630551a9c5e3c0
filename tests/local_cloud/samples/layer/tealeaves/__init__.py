"""A package of the sample layer."""

KIND = "oolong"
