"""The options with which a person, or a server's manager, sets limits: the same words for both."""

from typing import Final

from discord.app_commands import Choice

ON_OFF: Final = [Choice(name="on", value="on"), Choice(name="off", value="off")]
DESCRIBED: Final = {
    "order_value": "Most that one order may be worth in dollars, such as 5000; none removes it",
    "position_value": "Most that one position may be worth in dollars after an order; none removes",
    "orders_a_day": "Most orders a day; none removes it",
    "daily_loss": "Loss of a day in dollars after which nothing opens; none removes it",
    "concentration": "Most of the account that one position may be, such as 20%; none removes it",
    "collar": "How far a price may be off the market, such as 2%; none removes it",
    "allow": "The only symbols that may be opened, such as AAPL,MSFT; none removes the list",
    "deny": "Symbols that may not be opened, such as TSLA; none removes the list",
    "market_hours": "on: market orders open positions in market hours only",
}
