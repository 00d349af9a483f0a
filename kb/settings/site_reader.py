"""Reads values from the operator's file; errors name file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.common.reading import MOST_BYTES
from kb.common.yaml_file import Located, YamlProblem, load_yaml
from kb.errors import ConfigError


def fail(path: Path, at: Located, message: str, fix: str) -> ConfigError:
    """Return the error about a value.

    :param path: The operator's file.
    :param at: The value.
    :param message: What is wrong, without a period.
    :param fix: What to do, as a sentence.
    :return: The error to raise.
    """
    return ConfigError(f"{path}:{at.line}:{at.column}: {message}. {fix}")


def load(path: Path) -> Located:
    """Read a file of the operator's.

    :param path: The file.
    :return: Its content, with positions.
    :raises ConfigError: If it cannot be read or is not YAML.
    :raises FileNotFoundError: If it does not exist.
    """
    try:
        with path.open(encoding="utf-8") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path} has more than {MOST_BYTES:,} characters. Name the operator's file, or shorten it.")
    try:
        return load_yaml(content)
    except YamlProblem as problem:
        raise ConfigError(f"{path}:{problem.line}:{problem.column}: {problem.message}. Correct the YAML.") from problem


def mapping(path: Path, node: Located, allowed: tuple[str, ...]) -> dict[str, Located]:
    """Return the values of keys.

    :param path: The operator's file.
    :param node: Keys with values, or nothing.
    :param allowed: All allowed keys.
    :return: Values by key; empty for nothing.
    :raises ConfigError: If it is not a mapping or has another key.
    """
    if node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise fail(path, node, "expected keys with values", f"Use: {', '.join(allowed)}.")
    for key in node.value:
        if key not in allowed:
            line, column = (node.keys or {})[key]
            raise ConfigError(f"{path}:{line}:{column}: unknown key {key!r}. Use one of: {', '.join(allowed)}.")
    return node.value


def text(path: Path, fields: Mapping[str, Located], key: str) -> str:
    """Return a key's text; empty if it is absent.

    :param path: The operator's file.
    :param fields: Values by key.
    :param key: The key.
    :return: The text, without space around it; for a number or date, as it was written.
    :raises ConfigError: If it is a list or a mapping.
    """
    node = fields.get(key)
    if node is None or node.value is None:
        return ""
    if not isinstance(node.value, str):
        if isinstance(node.value, list | dict):
            raise fail(path, node, f"{key!r} must be text", "Write one line of text.")
        return node.text
    return node.value.strip()


def texts(path: Path, node: Located) -> tuple[str, ...]:
    """Return a list of texts.

    :param path: The operator's file.
    :param node: The list.
    :return: Its texts, without space around them.
    :raises ConfigError: If it is anything else.
    """
    if not isinstance(node.value, list) or not all(isinstance(i.value, str) for i in node.value):
        raise fail(path, node, "expected a list of texts", "Write one '- text' per line.")
    return tuple(item.value.strip() for item in node.value)


def number(path: Path, fields: Mapping[str, Located], key: str, least: int, most: int) -> int | None:
    """Return a key's whole number; None if it is absent.

    :param path: The operator's file.
    :param fields: Values by key.
    :param key: The key.
    :param least: The smallest allowed.
    :param most: The greatest allowed.
    :return: The number.
    :raises ConfigError: If it is anything else.
    """
    node = fields.get(key)
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, int) or isinstance(node.value, bool) or not least <= node.value <= most:
        raise fail(path, node, f"{key!r} must be a whole number from {least} to {most}", "Correct it.")
    return node.value


def yes_or_no(path: Path, fields: Mapping[str, Located], key: str, *, default: bool) -> bool:
    """Return a key's truth value.

    :param path: The operator's file.
    :param fields: Values by key.
    :param key: The key.
    :param default: The value if it is absent.
    :return: The value.
    :raises ConfigError: If it is anything else.
    """
    node = fields.get(key)
    if node is None or node.value is None:
        return default
    if not isinstance(node.value, bool):
        raise fail(path, node, f"{key!r} must be true or false", "Correct it.")
    return node.value


def choice(path: Path, fields: Mapping[str, Located], key: str, choices: tuple[str, ...], default: str) -> str:
    """Return a key's value among those allowed.

    :param path: The operator's file.
    :param fields: Values by key.
    :param key: The key.
    :param choices: Those allowed.
    :param default: The value if it is absent.
    :return: One of the choices.
    :raises ConfigError: If it is anything else.
    """
    chosen = text(path, fields, key) or default
    if chosen not in choices:
        raise fail(path, fields[key], f"{key!r} cannot be {chosen!r}", f"Use one of: {', '.join(choices)}.")
    return chosen
