"""What the messages of the log are about, in a few words for each name."""

from engine.messages.log import MessageLogged

MEANINGS = {
    "load": "which model and settings to use",
    "loaded": "the model is ready",
    "relin_keys": "a relinearisation key",
    "galois_keys": "a Galois key",
    "taken": "the key has arrived",
    "classify": "a picture, encrypted",
    "proceed": "activations, encrypted again",
    "teach": "a picture, encrypted, every stage to be shown",
    "stage_shown": "what a stage made, still encrypted",
    "reveal": "what a stage made, to be looked into",
    "slots": "what was in it; it stays on this side",
    "arrived": "the ciphertext has arrived",
    "stage_finished": "a stage of the circuit is done, the next begins",
    "stages": "how the circuit's stages go",
    "scores": "the scores, encrypted",
    "try_to_decrypt": "ciphertexts that it had before",
    "attempt": "what the cloud made of them",
    "unpack": "a ciphertext that it had before",
    "coefficients": "the ciphertext's numbers",
    "calibrate": "measure this machine",
    "costs": "how long each step takes",
    "end": "the answer is complete",
    "error": "a refusal, in a sentence",
    "begin": "parameters for a new secret key",
    "begun": "the secret key exists; it stays there",
    "make_keys": "which evaluation keys to make",
    "encrypt": "a picture, within your side",
    "ciphertext": "numbers, encrypted",
    "decrypt": "encrypted scores",
    "refresh": "encrypted activations, to be encrypted afresh",
    "decrypted": "half of that is done",
    "load_batch": "which model and settings to use",
    "batch_relin_keys": "a relinearisation key",
    "conjugation_keys": "a conjugation key",
    "classify_row": "a row of many pictures, encrypted",
    "progress": "a part of the work is done",
    "row_finished": "the row is done",
    "batch_scores": "the scores of many pictures, encrypted",
    "begin_batch": "parameters for a new secret key",
    "make_batch_keys": "which evaluation keys to make",
    "encrypt_row": "a row of many pictures, within your side",
    "row": "a row of many pictures, encrypted",
    "decrypt_batch": "encrypted scores of many pictures",
    "begin_workbench": "a setting of the playground, for a new secret key",
    "make_workbench_keys": "which evaluation keys to make",
    "workbench_keys": "evaluation keys of the playground",
    "encrypt_numbers": "numbers of the playground, within your side",
    "workbench_ciphertext": "numbers of the playground, encrypted",
    "decrypt_numbers": "a ciphertext of the playground",
    "workbench_numbers": "its numbers, decrypted; they stay on this side",
    "open_workbench": "a setting of the playground",
    "take_value": "numbers of the playground, encrypted",
    "compute_value": "one operation, and its numbers in the clear",
    "workbench_value": "what a ciphertext looks like: level, scale, first coefficients",
    "send_value": "which ciphertext is to be decrypted",
    "workbench_result": "a ciphertext of the playground",
    "keep_values": "how many ciphertexts to keep",
}

ON_THE_WIRE = {
    "piece": "a part of a key or of a ciphertext, by its hash",
    "greeting": "protocol, version, models and their hashes",
    "hello": "protocol and version, and which session to go on with",
    "welcome": "the session is open",
    "got": "so much of it has arrived",
    "missing": "from where on it is needed",
    "renew": "throw the worker away and begin with another",
    "bye": "the session has ended",
}
"""Frames that carry the messages, which do not show in the log."""

DECRYPTED = "the scores, decrypted; they stay on this side"


def wire_meaning_of(name: str) -> str:
    """Return what a message of a recording is about."""
    return ON_THE_WIRE.get(name.split(maxsplit=1)[0], MEANINGS.get(name, ""))


def meaning_of(message: MessageLogged) -> str:
    """Return what a message is about; empty for a name that nobody explained."""
    if message.sender == "client" and message.name in ("scores", "batch_scores"):
        return DECRYPTED
    return MEANINGS.get(message.name, "")
