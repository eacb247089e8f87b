"""English: how it reports speech."""

from __future__ import annotations

from alerts.model import Role
from alerts.watch.speech.grammar import Grammar, compile_grammar

_REGULAR = """
        accept acclaim accuse acknowledge add address admit admonish advise advocate affirm agree allege amplify announce
        answer apologise apologize appeal applaud argue articulate ask assert assure attest back backtrack bemoan
        berate bewail blame blast boast brand call caution celebrate censure challenge champion characterise characterize
        charge chastise chide cite claim clarify commend comment commiserate complain concede conclude concur condemn confess
        confirm congratulate contend contradict counsel counter criticise criticize crow cry curse dare debunk declare
        decry defend defy demand denounce deny deplore deride describe detail dictate disavow disclaim disclose discuss
        dismiss dispute disown elaborate emphasise emphasize encourage endorse enumerate enthuse envisage estimate exclaim
        exhort explain express extol extoll flag forecast fulminate fume gloat grieve gripe grumble guarantee hail hammer hint
        implore imply indicate inform inquire insinuate insist instruct interject intimate invite invoke joke lambast lambaste
        lament laud lecture lobby maintain mention moan mock mourn muse narrate note object observe opine oppose
        outline pan persuade plead pledge plug pontificate post praise predict preach proclaim profess promise
        pronounce propose protest push query question quip rail rant reaffirm reason reassert reassure rebuff
        rebuke rebut recall recite recommend recount refute regret reiterate reject rejoice remark remind reminisce renew
        renounce repeat reply report repudiate request respond restate retort reveal ridicule rubbish salute scoff
        scold scorn share shout signal slam slate snap sneer speculate spell stipulate state stress suggest summarise
        summarize swipe sympathise sympathize taunt term testify thank theorise threaten thunder tout trumpet tweet underline
        underscore unveil urge utter vent vilify voice volunteer vouch vow warn welcome whisper wish wonder yell
        retweet liken compare livestream petition slander snub chant exonerate absolve assail castigate deprecate excoriate lash
        pillory upbraid preannounce reproach implicate rap rip skewer lampoon condole downplay disparage belittle minimise
        minimize bash harangue hector notify brief clamour clamor cajole beseech entreat enjoin intone mutter mumble murmur
        stammer sermonise sermonize inveigh remonstrate demur posit surmise reckon eulogise eulogize vaunt caveat trivialise
        trivialize apprise interrupt invoke recap rhapsodise hedge
    """
