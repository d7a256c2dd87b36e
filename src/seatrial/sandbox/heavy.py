"""Libraries that models are run with and that take gigabytes: left out, for the models are not here.

A program that asks for one as it is loaded is given a hollow module, and so is what cannot be loaded with that.
"""

import re
import subprocess
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from seatrial.sandbox.requirement_lines import required
from seatrial.sandbox.whole import written

_OF_CUDA = (
    *("cublas", "cuda-cupti", "cuda-nvrtc", "cuda-runtime", "cudnn", "cufft", "cufile", "curand", "cusolver"),
    *("cusparse", "cusparselt", "nccl", "nvjitlink", "nvshmem", "nvtx"),
)
HEAVY = (
    *("torch", "torchvision", "torchaudio", "triton", "xformers", "vllm", "bitsandbytes", "flash-attn"),
    *("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tf-keras", "jax", "jaxlib"),
    *("paddlepaddle", "paddlepaddle-gpu", "mxnet", "cupy-cuda11x", "cupy-cuda12x"),
)
_LEFT_OUT = (*HEAVY, *(f"nvidia-{one}{of}" for one, of in product(_OF_CUDA, ("", "-cu11", "-cu12", "-cu13"))))
_NEEDED = """
import re, sys
from importlib.metadata import distributions
wanted = set(sys.argv[1:])
for one in distributions():
    print("here", re.sub(r"[-_.]+", "-", one.metadata["Name"] or "").lower())
    needed = {re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9][\\w.-]*", said)[0]).lower()
              for said in one.requires or () if "extra ==" not in said}
    if needed & wanted:
        print("needed", *needed & wanted)
        tops = (one.read_text("top_level.txt") or "").split()
        tops += [str(file).partition("/")[0].partition(".")[0] for file in one.files or ()]
        print("by", *{top for top in tops if top.isidentifier()})
"""
_LIBRARY = re.compile(r'^  File "[^"]*/site-packages/(\w+)', re.MULTILINE)


def left_out(aside: Path) -> list[str]:
    """Arguments by which uv leaves them out, whatever depends on them; a file of them lies below `aside`."""
    return without(_LEFT_OUT, aside / "left-out.txt")


def without(names: Sequence[str], file: Path) -> list[str]:
    """Arguments by which uv leaves distributions out, whatever depends on them; they are named in a file."""
    text = "".join(f'{one} ; sys_platform == "none"\n' for one in names)
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        written(file, text.encode())
    return ["--overrides", str(file)]


def missed(python: Path, plain: Sequence[str]) -> tuple[str, ...]:
    """Those that what is asked for, or what is installed, depends on and that are not there."""
    asked = set(map(required, plain))
    told = _told(python, HEAVY)
    needed = {name for kind, *names in told if kind == "needed" for name in names}
    here = {name for kind, *names in told if kind == "here" for name in names}
    return tuple(name for name in HEAVY if name in (asked | needed) - here)


def upset(trace: str, python: Path, lost: Sequence[str]) -> str:
    """The library that an error came out of and that depends on what is lost; empty if there is none."""
    frames = _LIBRARY.findall(trace)
    names = [*map(required, lost)]
    if not frames or not names:
        return ""
    dependent = {name for kind, *tops in _told(python, names) if kind == "by" for name in tops}
    return next((frame for frame in reversed(frames) if frame in dependent), "")


def _told(python: Path, names: Sequence[str]) -> list[list[str]]:
    done = subprocess.run([str(python), "-c", _NEEDED, *names], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return [line.split() for line in done.stdout.splitlines()]
