"""Opt-out words: what headers and cells say about writing to a person, as tables of patterns.

Everything here is matched against folded text: lower case, without accents, signs as spaces. How a column is
judged by them is in `opt_outs`.

Source: exports of the systems that `tests/data/opt-out-systems.json` lists, each with its own source; the words of
listmonk 911e0b77 and EspoCRM 2cde9d98 in twelve languages (their translation files), of SuiteCRM's language packs,
and the booleans that Excel and LibreOffice write in each language (PhpSpreadsheet 11645d54, LibreOffice's locale data).
"""

import re

__all__ = [
    "CANCELLED",
    "COMPANY",
    "DIRECT_NO",
    "DO_NOT_CALL",
    "FALSE",
    "GOOD",
    "MAIL",
    "NEGATION",
    "NEUTRAL",
    "NEVER",
    "NO",
    "NOTHING",
    "OTHER",
    "PAIR",
    "SOFT",
    "STATE_NO",
    "STATUS",
    "STRONG",
    "TAGS",
    "TELEPHONE",
    "TRUE",
    "WEAK",
    "YES",
]


def _words(patterns: str, inside: str = "") -> "re.Pattern[str]":
    """One of these patterns as whole words, the longer ones first.

    Args:
        patterns: Between bars.
        inside: The same in languages that put no space between words; found within a word, too.
    """
    alternatives = sorted(_cells(patterns), key=lambda each: (-len(each), each))
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)" + (f"|{inside}" if inside else ""))


def _cells(texts: str) -> frozenset[str]:
    """Texts between which a bar stands that has white space on either side."""
    return frozenset(text.strip() for text in re.split(r"\s\|\s", texts) if text.strip())


#: Cells that say yes, and that say no, by themselves.
TRUE = _cells("""
    1 | 1.0 | checked | da | dogru | evet | istina | j | ja | kylla | o | ok | on | oui | prawda | s | sand |
    sant | si | sim | t | tak | true | verdadeiro | verdadero | vero | vrai | waar | wahr | x | y | yes |
    ano | igen | да | так | истина | כן | نعم | ☑ | ✅ | ✓ | ✔ | はい | 是 | 예 | 네
""")
FALSE = _cells("""
    0 | 0.0 | ei | f | falsch | false | falsk | falskt | falso | falsz | faux | hayir | n | nao | nee | nei |
    nein | nej | nie | no | non | off | onwaar | unchecked | yanlis | ne | nem | ложь | нет | ні | לא | لا | ☐ |
    いいえ | 否 | 아니요 | 아니오
""")
#: Cells that say nothing.
NOTHING = _cells("""
    - | -- | . | <na> | ? | inconnu | keine angabe | leer | n a | na | nan | nil | none | not applicable |
    not provided | not set | null | unbekannt | undefined | unknown | vide | \u2013 | \u2014
""")

#: Cells that say that all is well with an address.
GOOD = _cells("valid | verified | deliverable | delivered | ok | active | good | safe")

#: Cells that say that something has not come about.
NEVER = _cells("never | nie | jamais | nunca | mai | nooit | aldrig | nigdy")

