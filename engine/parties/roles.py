"""What the key owner and the cloud have in common, whether pictures come one by one or in batches.

A role holds nothing until its first request; then a secret key, or a model and evaluation keys.
"""

from typing import ClassVar, Generic, TypeVar

from tenseal import sealapi

from engine.ckks.parameters import Chain
from engine.ckks.seal import load_fresh, load_relin_keys, load_result, make_context, to_bytes
from engine.errors import MessageError

T = TypeVar("T")


class Role(Generic[T]):
    """Answers requests about what it holds; `missing` is the sentence for holding nothing."""

    missing: ClassVar[str]

    def __init__(self) -> None:
        self._held: T | None = None

    @property
    def held(self) -> T:
        """Return what the first request made; MessageError before it."""
        if self._held is None:
            raise MessageError(self.missing)
        return self._held


class OwnedKeys:
    """A secret key, and what it makes: evaluation keys, ciphertexts, plaintexts."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.context = make_context(chain)
        self.generator = sealapi.KeyGenerator(self.context)
        self.secret_key = self.generator.secret_key()
        self._encryptor = sealapi.Encryptor(self.context, self.secret_key)

    def relin_keys(self) -> bytes:
        """Return a relinearisation key."""
        return to_bytes(self.generator.create_relin_keys())

    def galois_keys(self, element: int) -> bytes:
        """Return the Galois key of one element."""
        return to_bytes(self.generator.create_galois_keys([element]))

    def encrypt(self, plaintext: sealapi.Plaintext) -> bytes:
        """Return a fresh ciphertext."""
        return to_bytes(self._encryptor.encrypt_symmetric(plaintext))

    def decrypt(
        self,
        data: bytes,
        *,
        size: int,
        level: int,
        scale: float,
        secret_key: sealapi.SecretKey | None = None,
    ) -> sealapi.Plaintext:
        """Return what is in a result of that form; MessageError if `data` cannot be one."""
        ciphertext = load_result(self.context, data, size, level, scale)
        plaintext = sealapi.Plaintext()
        key = self.secret_key if secret_key is None else secret_key
        sealapi.Decryptor(self.context, key).decrypt(ciphertext, plaintext)
        return plaintext


class LoadedModel:
    """A model's parameters in the cloud, and the relinearisation key once it has come."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.context = make_context(chain)
        self.relin_keys: sealapi.RelinKeys | None = None

    def take_relin_keys(self, data: bytes) -> None:
        """Keep the key; MessageError if the bytes are none."""
        self.relin_keys = load_relin_keys(self.context, data)

    def load_fresh(self, data: bytes, scale: float) -> sealapi.Ciphertext:
        """Read a ciphertext; MessageError unless it is as encryption makes it."""
        return load_fresh(self.context, data, self.chain.top_level, scale)
