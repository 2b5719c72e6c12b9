"""Webull's US OpenAPI on loopback: requests signed with an app key, and Connect (OAuth 2.0).

Hosts (https://developer.webull.com/apis/docs/getting-started and the guides of Connect):

| for | production | sandbox |
|---|---|---|
| a person's own key | api.webull.com | api.sandbox.webull.com |
| Connect's requests | us-oauth-open-api.webull.com | oauth-open-api.sandbox.webull.com |
| Connect's login page | passport.webull.com | the same, under /oauth2/sandbox |

us-openapi-alb.uat.webullbroker.com is the sandbox's earlier name. Here one host answers for all.

What it follows, in this order of trust:

1. the reference pages of developer.webull.com/apis/docs/reference in their machine-readable form
   (fetched 2026-09-29, kept verbatim in DistortionPoint/dp-exchange-webull, docs/reference; those
   of Connect in shing1211/webullapi4go, docs/webull-api)
2. the official webull-openapi-python-sdk 3.0.4: its signing, its requests' paths and fields
3. answers of the live sandbox, kept in sfreiberg/webull (docs/COMPATIBILITY.md and testdata)
4. codes and words that users quote; where only the code is known the words are unverified

Where these say nothing the code says "unverified". The paths are those of the reference
(/trading, /market-data, /auth, /oauth2), which the SDK calls since 3.0; of the earlier /openapi
paths some answered 404 in production in September 2026.

What it does not play: futures and event contracts, options of several legs and the writing of
options, OTO, OCO and OTOCO (the live sandbox refuses them, against the reference), algorithmic
orders, batches (refused as the live sandbox does), streams (MQTT, gRPC), fundamentals, news,
screeners, watchlists, a calendar of holidays, dividends and transfers, the executions' list (its
sample in the SDK is for Japan). There is no trading calendar among the documented US requests.
"""

from tests.simulators.serving import Fault, Trouble
from tests.simulators.webull.apps import App, Platform
from tests.simulators.webull.grants import Grant
from tests.simulators.webull.market import Bar
from tests.simulators.webull.orders import Order
from tests.simulators.webull.people import Account, Person
from tests.simulators.webull.signing import SHA1, SHA256, signature, string_to_sign
from tests.simulators.webull.simulator import WebullSimulator

__all__ = [
    "SHA1",
    "SHA256",
    "Account",
    "App",
    "Bar",
    "Fault",
    "Grant",
    "Order",
    "Person",
    "Platform",
    "Trouble",
    "WebullSimulator",
    "signature",
    "string_to_sign",
]
