"""How do adapters speak to AWS without an SDK? Keys, signatures, endpoints, lines and answers."""