_IRREGULAR = """
        say:says:said:saying tell:tells:told:telling speak:speaks:spoke:speaking write:writes:wrote:writing
        swear:swears:swore:swearing foretell:foretells:foretold:foretelling uphold:upholds:upheld:upholding
        foresee:foresees:foresaw:foreseeing rebut:rebuts:rebutted:rebutting
        rebroadcast:rebroadcasts:rebroadcast:rebroadcasting broadcast:broadcasts:broadcast:broadcasting
        sing:sings:sang:singing bid:bids:bade:bidding forbid:forbids:forbade:forbidding
        withdraw_support:withdraws_support:withdrew_support:withdrawing_support hit_out:hits_out:hit_out:hitting_out
        hit_back:hits_back:hit_back:hitting_back lash_out:lashes_out:lashed_out:lashing_out
        speak_out:speaks_out:spoke_out:speaking_out rule_out:rules_out:ruled_out:ruling_out
        put_it:puts_it:put_it:putting_it fault:faults:faulted:faulting
        draw_red_line:draws_red_line:drew_red_line:drawing_red_line label:labels:labelled:labelling dub:dubs:dubbed:dubbing
        own_up:owns_up:owned_up:owning_up open_up:opens_up:opened_up:opening_up brush_off:brushes_off:brushed_off:brushing_off
        brush_aside:brushes_aside:brushed_aside:brushing_aside play_down:plays_down:played_down:playing_down
        wade_into:wades_into:waded_into:wading_into tear_into:tears_into:tore_into:tearing_into
        lay_into:lays_into:laid_into:laying_into call_out:calls_out:called_out:calling_out sum_up:sums_up:summed_up:summing_up
        chime_in:chimes_in:chimed_in:chiming_in spell_out:spells_out:spelled_out:spelling_out
        speak_up:speaks_up:spoke_up:speaking_up come_out_against:comes_out_against:came_out_against:coming_out_against
        would_only_say:will_only_say:would_only_say:only_saying round_on:rounds_on:rounded_on:rounding_on
        not_rule_out:not_rule_out:not_ruled_out:not_ruling_out
        stand_by_his_words:stands_by_his_words:stood_by_his_words:standing_by_his_words
        make_light_of:makes_light_of:made_light_of:making_light_of
        take_a_swipe:takes_a_swipe:took_a_swipe:taking_a_swipe
        voice_support:voices_support:voiced_support:voicing_support
        walk_back:walks_back:walked_back:walking_back float:floats:floated:floating
        let_it_be_known:lets_it_be_known:let_it_be_known:letting_it_be_known
        want:wants:wanted:wanting label:labels:labeled:labeling seek:seeks:sought:seeking
        double_down:doubles_down:doubled_down:doubling_down
        sound_alarm:sounds_alarm:sounded_alarm:sounding_alarm
        set_the_record_straight:sets_the_record_straight:set_the_record_straight:setting_the_record_straight
        point_out:points_out:pointed_out:pointing_out make_clear:makes_clear:made_clear:making_clear
        point_to:points_to:pointed_to:pointing_to point_the_finger:points_the_finger:pointed_the_finger:pointing_the_finger
        take_aim:takes_aim:took_aim:taking_aim weigh_in:weighs_in:weighed_in:weighing_in
        hold_forth:holds_forth:held_forth:holding_forth take_to_task:takes_to_task:took_to_task:taking_to_task
        pay_tribute:pays_tribute:paid_tribute:paying_tribute pour_scorn:pours_scorn:poured_scorn:pouring_scorn
        cast_doubt:casts_doubt:cast_doubt:casting_doubt fire_back:fires_back:fired_back:firing_back
        take_responsibility:takes_responsibility:took_responsibility:taking_responsibility
        claim_credit:claims_credit:claimed_credit:claiming_credit take_credit:takes_credit:took_credit:taking_credit
        set_out:sets_out:set_out:setting_out lay_out:lays_out:laid_out:laying_out lay_blame:lays_blame:laid_blame:laying_blame
        put_forward:puts_forward:put_forward:putting_forward make_it_clear:makes_it_clear:made_it_clear:making_it_clear
        go_on_record:goes_on_record:went_on_record:going_on_record
        break_his_silence:breaks_his_silence:broke_his_silence:breaking_his_silence
        break_silence:breaks_silence:broke_silence:breaking_silence
        break_its_silence:breaks_its_silence:broke_its_silence:breaking_its_silence
        break_her_silence:breaks_her_silence:broke_her_silence:breaking_her_silence
        hold_responsible:holds_responsible:held_responsible:holding_responsible
        drop_a_hint:drops_a_hint:dropped_a_hint:dropping_a_hint
        send_a_message:sends_a_message:sent_a_message:sending_a_message take_issue:takes_issue:took_issue:taking_issue
        send_condolences:sends_condolences:sent_condolences:sending_condolences
        shrug_off:shrugs_off:shrugged_off:shrugging_off sound_the_alarm:sounds_the_alarm:sounded_the_alarm:sounding_the_alarm
        draw_a_red_line:draws_a_red_line:drew_a_red_line:drawing_a_red_line
        ring_the_alarm:rings_the_alarm:rang_the_alarm:ringing_the_alarm
    """
_DOUBLED = {"pan", "slam", "plug", "snap", "quip", "refer", "rap", "rip", "permit", "admit", "regret", "rebut", "snub"}


def _inflected(verb: str) -> tuple[str, str, str, str]:
    """A regular verb's infinitive, third person, past and participle present."""
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    stem = verb + verb[-1] if verb in _DOUBLED else verb
    return verb, third, f"{stem}ed", f"{stem}ing"


_VERBS = [_inflected(verb) for verb in _REGULAR.split()]
_VERBS += [(a, b, c, d) for a, b, c, d in (entry.split(":") for entry in _IRREGULAR.split())]

