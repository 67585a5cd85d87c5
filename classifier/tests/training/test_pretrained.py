import io
import pickle
import struct
from collections import OrderedDict

import numpy as np
from django.test import SimpleTestCase

from classifier.training.photographs.pretrained import read_tensors


class Named:
    """Pickles as a name of a module, as PyTorch's classes do."""

    def __init__(self, module, name, *arguments):
        self.module, self.name, self.arguments = module, name, arguments


class TorchPickler(pickle._Pickler):
    """Writes names that are not there to import, and storages by their keys."""

    def persistent_id(self, value):
        return value if isinstance(value, tuple) and value[:1] == ("storage",) else None

    def save(self, value, save_persistent_id=True):
        if not isinstance(value, Named):
            return super().save(value, save_persistent_id)
        self.write(f"c{value.module}\n{value.name}\n".encode())
        if value.arguments:
            super().save(value.arguments)
            self.write(pickle.REDUCE)


def torch_file(tensors, storages):
    """Return a file as `torch.save` wrote it before version 1.6."""
    file = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {}, tensors, list(storages)):
        TorchPickler(file, protocol=2).dump(part)
    for values in storages.values():
        file.write(struct.pack("<q", len(values)) + values.tobytes())
    file.seek(0)
    return file


def tensor(key, offset, shape, strides):
    storage = ("storage", Named("torch", "FloatStorage"), key, "cpu", 6, None)
    layout = (storage, offset, shape, strides, False, OrderedDict())
    return Named("torch._utils", "_rebuild_tensor_v2", *layout)


class ReadTensorsTests(SimpleTestCase):
    storages = {"0": np.arange(6, dtype="<f4")}

    def test_reads_numbers_row_by_row(self):
        tensors = OrderedDict(weight=tensor("0", 0, (2, 3), (3, 1)))

        read = read_tensors(torch_file(tensors, self.storages))

        self.assertEqual(read["weight"].tolist(), [[0, 1, 2], [3, 4, 5]])

    def test_reads_numbers_column_by_column_where_the_strides_say_so(self):
        tensors = OrderedDict(weight=tensor("0", 0, (2, 3), (1, 2)))

        read = read_tensors(torch_file(tensors, self.storages))

        self.assertEqual(read["weight"].tolist(), [[0, 2, 4], [1, 3, 5]])

    def test_begins_at_the_offset(self):
        tensors = OrderedDict(bias=tensor("0", 4, (2,), (1,)))

        read = read_tensors(torch_file(tensors, self.storages))

        self.assertEqual(read["bias"].tolist(), [4, 5])

    def test_refuses_to_call_anything_else(self):
        tensors = OrderedDict(weight=Named("os", "system", "true"))

        with self.assertRaisesMessage(pickle.UnpicklingError, "os.system"):
            read_tensors(torch_file(tensors, self.storages))
