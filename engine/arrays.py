"""The one array type that every package shares: 64-bit floats."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