_LISTS = {
    "L": """interview_with speaking_for per
        according_to in_the_words_of in_the_view_of in_the_opinion_of as_per in_comments_by in_remarks_by according_also_to
        in_the_telling_of to_hear
    """,
    "B": "on_behalf_of in_the_name_of",
    "t first": """
        audio_message video_message voice_message full_text press_release press_conference news_conference open_letter
        phone_interview text_message voice_recording audio_recording call_for_restraint op-ed social_media_post facebook_post
        telegram_post blog_post condolence_message
    """,
    "Z": """said_nothing says_nothing saying_nothing
        silent silence no_comment decline declines declined declining refused_to_comment refuses_to_comment
        refusing_to_comment refused_to_say refuses_to_say refused_to_answer refuses_to_answer refused_to_respond
        refused_to_speak refused_to_be_drawn refused_to_discuss refuses_to_discuss refused_comment unavailable unreachable
        yet_to mum tight-lipped avoided_comment avoided_questions refrained refrains stopped_short ignored ignores dodged
        dodges stonewalled without_comment failed_to_respond failed_to_answer failed_to_comment walked_past sidestepped evaded
        deflected withheld_comment keeps_mum kept_mum
    """,
    "f": """
        will would shall 'll is_expected_to are_expected_to was_expected_to were_expected_to is_due_to was_due_to are_due_to
        is_to was_to are_to were_to is_scheduled_to was_scheduled_to is_set_to was_set_to set_to due_to expected_to
        scheduled_to plans_to planned_to is_planning_to intends_to intended_to is_likely_to likely_to may might could should
        must is_about_to about_to is_going_to going_to is_preparing_to preparing_to hopes_to hoped_to wants_to wanted_to
        poised_to slated_to is_slated_to upcoming ahead_of awaiting awaited awaits await expected forthcoming pending
    """,
    "Q": """
        quoted quoting quotes quote cited citing cites reported_as_saying heard_saying seen_saying reported_to_have_said
        overheard
    """,
    "n": """
        not n't never no neither nor nothing without cannot can't don't doesn't didn't hasn't haven't hadn't won't wouldn't
        isn't wasn't aren't weren't couldn't shouldn't nobody none
    """,
    "b": "is was were are be been being am got 's_been gets",
    "h": """could_be_heard can_be_heard is_heard could_be_seen can_be_seen has have had having was_quick_to
        were_quick_to was_the_first_to is_quick_to""",
    "j": """
        also both again later earlier then now today repeatedly publicly strongly sharply flatly bluntly firmly once already still
        only even just recently meanwhile however further furthermore rarely often always openly personally immediately
        reportedly allegedly explicitly angrily quietly formally officially categorically vehemently vigorously fiercely
        harshly roundly swiftly promptly separately jointly twice finally previously initially merely simply clearly
        additionally moreover instead first yesterday tonight live since long so far late briefly thus therefore too well
        openly directly himself herself itself themselves apparently reluctantly solemnly emphatically defiantly duly hitherto
        subsequently implicitly effectively tentatively have_also widely
    """,
    "T": """
        monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
        october november december morning evening afternoon night midnight noon hours days weeks week month year
    """,
    "U": "he she they it who_also",
    "c": "that",
    "a": "and but & then along_with together_with as_well_as alongside or",
    "R": "who which whose whom",
    "u": "if unless until whether whenever before should_the in_case",
    "y": "by attributed_to ascribed_to",
    "F": "from",
    "O": "of",
    "i": "to",
    "e": "the a an his her its their this these those another any some our my your",
    "s": """
        spokesman spokeswoman spokesperson spokespeople spokesmen office bureau press_office media_office information_office
        press_service press_secretary media_wing media_arm media_department media_team press_team mouthpiece
        representative representatives
        envoy aide adviser advisor official officials secretariat politburo political_bureau military_wing press_officer
        press_aide senior_official deputy communications_director media_center media_centre information_ministry
        military_media statement_writer
    """,
    "k": """
        lawyer lawyers attorney attorneys counsel barrister brother brothers sister wife widow husband son sons daughter
        father mother cousin uncle nephew relative relatives family doctor doctors physician surgeon supporter supporters
        follower followers fighter fighters member members former ex-member defector ally allies rival rivals critic critics
        opponent opponents enemy enemies victim victims neighbour neighbours neighbor neighbors driver bodyguard bodyguards
        friend friends associate associates guards guard militants gunmen troops forces soldiers convoy house home
        headquarters poster posters portrait portraits picture pictures photo photos statue biography biographer rally
        colleague colleagues teacher source sources person people close_to_the close_to loyal_to loyalists sympathisers
        sympathizers parents clan tribe hometown students classmates predecessor successor landlord tailor cook barber
        translator chauffeur grandson grandfather aunt niece fans fan voters backers arrest death funeral trial murder killing
        assassination
    """,
    "r": """
        leader head chief chairman chairwoman chair president secretary-general general secretary commander sheikh shaikh
        sayyed sayyid sayed ayatollah grand cleric minister prime premier mp lawmaker senator mr mrs ms dr general colonel
        brigadier major hajj haji imam king prince emir mufti mullah ambassador governor mayor founder boss politician militia
        warlord preacher patriarch bishop party group movement faction militia organisation organization spiritual supreme
        veteran hardline influential deputy_leader secretary_general co-founder coalition bloc alliance armed rebel opposition
        iraqi iranian lebanese syrian yemeni
    """,
    "M": """
        agency agencies television tv newspaper newspapers media outlet outlets channel channels radio station reporters_say
        website daily magazine broadcaster press journal wire correspondent
    """,
    "t": """
        statement statements communique communiqué letter letters speech speeches recording recordings message messages
        address remarks remark comments comment tweet tweets post posts video audio clip interview interviews sermon lecture
        note memo memorandum text transcript op-ed article appeal appeals warning warnings threat threats condemnation
        criticism praise promise promises pledge pledges vow denial denials apology announcement announcements declaration
        declarations call calls_to reply response ultimatum claim claims_by rebuke reaction reactions rejection testimony
        words condolences congratulations greeting accusation accusations allegation question greetings tirade broadside
        communiques bulletin invitation demand demands thanks tribute oath column essay pamphlet leaflet flyer fatwa
        livestream broadcast telegram podcast
        outburst plea pleas complaint complaints outcry protests reassurance reassurances assurance assurances confession
        admission verdict salvo retort rhetoric commentary briefing
    """,
    "E": """used uses use using
        gave gives give giving made makes make making issued issues issue issuing delivered delivers deliver delivering
        released releases release releasing published publishes publish publishing sent sends send sending posted uploaded
        uploads circulated circulates recorded distributed aired airs launched launches signed signs held holds offered offers
        penned pens sounded sounds put_out puts_out recorded records addressed uttered filmed extended extends leveled
        levelled levels fired fires submitted conveyed conveys concluded opened handed_out hands_out lodged lodges read_out
        reads_out filed files
    """,
    "V": """sworn_in know see meet help join
        met meets meet arrived arrives left leaves travelled visited visits fled died dies killed arrested went goes came
        comes took takes believes believed knows knew learned learnt discovered found finds saw sees thinks thought heard
        hears ensured attended attends returned returns entered won lost faces faced met_with withdrew withdraws stayed stays
        remained remains kept keeps chaired receives received hosted hosts signed_off boycotted joined joins appeared appears
        listened listens watched telephoned phoned runs ran owns owned lives lived
    """,
    "v": "by_phone by_telephone on_the_phone by_video_link",
    "p": """
        in on at with about against for over after under during into between among toward towards behind near through amid
        despite around outside inside upon via within regarding concerning like unlike without_the beside besides such_as than
        rebuke_of criticism_of criticisms_of praise_of praise_for condemnation_of rejection_of denunciation_of mockery_of dismissal_of
        while_meeting following out off up across past beyond except
    """,
}  # fmt: skip

