"""What the bot says in the chat, in Persian: the keys and places of `talk_en.py`.

What is typed or written from left to right stands between ⟦ and ⟧, which `alerts/bot/talk.py` makes isolates: so a slash keeps its
side. Numbers stand after a colon, so that no noun has to agree with them; digits are 0 to 9, as in times and tags.
"""

from __future__ import annotations

from typing import Final

TALK: Final[dict[str, str]] = {
    # who may
    "private": "این ربات فقط برای گروه خودش کار می‌کند.",
    "welcome": "نقش شما در اینجا از این پس: {role}. کارهایی که می‌توانید بکنید: ⟦/help⟧",
    "code_wrong": (
        "این کد نادرست است، استفاده شده یا بیش از 15 دقیقه از آن گذشته است. از یک مدیر کد تازه بخواهید: ⟦/enroll⟧"
    ),
    "not_yours": "این کار به این نقش نیاز دارد: {role}.",
    "not_here": "این فرمان برای گروه‌هاست.",
    "unknown": "فرمانی به نام ⟦/{command}⟧ وجود ندارد. فهرست فرمان‌ها: ⟦/help⟧",
    "went_wrong": "خطایی در درون برنامه رخ داد که در گزارش مسئول سامانه ثبت شده است. چیزی تغییر نکرد.",
    "store_busy": "پایگاه داده پاسخ نداد؛ کمی بعد دوباره امتحان کنید. چیزی تغییر نکرد.",
    "too_slow": "بیش از حد مجاز طول کشید و متوقف شد (حد به ثانیه: {seconds}). با درخواست کوچک‌تری امتحان کنید.",
    "old_button": "این دکمه استفاده شده یا بسیار قدیمی است.",
    # roles
    "viewer": "بیننده",
    "editor": "ویراستار",
    "admin": "مدیر",
    # help
    "help_title": "کارهایی که در اینجا می‌توانید بکنید (نقش: {role}):",
    "help_more": "هشدارها: با ⟦/why⟧ به یکی از آن‌ها پاسخ دهید یا دکمه‌هایش را بزنید.",
    # enrolling
    "enrolled": (
        "این گفتگو ثبت شد: هشدارهای فهرست‌های پیگیری‌اش به اینجا می‌آید. نخستین نام با ⟦/watch⟧ و سپس خود نام افزوده "
        "می‌شود."
    ),
    "enrolled_before": "این گفتگو پیش‌تر ثبت شده است.",
    "code": "کد برای یک نفر، معتبر تا 15 دقیقه (نقش: {role}): {code}\nباید به من بنویسد: ⟦/start {code}⟧",
    "code_link": "یا این پیوند را باز کند:",
    "bad_role": "کدام نقش؟ ⟦viewer⟧ یا ⟦editor⟧ یا ⟦admin⟧، مانند: ⟦/enroll editor⟧",
    "chats_title": "گفتگوها و اعضای آن‌ها:",
    "chats_none": "هیچ گفتگویی ثبت نشده است. مرا به گروهی بیفزایید و آنجا بنویسید ⟦/enroll⟧",
    "chat_gone": "ربات آن را ترک کرده",
    "chat_lost": "ربات دیگر در {chat} نیست: بیرون گذاشته یا مسدود شده است. آنچه برای آنجا بود تا بازگشت او می‌ماند.",
    "chat_waiting": "ثبت نشده",
    "role_given": "{person}: نقش در اینجا از این پس {role}.",
    "role_taken": "{person}: دیگر نقشی در اینجا ندارد.",
    "role_filed": "{person} در پیکربندی {role} است؛ تنها مسئول سامانه آن را تغییر می‌دهد.",
    "role_form": (
        "شماره‌ی فرد و نقش را بنویسید، مانند ⟦/role 123456789 editor⟧ (نقش‌ها: ⟦viewer⟧ و ⟦editor⟧ و ⟦admin⟧، و ⟦none⟧ "
        "برای برداشتن نقش)، یا به یکی از پیام‌هایش با ⟦/role editor⟧ پاسخ دهید."
    ),
    "last_admin": "با این کار کسی نمی‌ماند که بتواند آن را برگرداند: نخست فرد دیگری را مدیر کنید.",
    "undo": "برگرداندن",
    "undone": "برگردانده شد: {what}.",
    "undone_before": "این پیش‌تر برگردانده شده است.",
    "cannot_undo": "این را نمی‌توان برگرداند: پس از آن دوباره تغییر کرده است.",
    "not_enrolled": "این گفتگو ثبت نشده است: نخست یک مدیر در اینجا بنویسد ⟦/enroll⟧",
    # buttons under an alert
    "key_open": "باز کردن",
    "key_snapshot": "متن ذخیره‌شده",
    "key_mute": "سکوت 1 ساعته",
    "key_not_relevant": "نامرتبط",
    "key_why": "چرا؟",
    "noted": "ثبت شد.",
    "noted_before": "این را پیش‌تر گفته‌اید.",
    "guilty": "«{pattern}» ({what}) در اینجا نامرتبط بوده است، شمار دفعات: {count}. آنچه می‌توان تغییر داد:",
    "option_near": "تنها نزدیک این واژه‌ها به‌تنهایی هشدار دهد: {words}؛ برای {silent} از این {count} خاموش می‌شود، و برای دیگران: {lost}",
    "option_weak": (
        "تنها در کنار نام کامل یا واژه‌ای از بافت به شمار آید: آنچه از این‌ها ({count}) ساکت می‌شود: {silent}، و از دیگر "
        "هشدارها: {lost}"
    ),
    "option_without": "حذف شود: آنچه از این‌ها ({count}) ساکت می‌شود: {silent}، و از دیگر هشدارها: {lost}",
    "apply_near": "تنها نزدیک این واژه‌ها",
    "apply_weak": "فقط با قرینه",
    "apply_without": "حذف",
    "operators": "این در پیکربندی نوشته شده است، پس تغییر آن با مسئول سامانه است: {how}",
    "how_near": "“{pattern}” را از ⟦[actors.{id}]⟧ به ⟦weak_aliases⟧ ببرید، و فهرستی از کلیدواژه‌ها با این قاعده بیفزایید: {query}",
    "how_weak": "«{pattern}» در ⟦[actors.{id}]⟧ به ⟦weak_aliases⟧ برده شود",
    "how_without": "«{pattern}» از ⟦[actors.{id}]⟧ حذف شود",
    "rule_guilty": (
        "قاعده‌ی {what} در اینجا نامرتبط بوده است، شمار دفعات: {count}. نمایش با ⟦/rules⟧ و تغییر با ⟦/unwatch⟧ و "
        "⟦/watch⟧."
    ),
    # silence
    "muted": "سکوت درباره‌ی {what} تا {until}. آنچه در این مدت نگه داشته شود در پایان گفته می‌شود.",
    "muted_all": "سکوت درباره‌ی همه چیز تا {until}. آنچه در این مدت نگه داشته شود در پایان گفته می‌شود.",
    "mute_unknown": (
        "در اینجا چیزی به نام «{what}» نیست. نام یک فرد یا گروه، ⟦source:ID⟧ یا برچسبی مانند ⟦#A7F3-21⟧ را بنویسید، یا "
        "به یک هشدار پاسخ دهید."
    ),
    "nothing_muted": "در اینجا چیزی ساکت نشده است.",
    "unmuted": "سکوت‌های پایان‌یافته: {count}. هشدارهایی که نگه داشته بودند و اکنون گفته می‌شود: {held}.",
    "mute_line": "{what} تا {until}، به خواست {who}؛ نگه‌داشته‌شده تا کنون: {held}",
    "mutes_title": "ساکت‌شده‌ها در اینجا:",
    "everything": "همه چیز",
    "this_story": "این ماجرا",
    "quiet_form": (
        "این‌گونه بنویسید: ⟦/quiet 23:00-06:30 mon-fri digest⟧   (یا ⟦send⟧ یا ⟦drop⟧؛ پایان با ⟦/quiet off⟧)"
    ),
    "quiet_is": "ساعت‌های آرامش در اینجا: {what}. هشدارهای فوری با این حال می‌رسند.",
    "quiet_none": "این گفتگو ساعت آرامش ویژه‌ی خود ندارد.",
    "digest_form": (
        "این‌گونه بنویسید: ⟦/digest daily 07:00 18:00 mon-fri⟧   (پایان با ⟦/digest off⟧؛ آنچه در انتظار است با ⟦/digest "
        "now⟧ فرستاده می‌شود)"
    ),
    "digest_is": "هشدارها یک‌جا می‌رسند، در: {what}. هشدارهای فوری بی‌درنگ می‌رسند.",
    "digest_none": "هشدارها در اینجا یکی‌یکی می‌رسند.",
    "digest_now": "هشدارهایی که اکنون در یک پیام در راه‌اند: {count}.",
    "digest_empty": "در اینجا چیزی در انتظار نیست.",
    # looking
    "status_title": "وضعیت کنونی",
    "status_sources": "منابع سالم: {well} از {all}.",
    "status_outbox": "پیام‌ها: در انتظار {waiting}، نگه‌داشته {held}، رهاشده {failed}.",
    "status_oldest": "قدیمی‌ترین از این زمان در انتظار است: {at}.",
    "status_alive": "آخرین نشانه‌ی کار: {at}.",
    "nobody_called": "کسی یا چیزی به نام «{what}» در اینجا پیگیری نمی‌شود. فهرست: ⟦/actors⟧",
    "latest_title": "تازه‌ترین‌ها:",
    "latest_none": "تا کنون چیزی از آنچه پیگیری می‌شود دیده نشده است.",
    "search_form": (
        "⟦/search⟧ و سپس واژه‌ها را بنویسید؛ همه باید آمده باشند. ستاره پس از آغاز واژه هر ادامه‌ای را می‌پذیرد و گیومه "
        "واژه‌ها را کنار هم نگه می‌دارد."
    ),
    "search_wrong": "این را نمی‌توان جستجو کرد: {why}",
    "search_none": "در آنچه ذخیره شده چنین چیزی نیست. ستاره هر ادامه‌ای را می‌پذیرد، مانند «تهدید*».",
    "search_title": "نتیجه‌ی جستجو برای {words}:",
    "why_form": "⟦/why⟧ و برچسب هشدار را بنویسید، مانند ⟦/why #A7F3-21⟧، یا با ⟦/why⟧ به هشدار پاسخ دهید.",
    "why_gone": "آن بیانیه دیگر در پایگاه داده نیست.",
    "why_match": "به صورت «{pattern}»: «{surface}» (رده‌ی {tier}) {role}",
    "why_route": "مسیر: {routes}؛ وضعیت: {state} از {at}.",
    "why_not_here": "به این گفتگو نرسیده است.",
    "why_story": "به ماجرای هشدار ⟦#{tag}⟧ تعلق دارد.",
    "role_speaker": "گوینده است",
    "role_mentioned": "از او نام برده شده",
    "own_watchlist": "فهرست پیگیری این گفتگو",
    "brief_form": "این‌گونه بنویسید: ⟦/brief 12h⟧   (حداکثر ⟦7d⟧)",
    "brief_none": "در ساعت‌های گذشته (شمار: {hours}) کسی از پیگیری‌شدگان دیده نشد.",
    "brief_title": "خلاصه‌ی ساعت‌های گذشته (شمار: {hours})",
    "brief_counts": "داستان‌ها: {all}، سخن می‌گوید در: {said}؛ ویرایش‌شده: {edited}، حذف‌شده: {removed}",
    "outlets": "و {count} منبع دیگر:",
    "outlets_one": "و یک منبع دیگر:",
    "were_edited": "ویرایش‌شده در:",
    "were_removed": "حذف‌شده در:",
    "page_of": "({first} تا {last} از {all})",
    "page_more": "بیشتر",
    "page_back": "بازگشت",
    "as_file": "در فایل",
    "search_so_far": "هنوز چیزی نیست، و بایگانی از این کهنه‌تر هم دارد.",
    "test_alert": "این یک آزمایش است. هشدارهای این گفتگو همین‌گونه می‌رسند.",
    "test_queued": "پیام آزمایشی در راه است، از همان راهی که هشدارها می‌روند.",
    # tending
    "watch_form": (
        "⟦/watch⟧ و یک نام بنویسید، مانند ⟦/watch Qais al-Khazali⟧، یا یک قاعده، مانند ⟦/watch drone* NEAR/5 base⟧"
    ),
    "watch_wrong": "این نه نام است و نه قاعده: {why}",
    "watched_before": "{what} پیش‌تر در اینجا پیگیری می‌شود. همه: ⟦/actors⟧ و ⟦/rules⟧",
    "watch_legend": "✓ به عنوان صورتِ نام نگه داشته شد · ● خودکار یافته شد · ✗ کنار گذاشته شد",
    "watch_would": (
        "اگر پیگیری می‌شد، در روزهای گذشته (شمار: {days}): بیانیه‌های هشداردهنده {rung} از {read}؛ آنچه برایش هیچ هشداری "
        "نیامده بود: {new}."
    ),
    "watch_at_least": "در روزهای گذشته (شمار: {days}) دست‌کم این شمار هشدار می‌داد: {rung}؛ "
    "تنها تازه‌ترین‌ها دیده شد، شمار: {read}. برای این شمار چیزی هشدار نداد: {new}.",
    "watch_guilty": "فقط با این صورت: {names}",
    "watch_rivals": "برای دیگران نیز هشدار می‌دهد: {names}",
    "watch_saved": "{what} از این پس در اینجا پیگیری می‌شود.",
    "watch_ended": "{what} دیگر در اینجا پیگیری نمی‌شود.",
    "watch_full": "این گفتگو به حداکثر پیگیری‌ها رسیده است ({most}). نخست چیزی را کنار بگذارید: ⟦/unwatch⟧",
    "left_out": "همان‌گونه که بود ماند.",
    "save": "ذخیره",
    "leave": "رها شود",
    "alias_form": "این‌گونه بنویسید: ⟦/alias qais-al-khazali = Kays el-Hazali⟧",
    "files_own": "{what} در پیکربندی نوشته شده است؛ تنها مسئول سامانه آن را در آنجا تغییر می‌دهد.",
    "script_latin": "لاتین",
    "script_arabic": "عربی",
    "script_persian": "فارسی",
    "script_hebrew": "عبری",
    "script_cyrillic": "سیریلی",
    "script_turkish": "ترکی",
    "script_other": "دیگر",
    "own": "ویژه‌ی این گفتگو",
    "route": "مسیر",
    "actors_title": "پیگیری‌شدگان در اینجا:",
    "actors_none": "هنوز کسی پیگیری نمی‌شود. آغاز با ⟦/watch⟧ و سپس نام.",
    "rules_title": "فهرست‌ها، قاعده‌ها و مسیرها:",
    "rules_none": "در اینجا فهرست، قاعده یا مسیری نیست.",
    "sources_title": "منابع:",
    "source_off": "خاموش",
    "source_new": "هنوز بررسی نشده",
    "source_last": "آخرین مطلب تازه",
    "probe_form": "⟦/probe⟧ و یک نشانی بنویسید، مانند ⟦/probe https://example.org⟧",
    "probe_title": "آنچه این نشانی عرضه می‌کند، بهترین در آغاز:",
    "probe_write": "مسئول سامانه آن را این‌گونه می‌افزاید: ⟦bayan sources probe {url} --write⟧",
    "probe_nothing": "در آنجا چیزی نیست که منبع شود.",
    "probe_failed": "از {url} چیزی به دست نیامد: {why}",
    "export_none": "این گفتگو چیزی ویژه‌ی خود را پیگیری نمی‌کند.",
    "export_said": "نام‌ها و قاعده‌های این گفتگو: {count}. این فایل را می‌توان در پیکربندی گنجاند.",
    "changes_title": "آخرین تغییرها در اینجا:",
    "changes_none": "در اینجا چیزی تغییر نکرده است.",
    "undone_mark": "برگردانده شد",
    "language_form": "بنویسید ⟦/language en⟧ یا ⟦/language ar⟧ یا ⟦/language fa⟧ یا ⟦/language fr⟧",
    "language_is": "از این پس در اینجا فارسی سخن می‌گویم.",
    "long_list": "{title} شمار: {count}، در فایل.",
    # commands, as the menu shows them
    "cmd_start": "آغاز، یا استفاده از کد",
    "cmd_help": "کارهایی که در اینجا می‌توانید بکنید",
    "cmd_status": "وضعیت منابع و پیام‌ها",
    "cmd_latest": "تازه‌ترین بیانیه‌ها، از یک نفر یا از همه",
    "cmd_search": "جستجو در همه‌ی ذخیره‌شده‌ها",
    "cmd_why": "چرا هشدار آمد",
    "cmd_mute": "سکوت برای مدتی",
    "cmd_unmute": "پایان سکوت",
    "cmd_mutes": "چه چیزی ساکت است و تا کی",
    "cmd_quiet": "ساعت‌های آرامش این گفتگو",
    "cmd_digest": "یک پیام به جای چند پیام",
    "cmd_brief": "گفته‌های ساعت‌های گذشته",
    "cmd_test": "هشدار آزمایشی به این گفتگو",
    "cmd_watch": "پیگیری نام یا قاعده",
    "cmd_unwatch": "پایان پیگیری",
    "cmd_actors": "چه کسانی در اینجا پیگیری می‌شوند",
    "cmd_alias": "افزودن صورتی از نام",
    "cmd_rules": "کدام قاعده‌ها در اینجا هشدار می‌دهند",
    "cmd_sources": "منابع و وضعیت آن‌ها",
    "cmd_probe": "یک سایت چه عرضه می‌کند",
    "cmd_export": "فهرست‌های پیگیری این گفتگو در فایل",
    "cmd_changes": "چه کسی چه چیزی را تغییر داد",
    "cmd_language": "زبان این گفتگو",
    "cmd_enroll": "ثبت این گفتگو یا ساخت کد",
    "cmd_chats": "همه‌ی گفتگوها و اعضای آن‌ها",
    "cmd_role": "دادن یا گرفتن نقش",
    "cmd_pause": "نگه داشتن همه‌ی پیام‌ها",
    "cmd_resume": "از سر گرفتن ارسال",
    "cmd_failed": "پیام‌های رهاشده",
    "cmd_retry": "تلاش دوباره",
    "cmd_health": "آیا همه چیز کار می‌کند",
    # holding everything
    "paused": (
        "از این پس هیچ پیامی فرستاده نمی‌شود، نه اینجا و نه جای دیگر، تا ⟦/resume⟧. منابع بررسی می‌شوند و چیزی از دست "
        "نمی‌رود."
    ),
    "paused_before": "همه چیز پیش‌تر نگه داشته شده است. ادامه با ⟦/resume⟧.",
    "not_paused": "چیزی نگه داشته نشده است.",
    "resumed": "پیام‌ها دوباره فرستاده می‌شوند. در انتظار: {waiting}.",
    "key_resume": "از سر گرفتن",
    "failed_title": "پیام‌های رهاشده:",
    "failed_none": "پیامی رها نشده است.",
    "failed_retry": "تلاش دوباره با ⟦/retry⟧ و شماره‌ی پیام، و برای همه با ⟦/retry all⟧.",
    "retry_form": "⟦/retry⟧ و شماره‌ها را همان‌گونه که ⟦/failed⟧ نشان می‌دهد بنویسید، یا ⟦/retry all⟧",
    "retried": "دوباره در راه‌اند: {count}.",
    "healthy": "همه چیز کار می‌کند.",
    "health_title": "آنچه خوب نیست:",
}
