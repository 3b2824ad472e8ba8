"""AWS's protocols: they know shapes and nothing of SES."""