_NOT_RULED_OUT = " ".join(
    f"{did}_rule_out" for did in ("did_not", "didn't", "does_not", "would_not", "refused_to", "declined_to")
)

_SPEECH = {
    "S": " ".join(verb[1] for verb in _VERBS)
    + " told said spoke wrote swore sang bade forbade foresaw "
    + _NOT_RULED_OUT,
    "D": " ".join(verb[2] for verb in _VERBS) + " written spoken accused_of sworn bidden forbidden foreseen sung",
    "G": " ".join(verb[3] for verb in _VERBS),
    "I": " ".join(verb[0] for verb in _VERBS),
}
_ORDER = (
    "v",
    "L",
    "B",
    "t first",
    "Z",
    "f",
    "Q",
    "n",
    "b",
    "h",
    "j",
    "T",
    "U",
    "c",
    "a",
    "R",
    "u",
    "y",
    "F",
    "O",
    "i",
    "e",
    "s",
    "k",
    "r",
    "M",
)

_EITHER = {
    "X": """
        appeals vows pledges demands promises praises replies protests rebukes tweets posts comments remarks claims calls
        answers addresses notes broadcasts questions thanks reports voices complaints counters responses
    """,
    "Y": "warning greeting posting recording",
    "W": """
        appeal vow pledge demand promise praise reply protest rebuke tweet post comment remark claim call answer address note
        broadcast question thank report order voice slander warn_off complaint
    """,
}  # fmt: skip
"""Words that are a verb or a noun: the first merges decide by what stands beside them."""

