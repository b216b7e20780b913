"""The ways in which people are named in calls."""

from __future__ import annotations

import re

from coach.transcripts.masking.words import word_set

STRONG = re.compile(
    r"\b(?:(?P<statement>(?:(?:full|first|last|middle|maiden|family|given)\s+)?(?:name|surname)"
    r"(?:\s+on\s+(?:the|my|your)\s+\w+)?(?:['’]s|\s+is|\s+was|\s*:|\s+(?:should|would|will)\s+be)(?!\w))"
    r"|(?:my|first|last|full|maiden|middle)\s+name\b(?=,?\s+(?-i:[A-Z]))|name,(?=\s+(?-i:[A-Z]))"
    r"|this\s+is(?=\s+(?:[\w'’]+\s+){1,3}(?:speaking|calling)\b)"
    r"|this\s+is(?=\s+\w+\s+(?:with|from|at)\s+[^.?!]{1,60}\bhow\s+(?:can|may)\b)"
    r"|(?:hi|hey|hello),?\s+(?:it['’]?s|this\s+is)(?=\s+[\w'’]+\s+again\b)"
    r"|(?:hi|hey|hello),?\s+is\s+(?:this|that)\b(?=\s+(?-i:[A-Z]))"
    r"|(?:am\s+i|you(?:['’]?re|\s+are)|you\s+were|i(?:['’]?m|\s+am))\s+(?:now\s+)?(?:speaking|talking|chatting)\s+(?:with|to)\b"
    r"|(?:by|under|in)\s+the\s+name(?:\s+of)?\b"
    r"|(?:mr|mrs|ms|mister|missus)\b\.?)",
    re.IGNORECASE,
)
"""After these, a name stands even in lower case. `statement` is "name is" and the like, said of things too."""

WEAK = re.compile(
    r"\b(?:(?P<self>(?:this\s+is|i['’]?m|i\s+am)\b)"
    r"|(?P<vocative>hi|hello|hey|thanks(?:\s+so\s+much|\s+again)?|thank\s+you(?:\s+so\s+much|\s+very\s+much)?"
    r"|good\s+(?:morning|afternoon|evening)|dear|sure|bye|goodbye|bye-bye|welcome)\b"
    r"|(?P<alone>(?:\b(?:call|ask|text)\s+(?:her|him)[.,]|your\s+name[.?])(?=\s+(?-i:[A-Z])))"
    r"|(?:call\s+me|named|(?:signed|logged)\s+in\s+as|(?:he|she|who|man|woman|guy|lady|gentleman|someone|somebody|person"
    r"|colleague|driver|courier|nurse|agent|rep|manager|supervisor|advisor|technician|doctor)"
    r"(?:\s+(?:is|was)|['’]s)?\s+called"
    r"|(?:getting|get|have|got)(?=\s+(?-i:[A-Z])\w+(?:\s+here)?,\s+(?:he|she)(?:['’]s|\s+is)\b)"
    r"|it['’]?s(?=\s+(?-i:[A-Z])\w+\s+(?-i:[A-Z])\w+[.,]\s+(?-i:[A-Z])[,.-]\s?(?-i:[A-Z])[,.-])"
    r"|spoke(?:n)?\s+(?:to|with)|ask\s+for|miss|dr|doctor|professor|madam)\b\.?"
    r"|(?:my|the|our|your|his|her|their|(?<=['’])s)\s+(?:husband|wife|son|daughter|mother|father|mom|mum|dad|brother"
    r"|sister|partner|friend|neighbou?r|boss|driver|nurse|agent|manager|supervisor|colleague|roommate|aunt|uncle)\b,?)",
    re.IGNORECASE,
)
"""After these, a name needs a capital, and what follows must fit."""

ASKED = re.compile(
    r"\bmaiden\s+name\s*\?|\b(?:his|her|their|(?:son|daughter|husband|wife|partner|child|driver)['’]s)\s+name\s*\?"
    r"|\b(?:your|the|customer|caller|member|contact|agent|patient|first|last|full)\s+(?:full\s+|first\s+|last\s+"
    r"|first\s+and\s+last\s+)?(?:name|surname)\b(?!\s+(?:is|of|was))|\bwho(?:m)?\s+(?:am\s+i|do\s+i\s+have|is\s+this"
    r"|is\s+calling|['’]s\s+(?:this|calling))",
    re.IGNORECASE,
)
"""A question for a name."""

ANSWER = re.compile(r"\b(?:it|that|this|i)(?:['’]?[sm]|\s+is|\s+am)\b", re.IGNORECASE)
"""Before the name in an answer to that question, such as "Hello, it's Jane"."""

SIGNED = re.compile(r"\b(?:here|speaking)\b(?=[.,!]|$)", re.IGNORECASE)
"""After a name that opens a sentence: "Jane Doe here." """

SPELLING = re.compile(r"\bsurname\b|\bnames?\b|\bspel(?:l|led|ling|t)\b", re.IGNORECASE)

