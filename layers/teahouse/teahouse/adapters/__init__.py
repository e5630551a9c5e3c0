"""Each port, made real; the only place that imports boto3 and PynamoDB."""
