"""Options are declared once: the calls, their help, the command line and the configuration all show the same ones."""

import inspect
from dataclasses import MISSING, fields

import pandas as pd
import pytest

import hygiene
from hygiene.cli import cli, config
from hygiene.cli.options import FIELDS
from hygiene.errors import UsageError
from hygiene.options import CleanOptions, ReadOptions, ScaleOptions

#: Options that the verbs which clean do not offer: they are an import's, with flags of their own.
OF_AN_IMPORT = {"waive_blocklist", "batch_leads"}
#: Fields whose flags are read otherwise: DNS is asked unless told not to, memory is bounded.
OTHERWISE = {"resolver", "memory", "suppression_columns", "require"}
#: What a verb does not run without.
REQUIRED = {"check": [], "clean": ["--out", "D"], "import": ["--list", "1"]}
#: Settings of a profile that are the account's, not a cleaning's.
OF_THE_ACCOUNT = {
    "account",
    "to",
    "list",
    "client_id",
    "base_url",
    "user",
    "api_key_env",
    "api_key_file",
    "journal",
    "rate",
}


def defaults(options):
    return {each.name: each.default for each in fields(options)}


def keywords(call):
    found = inspect.signature(call).parameters.values()
    return {each.name: each.default for each in found if each.kind is each.KEYWORD_ONLY}


def scale_clean(*arguments, **options):
    return pytest.importorskip("hygiene.scale").clean(*arguments, **options)


def test_every_option_has_a_default():
    assert MISSING not in defaults(ScaleOptions).values()


@pytest.mark.parametrize(("call", "options"), [("read", ReadOptions), ("clean", CleanOptions)])
def test_a_call_shows_every_option_with_its_default_and_says_what_it_does(call, options):
    function = getattr(hygiene, call)

    assert keywords(function) == defaults(options)
    assert all(f"\n    {name}: " in function.__doc__ for name in defaults(options))


def test_the_call_for_dask_frames_shows_every_option_too():
    function = pytest.importorskip("hygiene.scale").clean

    assert keywords(function) == defaults(ScaleOptions)
    assert all(f"\n    {name}: " in function.__doc__ for name in defaults(ScaleOptions))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory", 10**9),
        ("jobs", 2),
        ("encoding", "utf-8"),
        ("header_row", 3),
        ("sheet", "Leads"),
        ("visible_rows", True),
    ],
)
def test_what_partitions_do_not_have_is_refused_by_name(name, value):
    dask = pytest.importorskip("dask.dataframe")
    leads = dask.from_pandas(pd.DataFrame({"email": ["ann@acme.example"]}), npartitions=1)

    with pytest.raises(UsageError, match=name):
        scale_clean(leads, **{name: value})


def test_another_keyword_is_refused_as_python_does():
    with pytest.raises(TypeError, match="mach"):
        hygiene.clean(pd.DataFrame({"email": []}), mach="person")


def test_the_command_line_has_a_flag_for_every_option_of_a_cleaning():
    assert set(FIELDS) == set(defaults(CleanOptions)) - OF_AN_IMPORT
    assert {"waive_blocklist", "batch_size"} <= {option.name for option in cli.commands["import"].params}


@pytest.mark.parametrize("verb", ["check", "clean", "import"])
def test_a_flag_that_is_not_given_is_the_default_of_the_call(verb):
    given = cli.commands[verb].make_context(verb, ["a.csv", *REQUIRED[verb]], default_map={}).params
    alike = set(FIELDS) - OTHERWISE
    default = defaults(CleanOptions)

    assert alike <= set(given)
    assert {name: given[name] or None for name in alike} == {name: default[name] or None for name in alike}


def test_a_profile_has_the_names_of_the_options():
    names = {*config._SINGLE, *config._SEVERAL}

    assert names - OF_THE_ACCOUNT <= set(FIELDS)
    assert names >= OF_THE_ACCOUNT


@pytest.mark.parametrize(
    ("positional", "keywords", "message"),
    [
        ((), {"suppres": 1}, r"^clean\(\) got an unexpected keyword argument 'suppres'. Did you mean 'suppress'\?$"),
        ((), {"zzz": 1}, r"^clean\(\) got an unexpected keyword argument 'zzz'$"),
        ((1,), {}, r"^clean\(\) too many positional arguments$"),
    ],
)  # fmt: skip
def test_an_argument_that_is_none_is_refused_in_the_words_of_python(positional, keywords, message):
    with pytest.raises(TypeError, match=message):
        hygiene.clean(pd.DataFrame({"email": []}), *positional, **keywords)
