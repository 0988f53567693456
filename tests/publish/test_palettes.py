"""How far the colours of a palette lie apart: seen by everyone, by the colour-blind, and on a photocopy."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from sozialraum.publish.palettes import (
    ASSESSMENT_COLOURS,
    BURDENED_SHADES,
    CHANGES,
    CLUSTER_COLOURS,
    PAIR,
    PATTERNS,
    RAMPS,
)

# Machado, Oliveira and Fernandes (2009), severity 1.0; rows give red, green, blue in linear light.
BLIND = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])
ENOUGH = 10.0
"""Smallest difference at which two areas of a printed map are told apart without effort."""


def linear(colour):
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light):
    parts = TO_XYZ @ light / WHITE
    f = np.where(parts > (6 / 29) ** 3, np.cbrt(parts), parts / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(first, second):
    """Return the difference of two colours in CIELAB; Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(c**7 / (c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    r_c = 2 * np.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    r_t = -r_c * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    lightness, chroma, hue = (l2 - l1) / s_l, (c2 - c1) / s_c, dh / s_h
    return float(np.sqrt(lightness**2 + chroma**2 + hue**2 + r_t * chroma * hue))


def seen(colour, eye):
    light = linear(colour)
    if eye == "grey":
        light = np.full(3, LUMINANCE @ light)
    elif eye != "normal":
        light = np.clip(np.array(BLIND[eye]) @ light, 0, 1)
    return lab(light)


def smallest(pairs, eye):
    return min((ciede2000(seen(a, eye), seen(b, eye)), a, b) for a, b in pairs)


OPPOSITIONS = {
    "cluster": [("high-high", "low-low"), ("high-low", "low-high"), ("high-high", "low-high"),
                ("high-low", "low-low")],
    "verdict": [("conspicuous (unfavourable)", "conspicuous (favourable)"),
                ("conspicuous (unfavourable)", "inconspicuous"),
                ("conspicuous (favourable)", "inconspicuous")],
    "profile": [("conspicuous (unfavourable)", "conspicuous (favourable)")],
    "status": [("high", "very low"), ("high", "low"), ("low", "very low"), ("medium", "low")],
    "dynamic": [("positive", "negative"), ("negative", "stable"), ("positive", "stable")],
    "attention": [("yes", "no")],
    "robustness": [("sure", "unsure"), ("sure", "fair")],
}  # fmt: skip
PALETTES = {"cluster": CLUSTER_COLOURS, **ASSESSMENT_COLOURS}
EYES = ("normal", *BLIND, "grey")


def test_known_pairs_of_colours():
    """Pairs 1, 7 and 25 of the test data of Sharma, Wu and Dalal (2005)."""
    known = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for first, second, expected in known:
        assert ciede2000(first, second) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", OPPOSITIONS)
def test_opposites_stay_apart_for_every_eye_and_in_grey(name, record_property, capsys):
    palette = PALETTES[name]
    pairs = [(palette[a], palette[b]) for a, b in OPPOSITIONS[name]]
    told = {eye: smallest(pairs, eye) for eye in EYES}
    with capsys.disabled():
        print(f"\n{name}: " + ", ".join(f"{eye} {found[0]:.1f}" for eye, found in told.items()))  # noqa: T201
    record_property(name, {eye: found[0] for eye, found in told.items()})
    assert {eye: found for eye, found in told.items() if found[0] < ENOUGH} == {}


@pytest.mark.parametrize("polarity", CHANGES)
def test_rising_and_falling_stay_apart(polarity):
    falling, none, rising = CHANGES[polarity]
    # The strong ends are the opposition; a weak change may look like a weak one of the other side on a copy.
    for eye in EYES:
        assert smallest([(falling[0], rising[-1])], eye)[0] >= ENOUGH, eye
        assert smallest([(none, falling[0]), (none, rising[-1])], eye)[0] >= ENOUGH, eye


@pytest.mark.parametrize("polarity", RAMPS)
@pytest.mark.parametrize("eye", EYES)
def test_neighbours_on_a_ramp_can_be_told_apart(polarity, eye):
    assert smallest(list(pairwise(RAMPS[polarity])), eye)[0] >= 6


@pytest.mark.parametrize("eye", EYES)
def test_shades_of_burden_can_be_told_apart(eye):
    assert smallest(list(pairwise(BURDENED_SHADES)), eye)[0] >= ENOUGH


def test_what_has_no_number_has_a_pattern_and_each_its_own():
    looks = {(pattern.path, pattern.ink, pattern.paper) for pattern in PATTERNS.values()}
    assert len(looks) == len(PATTERNS)
    for first, second in combinations(("missing", "suppressed", "unknown", "not assessable", "isolated"), 2):
        assert PATTERNS[first].path != PATTERNS[second].path


def test_two_indicators_in_one_map_stay_apart(capsys):
    flat = [colour for row in PAIR for colour in row]
    corners = [PAIR[0][0], PAIR[0][2], PAIR[2][0], PAIR[2][2]]
    told = {eye: smallest(combinations(flat, 2), eye) for eye in EYES if eye != "grey"}
    told["grey, corners"] = smallest(combinations(corners, 2), "grey")
    with capsys.disabled():
        print("\npair: " + ", ".join(f"{eye} {found[0]:.1f}" for eye, found in told.items()))  # noqa: T201
    assert {eye: found for eye, found in told.items() if found[0] < ENOUGH} == {}
