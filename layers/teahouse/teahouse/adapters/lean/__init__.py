"""The ports on DynamoDB without an SDK, for functions somebody waits for at a cold start."""