_MERGES = (
    (r"(?<=[@#jU])X|(?<=[@#],)X|X(?=c)|(?<=a)X", "S"),
    (r"Y(?=[FO])|(?<=e)Y|(?<=w)Y(?=p)", "t"),
    (r"Y", "G"),
    (r"(?<=i)W|(?<=@)W|(?<=ij)W", "I"),
    (r"[XW]", "t"),
    (r"^#,@(?=I)|^@,#(?=I)", "@"),
    # "X, Y and Z" is one subject or one object.
    (r"@'?(?:,#)*,?a(?=#)#", "@"),
    (r"#(?:,#)*,?a@", "@"),
    (r"[ej]*r+e?@", "@"),
    (r"(?:e[jw]?)?r[OFp]e?(?:[#w]{1,4},?)?@", "@"),
    # A group speaks through its office, its spokesman, its leader.
    (r"[ej]*(?:s|r?s+)(?:s?[wj]?)(?:[OFpi]|OyO)e*[jr]*@", "@"),
    (r"[ej]*[jr]?r[OF]e*@", "@"),
    (r"@'?[jr]{0,2}s+(?![OFp])(?:w{1,3}(?=[SDbhnfZ,]))?", "@"),
    (r"@'?[jr]{0,2}r+w{1,3}(?=[SDbhnfZ])", "@"),
    (r"@,(?![^,]{0,6}[SDG],[^@]{0,3}$)(?:[RrG]|e[rs]|e#'?[rs]|[wer]*r)[^,;:q]{0,12},", "@"),
    (r"[ej]*(?:r?s+|r+)[wj]?[OFp]e*[jr]*#,@,(?=[hj]*[SDVE])", "@"),
    (r"@,#,(?=[hj]*[SDE])", "@"),
    (r"@-[^-;:q@]{1,14}-", "@"),
    (r"@,(?:p|e)[^,;:qSDV]{1,8},", "@"),
    (r"@,w[^,;:qSDVh]{0,6},(?=[hj]*[SDV])", "@"),
)  # fmt: skip

