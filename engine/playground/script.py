"""A program as Python for `tenseal.sealapi`: a preamble, then one line for each step.

Preamble and lines together run as they are and give the values that were shown.
"""

from collections.abc import Sequence

from engine.playground.operations import (
    Add,
    AddPlain,
    Binary,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    name_of,
)
from engine.playground.program import Program
from engine.playground.settings import DEGREE, GALOIS_STEPS, WorkbenchSetting

PREAMBLE = '''\
# pip install tenseal
from tenseal import sealapi

degree, scale = {degree}, 2.0**{scale_bits}
parameters = sealapi.EncryptionParameters(sealapi.SCHEME_TYPE.CKKS)
parameters.set_poly_modulus_degree(degree)
parameters.set_coeff_modulus(sealapi.CoeffModulus.Create(degree, {bits}))
context = sealapi.SEALContext(parameters, True, sealapi.SEC_LEVEL_TYPE.TC128)

generator = sealapi.KeyGenerator(context)
secret_key = generator.secret_key()  # only who has it can decrypt
generator.create_relin_keys(relin_keys := sealapi.RelinKeys())
steps = {steps}
elements = [pow(3, step % (degree // 2), 2 * degree) for step in steps]
generator.create_galois_keys(elements, galois_keys := sealapi.GaloisKeys())

encoder, evaluator = sealapi.CKKSEncoder(context), sealapi.Evaluator(context)
encryptor = sealapi.Encryptor(context, secret_key)
decryptor = sealapi.Decryptor(context, secret_key)


def encode(numbers, scale=scale, parms_id=context.first_parms_id()):
    """Repeat the numbers through all slots, so that rotations go round."""
    repeated = [float(number) for number in numbers] * (degree // 2 // len(numbers))
    encoder.encode(repeated, parms_id, scale, plain := sealapi.Plaintext())
    return plain


def encrypt(numbers):
    encryptor.encrypt_symmetric(encode(numbers), fresh := new())
    return fresh


def decrypt(ciphertext):
    decryptor.decrypt(ciphertext, plain := sealapi.Plaintext())
    return encoder.decode_double(plain)[:{slots}]


def new():
    return sealapi.Ciphertext(context)

'''


def preamble(setting: WorkbenchSetting, slots: int) -> str:
    """Return what stands before the lines: parameters, keys, and three short functions."""
    return PREAMBLE.format(
        degree=DEGREE,
        scale_bits=setting.scale_bits,
        bits=list(setting.chain.coeff_modulus_bits),
        steps=list(GALOIS_STEPS),
        slots=slots,
    )


def lines(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Return a line of Python for each operation."""
    made, found = 0, list[str]()
    for operation in operations:
        found.append(line(operation, name_of(made)))
        made += not isinstance(operation, Decrypt)
    return tuple(found)


def script(program: Program) -> str:
    """Return a whole program, ready to run."""
    body = "\n".join(lines(program.operations))
    return f"{preamble(program.setting, program.slots)}\n{body}\n"


def line(operation: Operation, name: str) -> str:
    """Return the line that makes the value called `name`, or that shows one."""
    if isinstance(operation, Encrypt):
        return f"{name} = encrypt({_list(operation.numbers)})"
    x = name_of(operation.x)
    if isinstance(operation, Decrypt):
        return f'print("{x}", decrypt({x}))'
    if isinstance(operation, SetScale):
        return (
            f"evaluator.mod_switch_to({x}, {x}.parms_id(), {name} := new()); {name}.scale = scale"
        )
    return f"evaluator.{_call(operation, x)}, {name} := new())"


def _call(
    operation: Binary | AddPlain | MultiplyPlain | Rotate | Rescale | Relinearize | ModSwitch,
    x: str,
) -> str:
    match operation:
        case Add() | Subtract() | Multiply():
            verb = {Add: "add", Subtract: "sub", Multiply: "multiply"}[type(operation)]
            return f"{verb}({x}, {name_of(operation.y)}"
        case AddPlain(numbers=numbers):
            return f"add_plain({x}, encode({_list(numbers)}, {x}.scale, {x}.parms_id())"
        case MultiplyPlain(numbers=numbers):
            return f"multiply_plain({x}, encode({_list(numbers)}, scale, {x}.parms_id())"
        case Rotate(step=step):
            return f"rotate_vector({x}, {step}, galois_keys"
        case Relinearize():
            return f"relinearize({x}, relin_keys"
        case Rescale():
            return f"rescale_to_next({x}"
        case ModSwitch():
            return f"mod_switch_to_next({x}"


def _list(numbers: Sequence[float]) -> str:
    return "[" + ", ".join(_number(each) for each in numbers) + "]"


def _number(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
