"""Words of which a learner's names are made: short, plain, and no words of networks."""

from __future__ import annotations

_LISTED = """
almond amber anchor apple basket beacon birch butter candle canyon cedar cherry cobalt copper
coral cotton desert ember falcon feather forest garden ginger hammer harbor hazel island ivory
jasmine jungle kettle ladder lagoon lantern lemon linen maple marble meadow melon nutmeg ocean
olive orange otter paper pebble pepper pigeon plum poppy quartz raven river saddle salmon sand
silver spruce sugar thunder tulip velvet violet walnut willow winter zebra
"""
WORDS = tuple(_LISTED.split())