#: Whoever says this must not be written to, however it goes on.
DIRECT_NO = _words(
    r"""
    no mail(?! found) | stop (?:e ?)?mail\w* | do ?n[o ]?t promote | geen mailings? | kein kontakt(?: \w+)? |
    nao quer receber(?: \w+)? | wil geen \w+ | ne souhaite pas \w+ | no quiere recibir(?: \w+)? | non vuole \w+ |
    (?:do|does) ?n[o ]?t (?:contact\w*|e ?mails?|mail|disturb|send|solicit|market|write|allow|use) |
    (?:do|does) ?n[o ]?t (?:want|wish) (?:to be )?(?:contact\w*|e ?mail\w*|mail\w*) |
    donot(?:contact|email|mail|disturb|send|market|solicit)\w* | dnc | dne | dnm |
    (?:never|not to be|must not be|may not be|cannot be|no longer) (?:contact\w*|e ?mail\w*|mail\w*) |
    no (?:more )?(?:bulk |marketing |commercial )?(?:e ?mails|mails|mailings?|contact|marketing|newsletters?) |
    no e ?mail(?! (?:found|address|available|provided|id)) |
    remov(?:e|ed|al)(?: \w+)? from(?: \w+)? | remove (?:me|him|her|them) | removal request(?:ed)? |
    take off list | keine? (?:e ?mails?|werbung|mailings?|kontaktaufnahme|post|newsletter) |
    nicht (?:mehr )?(?:anschreiben|kontaktieren|mailen|anmailen|beschicken) |
    ne (?:plus|pas) (?:contacter|envoyer|solliciter|ecrire|mailer) |
    pas de (?:mails?|e ?mails?|publicite|prospection) | no (?:contactar|enviar|molestar|escribir) |
    nao (?:contactar|contatar|enviar|perturbe|escrever) | non (?:contattare|inviare|scrivere|disturbare) |
    niet (?:contacteren|benaderen|mailen|aanschrijven) | nie (?:kontaktowac|wysylac|pisac) |
    kontakta (?:inte|ej) | (?:inte|ej) kontakta\w* | vill (?:inte|ej) (?:ha|fa|bli) \w+ | (?:inga|ej) (?:utskick|mejl) |
    kontakt(?:es)? ikke | ikke kontakt\w* | onsker ikke \w+ | ingen (?:mails?|e ?post|markedsforing|nyh[ed]\w+brev) |
    reservert mot \w+ | brak zgody | nekontaktovat\w* | nepos[ie]+lat\w* | nezas[ie]+lat\w* | nerozes[ie]+lat\w* |
    bez souhlasu | geen contact(?: \w+)? | non (?:disturbare|inviare|mandare)(?: \w+)? | remover da lista |
    iletisime gecme(?:yin|yiniz)?(?! \w) | (?:mail|posta|e ?posta) (?:atma|gonderme)(?:yin|yiniz)?(?! \w) |
    (?:e ?posta|mail|bulten|reklam) istemiyor\w* | izin yok |
    не (?:писать|отправлять|беспокоить|контактировать|связываться|присылать|высылать|звонить и писать) |
    не (?:писати|надсилати|турбувати|контактувати|відправляти) |
    לא (?:לשלוח|לפנות|ליצור קשר|לדוור|להטריד)(?: \w+)? | אין (?:לפנות|לשלוח)(?: \w+)? |
    (?:لا|عدم) (?:تراسل\w*|ترسل\w*|تتصل\w*|المراسله|المراسلة|الارسال|الاتصال|التواصل|الازعاج)
""",
    "配信不可|配信拒否|送信不可|送信禁止|受信拒否|連絡不可|連絡禁止|配信対象外|拒收|不再联系|请勿联系|請勿聯絡|勿扰|"
    "勿擾|禁止发送|禁止發送|不接收|연락금지|연락 금지|발송제외|발송 제외",
)


