"""People sign up with an address and prove by a link that it is theirs; who bounces or complains is left alone."""
