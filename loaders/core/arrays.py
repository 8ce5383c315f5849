"""Type aliases of arrays with one entry per record."""

import numpy as np
import numpy.typing as npt

Shapes = npt.NDArray[np.object_]  # shapely geometries, or well-known binary; None where there is none
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]  # NaN where unknown
Rows = npt.NDArray[np.intp]  # positions in other arrays, or numbers of groups