#: Words of having opted out, bounced, complained, or being blocked or dead.
NO = _words(
    r"""
    \w*werbeverbot | rechaza\w* | former subscriber | (?:list|requested) removal | non subscriber |
    unmailable | (?:bad|dead|inactive) e ?mail | e ?mail inactive | date of death |
    \w*opt(?:ed)?out\w* | \w*widerspr\w* |
    refus\w* | removed | opt ?out \w+ |
    unsub\w* | un subscri\w* | opt(?:ed|s|ing)? ?outs? | optout | (?:hard )?bounc\w* | hardbounc\w* |
    complain\w* | spam (?:report|complaint)\w* | (?:marked|flagged|reported)(?: \w+)? spam | suppress\w* |
    black ?list\w* | block ?list\w* | deny ?list\w* | stop ?list | blocked | banned | deceased | died |
    exclud\w* | (?:gdpr|dsgvo|rgpd) (?:delet\w*|eras\w*|remov\w*) | right to be forgotten | erasure\w* |
    object(?:ion|ed)\w* | withdr[ae]w\w* | revoked | invalid (?:e ?)?mail\w* |
    e ?mail (?:address )?(?:invalid|quarantined|disabled) | quarantined | marketing suspended | unreachable |
    abgemeldet\w* | abmeld\w* | ausgetragen | \w*sperr(?:e|en|t|liste|vermerk) | gesperrt\w* | widerspr\w* |
    widerruf\w* | blockiert\w* | zuruckgewiesen\w* | beschwerde\w* | verstorben\w* | robinson\w* |
    desabonn\w* | desinscri\w* | rebond\w* | bloque\w* | plaintes? | liste noire | oppos(?:e|ition)\w* |
    decede\w* | stop pub | baja | dad[oa] de baja | desuscri\w* | de suscri\w* | suscripcion cancelada |
    rehusado | rebot\w* | bloquead\w* | quejas? | lista negra | oposicion | fallecid\w* | descadastr\w* |
    inscricao cancelada | nao subscrit\w* | devolvid\w* | queixas? | reclamac\w* | lista de bloqueados |
    falecid\w* | oposicao | disiscri\w* | iscrizione annullata | rimbalz\w* | respint\w* | bloccat\w* |
    lista (?:bloccata|nera) | reclam[oi] | opposizione | decedut\w* | uitgeschreven | uitschrijv\w* |
    afgemeld\w* | geblokkeerd\w* | klacht\w* | zwarte lijst | overleden | bezwaar | odsubskryb\w* |
    wypisan\w* | zrezygnowan\w* | odbici\w* | odbit\w* | zablokowan\w* | reklamacj\w* | sprzeciw | zmarl\w* |
    wyrejestrowan\w* | avprenumer\w* | avregistrerad\w* | avanmal\w* | valt bort | bortvald\w* | studs\w* |
    blocklistad\w* | sparrad\w* | klagomal\w* | avliden | afmeld\w* | avmeld\w* | frameld\w* | fravalg\w* |
    afvist\w* | avvist\w* | blokeret\w* | blokkert\w* | klager? | uyeligi sonland\w* | pasif birak\w* |
    abonelikten \w+ | geri don\w* | engellen\w* | sikayet\w* | отписа\w* | отказ | отказал\w* |
    черном списке | жалоб\w* | заблокирован\w* | \w*abbestell\w* | \w*austrag(?:en|ung) | opgezegd\w* |
    odhla[sz]\w* | odvolan\w* | zrusen\w* odber\w* | rezygnacj\w* | zrezygnowal\w* | wycofan\w* zgod\w* |
    anulowan\w* (?:subskrypcj|zgod)\w* | avregistrer\w* | abonelig\w* iptal\w* | uyelig\w* iptal\w* |
    uyelik iptal\w* | listeden cik\w* | cancelou(?: a)? (?:inscricao|assinatura) | revoca\w*(?: del)? consens\w* |
    отписк\w* | отписал\w* | черн\w+ спис\w+ | відписа\w* | відписк\w* | відмов\w* | чорн\w+ спис\w+ | скарг\w* |
    заблокован\w* | הוסר\w* | הסר\w* | (?:ביטול|ביטל\w*) (?:רישום|מנוי|הרשמה) | חסו?מ\w* |
    (?:الغ\w*|ملغ\w*) (?:ال)?اشتراك\w* | محظور\w*
""",
    "登録解除|オプトアウト|送信除外|配信停止|退会|バウンス|ブロック|クレーム|退订|取消订阅|黑名单|수신거부|"
    "구독취소|수신 거부|구독 취소|구독해지|구독 해지|退訂|取消訂閱|黑名單|購読解除|購読停止|配信解除",
)

