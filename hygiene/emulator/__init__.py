"""A local import API and DNS zone, for the demo and the tests.

They serve on loopback, need no account, and keep what they were told in SQLite or in memory. The
counting is written from the words of `ImportPolicy` alone, so that it can check the prediction.
"""

from hygiene.emulator.demo import read_zone, sample_zone
from hygiene.emulator.dns_server import ZoneServer
from hygiene.emulator.emulator import Emulator
from hygiene.emulator.instantly import InstantlyEmulator
from hygiene.emulator.mailerlite import MailerLiteEmulator

__all__ = ["Emulator", "InstantlyEmulator", "MailerLiteEmulator", "ZoneServer", "read_zone", "sample_zone"]
