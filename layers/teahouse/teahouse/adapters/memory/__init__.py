"""The reference store: every port in plain dictionaries, under the same contract suite."""