_S: Role = "speaker"
_M: Role = "mentioned"
_RULES: tuple[tuple[str, Role], ...] = (
    # Other people and things around the name.
    (r"k[OFpwG]?[ejr]*@(?!t)", _M),
    (r"@'?[wjr]{0,2}k", _M),
    # "It names X as the one who ..., and recalls": somebody else is the subject.
    (r"^U[wV][ejr]*@(?!')", _M),
    # "no statement from X", "ahead of X's speech"
    (r"n[^,;:]{0,5}[tw][^,;:]{0,3}[FyOi]e?@", _M),
    (r"[nf]e?[^,;:SDq]{0,3}@'[wj]{0,3}t", _M),
    (r"t[^,;:SDV]{0,3}[yFO]e?@[^,;]{0,3}f", _M),
    (r"n@n|n#n@", _M),
    (r"Ub@Rj*[SD]", _S),
    (r"t[^,;:]{0,5}VF[ejr]*@", _S),
    (r"^y@'", _S),
    (r"fe?[wj]{0,2}t[^,;:]{0,3}[yFO]e?@", _M),
    # According to X; quoted; in a statement by X; on behalf of X.
    (r"Lew?@", _S),
    (r"L[ejr]*@", _S),
    (r"Qy", _S),
    (r"Q[ejr]*@(?!')", _S),
    (r"@[hbj]*bj?Q", _S),
    (r"@p(?:S|G)", _S),
    (r"GB@", _S),
    (r"B@.*[SD]|[SD].*B@", _S),
    (r"t[^,;:n]{0,5}y[ejr]*@", _S),
    (r"[SDGI]e?[jw]?tF[ejr]*@", _M),
    (r"t[jw]?[OF][ejr]*@", _S),
    (r"tb?[jw]{0,2}Oe?@", _S),
    (r"@'[wjr]{0,3}t", _S),
    (r"t:@[jTh]*V", _M),
    (r"t:@", _S),
    # "was condemned by X"
    (r"[DQ][^,;:@]{0,4}y[ejr]*@", _S),
    (r"[SDI]?t[^,;:@]{0,2}y[ejr]*@", _S),
    # The other side's words: a claim that X said something. What an outlet reports about X's words is reported speech.
    (r"M[^;:#]{0,6}[SDV]c[ejr]*@[jT]*h?[SD]", _S),
    (r"[SDGIw]c[ejr]*@", _M),
    (r"L[^,@M]{1,6},[ejr]*@[jT]*h?[SD]", _M),
    (r"u[ejr]*@", _M),
    (r"#[jTh]*[SDE](?:[wj]?p)?[ejr]*@,G", _M),
    (r"t,Ey[ejr]*@", _S),
    (r"^[^@#]*@[^;:#@q]{1,16},U[jTh]*[SD]", _S),
    # Silence, and what is still to come; "declined to comment but said" is speech.
    (r"@[jTh]*[Zn][^;:.#@q]{0,10}aj*[SD](?!y)", _S),
    (r"@[jThbdVpw]{0,2}[jT]*[nfZ](?![ewjt]*:)", _M),
    (r"@[^,;:SD]{0,6}Z", _M),
    (r"@[^,;:SD]{0,4}n[ejw]?t", _M),
    (r"^@t(?=[pi])", _S),
    (r"@j*iI", _M),
    (r"tp[ejr]*@:", _S),
    (r"(?:^|[^i])[ip][ejr]*@:", _M),
    # Headlines: X: ..., X to Y: ..., ...: X
    (r"^[^@SDV]{0,2}@(?:[ip][e#wrjTp]{1,6}|,[^:q]{1,8})?:", _S),
    (r"^[^@]{3,}[:;-]@$", _S),
    # "X shook his head: ..."; "a post on X's account"
    (r"(?:^|,)[ejr]*@[jT]*[wV][^;:#@qbSD,]{0,6}:q$", _S),
    (r"^q,?-?[^,;:@#]{0,3}tp[ejr]*@'", _S),
    # Words and name side by side, whatever the verb.
    (r"q,?-?@j*[SDw](?!y)", _S),
    (r"q,?-?[jT]*[SDwh][jT]*@(?![hbSDV])", _S),
    (r"q,?-?@$", _S),
    (r"^(?:[SDI])[ejr]*@", _S),
    (r"(?:^|[q,]-?)[SD][ejr]*@(?![hbSDV])", _S),
    (r"@,?G", _S),
    # X as an object.
    (r"^tp@,", _S),
    (r"[pOFiyxL][ej]*@", _M),
    (r"[SDGIVQEfb][ejr]*@(?![:])", _M),
    # X was warned
    (r"@[jThb]*Q", _S),
    (r"@,?[jT]*Dy", _M),
    (r"@[jTh]*De?[wr]{1,2}v", _M),
    (r"@[jTh]*b[jT]*G", _S),
    (r"@h+[jT]*G", _S),
    (r"@[jT]*h?[jT]*b[jT]*(?!$)", _M),
    # X says
    (r"@[jTh]*[SD]", _S),
    (r"@(?:[jTh]|p[ewjrtT#MOs]{1,6}?)+[SD]", _S),
    (r"@[jTh]*E[^,;:@]{0,5}[tDSG]", _S),
    (r"@[^;:#@q]{0,10}aj*[SD](?!y)", _S),
    (r"@[^;:#@q]{1,9},a?j*[SD](?!e?k)(?![wr]$)(?!#)", _S),
    (r"@[jTh]*[Vw]#aj*[SD]", _S),
    (r"@[jTh]*E#wT", _S),
    (r"@[^,;:nfb#@]{1,6}iI", _S),
    (r"@[^;,#@]{0,8}(?:Vp|w?p)[ew]{0,3}t(?![Fy])", _S),
    (r"@[jTh]*[wVI]c", _S),
    (r"@[jTh]*I[^$]", _S),
    (r"@[jTh]*[wV][^;:#@q,]{0,8},j?G", _S),
    (r"@[^;#@q]{0,9}[wp]:q", _S),
    (r"@[^;:#@q]{1,9}:[^;:#@q]{1,12},US", _S),
    (r"@[^#@]*[;][aj]*U[jh]*[SD]", _S),
    (r"@[^#@]*\.[aj]*(?:q,?)?(?:U[jThR]*[SD]|[SD]U|e[rw][jTh]*[SD])", _S),
)  # fmt: skip


def grammar() -> Grammar:
    """The lists with every verb in its forms, compiled."""
    first = {tag: _LISTS[tag] for tag in _ORDER}
    rest = {tag: words for tag, words in _LISTS.items() if tag not in first}
    return compile_grammar({**first, **_EITHER, **_SPEECH, **rest}, _MERGES, _RULES)
