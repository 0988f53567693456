"""Rules by which a table's way of writing districts becomes theirs."""

import pytest

from sozialraum.indicators.key_rules import apply_rule, is_rule, propose_rule

NAMES = ["Weberviertel", "Brückenau", "Rathaus", "Am Hang"]
KEYS = [f"{number:02d}" for number in range(1, 12)]


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("01 - Altstadt", "before first blank", "01"),
        ("01 - Altstadt", "after first ' - '", "Altstadt"),
        ("STGT03", "strip prefix STGT then strip zeros", "3"),
        ("Altstadt (01)", "after last ( then strip suffix )", "01"),
        ("7", "pad 3 then prefix STGT", "STGT007"),
        ('="0101"', "clean", "0101"),
        ("'0101", "clean", "0101"),
        ("\u200b0101\ufeff", "clean", "0101"),
        ("Am\xa0Hang", "clean", "Am Hang"),
        ("2024-02-01", "date as DD.MM", "01.02"),
        ("2024-02-01 00:00:00", "date as D-M", "1-2"),
        ("01. Feb", "date as DD/MM", "01/02"),
        ("1.2.2024", "date as MMDD", "0201"),
        ("Altstadt", "before first blank", None),
        ("Altstadt", "strip prefix STGT", None),
        ("x1", "pad 3", None),
        ("31. Foo", "date as DD.MM", None),
    ],
)
def test_rules_do_what_they_say(text, rule, expected):
    assert is_rule(rule)
    assert apply_rule(text, rule) == expected


@pytest.mark.parametrize("rule", ["", "drop it", "pad", "before blank", "pad 2 then", "prefix"])
def test_other_sentences_are_no_rules(rule):
    assert not is_rule(rule)


@pytest.mark.parametrize(
    ("write", "known", "rule"),
    [
        (lambda i, _: f"{i}", KEYS, "pad 2"),
        (lambda i, _: f"STGT{i:02d}", [str(i) for i in range(1, 12)], "strip prefix STGT then strip zeros"),
        (lambda i, _: f"{i}", [f"STGT{i:02d}" for i in range(1, 12)], "pad 2 then prefix STGT"),
        (lambda i, _: f"10.{i:02d}", KEYS, "after first ."),
        (lambda i, _: f"Bezirk_{i:02d}_2023", KEYS, None),
        (lambda i, _: f"'{i:02d}", KEYS, "clean"),
        (lambda i, _: f"{i:02d} Quartier", KEYS, "before first blank"),
        (lambda i, _: f"{i:02d}: Quartier", KEYS, "before first :"),
        (lambda i, _: f"2024-01-{i:02d}", [f"{i:02d}.01" for i in range(1, 20)], "date as DD.MM"),
    ],
)
def test_one_rule_for_all_is_found(write, known, rule):
    entries = [write(i, None) for i in range(1, 12)]
    found = propose_rule(entries, known)
    assert (found[0] if found else None) == rule
    if found:
        assert sorted(found[1]) == sorted(entries)
        assert len(set(found[1].values())) == len(entries)


def test_names_with_a_number_in_front_find_their_names():
    entries = [f"{number}. {name}" for number, name in enumerate(NAMES, 1)]
    assert propose_rule(entries, NAMES) == (
        "after first blank",
        dict(zip(sorted(entries), NAMES, strict=True)),
    )


def test_two_readings_are_no_proposal():
    # 1 February or 2 January: the keys hold both, and both readings fit.
    entries = ["2024-02-01", "2024-01-02"]
    assert propose_rule(entries, ["01.02", "02.01"]) is None


def test_a_rule_gives_no_district_twice():
    assert propose_rule(["01 a", "01 b"], KEYS) is None
    assert propose_rule(["01 a", "02 b"], KEYS, settled=["01", "02"]) is None


def test_a_tenth_may_stay_without_district_but_no_more():
    entries = [f"{key} x" for key in KEYS]
    assert propose_rule([*entries, "ganz anders"], KEYS)[0] == "before first blank"
    assert propose_rule([*entries, *"abc"], KEYS) is None
