"""Word lists: how numbers are spoken, what may stand between digits, and words that are no names."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text that is a list of words."""
    return frozenset(text.split())


UNITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "null": "0",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "niner": "9",
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
ORDINALS = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
NUMBER_WORDS = frozenset({*UNITS, *TEENS, *TENS, *REPEATS, "hundred", "thousand"})

JOINERS = word_set(
    "uh um uhm er erm eh ah hmm hm mm mmm mhm uhhuh huh okay ok yeah yep yes right so then and next after dash "
    "hyphen dot slash space let me see lets let's hang hold on sorry wait just a sec alright great perfect"
)
"""Words that a speaker may put between the digits of one number."""
JOIN_MARKS = frozenset(",.;-–—‐‑…()/?·!'\"_*|")

UNIT_NOUNS = word_set(
    "dollar dollars buck bucks cent cents pound pounds quid pence euro euros percent minute minutes min mins hour "
    "hours day days week weeks month months year years am pm oclock o'clock mile miles kilometers km kilo kilos "
    "kg inch inches feet foot star stars item items pair pairs box boxes time times people units pieces degrees "
    "points"
)
"""Words after a number that make it a quantity."""
ONE_BEFORE = word_set(
    "of more second sec moment minute thing day time another who that way last quick where which point week hour "
    "for with to in is i it from was"
)
"""After these, "one" counts or points; it is no digit."""
ONE_AFTER = word_set(
    "this that which another no any every each the only right last first other new next wrong bigger smaller same "
    "some someone anyone"
)

NOT_NAMES = word_set(
    "request requests goodnight buddy mate pal dude man bro honey darling sweetie someone somebody anyone "
    "guy lady woman colleague "
    # pronouns, articles, auxiliaries, prepositions, conjunctions
    "i you he she it we they me him her us them my your his its our their mine yours this that these those a an "
    "the and or but so if because since while though although as than then when where why how what who whom whose "
    "which in on at by for with from to of off up down out over under about into onto through after before "
    "between during without within against is am are was were be been being do does did doing done have has had "
    "having can could will would shall should may might must not no nor yes yeah yep yup nope ok okay sure fine "
    "good great nice well very really just only also too still already yet again always never ever here there now "
    "today tomorrow yesterday tonight soon later maybe perhaps please thanks thank sorry hello hi hey bye goodbye "
    "welcome dear oh ah uh um er hmm mm mhm wow alright right correct wrong true false all any some each every "
    "both either neither none one two three four five six seven eight nine ten more most much many few less least "
    "other another such same own new old "
    # words of service calls
    "calling call called caller speaking speak spoke talking talk reach reached reaching asking ask asked looking "
    "look trying try tried going go gone got get getting wondering wanting want wanted need needed help helping "
    "support service services customer customers care team department desk line helpline center centre sales "
    "billing claims returns account accounts order orders number card email phone address name names spelled "
    "spelling spelt first last middle full surname mister miss mr mrs ms dr sir madam maam ma'am doctor manager "
    "supervisor agent representative rep operator assistant everyone everybody folks guys team there folks both "
    "all person member members user driver rider passenger patient nurse happy glad pleased afraid unable able "
    "ready waiting wait hold holding back checking check having been done available unavailable confused upset "
    "angry frustrated disappointed worried concerned interested aware certain curious excited grateful thankful "
    "tired done late early busy completely absolutely totally definitely actually basically currently honestly "
    "literally simply pretty quite kind kinda sort gonna gotta wanna like likely let lets see know think thought "
    "believe hope guess mean say said tell told give gave take took make made keep put use used send sent receive "
    "received return returned refund buy bought pay paid charge charged cancel cancelled change changed deliver "
    "delivered ship shipped wear live lives living work works working moved staying "
    # days, months, seasons, times
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december spring summer autumn fall winter christmas easter thanksgiving halloween "
    "morning afternoon evening night day week month year time "
    # nations, languages, faiths, places and makes that follow "I'm" and "this is"
    "american british english scottish welsh irish canadian australian mexican indian pakistani chinese japanese "
    "korean french german italian spanish dutch polish portuguese brazilian european african asian arabic hindi "
    "latin christian catholic muslim jewish hindu buddhist protestant america britain england scotland wales "
    "ireland canada australia india china france germany italy spain london york paris amazon google apple "
    "microsoft visa mastercard paypal amex zoom teams uber medicare medicaid internet online website app "
    "correctly incorrectly a.m p.m"
)
