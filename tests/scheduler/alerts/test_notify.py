"""Sending through the real library and process to a real server, and what is said of addresses."""

import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scheduler.alerts.notify import Letter, check_addresses, send, targets_of, without_secrets
from store.errors import ConfigError

SECRET = "T0kenThatNobodyMaySee"
FORMS = {
    "mailto": "mailto://user:PassW0rd@gmail.com?to=editor@example.com&format=text",
    "mailtos": "mailtos://user:PassW0rd@smtp.example.com:587?from=winnow@example.com&to=editor@example.com&format=text",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "https": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "tgram": "tgram://123456789:AAFabcdefghijklmnopqrstuvwxyz012345/12315544",
    "dingtalk": "dingtalk://SECabcdef0123@aaaaaaaabbbbbbbbcccccccc",
    "feishu": "feishu://abcdefgh-1234-5678-9abc-def012345678",
    "lark": "lark://abcdefgh-1234-5678-9abc-def012345678",
    "wecombot": "wecombot://abcdefgh-1234-5678-9abc-def012345678",
    "json": "json://127.0.0.1:8080/hook",
    "jsons": "jsons://user:PassW0rd@example.com/hook",
}


def letters(*addresses):
    return [Letter(target=target, title="Winnow: test", text="a < b & c") for target in targets_of(addresses)]


def test_addresses_of_every_documented_service_are_known():
    targets = check_addresses(FORMS.values())
    assert [target.name for target in targets] == [f"address {i} ({name})" for i, name in enumerate(FORMS, 1)]


@pytest.mark.parametrize("form", FORMS)
def test_every_documented_form_is_in_the_documentation(form):
    text = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
    assert f"{form}://" in text


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"slack://{SECRET}", "address 2 (slack)"),
        (f"tgram://{SECRET}", "address 2 (tgram)"),
        (f"nosuch://{SECRET}", "address 2 (nosuch)"),
        (SECRET, "address 2"),
        (f"{SECRET}://x", "address 2"),
        (f"nosuch://form/med/{SECRET}", "address 2 (nosuch)"),  # its words are in "malformed"
    ],
)
def test_a_malformed_address_is_one_line_without_the_secret(address, named):
    with pytest.raises(ConfigError) as error:
        check_addresses([FORMS["json"], address])
    assert f"WINNOW_ALERTS: {named}: " in str(error.value)
    assert SECRET not in str(error.value)
    assert "\n" not in str(error.value)


def test_addresses_that_cannot_be_looked_at_are_no_mistake_of_the_operator(caplog):
    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(check_addresses, [f"json://127.0.0.1/{SECRET}"])
        while not checking.done():
            for process in _processes():
                if _is_our_child(process) and b"scheduler.alerts.notify" in _read(process / "cmdline"):
                    os.kill(int(process.name), signal.SIGKILL)
            time.sleep(0.01)
    [target] = checking.result()
    assert target.name == "address 1 (json)"
    assert "WINNOW_ALERTS: address 1 (json) could not be checked: the sending process ended with -9" in caplog.text
    assert SECRET not in caplog.text


def test_no_addresses_are_well_and_nothing_is_sent():
    assert check_addresses([]) == []
    assert send([]) == []


def test_a_letter_arrives_as_it_was_written(hook):
    [delivery] = send(letters(hook.address(f"hook/{SECRET}")))
    assert (delivery.target.name, delivery.problem) == ("address 1 (json)", "")
    [letter] = hook.letters
    assert (letter["title"], letter["message"]) == ("Winnow: test", "a < b & c")


def test_a_letter_is_no_markup_where_the_target_takes_html(hook):
    send(letters(hook.address("hook", "?format=html")))
    assert "&lt;" in hook.letters[0]["message"]


def test_each_target_has_its_own_outcome_and_none_holds_the_others(hook):
    hook.refuses.add("/hook")
    paths = (f"hook/{SECRET}", f"silent/{SECRET}", f"trickle/{SECRET}")
    closed = f"json://127.0.0.1:9/{SECRET}"
    refused, silent, trickling, unreachable = send(letters(*map(hook.address, paths), closed), patience=1)
    assert "500" in refused.problem
    assert silent.problem
    assert trickling.problem == "it did not answer in time"
    assert "onnection" in unreachable.problem
    assert SECRET not in repr([refused, silent, trickling, unreachable])


def test_the_secret_is_in_no_command_line(hook):
    sending = threading.Thread(target=send, args=(letters(hook.address(f"silent/{SECRET}")),), kwargs={"patience": 1})
    sending.start()
    seen = []
    while sending.is_alive():
        seen += [line for line in _command_lines() if b"scheduler.alerts.notify" in line]
        time.sleep(0.05)
    sending.join()
    assert seen
    assert not any(SECRET.encode() in line for line in seen)


def _command_lines():
    return [_read(process / "cmdline") for process in _processes()]


def _processes():
    return [each for each in Path("/proc").iterdir() if each.name.isdecimal() and each.name != str(os.getpid())]


def _is_our_child(process):
    return f"\nPPid:\t{os.getpid()}\n".encode() in _read(process / "status")


def _read(file):
    try:
        return file.read_bytes()
    except OSError:  # the process has ended
        return b""


@pytest.mark.parametrize("form", FORMS.values())
def test_what_the_library_says_is_freed_of_every_part_of_an_address(form):
    secrets = [part for part in form.partition("://")[2].replace("?", "/").split("/") if len(part) > 2]
    said = without_secrets(f"no way to {form}: {' '.join(secrets)}\nrefused (401)", form)
    assert "refused (401)" in said
    assert not [secret for secret in secrets if secret in said]
    assert "PassW0rd" not in said


def test_a_mark_tells_addresses_apart_wherever_they_stand_and_holds_nothing_of_them():
    first, second = targets_of([f"json://a/{SECRET}", f"json://b/{SECRET}"])
    [moved] = targets_of([f"json://b/{SECRET}"])
    assert first.mark != second.mark == moved.mark
    assert re.fullmatch("[0-9a-f]{16}", first.mark)


def test_a_percent_encoded_password_is_recognised_in_both_forms():
    address = "mailtos://user:p%40ss%2Fword@example.com"
    assert without_secrets("p@ss/word and p%40ss%2Fword were refused", address) == "… and … were refused"