BRAND = re.compile(
    r"\b(?:thank(?:s|\s+you)\s+for\s+(?:calling|contacting|choosing|reaching\s+out\s+to|chatting\s+with|being\s+with)"
    r"|welcome\s+to|on\s+behalf\s+of|(?:i['’]m\s+calling|calling|speaking)\s+from|here\s+at|with\s+us\s+at)\s+",
    re.IGNORECASE,
)
"""Before the company's name."""

BRAND_OPENING = re.compile(
    r"(?:(?:hi|hello|good\s+(?:morning|afternoon|evening)),?\s+)?([A-Z][\w'’&]{0,30}(?:\s[A-Z][\w'’&]{0,30}){0,2})[,.]"
    r"\s+(?i:this\s+is|you['’]?re|you\s+are|good|how\s+(?:can|may)|my\s+name|\w{1,30}\s+speaking)\b"
)
"""A call's first words: "SunnyBox, this is ...", "Good morning, SunnyBox, you're speaking with ...". """

CAMEL = re.compile(r"\b(?!Mc|Mac|O['’]|D['’]|De|Di|Du|Da|La|Le|Van|Fitz|St)[A-Z][a-z]{1,30}[A-Z][a-z]{1,30}\b")
"""A company's spelling, such as "SunnyBox"."""

AFTER_SELF = word_set("speaking calling here from with at in how again and your the one i'll i and i'm on if . , - —")
"""What may follow the name in "this is Jane ..." and "I'm Jane ..."."""

NO_PERSON = word_set(
    "product company brand shop store user file street shoe style model campaign drug medication medicine "
    "pharmacy plan city app domain group team queue screen nick"
)
"""Before "name is", these say that it is no person's."""

LEAD_INS = word_set(
    "yes yeah yep sure of course ok okay it's its it is uh um er hi hello my name i'm i am this that's the oh well so"
)
"""What may come before the name when somebody was asked for it."""

QUALITIES = word_set(
    "deaf blind mute hearing recording ridiculous insane crazy mad furious livid stuck lost sick ill pregnant disabled "
    "retired hungry broke serious shocked stunned vegan autistic diabetic bipolar gay lesbian trans hispanic latino "
    "latina perfect awesome lovely wonderful excellent brilliant fantastic amazing terrible horrible awful urgent "
    "unacceptable nonsense madness spam fraud rubbish outrageous unbelievable incredible wild strange weird rushed "
    "love hun pet duck doll chief boss queen sunshine sweetheart babe babes gorgeous cheers bless absolutely exactly "
    "understood noted gotcha cool super interesting goodness heavens jesus god christ cheerio merci gutted"
)
"""After "I'm", "this is" and "thanks" these are no names, capital or not."""

WORDS_TOO = word_set(
    "angus archer arrow bear bee bell berry bird bishop bliss bloom bond bowl branch brook brooks burns castle chance "
    "charity cherry clay close coral cotton crane crisp cross crow crystal daisy destiny diamond dolly duke dusty earl "
    "early fan fern finch flowers frost fry gale garland gem ginger glass hand hands harmony hart hawk hazel head "
    "heart heather herb hood hook horn jet judge key lamb lance land laurel law link lord melody mercy merry miller "
    "mills misty money moody myrtle nails norm peach peak peel pepper pike piper plant pond pope post pound powers "
    "prince quick ransom rice rock rocky rod rook root rusty sage saint salmon savage sawyer scarlet scout seal "
    "sellers shade shell sky slater spears star steel stern stock storm stout swan tanner thorn tiger true tucker "
    "usher valentine vine warren waters weeks wild wilder willow wing winner wolf woody bank van vans rail across"
)
"""More such names: in lower case, beside words with capitals, they are taken for words."""

BEFORE_FOLDED = word_set(
    "thanks thank hi hello hey okay ok sorry bye goodbye dear mr mrs ms miss mister morning afternoon evening yes "
    "right is it's to with for ask tell called named cheers"
)
"""Only after these, or to open a turn, is a known name in lower case taken for one beside words with capitals."""

DOUBLES = word_set(
    "may will grace mark rose hope joy art bill sue pat rob frank grant chase dean drew gene jack ray victor "
    "faith april june august summer autumn dawn eve angel cash max penny guy harry young long brown white green "
    "black king price park banks wood woods field hill stone day rich page sunny case miles cliff dale glen heath "
    "iris ivy jade jasmine lily olive opal pearl poppy robin ruby sandy skip sterling violet wade ward west wren "
    "bishop carpenter cook fisher gardner hunter mason parker porter potter shepherd smith taylor turner walker "
    "weaver baker butler carter best bush church cross english fields ford forest fox french golden good gray "
    "grey holiday house knight lane little love major marsh moon nice noble north power reed rivers rush sharp "
    "short silver small snow south speed strong swift sweet terry wise winter wolf worth call hang"
)
"""Names that are also words: another mention needs a capital inside a sentence."""
