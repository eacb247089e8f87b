"""The bot: what people do in the chat. One of three doors to the same doers (command line, bot, desk)."""
