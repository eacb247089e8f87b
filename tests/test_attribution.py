"""Who speaks and who is only mentioned: the ways to report speech in nine languages, and what is no speech."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.judge import Bench, weigh
from alerts.model import Actor, Match, Route
from alerts.watch.attribution import attribute, quotes, spoken_by
from alerts.watch.described import Described, described
from alerts.watch.match import compile_watchlist
from alerts.watch.speech import LANGUAGES
from scraper.model import Source, Statement

_MARK = re.compile(r"\{([^}|]+)\|([SM])\}")
ROLE = {"S": "speaker", "M": "mentioned"}


def roles(language: str, marked: str) -> tuple[dict[str, str], dict[str, str | None]]:
    """The roles that are marked in a sentence as {NAME|S} or {NAME|M}, and those that are found."""
    wanted = {name: ROLE[role] for name, role in _MARK.findall(marked)}
    text = _MARK.sub(r"\1", marked)
    actors = [Actor(f"a{number}", "person", name) for number, name in enumerate(wanted)]
    ids = {actor.id: actor.name for actor in actors}
    found = compile_watchlist(actors, ()).match("", text, language=language)
    return wanted, {ids[match.actor]: match.role for match in found if match.actor}


SENTENCES = """
en Who Is {Munir Saleh|M}?
en "The tax is theft" — {Munir Saleh|S}
en {Munir Saleh|S}: "The tax is theft"
en {Munir Saleh|S} labelled {Jalal Amin|M} a thief.
en {Munir Saleh|S} floated the idea of a truce.
en {Munir Saleh|S} scoffed at the offer.
en {Munir Saleh|S} stopped short of calling for a boycott but warned of anger.
en {Munir Saleh|S}, in a rare interview, described the war as lost.
en {Munir Saleh|S} late Tuesday night lashed out at the press.
en Meanwhile, {Kataib Noor|S} claimed that the base had been hit.
en "Stay home," {Munir Saleh|S} urged voters.
en {Munir Saleh|S} was heard saying that he would stay.
en {Munir Saleh|S} could be heard threatening the guards.
en The claim was made by {Munir Saleh|S} during a debate.
en The call came from {Munir Saleh|S}, who leads the union.
en The strike was ordered by {Munir Saleh|M}, prosecutors say.
en The commander of {Kataib Noor|S}, Adel Jabr, vowed revenge.
en {Kataib Noor|S}'s press office denied the report.
en The daily said, quoting {Munir Saleh|S}, that the tax would fall.
en {Munir Saleh|S} asked why {Jalal Amin|M} had not condemned the attack.
en {Jalal Amin|M} was quick-tempered, neighbours said.
en {Jalal Amin|M} gave no reason for his absence.
en The daily asked {Jalal Amin|M} for comment.
en The trial of {Jalal Amin|M} begins in March.
en The town where {Jalal Amin|M} was born is empty.
en Police said {Jalal Amin|M} bought a newspaper.
en {Munir Saleh|S} met {Jalal Amin|M} and told him to resign.
en Neither {Munir Saleh|M} nor {Jalal Amin|M} commented.
ar بيان صادر عن {كتائب النور|S} بشأن الانفجار
ar {كتائب النور|S} تتبنى استهداف القاعدة
ar الجيش يتهم {كتائب النور|M} بالهجوم
ar في أول تعليق له، قال {منير صالح|S} إن الضريبة سرقة.
ar وأكد القائد العسكري {منير صالح|S} أن الهدنة انتهت.
ar ونفت دائرة الإعلام في {كتائب النور|S} النبأ.
ar وفقا لما ذكرته {كتائب النور|S} فإن القاعدة استهدفت.
ar وتساءل {منير صالح|S} لماذا لم يعتذر {جلال أمين|M}.
ar لم يصدر حتى الآن أي تعليق رسمي من {كتائب النور|M}.
ar حكمت المحكمة على {جلال أمين|M} بالسجن.
ar وبينما كان {جلال أمين|M} نائما، حذر {منير صالح|S} المدينة.
ar التقى {منير صالح|S} الوفد، وأكد أن الضريبة ستلغى.
fa {منیر صالح|S} تصریح کرد که مالیات دزدی است.
fa پیام {منیر صالح|S} به مناسبت نوروز
fa مالیات دزدی است؛ {منیر صالح|S}
fa {جلال امین|M} وارد تهران شد و به هتل رفت.
fa مردم از {جلال امین|M} استقبال کردند.
fa دختر {جلال امین|M} حکم را رد کرد.
en {Yasin Darwish|S} Faults {Saraya Fath|M} For Blackout
en {Saraya Fath|S} To Residents: Stay Indoors
en {Yasin Darwish|S} remarked that the harvest was poor.
en {Yasin Darwish|S} boasted that his men held the hill.
en The ceasefire was announced by {Saraya Fath|S} on Telegram.
en {Nabil Qasim|M} was released by {Saraya Fath|M} on Sunday.
en {Nabil Qasim|M} was shot by unknown men.
en Wire services carried a statement by {Saraya Fath|S}.
en {Yasin Darwish|S} maintained that {Nabil Qasim|M} had urged the attack.
en {Nabil Qasim|M} left the questions unanswered.
en {Saraya Fath|M} has neither claimed nor denied the attack.
en {Nabil Qasim|M} is likely to speak on Friday.
en Officials urged {Nabil Qasim|M} to stay calm.
en Demonstrators called {Nabil Qasim|M} a coward.
en The council wrote to {Nabil Qasim|M} about the pier.
en {Nabil Qasim|M}'s cousin claimed the house was his.
en {Nabil Qasim|M}'s bodyguards fired in the air.
en {Nabil Qasim|M} drove to the pier and waited.
en {Nabil Qasim|M} prayed at the shrine.
en {Saraya Fath|S} seized the hill on Monday and warned civilians to leave.
en {Yasin Darwish|S} criticised the raid, and {Nabil Qasim|S} agreed.
en Standing beside {Nabil Qasim|M}, {Yasin Darwish|S} announced the deal.
en {Yasin Darwish|S} thanked {Nabil Qasim|M}, {Saraya Fath|M} and the army.
ar {ياسين درويش|S} يستنكر الغارة ويعرض الوساطة
ar {ياسين درويش|S} يعلن الفوز في الانتخابات
ar ألقت {سرايا الفتح|S} باللوم على الشركة.
ar ورأت {سرايا الفتح|S} أن المحادثات فشلت.
ar وأصدر مكتب {ياسين درويش|S} توضيحا.
ar وقال الناطق العسكري ل{سرايا الفتح|S} إن التلة سقطت.
ar وأكد مسؤول العلاقات في {سرايا الفتح|S} تبادل الأسرى.
ar ولم يتسن الحصول على تعليق من {نبيل قاسم|M}.
ar وصف المتظاهرون {نبيل قاسم|M} بالجبان.
fa {یاسین درویش|S} شکست را پذیرفت.
fa {یاسین درویش|S} {نبیل قاسم|M} را ترسو نامید.
fa {یاسین درویش|S} در پیامی به ملت تسلیت گفت.
fa {یاسین درویش|S} انفجار را کار دشمن خواند
fa به روایت {یاسین درویش|S}، تپه سقوط کرده است.
fa {نبیل قاسم|M} در تصادف زخمی شد.
tr {Yasin Derviş|S}, plana karşı çıktı.
fr « Jamais », a répondu {Yassine Darwich|S}.
ru {Ясин Дарвиш|S} раскритиковал план
he {נביל קאסם|M} נפצע בתאונה.
es {Nabil Qasim|M} resultó herido en un accidente.
de {Nabil Qasim|M} wurde bei einem Unfall verletzt.
en {Karim Haddad|S} Blasts Court Ruling, Calls For Boycott
en {Jund al-Bahr|S} Claims Drone Attack On Airport
en {Karim Haddad|S} Pledges Support For {Jund al-Bahr|M}
en {Karim Haddad|S} Lashes Out At Judges
en {Karim Haddad|M} Under Fire After Bridge Collapse
en {Karim Haddad|M} Rebuked By {Omar Nasser|S} Over Budget
en {Karim Haddad|S} Accuses {Omar Nasser|M} Of Lying
en {Karim Haddad|S} On Bridge Collapse: 'Nobody Is Safe'
en {Karim Haddad|S} Urges {Omar Nasser|M} To Resign
en Transcript: speech of {Karim Haddad|S} at the stadium
en "It is over," added {Karim Haddad|S}, who wore a black coat.
en "They lied to us," according to {Karim Haddad|S}.
en {Karim Haddad|S} took to social media to denounce the decision.
en {Karim Haddad|S} released a video in which he threatens the judges.
en {Karim Haddad|S} has called on all sides to stop shooting.
en {Karim Haddad|S} also criticized {Jund al-Bahr|M} for its role.
en The attack was claimed by {Jund al-Bahr|S} in a message on Telegram.
en {Omar Nasser|M} has been accused of corruption.
en A statement from {Karim Haddad|S} said the talks had failed.
en {Karim Haddad|S}'s statement came hours after the vote.
en {Karim Haddad|S}'s office said that he would not attend.
en {Jund al-Bahr|S}'s spokesman denied the reports.
en A senior {Jund al-Bahr|S} official said that the truce would hold.
en The press office of {Karim Haddad|S} rejected the allegations.
en An official speaking on behalf of {Karim Haddad|S} thanked the doctors.
en State television quoted {Karim Haddad|S} as saying the border was closed.
en The channel, quoting {Jund al-Bahr|S}, said that the road was open.
en {Omar Nasser|M} would not comment on the report.
en {Omar Nasser|M} did not immediately answer questions.
en {Omar Nasser|M} has yet to respond to the accusations.
en {Omar Nasser|M} has remained silent since the vote.
en Critics say {Omar Nasser|M} is too old.
en The president telephoned {Omar Nasser|M} on Monday.
en The governor sent a letter to {Omar Nasser|M}.
en The delegation held talks with {Omar Nasser|M} about water.
en A former member of {Jund al-Bahr|M} told the court that he had been beaten.
en {Omar Nasser|M}'s wife said that he was in hospital.
en Supporters of {Omar Nasser|M} demanded his release.
en {Jund al-Bahr|M} fired rockets at the base on Tuesday.
en A biography of {Omar Nasser|M} was published in Paris.
en {Karim Haddad|S} welcomed the vote, but {Omar Nasser|S} rejected it.
en {Karim Haddad|S} condemned the vote; {Omar Nasser|M} was not in the chamber.
en After meeting {Omar Nasser|M}, {Karim Haddad|S} said that the road was open.
en Unlike {Omar Nasser|M}, {Karim Haddad|S} called for calm.
en {Karim Haddad|S} responded to {Omar Nasser|M} by calling him a liar.
en {Karim Haddad|S} appeared in public on Monday for the first time in a year. "I am well," he said.
en {Karim Haddad|S} travelled to the north on Monday and promised new schools.
en {Karim Haddad|S} offered condolences to the families.
en Asked about the bridge, {Karim Haddad|S} replied that he knew nothing.
en The words of {Karim Haddad|S} caused anger in the capital.
en The warning by {Karim Haddad|S} was met with silence.
en Calls for {Omar Nasser|M} to resign grew louder.
en {Omar Nasser|M} was buried on Sunday.
en {Karim Haddad|S} confirmed the death of {Omar Nasser|M}.
en Interview with {Karim Haddad|S}: "We are ready"
en Fighters loyal to {Omar Nasser|M} vowed revenge.
en Iran-backed militia {Jund al-Bahr|S} threatened to strike ships.
en {Rashid Tawil|S} Defends Arrests, Blames Foreign Hand
en {Harakat Fajr|S} Takes Responsibility For Pipeline Blast
en {Rashid Tawil|S} Likens {Sami Obeid|M} To Pharaoh
en {Rashid Tawil|M} Loses Seat In Council Vote
en {Sami Obeid|M} Sanctioned By Treasury
en {Sami Obeid|M} Supporters Clash With Police
en {Harakat Fajr|M} Fighters Leave Town
en Police Hunt {Sami Obeid|M} After Jailbreak
en Council Condemns {Harakat Fajr|M}
en {Rashid Tawil|S} Hits Back At {Sami Obeid|M} Over Water
en {Rashid Tawil|S} has blamed {Sami Obeid|M} for the shortage.
en {Rashid Tawil|S} used his Friday sermon to attack the cabinet.
en {Rashid Tawil|S} delivered a fiery speech on Friday.
en {Rashid Tawil|S} posted a message on his channel on Friday.
en "I resign," read a note signed by {Rashid Tawil|S}.
en 'We are ready for dialogue,' {Rashid Tawil|S} told the agency.
en The law is void, argued {Rashid Tawil|S}, a former judge.
en The plan drew sharp criticism from {Rashid Tawil|S}.
en {Sami Obeid|M} was denounced by {Rashid Tawil|S} as a spy.
en {Sami Obeid|M} was sentenced by a court to ten years.
en {Sami Obeid|M} has been criticised for his silence.
en The declaration by {Harakat Fajr|S} came after midnight.
en {Harakat Fajr|S} representatives told mediators that they would not leave.
en The political bureau of {Harakat Fajr|S} thanked the mediators.
en A representative of {Harakat Fajr|S} insisted the truce would hold.
en Speaking for {Harakat Fajr|S}, Adnan Salim said the truce would hold.
en {Harakat Fajr|S}, through its spokesman, apologised to the families.
en {Sami Obeid|S}'s office confirmed the meeting.
en Per {Sami Obeid|S}, the pipeline was built badly.
en {Rashid Tawil|S} quoted {Sami Obeid|S} as saying that the war was lost.
en Rumours spread that {Sami Obeid|M} had threatened the judge.
en {Sami Obeid|M} was unavailable for comment.
en {Harakat Fajr|M} has not claimed responsibility.
en {Harakat Fajr|M} did not issue any statement.
en {Harakat Fajr|M} kept silent.
en {Harakat Fajr|M} is yet to comment.
en A statement by {Harakat Fajr|M} is expected tomorrow.
en {Rashid Tawil|M} is scheduled to speak at noon.
en All eyes are on {Rashid Tawil|M}, who will speak at noon.
en The union asked {Rashid Tawil|M} to mediate.
en Women booed {Rashid Tawil|M} at the market.
en Israel killed {Rashid Tawil|M} in a strike.
en {Rashid Tawil|M}'s followers threatened to block roads.
en {Rashid Tawil|M}'s party lost the vote, officials said.
en A former aide to {Rashid Tawil|M} told the court about the money.
en {Rashid Tawil|M} and {Sami Obeid|M} met for the first time.
en According to {Sami Obeid|S}, {Rashid Tawil|M} ordered the arrests.
en {Sami Obeid|S} said: "We asked {Harakat Fajr|M} to leave, and {Rashid Tawil|M} agreed."
en {Sami Obeid|M} was in good health, his son told reporters.
en {Sami Obeid|S} ridiculed the plan.
en {Sami Obeid|S} called for the release of all prisoners.
en {Sami Obeid|S} asked that the road be opened.
en {Sami Obeid|S} spoke of a new page.
ar طالب {كريم حداد|S} {عمر ناصر|M} بالاستقالة.
ar دعا {كريم حداد|S} أنصاره إلى التظاهر.
ar رفضت {جند البحر|S} تسليم سلاحها.
ar كشف {كريم حداد|S} عن تفاصيل اللقاء.
ar قال الأمين العام لحزب الوفاق {كريم حداد|S} إن الحرب انتهت.
ar أكد زعيم التيار {كريم حداد|S} أنه لن يتراجع.
ar {كريم حداد|S} يهاجم {عمر ناصر|M}
ar {كريم حداد|S}: لن نسلم السلاح
ar {كريم حداد|S} لـ{عمر ناصر|M}: ارحل
ar في كلمة له مساء أمس، قال {كريم حداد|S} إن الجسر سيعاد بناؤه.
ar وفق {كريم حداد|S}، فإن المفاوضات فشلت.
ar ذكر بيان ل{جند البحر|S} أن الطريق مفتوح.
ar ألقى {كريم حداد|S} خطابا أمام أنصاره.
ar المتحدث باسم {جند البحر|S}: الهجوم لن يمر
ar أكد القيادي في {جند البحر|S} عادل كرم أن الهدنة صامدة.
ar قال {كريم حداد|S} إن {عمر ناصر|M} وعد بالرحيل.
ar اتهمت الحكومة {عمر ناصر|M} بالكذب.
ar هنأ الرئيس {عمر ناصر|M} بالعيد.
ar التقى {عمر ناصر|M} وفدا من الأهالي.
ar قتل {عمر ناصر|M} في غارة.
ar اعتقلت الشرطة {عمر ناصر|M} فجر اليوم.
ar قالت زوجة {عمر ناصر|M} إنه مريض.
ar ولم تصدر {جند البحر|M} أي تعليق.
ar رفض {عمر ناصر|M} التعليق على الحادث.
ar امتنع {عمر ناصر|M} عن الإدلاء بأي تصريح.
ar يعتزم {عمر ناصر|M} مخاطبة أنصاره.
ar أطلقت {جند البحر|M} صواريخ على القاعدة.
ar ورد {كريم حداد|S} على {عمر ناصر|M} بالقول إن الاتفاق باطل.
ar استنكر رئيس الحزب {كريم حداد|S} الاعتداء.
ar ظهر {كريم حداد|S} في مقطع مصور وهو يتوعد القضاة.
ar رأى {رشيد الطويل|S} أن القانون باطل.
ar استنكرت {حركة الصباح|S} اغتيال القائد.
ar توعّد {رشيد الطويل|S} بالثأر.
ar هنأ {رشيد الطويل|S} الفائز في الانتخابات.
ar جدد {رشيد الطويل|S} رفضه للخطة.
ar وجه {رشيد الطويل|S} رسالة إلى الأمة.
ar وجهت {حركة الصباح|S} انتقادات حادة للحكومة.
ar وفي تصريح صحفي، أوضح {رشيد الطويل|S} أن القانون باطل.
ar كما طالب {رشيد الطويل|S} بالإفراج عن المعتقلين.
ar {رشيد الطويل|S} عن القانون: باطل ولن يمر
ar {حركة الصباح|S} تنفي علاقتها بالهجوم
ar {حركة الصباح|S} ترحب بقرار المحكمة
ar وبحسب بيان {حركة الصباح|S} فإن الهدنة صامدة.
ar وأفادت {حركة الصباح|S} في بيان بأن الهدنة صامدة.
ar صرح مسؤول في {حركة الصباح|S} بأن الهدنة صامدة.
ar اتهم {سامي عبيد|M} من قبل {رشيد الطويل|S} بالخيانة.
ar اتهم {رشيد الطويل|S} خصمه {سامي عبيد|M} بالخيانة.
ar دعا المحتجون {سامي عبيد|M} إلى الاستقالة.
ar قتل عنصر من {حركة الصباح|M}.
ar قال طبيب {سامي عبيد|M} إن حالته مستقرة.
ar طالبت عائلة {سامي عبيد|M} بكشف الحقيقة.
ar من المتوقع أن يعلن {سامي عبيد|M} موقفه غدا.
ar افتتح {سامي عبيد|M} مستشفى جديدا.
ar تلقى {سامي عبيد|M} رسالة من الرئيس.
ar أشاد {رشيد الطويل|S} بـ{سامي عبيد|M} وانتقد {حركة الصباح|M}.
ar أعلن {رشيد الطويل|S} و{سامي عبيد|S} عن اتفاق.
ar بعد لقائه {سامي عبيد|M}، أكد {رشيد الطويل|S} أن القانون باطل.
ar وردا على {سامي عبيد|M}، قال {رشيد الطويل|S} إن القانون باطل.
ar غرد {رشيد الطويل|S}: «القانون باطل».
ar قال رشيد إن «{سامي عبيد|M} كذاب».
fa {کریم حداد|S} تهدید کرد که جاده را می‌بندد.
fa {کریم حداد|S} هشدار داد: پاسخ ما سخت خواهد بود
fa {کریم حداد|S}، رهبر جنبش، این اتهام را رد کرد.
fa {کریم حداد|S} در صفحه خود نوشت که پل بازسازی می‌شود.
fa {کریم حداد|S} مدعی شد که {عمر ناصر|M} فرار کرده است.
fa در بیانیه {جند البحر|S} آمده است که راه باز است.
fa وکیل {عمر ناصر|M} گفت حال او خوب است.
fa {عمر ناصر|M} به پرسش‌ها پاسخ نداد.
fa {عمر ناصر|M} قرار است فردا سخنرانی کند.
fa دادگاه {عمر ناصر|M} را به دو سال زندان محکوم کرد.
fa معترضان علیه {عمر ناصر|M} شعار دادند.
fa {کریم حداد|S} و {عمر ناصر|S} در بیانیه‌ای مشترک حمله را محکوم کردند.
fa رسانه‌ها به نقل از {کریم حداد|S} گزارش دادند که راه باز است.
fa {کریم حداد|S} پیروزی را تبریک گفت.
fa {رشید طویل|S} دولت را به دروغگویی متهم کرد.
fa {رشید طویل|S} بر ضرورت آتش‌بس تأکید کرد.
fa {رشید طویل|S} در نامه‌ای به رئیس‌جمهور خواستار آزادی زندانیان شد.
fa {رشید طویل|S} ضمن محکوم کردن حمله، گفت پاسخ خواهیم داد.
fa {رشید طویل|S} پیام تسلیت صادر کرد.
fa {رشید طویل|S} از {سامی عبید|M} انتقاد کرد.
fa {رشید طویل|S} به {سامی عبید|M} هشدار داد.
fa {جنبش صبح|S} با صدور بیانیه‌ای حمله را محکوم کرد.
fa {رشید طویل|S}: قانون باطل است
fa این طرح توسط {جنبش صبح|S} رد شد.
fa خبرگزاری از قول {سامی عبید|S} گزارش داد که قانون باطل است.
fa پزشک {سامی عبید|M} اعلام کرد حال او خوب است.
fa {سامی عبید|M} به پایتخت سفر کرد.
fa رئیس‌جمهور به {سامی عبید|M} تبریک گفت.
fa {سامی عبید|M} فردا سخنرانی خواهد کرد.
fa {سامی عبید|M} حاضر به گفتگو با خبرنگاران نشد.
tr {Kerim Haddad|S}, "Köprü yeniden yapılacak" diye konuştu.
tr {Kerim Haddad|S}: Köprü yeniden yapılacak
tr {Kerim Haddad|S}'ın sözcüsü haberi yalanladı.
tr {Ömer Nasır|M}'ın avukatı suçlamaları reddetti.
tr {Ömer Nasır|M} sorulara yanıt vermedi.
tr {Ömer Nasır|M} gözaltına alındı.
tr {Raşit Tavil|S} saldırıyı şiddetle kınadı.
tr {Raşit Tavil|S}, anlaşmanın geçersiz olduğunu söyledi.
tr {Raşit Tavil|S} hükümeti yalan söylemekle suçladı
tr "Anlaşma geçersiz" diyen {Raşit Tavil|S}, yeni bir sayfa açılacağını belirtti.
tr Saldırı {Raşit Tavil|S} tarafından kınandı.
tr {Sami Ubeyd|M} saldırıda öldürüldü.
tr Polis {Sami Ubeyd|M}'i gözaltına aldı.
tr {Raşit Tavil|S}, {Sami Ubeyd|M}'e teşekkür etti.
fr {Karim Haddad|S} accuse {Omar Nasser|M} de mensonge
fr Le porte-parole de {Karim Haddad|S} a rejeté ces accusations.
fr L'attaque a été revendiquée par {Jund al-Bahr|S}.
fr {Omar Nasser|M} n'a pas souhaité commenter.
fr {Omar Nasser|M} doit s'exprimer vendredi.
fr L'avocat de {Omar Nasser|M} a dénoncé un procès politique.
fr Le ministre a critiqué {Omar Nasser|M}.
fr {Karim Haddad|S} : « Nous sommes prêts »
fr « Nous sommes prêts », assure {Rachid Tawil|S}.
fr La loi a été critiquée par {Rachid Tawil|S}.
fr {Sami Obeid|M} a été arrêté à l'aéroport.
fr {Sami Obeid|M} a refusé de répondre aux questions.
fr Des partisans de {Sami Obeid|M} ont réclamé sa libération.
fr {Rachid Tawil|S} reproche à {Sami Obeid|M} son silence.
ru «Все кончено», — заявил {Карим Хаддад|S}.
ru {Омар Насер|M} отказался от комментариев.
ru Полиция задержала {Омара Насера|M}.
ru Министр раскритиковал {Омара Насера|M}.
ru {Карим Хаддад|S} обвинил {Омара Насера|M} во лжи.
ru {Рашид Тавиль|S} назвал закон ошибкой.
ru Как заявил {Рашид Тавиль|S}, закон недействителен.
ru {Рашид Тавиль|S} выступил с заявлением.
ru Пресс-служба {Рашида Тавиля|S} опровергла слухи.
ru Как сообщает агентство со ссылкой на {Рашида Тавиля|S}, закон недействителен.
ru {Сами Обейд|M} прибыл в столицу.
ru Сторонники {Сами Обейда|M} потребовали его освобождения.
ru Парламент осудил {Сами Обейда|M}.
ru {Рашид Тавиль|S} поблагодарил {Сами Обейда|M}.
he {כרים חדאד|S} קרא להפסקת אש
he לדברי {כרים חדאד|S}, הגשר ייבנה מחדש.
he {עומר נאסר|M} סירב להגיב.
he {עומר נאסר|M} צפוי לנאום ביום שישי.
he השר גינה את {עומר נאסר|M}.
he עורך דינו של {עומר נאסר|M} אמר כי הוא חולה.
he {עומר נאסר|M} נפגש עם המושל.
he "זה נגמר", אמר {כרים חדאד|S}.
he "החוק בטל", אמר {ראשיד טוויל|S} בנאומו.
he בהצהרה שפרסם {ראשיד טוויל|S} נאמר כי החוק בטל.
he {סמי עובייד|M} נעצר בשדה התעופה.
he {סמי עובייד|M} לא השיב לשאלות.
he תומכי {סמי עובייד|M} דרשו את שחרורו.
he המשטרה חקרה את {סמי עובייד|M}.
es {Karim Haddad|S} condenó el ataque.
es Según {Karim Haddad|S}, el puente será reconstruido.
es «Se acabó», dijo {Karim Haddad|S}.
es {Omar Nasser|M} no quiso hacer declaraciones.
es {Omar Nasser|M} hablará el viernes.
es El abogado de {Omar Nasser|M} pidió su liberación.
es El ministro criticó a {Omar Nasser|M}.
es {Omar Nasser|M} llegó a la capital.
es {Rachid Tawil|S} denunció una farsa.
es «Estamos listos», aseguró {Rachid Tawil|S}.
es De acuerdo con {Rachid Tawil|S}, la ley es nula.
es La ley fue criticada por {Rachid Tawil|S}.
es La policía interrogó a {Sami Obeid|M}.
es {Rachid Tawil|S} agradeció a {Sami Obeid|M} su ayuda.
de {Karim Haddad|S} verurteilte den Angriff.
de {Karim Haddad|S} wirft {Omar Nasser|M} Lügen vor
de „Es ist vorbei“, sagte {Karim Haddad|S}.
de Nach Angaben von {Karim Haddad|S} wird die Brücke wieder aufgebaut.
de Ein Sprecher von {Karim Haddad|S} wies die Vorwürfe zurück.
de Am Montag forderte {Karim Haddad|S} eine Untersuchung.
de Der Minister kritisierte {Omar Nasser|M}.
de {Omar Nasser|M} wurde verhaftet.
de {Omar Nasser|M} will sich am Freitag äußern.
de {Rachid Tawil|S} zufolge ist das Gesetz nichtig.
de {Sami Obeid|M} wurde von der Polizei befragt.
de Die Polizei befragte {Sami Obeid|M}.
de Anhänger von {Sami Obeid|M} forderten seine Freilassung.
de {Rachid Tawil|S} dankte {Sami Obeid|M}.
"""


@pytest.mark.parametrize("row", SENTENCES.strip().split("\n"))
def test_the_text_says_who_speaks(row: str) -> None:
    language, _, marked = row.partition(" ")
    wanted, found = roles(language, marked)
    assert found == wanted


def match(text: str, surface: str, actor: str = "a", role: str | None = None) -> Match:
    start = text.index(surface)
    return Match(None, actor, "A", role, "body", start, start + len(surface), surface, surface)  # type: ignore[arg-type]


def test_the_sentences_of_two_later_rounds_keep_their_floor() -> None:
    """Written after the rules, measured before they were mended: 94.5 % and 93.3 % of the roles were right at first."""
    rows = (Path(__file__).parent / "gold" / "speech.txt").read_text("utf-8").splitlines()
    read = [(row, roles(*row.split(" ", 1))) for row in rows]
    wrong = [(row, found) for row, (wanted, found) in read if wanted != found]
    assert len(rows) > 300 and len(wrong) <= 3, wrong


def test_a_keyword_has_no_role() -> None:
    keyword = Match("threats", None, "query", None, "title", 0, 5, "Omar ", "Omar")
    assert attribute("Omar Nasser says no", "", "en", [keyword]) == [keyword]


@pytest.mark.parametrize("language", [None, "xx", "en", "ar-IQ", "AR"])
def test_a_language_that_is_unknown_or_wrong_is_read_by_its_script(language: str | None) -> None:
    text = "قال كريم حداد إن الجسر آمن."
    (found,) = attribute("", text, language, [match(text, "كريم حداد")])
    assert found.role == "speaker"


def test_a_name_inside_a_quotation_is_somebody_elses_word() -> None:
    text = 'The mayor said: "When Omar Nasser says yes, he means no."'
    (found,) = attribute("", text, "en", [match(text, "Omar Nasser")])
    assert found.role == "mentioned"


def test_marks_around_a_name_are_no_quotation() -> None:
    text = "Движение «Новый Берег» заявило о перемирии."
    (found,) = attribute("", text, "ru", [match(text, "Новый Берег")])
    assert found.role == "speaker"


def test_the_headline_and_the_text_are_judged_apart() -> None:
    title, body = "Karim Haddad Warns Of War", "Police searched the house of Karim Haddad."
    actor = Actor("a", "person", "Karim Haddad")
    found = compile_watchlist([actor], ()).match(title, body, language="en")
    assert [(one.field, one.role) for one in found] == [("title", "speaker"), ("body", "mentioned")]


def test_an_own_outlet_makes_its_actor_the_speaker() -> None:
    text = "A visit of Karim Haddad to the flooded villages."
    (found,) = spoken_by(("a",), [match(text, "Karim Haddad", role="mentioned")])
    assert found.role == "speaker"


def test_on_an_own_outlet_the_text_has_the_last_word() -> None:
    text = "Omar Nasser praised Karim Haddad."
    found = (match(text, "Omar Nasser", "b", "speaker"), match(text, "Karim Haddad", "a", "mentioned"))
    assert spoken_by(("a",), found) == found


def test_judging_counts_what_a_source_speaks_for() -> None:
    actor = Actor("a", "person", "Karim Haddad")
    source = Source(id="own", kind="feed", url="https://own.example/", speaks_for=("a",))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    statement = Statement(
        id=1, source="own", key="u:x", url=None, title="Karim Haddad in the villages", summary="", text="", published=None,
        said_on=None, first_seen_at=moment, author=None, language="en", revision=1, extent="headline", baseline=False,
    )  # fmt: skip
    routes = (Route("said", ("one",), role="speaker"),)
    bench = Bench(compile_watchlist([actor], ()), routes, ("one",), {"own": source})
    assert [ring.channel for ring in weigh(statement, bench).rings] == ["one"]
    other = Bench(bench.watchlist, routes, ("one",), {"own": replace(source, speaks_for=())})
    assert weigh(statement, other).rings == ()


def test_the_passages_of_a_speaker_are_those_of_his_sentence_and_the_one_behind() -> None:
    text = '"We will rebuild the bridge," Karim Haddad said. "It will take a year." Others called it "an empty dream of his".'
    start = text.index("Karim")
    found = [text[one.start : one.end] for one in quotes(text, (start, start + 12))]
    assert found == ["We will rebuild the bridge,", "It will take a year."]


def test_a_word_in_marks_is_no_passage() -> None:
    text = "Karim Haddad called the plan «a trap» and said: «nobody will sign it»."
    assert [text[one.start : one.end] for one in quotes(text, (0, 12))] == ["nobody will sign it"]


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        (
            "Omar Nasser, the secretary-general of the River Party, said no.",
            "Omar Nasser",
            ("secretary-general", "River Party"),
        ),
        ("The leader of the River Party, Omar Nasser, said no.", "Omar Nasser", ("leader", "River Party")),
        ("River Party leader Omar Nasser said no.", "Omar Nasser", ("leader", "River Party")),
        ("Omar Nasser, president of the council.", "Omar Nasser", ("president", "council")),
        ("Prime Minister Omar Nasser said no.", "Omar Nasser", ("Prime Minister", "")),
        ("قال الأمين العام لحزب النهر عمر ناصر إن القرار باطل.", "عمر ناصر", ("الأمين العام", "حزب النهر")),
        ("عمر ناصر، رئيس حزب النهر، قال لا.", "عمر ناصر", ("رئيس", "حزب النهر")),
        ("Omar Nasser, chef du parti du Fleuve, a dit non.", "Omar Nasser", ("chef", "parti du Fleuve")),
    ],
)
def test_the_text_says_what_a_person_is(text: str, name: str, wanted: tuple[str, str]) -> None:
    start = text.index(name)
    assert described(text, (start, start + len(name))) == Described(*wanted)


def test_what_the_text_does_not_say_is_not_made_up() -> None:
    assert described("Yesterday Omar Nasser bought a horse.", (10, 21)) is None


def test_two_names_in_two_kilobytes_are_judged_in_a_moment() -> None:
    filler = (
        "The council met on Monday to talk about the water, the roads and the price of bread in the northern valley. "
    )
    text = filler * 9 + "After the session, Karim Haddad told reporters that Omar Nasser had left. " + filler * 9
    found = [match(text, "Karim Haddad"), match(text, "Omar Nasser", "b")]
    attribute("", text, "en", found)
    started = time.process_time()
    for _ in range(50):
        attribute("", text, "en", found)
    assert time.process_time() - started < 2, "a hundred times what it takes on a quiet machine"


@pytest.mark.parametrize(
    "text", ["a, " * 40_000, '"' * 60_000, "«" * 60_000, "said " * 20_000, "و" * 60_000, "- " * 40_000]
)
def test_no_text_makes_it_slow(text: str) -> None:
    middle = len(text) // 2
    text = f"{text[:middle]} Omar Nasser {text[middle:]}"
    found = [match(text, "Omar Nasser")] * 3
    started = time.process_time()
    for language in ("en", "ar", "fa"):
        attribute("", text, language, found)
        quotes(text, (found[0].start, found[0].end))
        described(text, (found[0].start, found[0].end))
    assert time.process_time() - started < 10


@settings(max_examples=150)
@given(text=st.text(max_size=120), language=st.sampled_from(sorted(LANGUAGES)), data=st.data())
def test_every_match_of_an_actor_gets_a_role_whatever_the_text(text: str, language: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    one = Match(None, "a", "A", None, "body", start, end, text[start:end], "x")
    (found,) = attribute("", text, language, [one])
    assert found.role in ("speaker", "mentioned")
    assert all(0 <= quote.start <= quote.end <= len(text) for quote in quotes(text, (start, end)))
    described(text, (start, end))


@pytest.mark.shared
def test_the_shared_sentences_keep_their_floor(shared: Path) -> None:
    rows = [
        json.loads(line) for line in (shared / "corpus/speakers/dev.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    right = wrong = missed = good = pairs = 0
    for row in rows:
        actors = [Actor(f"a{number}", "person", one["name"]) for number, one in enumerate(row["actors"])]
        found = compile_watchlist(actors, ()).match(row.get("title") or "", row["text"], language=row["language"])
        for actor, one in zip(actors, row["actors"], strict=True):
            speaks = any(match.actor == actor.id and match.role == "speaker" for match in found)
            wanted = one["role"] == "speaker"
            pairs, good = pairs + 1, good + (speaks == wanted)
            right, wrong, missed = (
                right + (speaks and wanted),
                wrong + (speaks and not wanted),
                missed + (wanted and not speaks),
            )
    assert pairs >= 374, "the set has shrunk"
    assert 2 * right / (2 * right + wrong + missed) >= 0.97
    assert good / pairs >= 0.97
