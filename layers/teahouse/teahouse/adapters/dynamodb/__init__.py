"""The ports that keep things, on DynamoDB through PynamoDB."""
