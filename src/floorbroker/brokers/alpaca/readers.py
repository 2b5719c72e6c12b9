"""What makes each of Alpaca's answers of the JSON that came."""

from typing import Final

from pydantic import TypeAdapter

from floorbroker.brokers.alpaca import answers

ACCOUNT: Final = TypeAdapter(answers.Account).validate_python
CONFIGURATION: Final = TypeAdapter(answers.Configuration).validate_python
POSITIONS: Final = TypeAdapter(tuple[answers.Position, ...]).validate_python
ORDER: Final = TypeAdapter(answers.Order).validate_python
ORDERS: Final = TypeAdapter(tuple[answers.Order, ...]).validate_python
FILLS: Final = TypeAdapter(tuple[answers.FillActivity, ...]).validate_python
ASSET: Final = TypeAdapter(answers.Asset).validate_python
CONTRACT: Final = TypeAdapter(answers.OptionContract).validate_python
CONTRACTS: Final = TypeAdapter(answers.OptionContracts).validate_python
CLOCK: Final = TypeAdapter(answers.Clock).validate_python
BY_SYMBOL: Final = TypeAdapter(dict[str, answers.Snapshot]).validate_python
SNAPSHOTS: Final = TypeAdapter(answers.Snapshots).validate_python
BARS: Final = TypeAdapter(answers.Bars).validate_python
LATEST_QUOTE: Final = TypeAdapter(answers.LatestQuote).validate_python
LATEST_TRADE: Final = TypeAdapter(answers.LatestTrade).validate_python