#: Words of having agreed to be written to.
YES = _words(
    r"""
    marketable | werbung | рассылк\w* | e ?mail enabled |
    infolettre | nieuwsbrief | nyhedsbrev | nyhetsbrev | boletin | e ?mail marketing |
    erlaubt | darf(?: \w+)? (?:kontaktiert|angeschrieben) werden | \w+einwilligung\w* | e ?mail ok | izni |
    iscrizione | inscription | inscricao | abonnement |
    send (?:marketing|e ?mails?|newsletters?)(?: \w+)? | mag gemaild(?: \w+)? |
    subscri(?:be|bed|ption|ptions|ber status) | opt(?:ed|s)? ?in | optin | consent\w* | permission\w* |
    accept\w*(?: \w+)? (?:marketing|e ?mails?|mailings?|newsletters?) | newsletters? | e ?mail permission |
    allow\w*(?: bulk)? (?:e ?mails?|mailings?|contact) |
    (?:may|can|ok|okay|happy) (?:we )?(?:be |to )?(?:be )?(?:contact\w*|e ?mail\w*|mail\w*) | contactable |
    mailable | emailable | agree[sd]?(?: to)?(?: \w+)? | gdpr | dsgvo | rgpd | granted | allow | allowed |
    express | implied | accepted | freely given \w+ | einwilligung\w* | eingewilligt | zustimmung\w* |
    zugestimmt | angemeldet\w* | abonniert | werbeerlaubnis\w* | erteilt | consentement\w* | abonne\w* |
    inscrit\w* | accepte\w* | accord | consentimiento\w* | suscri\w* | acept\w* | autoriz\w* |
    consentimento\w* | subscrit\w* | aceit\w* | consens\w* | iscritt\w* | accett\w* | autorizz\w* |
    toestemming\w* | ingeschreven | aangemeld | akkoord | zgod\w* | subskryb\w* | zapisan\w* |
    potwierdzon\w* | samtyck\w* | prenumer\w* | samtykke\w* | abonner\w* | tilmeldt | pameldt | izin\w* |
    onay\w* | uye olundu | подписан\w* | подписк\w* | согласи\w* | souhlas\w* | odber\w* | prihlasen\w* | згод\w* |
    підписан\w* | підписк\w* | הסכמ\w* | אישור(?: \w+)? | מנוי | רשום לדיוור |
    מוכן לקבל(?: \w+)? | موافق\w* | الموافق\w* | مشترك\w*
""",
    "加入済|同意|購読|メルマガ|オプトイン|订阅|수신동의",
)

#: Words of agreeing that in a header are about anything; in a cell they are about what its header says.
WEAK = _words(r"""
    accepted | agree[sd]?(?: to)?(?: \w+)? | express | implied | granted | signed up
""")
#: States of columns that say how it stands with somebody: none that are words for other things as well.
STATE_NO = _words(r"""
    revocad\w* | revogad\w* | revocat\w* | revoque\w* |
    never signed up |
    rejete\w* | rejeicao | cancell?ed | cancelad\w* | cancellat\w* | deleted |
    stop | stopped | ret |
    cleaned | junk | held | spam | removed | abuse | declined? | denied | refused | disallow\w* | rejected |
    not given | abgelehnt | verweigert | refuse\w* | rechazad\w* | recusad\w* | rifiutat\w* | negato |
    geweigerd | odmow\w* | kara liste | cancell?ed (?:subscri|membership)\w*
""")

#: The end of a subscription, where a column is about one.
CANCELLED = _words(r"""
    not interested | nein danke | no thanks | disabled | inactive | out |
    cancell?ed | cancelad\w* | cancellat\w* | annul\w* | gekundigt | geloscht | deleted | opzegging
""")

#: A bounce that is none for good.
SOFT = _words(r"""
    soft ?bounc\w* | soft
""")
#: What turns a word beside it round.
NEGATION = _words(r"""
    not | no | non | never | nor | without | nicht | kein\w* | nie | ohne | ne | pas | sans | jamais | sin |
    nunca | sem | nao | senza | mai | niet | geen | nooit | bez | inte | ej | ikke | aldrig | ei | не | нет
""")

