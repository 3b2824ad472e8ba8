"""The AWS operations: the boto3 call turned inside out. Every public function of `v1` is one."""
