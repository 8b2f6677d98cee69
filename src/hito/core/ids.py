"""Ids and readable names."""

import random
import uuid

_ADJECTIVES = (
    "able amber ample apt azure bold brave brief bright brisk calm candid clever coral crisp deft eager fair fleet fond "
    "frank fresh gentle glad golden grand happy hardy honest humble jolly keen kind lively loyal lucid lunar mellow merry "
    "mild modest neat nimble noble olive placid plucky polite proud quick quiet rapid rare ready robust rosy sage serene "
    "sharp silent silver sincere smart solar solid spry stately steady still sunny swift tidy tranquil trusty upbeat "
    "valiant vivid warm wise witty zesty"
).split()
_NOUNS = (
    "alder ant asp badger bat bear beech birch bison boar bream carp cedar cod colt condor crab crane crow cub deer dove "
    "duck eagle eel elk elm falcon fawn fern finch fir fox frog gnu goat goose gull hare hawk hen heron horse ibis jay "
    "koala lark lemur linden lion llama lynx maple mare mink mole moose moth mouse mule newt oak ocelot orca oriole otter "
    "owl ox panda perch pike pine pony puma quail ram raven robin salmon seal shad shark sheep shrew skink sloth smelt "
    "snail spruce squid stag stork swan tapir tern toad trout vole wasp whale wolf wren yak"
).split()


_random = random.SystemRandom()
"""Never Python's shared generator: a name that we draw must not change what a seeded training draws next."""


def new_run_id() -> str:
    """32 hex digits, as MLflow's."""
    return uuid.uuid4().hex


def new_model_id() -> str:
    """`m-` and 32 hex digits, as MLflow's."""
    return f"m-{uuid.uuid4().hex}"


def new_name() -> str:
    """A name that a person can say: adjective-noun-number."""
    return f"{_random.choice(_ADJECTIVES)}-{_random.choice(_NOUNS)}-{_random.randrange(1000)}"
