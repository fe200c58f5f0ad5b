"""What Rasa loads: the care channel, the tracker store and the components that understand text.

Linear algebra uses one thread, whatever the machine's settings say. The matrices are small: more
threads mostly wait for one another. And how a sum is shared out among threads decides its last
digit, while the same examples must give the same model, byte for byte.
"""

import os

# Read when numpy is loaded: before any of our modules.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
