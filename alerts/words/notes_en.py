"""What operators are told, in English: sentences by key, with places. Another language is a file beside this one."""

from __future__ import annotations

from typing import Final

from alerts.remedies import REMEDIES

NOTES: Final[dict[str, str]] = {
    # sources
    "broken": "Source {source} is broken: {what} ({outcome}), {polls} since {since}.{was}\n{detail}\nLast new "
    "statement: {last}. What is "
    "stored stays; it is polled on, more slowly.\nNext step: {next}. `bayan status` shows all.",
    "polls_one": "one poll",
    "polls": "{count} polls in a row",
    "first_poll": "its first poll",
    "never": "never",
    "listed": " It listed {items} items before.",
    "still_broken": "Source {source} is still broken, and now it is something else: {what} "
    "({outcome}).\n{detail}\nNext step: {next}.",
    "comes_and_goes": "Source {source} comes and goes: it broke {times} times within a day, now with "
    "{outcome} ({what}).\nIt is told again "
    "when it stays broken for {lasts}. Next step: {next}.",
    "well": "Source {source} is well again{lasted}: {outcome}, {items} items.",
    "lasted": " after {span}",
    "recovered": "Source {source} had recovered in the meantime.",
    "away": "{failing} of {polled} sources cannot be reached since {since}: {names}.\nSo many at once: our "
    "own network is likely away. "
    "They are asked on, every half hour at the least; what was published meanwhile is read back. Next step: bayan doctor",
    "back": "The network is back: {answer} sources answer{rest}.",
    "rest": "; {failing} still cannot be reached",
    "speaks_again": "Source {source} has something new again.",
    "silent": "Source {source} is silent: it answers, and has had nothing new since {last}, {how} ({limit}).\nNext step: {next}.",
    "as_it_says": "as its silent_after says",
    "as_it_does": "longer than it is used to",
    "worse": "Source {source} is worse than it was, since {since}: {what}.\nNext step: {next}.",
    "better": "Source {source} is as it was again: {what}.",
    "kind_malformed": "no longer malformed",
    "kind_no_dates": "its items have dates again",
    "flood": "Source {source}: {count} new statements are held ({reason}). Nothing of them rings before somebody has "
    "looked.{samples}\nA redesign: bayan sources drop {source} keeps them stored and silent. Real news: bayan sources "
    "release {source} lets them ring. bayan sources held shows them.",
    "flood_sample": "\n- {title}{more}",
    "flood_usual": "{new} new of {page} listed, where up to {limit} are usual: {why}",
    "flood_most": "more than {most} at once",
    "flood_older": "nearly all claim to be older than the last look",
    "flood_other": "the page is another one",
    "flood_shape": "their addresses have another form than before",
    "gap": "Source {source} may have a gap{between}: {detail}.\nWhat it lists now is stored. Next step: look "
    "there yourself for what came in "
    "between; a shorter interval, or `select.next_page` for a listing, keeps it from happening again.",
    "between": "{text}",
    # channels, the bot, the store
    "given_up": "Alert {id} for channel {channel} could not be delivered: {reason}\nNext step: bayan alerts explain {id}",
    "channel_gone": "Channel {channel} no longer takes messages: {reason}\nWhat is due there waits until the "
    "chat is back or the channel is "
    "changed in the configuration.",
    "channel_down": "Channel {channel} is down: {reason}\nAlerts wait and are sent when it is back. Check its token or address.",
    "channel_back": "Channel {channel} takes messages again{after}.",
    "after_seconds": ", after {seconds} s",
    "channel_moved": "Channel {channel}: its chat moved to {to}; messages follow it. Please change the configuration.",
    "channel_topic": "Channel {channel}: its topic is not there ({reason}); messages go to the chat itself. Please change the "
    "configuration.",
    "bot_ok": "The bot hears again.",
    "bot_deaf": "The bot hears nobody: {remedy}.",
    "bot_revoked": "the bot's token is refused: ask @BotFather for a new one, and put it where the configuration says",
    "bot_conflict": "another program listens with the same token: stop it, or give one of them a bot of its own",
    "bot_away": "Telegram cannot be reached: is there a network?",
    "damaged": "The store is damaged: {what}\nStop bayan, keep the file, and put a backup in its place (`bayan db check`).",
    "canary_missed": "The canary of {at} did not come through: {where}.\nAlerts may be late in the same way. "
    "Next step: bayan doctor, then "
    "bayan status.",
    "canary_well": "The canary comes through again.",
    # how bayan is as a whole
    "never_run": "bayan has never run here: start `bayan run`",
    "stuck": "the service gave its last sign of life {seconds} s ago: it is stuck or has stopped; restart it",
    "no_cron": "the last run ended {seconds} s ago: does cron still start `bayan run --once`?",
    "ahead": "the last sign of life lies {seconds} s ahead: the clock was set back",
    "no_canary": "the canary did not come through at {at} UTC: {where}; `bayan doctor` looks for the cause",
    "broken_store": "the store is damaged ({what}): stop bayan, keep the file, put a backup in its place",
    "no_source": "no source could be polled ({outcomes}): is there a network? `bayan status` shows each",
    "nobody": "nobody can be told: {channels}; `bayan channels test ID` tries one",
    "channel_is": "{channel} is {condition}",
    # the weekly note
    "weekly_one": "Weekly note: 1 thing asks for a deed.",
    "weekly": "Weekly note: {count} things ask for a deed.",
    "held": "{count} new statements of source {source} are held, as after a redesign",
    "held_do": "bayan sources held, then bayan sources release {source} or bayan sources drop {source}",
    "decide": "{count} deliveries wait for a decision",
    "decide_do": "bayan alerts release, or bayan alerts drop",
    "failed": "{count} alerts of the last four weeks could not be delivered",
    "failed_do": "bayan alerts failed, then bayan alerts retry",
    "unwell": "source {source} is unwell{lasts}: {what}",
    "for_days": " for {days} days",
    "wrong": '{count} alerts of {watch} for "{pattern}" were found not relevant',
    "wrong_do": 'bayan backtest {name} --without "{pattern}" says what would be lost; or make it a weak alias',
    "loud": '"{pattern}" of {watch} stands in {part} of all new statements ({count})',
    "loud_do": "narrow it: context words, a weak alias, or a rule with NEAR or sources",
    "quiet": "a silence{about} in {channel} holds back {count} alerts",
    "about": " about {subject}",
    "quiet_do": "end it with /mutes in the chat, or narrow the watch",
    "waits": "{count} alerts wait in {channel} for one message ({bundle}, {at})",
    "waits_do": "tell them more often, or take the loud ones to a route of their own",
    "dumb": "never matched in {days} days: {names}{more}",
    "and_more": " and {count} more",
    "dumb_do": "bayan actors check; more spellings (bayan actors suggest NAME), more sources, or take them out",
    **{f"is_{kind}": remedy.said for kind, remedy in REMEDIES.items()},
    **{f"do_{kind}": remedy.next for kind, remedy in REMEDIES.items()},
}
"""`is_` and `do_` are what a condition of a source is, and what to do about it."""