#: Columns about the telephone, texts or the post.
TELEPHONE = _words(
    r"""
    whats ?app |
    calls? | calling | (?:tele)?phones? | telefon\w* | sms | mms | texts? | texting | fax | whatsapp |
    mobile | cell | anruf\w* | anrufen | appeler | appels? | llamar | llamadas? | ligar | chiamare | bellen |
    dzwon\w* | ring | ringe | arama | звонить | postal | direct mail
""",
    "電話",
)
DO_NOT_CALL = _words(
    r"""
    national dnc | phone dnc | dnc (?:phone|registry) | (?:direct|postal) mail opt ?out |
    do ?not allow (?:phone )?(?:calls?|faxes|sms) | do ?not contact by (?:phone|sms|text|fax|call) |
    do ?n[o ]?t ?(?:call|phone|text|sms|fax|ring) | donot(?:call|phone|text|sms|fax) | no (?:calls?|sms|texts?) |
    anrufe? (?:unerwunscht|nicht) | (?:keine|nicht) anruf\w* | ne pas appeler | no llamar | nao ligar | non chiamare |
    niet bellen | nie dzwon\w* | ring (?:inte|ikke|ej) | arama yapma | не звонить
""",
    "電話不可",
)
#: Words by which such a column is about mail all the same.
MAIL = _words(r"""
    anschreiben | schreiben | ecrire | scrivere | escribir |
    e ?mails? | mail(?:s|ing|ings)? | contact | newsletters? | correo | courriel
""")

#: Phrases that make a column one of opting out whatever else stands in its header.
STRONG = _words(r"""
    blocked by \w+ |
    unsubscribed by | (?:on|in) (?:the )?(?:suppression|black ?|block ?|stop ?)list | on suppression list |
    (?:unsub|clean) (?:campaign id|time|reason\w*) | remov\w* from(?: \w+)? | dnc reason |
    suppression reason
""")
#: Words that make a column say something else.
OTHER = _words(r"""
    id | payment | invoice | cheque | transaction |
    links? | url | uri | rate | score | probability | percent | message | subject | template | page | token |
    group | category | campaign | list(?! status) | source | by | likelihood | if | before | after | plan | price |
    tier | amount | renewal | renews | product | text | ip | form | notes? | comments? | description | hash |
    name | level | version | expir\w* | active subscription | subscribers | marketing contact |
    owner | language | sent | opens? | clicks? | period | frequency | topics?
""")
#: Headers that name both, so that a cell says which of them holds.
PAIR = _words(r"""
    opt\w* ?in opt\w* ?out | opt\w* ?out opt\w* ?in | opt ?in out | subscrib\w+ (?:or )?unsubscrib\w+ |
    unsubscrib\w+ (?:or )?subscrib\w+ | status
""")
#: Columns of states, and of tags.
STATUS = _words(
    r"""
    \w*status |
    status | statut | stato | zustand | estado | stand | disposition | reason | stav | durum | статус
""",
    "ステータス|状态|状態",
)
TAGS = _words(r"""
    (?:e ?mail|communication) preferences? | lifecycle |
    stages?(?: name)? | phase | categor(?:y|ie|ia) | kategorie | outcome | sentiment | gruppe |
    sequence state | estado | stan |
    tags? | labels? | segments? | etikett\w* | etiquetas? | etiquettes? | schlagworter
""")
#: Whose state is none of the person's.
COMPANY = _words(r"""
    company | account | organi[sz]ation | business | deal | order | payment | invoice | ticket | task |
    opportunity | employment | marital | shipping | billing | project | license | firma | unternehmen |
    entreprise | societe | empresa | azienda | bedrijf | vat | sync | import | crawl | verification
""")
#: Ordinary states of leads and of verifiers, which say nothing of writing to them. Source: lead statuses of HubSpot and
#: Salesforce as they are set up (vendors' documentation), and the verifiers' own lists of results.
NEUTRAL = _cells("""
    accept all | actief | actif | active | activo | aktiv | archive | archived | ativo |
    attempted to contact | attivo | bad timing | catch all | catchall | client | closed | closed converted |
    closed not converted | cold | confirmed | connected | contacted | converted | customer | deliverable |
    disabled | do not know | done | draft | enabled | evangelist | extrapolated | guessed | hot |
    in progress | inactif | inactive | inactivo | inaktiv | interessent | interested | invalid | kunde |
    lead | lost | meeting booked | member | mql | neu | new | nieuw | not interested | nouveau | novo |
    nuevo | nuovo | nurture | nurtured | nurturing | offen | ok | open | open deal | open not contacted |
    opportunity | other | partner | pending | prospect | qualified | replied | risky | sql | subscriber |
    todo | unavailable | unconfirmed | undeliverable | unknown | unqualified | unverified | valid |
    verified | vip | warm | won | working | working contacted
""")
