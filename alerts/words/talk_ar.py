"""What the bot says in the chat, in Arabic: the keys and places of `talk_en.py`.

What is typed or written from left to right stands between ⟦ and ⟧, which `alerts/bot/talk.py` makes isolates: so a slash keeps its
side. Numbers stand after a colon, so that no noun has to agree with them; digits are 0 to 9, as in times and tags.
"""

from __future__ import annotations

from typing import Final

TALK: Final[dict[str, str]] = {
    # who may
    "private": "هذا البوت يعمل لفريقه فقط.",
    "welcome": "دورك هنا الآن: {role}. ما يمكنك فعله: ⟦/help⟧",
    "code_wrong": "هذا الرمز خاطئ أو مستعمل أو مضى عليه أكثر من 15 دقيقة. اطلب رمزًا جديدًا من مدير: ⟦/enroll⟧",
    "not_yours": "هذا يتطلب الدور: {role}.",
    "not_here": "هذا الأمر للمجموعات.",
    "unknown": "لا يوجد أمر ⟦/{command}⟧. الأوامر المتاحة: ⟦/help⟧",
    "went_wrong": "حدث خلل داخل البرنامج، وهو مدوّن في سجل المشغّل. لم يتغيّر شيء.",
    "store_busy": "المخزن لم يُجب؛ حاول مرة أخرى بعد قليل. لم يتغيّر شيء.",
    "too_slow": "استغرق ذلك وقتًا أطول من الحد فأُوقف (الحد بالثواني: {seconds}). حاول بطلب أصغر.",
    "old_button": "هذا الزر مستعمل أو قديم جدًا.",
    # roles
    "viewer": "مطّلع",
    "editor": "محرّر",
    "admin": "مدير",
    # help
    "help_title": "ما يمكنك فعله هنا (الدور: {role}):",
    "help_more": "للتنبيهات: أجب عن أحدها بالأمر ⟦/why⟧ أو اضغط أزراره.",
    # enrolling
    "enrolled": (
        "سُجّلت هذه المحادثة: تنبيهات قوائم المراقبة الخاصة بها تصل إلى هنا. أول اسم يُضاف بالأمر ⟦/watch⟧ يليه الاسم."
    ),
    "enrolled_before": "هذه المحادثة مسجّلة من قبل.",
    "code": "رمز لشخص واحد، صالح 15 دقيقة (الدور: {role}): {code}\nيكتب لي: ⟦/start {code}⟧",
    "code_link": "أو يفتح هذا الرابط:",
    "bad_role": "أي دور؟ ⟦viewer⟧ أو ⟦editor⟧ أو ⟦admin⟧، مثل: ⟦/enroll editor⟧",
    "chats_title": "المحادثات ومن فيها:",
    "chats_none": "لا محادثة مسجّلة. أضفني إلى مجموعة واكتب فيها ⟦/enroll⟧",
    "chat_gone": "غادرها البوت",
    "chat_lost": "لم يعد البوت في {chat}: أُخرج منها أو حُظر. ما كان موجّهًا إليها ينتظر حتى يُسمح له بالعودة.",
    "chat_waiting": "غير مسجّلة",
    "role_given": "{person}: الدور هنا الآن {role}.",
    "role_taken": "{person}: لم يعد له دور هنا.",
    "role_form": (
        "اكتب رقم الشخص والدور، مثل ⟦/role 123456789 editor⟧ (الأدوار: ⟦viewer⟧ و⟦editor⟧ و⟦admin⟧، و⟦none⟧ لإلغاء "
        "الدور)، أو أجب عن إحدى رسائله بالأمر ⟦/role editor⟧"
    ),
    "last_admin": "لن يبقى بعد ذلك من يستطيع التراجع عنه: عيّن مديرًا آخر أولًا.",
    "undo": "تراجع",
    "undone": "جرى التراجع عن: {what}.",
    "undone_before": "جرى التراجع عن ذلك من قبل.",
    "cannot_undo": "لا يمكن التراجع عن ذلك: فقد تغيّر مرة أخرى بعدها.",
    "not_enrolled": "هذه المحادثة غير مسجّلة: ليكتب مدير هنا ⟦/enroll⟧ أولًا.",
    # buttons under an alert
    "key_open": "فتح",
    "key_snapshot": "النص المحفوظ",
    "key_mute": "كتم ساعة",
    "key_not_relevant": "غير ذي صلة",
    "key_why": "لماذا؟",
    "noted": "سُجّل ذلك.",
    "noted_before": "قلت ذلك من قبل.",
    "guilty": "«{pattern}» ({what}) لم يكن ذا صلة هنا، عدد المرات: {count}. ما يمكن تغييره:",
    "option_weak": (
        "يُحتسب فقط بجانب اسم كامل أو كلمة من السياق: ما يُسكَت من هذه ({count}): {silent}، ومن غيرها: {lost}"
    ),
    "option_without": "يُحذف: ما يُسكَت من هذه ({count}): {silent}، ومن غيرها: {lost}",
    "apply_weak": "مع قرينة فقط",
    "apply_without": "حذف",
    "operators": "هذا مكتوب في الإعدادات، فتغييره للمشغّل: {how}",
    "how_weak": "نقل «{pattern}» في ⟦[actors.{id}]⟧ إلى ⟦weak_aliases⟧",
    "how_without": "حذف «{pattern}» من ⟦[actors.{id}]⟧",
    "rule_guilty": (
        "القاعدة {what} لم تكن ذات صلة هنا، عدد المرات: {count}. تُعرض بالأمر ⟦/rules⟧ وتُغيَّر بالأمرين ⟦/unwatch⟧ "
        "و⟦/watch⟧."
    ),
    # silence
    "muted": "صمت عن {what} حتى {until}. وما يُحجب في أثنائه يُبلَّغ عند انتهائه.",
    "muted_all": "صمت عن كل شيء حتى {until}. وما يُحجب في أثنائه يُبلَّغ عند انتهائه.",
    "mute_unknown": (
        "لا شيء هنا باسم «{what}». جرّب اسم جهة مراقَبة، أو ⟦source:ID⟧، أو وسمًا مثل ⟦#A7F3-21⟧، أو أجب عن تنبيه."
    ),
    "nothing_muted": "لا شيء مكتوم هنا.",
    "unmuted": "فترات الصمت التي انتهت: {count}. التنبيهات التي حجبتها وتُبلَّغ الآن: {held}.",
    "mute_line": "{what} حتى {until}، بطلب من {who}؛ المحجوب حتى الآن: {held}",
    "mutes_title": "المكتوم هنا:",
    "everything": "كل شيء",
    "this_story": "هذه القصة",
    "quiet_form": (
        "اكتبها هكذا: ⟦/quiet 23:00-06:30 mon-fri digest⟧   (أو ⟦send⟧ أو ⟦drop⟧؛ وتنتهي بالأمر ⟦/quiet off⟧)"
    ),
    "quiet_is": "ساعات الهدوء هنا: {what}. التنبيهات العاجلة تصل مع ذلك.",
    "quiet_none": "لا ساعات هدوء خاصة بهذه المحادثة.",
    "digest_form": (
        "اكتبها هكذا: ⟦/digest daily 07:00 18:00 mon-fri⟧   (تنتهي بالأمر ⟦/digest off⟧، وما ينتظر يُرسل بالأمر ⟦/digest "
        "now⟧)"
    ),
    "digest_is": "التنبيهات تصل مجمّعة في: {what}. العاجلة تصل فورًا.",
    "digest_none": "التنبيهات تصل هنا واحدًا واحدًا.",
    "digest_now": "التنبيهات التي هي الآن في الطريق في رسالة واحدة: {count}.",
    "digest_empty": "لا شيء ينتظر هنا.",
    # looking
    "status_title": "كيف تسير الأمور",
    "status_sources": "المصادر السليمة: {well} من {all}.",
    "status_outbox": "الرسائل: في الانتظار {waiting}، محجوزة {held}، متروكة {failed}.",
    "status_oldest": "أقدمها ينتظر منذ {at}.",
    "status_alive": "آخر إشارة حياة: {at}.",
    "nobody_called": "لا أحد ولا شيء مراقَب هنا باسم «{what}». المراقَبون: ⟦/actors⟧",
    "latest_title": "الأحدث:",
    "latest_none": "لم يظهر حتى الآن شيء مما هو مراقَب.",
    "search_form": (
        "اكتب ⟦/search⟧ تليه كلمات؛ يجب أن ترد كلها. النجمة بعد أول الكلمة تعني أي تتمّة، وعلامتا التنصيص تُبقيان "
        "الكلمات متصلة."
    ),
    "search_wrong": "لا يمكن البحث عن ذلك: {why}",
    "search_none": "لا شيء محفوظ يقول ذلك. النجمة تعني أي تتمّة، مثل «تهديد*».",
    "search_title": "نتائج البحث عن {words}:",
    "why_form": "اكتب ⟦/why⟧ ووسم التنبيه، مثل ⟦/why #A7F3-21⟧، أو أجب عن التنبيه بالأمر ⟦/why⟧.",
    "why_gone": "لم يعد هذا البيان في المخزن.",
    "why_match": "بصيغة «{pattern}»: «{surface}» (الفئة {tier}) {role}",
    "why_route": "المسار: {routes}؛ الحالة: {state} منذ {at}.",
    "why_not_here": "لم يصل إلى هذه المحادثة.",
    "why_story": "ينتمي إلى قصة التنبيه ⟦#{tag}⟧.",
    "role_speaker": "متحدّثًا",
    "role_mentioned": "مذكورًا",
    "own_watchlist": "قائمة المراقبة الخاصة بهذه المحادثة",
    "brief_form": "اكتبها هكذا: ⟦/brief 12h⟧   (الحد الأقصى ⟦7d⟧)",
    "brief_none": "لم يظهر أحد من المراقَبين في آخر الساعات (عددها: {hours}).",
    "brief_title": "ملخّص آخر الساعات (عددها: {hours})",
    "brief_counts": "مرات التحدّث: {said}، البيانات كلها: {all}؛ المعدّل: {edited}، المحذوف: {removed}",
    "in_the_file": "النص طويل، لذلك هو كله في الملف.",
    "test_alert": "هذا اختبار. تنبيهات هذه المحادثة تصل هكذا.",
    "test_queued": "الاختبار في طريقه إليك، على الطريق نفسه الذي تسلكه التنبيهات.",
    # tending
    "watch_form": "اكتب ⟦/watch⟧ واسمًا، مثل ⟦/watch Qais al-Khazali⟧، أو قاعدة، مثل ⟦/watch drone* NEAR/5 base⟧",
    "watch_wrong": "هذا ليس اسمًا ولا قاعدة: {why}",
    "watched_before": "{what} مراقَب هنا من قبل. الكل: ⟦/actors⟧ و⟦/rules⟧",
    "watch_legend": "✓ محفوظ صيغةً للاسم · ● عُثر عليه تلقائيًا · ✗ مستبعد",
    "watch_would": (
        "لو كانت المراقبة قائمة، في آخر أيام (عددها {days}): البيانات التي كانت ستنبّه {rung} من {read}؛ وما لم ينبّه "
        "عنه شيء آخر: {new}."
    ),
    "watch_guilty": "بهذه الصيغة وحدها: {names}",
    "watch_rivals": "ينبّه لغيره أيضًا: {names}",
    "watch_saved": "{what} مراقَب هنا من الآن.",
    "watch_ended": "{what} لم يعد مراقَبًا هنا.",
    "watch_full": "بلغت هذه المحادثة الحد الأقصى لما تراقبه ({most}). أوقف شيئًا أولًا: ⟦/unwatch⟧",
    "left_out": "بقي كما كان.",
    "save": "حفظ",
    "leave": "اتركه",
    "alias_form": "اكتبها هكذا: ⟦/alias qais-al-khazali = Kays el-Hazali⟧",
    "files_own": "{what} مكتوب في الإعدادات؛ المشغّل وحده يغيّره هناك.",
    "script_latin": "اللاتينية",
    "script_arabic": "العربية",
    "script_persian": "الفارسية",
    "script_hebrew": "العبرية",
    "script_cyrillic": "السيريلية",
    "script_turkish": "التركية",
    "script_other": "غيرها",
    "own": "خاص بهذه المحادثة",
    "route": "مسار",
    "actors_title": "المراقَبون هنا:",
    "actors_none": "لا أحد مراقَب بعد. البداية بالأمر ⟦/watch⟧ يليه الاسم.",
    "rules_title": "القوائم والقواعد والمسارات:",
    "rules_none": "لا قوائم هنا ولا قواعد ولا مسارات.",
    "sources_title": "المصادر:",
    "source_off": "موقوف",
    "source_new": "لم يُفحص بعد",
    "source_last": "آخر جديد",
    "probe_form": "اكتب ⟦/probe⟧ وعنوانًا، مثل ⟦/probe https://example.org⟧",
    "probe_title": "ما يقدّمه هذا العنوان، الأفضل أولًا:",
    "probe_write": "يضيفه المشغّل بالأمر: ⟦bayan sources probe {url} --write⟧",
    "probe_nothing": "لا شيء هناك يصلح مصدرًا.",
    "probe_failed": "لم يُعطِ العنوان {url} شيئًا: {why}",
    "export_none": "هذه المحادثة لا تراقب شيئًا خاصًا بها.",
    "export_said": "ما تراقبه هذه المحادثة من أسماء وقواعد: {count}. يمكن إدراج الملف في الإعدادات.",
    "changes_title": "آخر التغييرات هنا:",
    "changes_none": "لم يتغيّر شيء هنا.",
    "undone_mark": "جرى التراجع عنه",
    "language_form": "اكتب ⟦/language en⟧ أو ⟦/language ar⟧ أو ⟦/language fa⟧",
    "language_is": "من الآن أتحدث العربية هنا.",
    "long_list": "{title} العدد: {count}، في الملف.",
    # commands, as the menu shows them
    "cmd_start": "البدء، أو استعمال رمز",
    "cmd_help": "ما يمكنك فعله هنا",
    "cmd_status": "حال المصادر والرسائل",
    "cmd_latest": "أحدث البيانات، لجهة واحدة أو للكل",
    "cmd_search": "البحث في كل ما حُفظ",
    "cmd_why": "لماذا جاء التنبيه",
    "cmd_mute": "صمت لبعض الوقت",
    "cmd_unmute": "إنهاء الصمت",
    "cmd_mutes": "ما هو مكتوم، وإلى متى",
    "cmd_quiet": "ساعات الهدوء في هذه المحادثة",
    "cmd_digest": "رسالة واحدة بدلًا من كثير",
    "cmd_brief": "ما قيل في آخر الساعات",
    "cmd_test": "تنبيه تجريبي إلى هذه المحادثة",
    "cmd_watch": "مراقبة اسم أو قاعدة",
    "cmd_unwatch": "إنهاء مراقبته",
    "cmd_actors": "من المراقَب هنا",
    "cmd_alias": "إضافة صيغة للاسم",
    "cmd_rules": "القواعد التي تنبّه هنا",
    "cmd_sources": "المصادر وحالها",
    "cmd_probe": "ما يقدّمه موقع",
    "cmd_export": "قوائم هذه المحادثة في ملف",
    "cmd_changes": "من غيّر وماذا",
    "cmd_language": "لغة هذه المحادثة",
    "cmd_enroll": "تسجيل هذه المحادثة، أو إنشاء رمز",
    "cmd_chats": "كل المحادثات ومن فيها",
    "cmd_role": "منح دور أو سحبه",
    "cmd_pause": "إيقاف كل الرسائل مؤقتًا",
    "cmd_resume": "استئناف الإرسال",
    "cmd_failed": "ما تُرك إرساله",
    "cmd_retry": "المحاولة مرة أخرى",
    "cmd_health": "هل يعمل كل شيء",
    # holding everything
    "paused": "لن تخرج أي رسالة بعد الآن، لا هنا ولا في أي مكان، حتى ⟦/resume⟧. المصادر تُفحص، ولا يضيع شيء.",
    "paused_before": "كل شيء محجوز من قبل. يُطلق بالأمر ⟦/resume⟧.",
    "not_paused": "لا شيء محجوز.",
    "resumed": "الرسائل تخرج من جديد. في الانتظار: {waiting}.",
    "key_resume": "استئناف",
    "failed_title": "المتروك إرساله:",
    "failed_none": "لم يُترك إرسال شيء.",
    "failed_retry": "المحاولة مرة أخرى بالأمر ⟦/retry⟧ ورقم الرسالة، ولها كلها ⟦/retry all⟧.",
    "retry_form": "اكتب ⟦/retry⟧ والأرقام كما يعرضها ⟦/failed⟧، أو ⟦/retry all⟧",
    "retried": "ما هو في الطريق مرة أخرى: {count}.",
    "healthy": "كل شيء يعمل.",
    "health_title": "ما ليس على ما يرام:",
}
