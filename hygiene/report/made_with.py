"""What a report was made from and with: the settings of the run, the counting rules, the input and the versions."""

from importlib.metadata import version
from platform import python_version

from hygiene.display import inert
from hygiene.outcomes import NOT_CHECKED
from hygiene.policy import RULES
from hygiene.report.document import Content, Section, Table
from hygiene.version import __version__

__all__ = ["policy_section", "run_section", "settings_section"]

#: Packages whose version can change a verdict.
PACKAGES = ("email-validator", "dnspython", "pandas", "pyarrow", "pandera", "httpx")


def settings_section(content: Content, /) -> Section:
    """What the run was asked to do."""
    settings = content.cleaned.survey.settings
    known = settings.known and ", ".join(f"{leads.name} ({len(leads.address):,})" for leads in settings.known)
    rows = (
        (
            "schema",
            getattr(settings.schema, "__name__", None) or getattr(settings.schema, "name", None) or "Lead",
        ),
        ("required columns", ", ".join(settings.required) or "none"),
        ("rules", ", ".join(rule.name for rule in settings.rules) or "none"),
        (
            "DNS",
            NOT_CHECKED
            if settings.resolver is None
            else f"{len(content.cleaned.survey.domains):,} domains asked",
        ),
        ("leads whose domain is unknown", "ready" if settings.accept_unknown else "for review"),
        ("known leads", NOT_CHECKED if settings.known is None else known or "none"),
        ("block list waived", "yes" if settings.waive_blocklist else "no"),
        ("leads a request", f"{settings.batch_leads:,}"),
        ("also sends blocked and duplicate rows", "yes" if content.send_all else "no"),
    )
    table = Table(
        "What this run was asked to do",
        ("Setting", "Value"),
        tuple((name, inert(str(value))) for name, value in rows),
    )
    return Section("settings", "Settings", "", (table,))


def policy_section(content: Content, /) -> Section:
    """The counting rules that its prediction rests on."""
    policy = content.cleaned.survey.settings.policy
    rows = tuple(
        (name, str(getattr(policy, name)).lower(), policy.label(name), rule.metadata["text"])
        for name, rule in RULES.items()
    )
    text = "The API's counting rules that the prediction rests on, and how each is known."
    return Section(
        "policy", "Policy", text, (Table("Counting rules", ("Rule", "Value", "Known how", "Meaning"), rows),)
    )


def run_section(content: Content, /) -> Section:
    """What the report was made from, and with which versions."""
    cleaned = content.cleaned
    rows = [
        ("input", ", ".join(map(inert, cleaned.files)) or "a frame"),
        ("input digest, SHA-256", cleaned.sha256 or "none: a frame has no bytes of its own"),
        ("import, as the journal names it", (content.receipt and content.receipt.import_id) or "none"),
        ("lead-hygiene", __version__),
        ("Python", python_version()),
        *((name, version(name)) for name in PACKAGES),
    ]
    text = " ".join(inert(content.told(note)) for note in cleaned.notes)
    return Section(
        "run", "Run", text, (Table("What this report was made from, and with", ("", "Value"), tuple(rows)),)
    )
