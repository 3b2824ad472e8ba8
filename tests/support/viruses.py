"""The EICAR test file, which every virus scanner takes for a virus, in pieces for those of developers."""

EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
