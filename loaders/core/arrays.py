"""Type aliases of arrays with one entry per record."""

import numpy as np
import numpy.typing as npt

Shapes = npt.NDArray[np.object_]  # shapely geometries, or well-known binary; None if missing
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]  # NaN if unknown
Rows = npt.NDArray[np.intp]  # indices into other arrays, or group numbers
