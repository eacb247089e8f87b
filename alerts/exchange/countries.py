"""Countries as lists write them: a code of two letters (ISO 3166-1), or a name in English. Pure.

iq, IQ, Iraq -> iq        Iran (Islamic Republic of), IR -> ir        what is no country here -> itself, to be compared as it is
"""

from __future__ import annotations

import re
from functools import cache

_CODES = """
ad Andorra|ae United Arab Emirates|af Afghanistan|ag Antigua and Barbuda|al Albania|am Armenia|ao Angola|ar Argentina|at Austria
au Australia|az Azerbaijan|ba Bosnia and Herzegovina|bb Barbados|bd Bangladesh|be Belgium|bf Burkina Faso|bg Bulgaria|bh Bahrain
bi Burundi|bj Benin|bn Brunei|bo Bolivia|br Brazil|bs Bahamas|bt Bhutan|bw Botswana|by Belarus|bz Belize|ca Canada
cd Democratic Republic of the Congo|cf Central African Republic|cg Congo|ch Switzerland|ci Côte d'Ivoire|cl Chile|cm Cameroon
cn China|co Colombia|cr Costa Rica|cu Cuba|cv Cabo Verde|cy Cyprus|cz Czechia|de Germany|dj Djibouti|dk Denmark|dm Dominica
do Dominican Republic|dz Algeria|ec Ecuador|ee Estonia|eg Egypt|eh Western Sahara|er Eritrea|es Spain|et Ethiopia|fi Finland
fj Fiji|fm Micronesia|fr France|ga Gabon|gb United Kingdom|gd Grenada|ge Georgia|gh Ghana|gm Gambia|gn Guinea
gq Equatorial Guinea|gr Greece|gt Guatemala|gw Guinea-Bissau|gy Guyana|hk Hong Kong|hn Honduras|hr Croatia|ht Haiti|hu Hungary
id Indonesia|ie Ireland|il Israel|in India|iq Iraq|ir Iran|is Iceland|it Italy|jm Jamaica|jo Jordan|jp Japan|ke Kenya
kg Kyrgyzstan|kh Cambodia|ki Kiribati|km Comoros|kn Saint Kitts and Nevis|kp North Korea|kr South Korea|kw Kuwait|kz Kazakhstan
la Laos|lb Lebanon|lc Saint Lucia|li Liechtenstein|lk Sri Lanka|lr Liberia|ls Lesotho|lt Lithuania|lu Luxembourg|lv Latvia
ly Libya|ma Morocco|mc Monaco|md Moldova|me Montenegro|mg Madagascar|mh Marshall Islands|mk North Macedonia|ml Mali|mm Myanmar
mn Mongolia|mo Macao|mr Mauritania|mt Malta|mu Mauritius|mv Maldives|mw Malawi|mx Mexico|my Malaysia|mz Mozambique|na Namibia
ne Niger|ng Nigeria|ni Nicaragua|nl Netherlands|no Norway|np Nepal|nr Nauru|nz New Zealand|om Oman|pa Panama|pe Peru
pg Papua New Guinea|ph Philippines|pk Pakistan|pl Poland|ps Palestine|pt Portugal|pw Palau|py Paraguay|qa Qatar|ro Romania
rs Serbia|ru Russia|rw Rwanda|sa Saudi Arabia|sb Solomon Islands|sc Seychelles|sd Sudan|se Sweden|sg Singapore|si Slovenia
sk Slovakia|sl Sierra Leone|sm San Marino|sn Senegal|so Somalia|sr Suriname|ss South Sudan|st Sao Tome and Principe
sv El Salvador|sy Syria|sz Eswatini|td Chad|tg Togo|th Thailand|tj Tajikistan|tl Timor-Leste|tm Turkmenistan|tn Tunisia|to Tonga
tr Türkiye|tt Trinidad and Tobago|tv Tuvalu|tw Taiwan|tz Tanzania|ua Ukraine|ug Uganda|us United States|uy Uruguay|uz Uzbekistan
va Holy See|vc Saint Vincent and the Grenadines|ve Venezuela|vn Vietnam|vu Vanuatu|ws Samoa|xk Kosovo|ye Yemen|za South Africa
zm Zambia|zw Zimbabwe
cd DR Congo|ci Ivory Coast|cv Cape Verde|cz Czech Republic|gb Great Britain|gb UK
gb United Kingdom of Great Britain and Northern Ireland|ir Iran, Islamic Republic of|kp Korea, Democratic People's Republic of
cd Congo, Democratic Republic of the|kp DPRK|kp Democratic People's Republic of Korea|kr Republic of Korea|kr Korea
la Lao People's Democratic Republic
ly Libyan Arab Jamahiriya|md Republic of Moldova|mk The former Yugoslav Republic of Macedonia|mm Burma|ps State of Palestine
ps Palestinian|ps Palestinian Territories|ru Russian Federation|so Somali|sy Syrian Arab Republic|sz Swaziland|tr Turkey
tz United Republic of Tanzania|us United States of America|us USA|va Vatican|vn Viet Nam|ae UAE
"""


def country(said: str) -> str:
    """The code of a country that is said by its code or its name; what is none, in lower case."""
    plain = _plain(said)
    return plain if len(plain) == 2 else _by_name().get(plain, plain)


def _plain(said: str) -> str:
    """Without what stands in brackets, articles, punctuation and case."""
    bare = re.sub(r"\(.*?\)|[^\w\s]", " ", said.casefold().replace("'", "").replace("’", ""))
    return " ".join(word for word in bare.split() if word != "the")


@cache
def _by_name() -> dict[str, str]:
    rows = [row.strip() for line in _CODES.strip().splitlines() for row in line.split("|")]
    return {_plain(name): code for code, _, name in (row.partition(" ") for row in rows)}
