"""What `deploy` does, one file a part. Python's own modules and the AWS CLI, nothing else."""
