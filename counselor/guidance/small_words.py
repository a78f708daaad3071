"""The small words of a sentence, which carry no condition and no medicine but decide what is said of one."""

from __future__ import annotations

from .words import singular
from .words import words_of as _words


def _stems(text: str) -> frozenset[str]:
    """In the form in which entries are compared: plurals folded."""
    return frozenset(singular(word) for word in text.split())


ENDS_CLAUSE = _stems("but however although though except yet")
"""After one of these a denial no longer reaches."""
DENIES = _stems(
    """
    no not never without non isnt arent wasnt doesnt dont didnt hasnt havent nor neither nothing
    """
)
DENIES_WIDELY = _stems("denies denied deny denying negative neg niega")
"""These reach over commas: "denies chest pain, shortness of breath"."""
BETWEEN = _stems(
    """
    a an any the of for to in on at with currently now been had has have having known diagnosed
    diagnosis history hx signs sign symptoms symptom evidence really recent current past prior previous
    other such family personal ever be is are was were am using use uses taking take takes estoy esta
    tengo tiene
    """
)
"""What may stand between a denial and what it denies: "no known history of"."""
ENDINGS = frozenset({"quit", "stopped", "quitting", "stopping"})
"""Words of `PAST` that behind "since" or "after" tell when something began: "chest pain since I quit"."""
AS_USUAL = (
    "alway",
    "usual",
    "as ever",
    "at baseline",
    "his baseline",
    "her baseline",
    "my baseline",
    "not new",
    "nothing new",
    "no change",
    "unchanged",
    "long standing",
    "longstanding",
    "as before",
    "my normal",
    "como siempre",
)
"""Stems of what says that a symptom is an old companion; not after "not" or "isnt"."""
PAST = _stems(
    """
    past former formerly previous previously prior ex recovered recovery remission childhood resolved
    sober clean quit stopped
    """
)
RECENT = _stems(
    "recent recently new newly just yesterday today tonight acute sudden suddenly abruptly overnight"
)
USUAL = _stems("long standing longstanding usual always unchanged baseline normal nothing same")
"""Beside a symptom these say only that it is old; see `AS_USUAL`."""
ONSET = _stems("started starting start began begin begun beginning onset came come came on all")
"""With a time they tell when, and nothing else: "voices, started Tuesday"."""
FLARES = _stems("attack attacks flare flares flareup exacerbation episode episodes relapse crisis")
"""Behind the name of an illness these say that there is one, even where none came lately."""
SINCE = _stems("since lately recently now today anymore yet")
RELATIVES = _stems(
    """
    wife husband son daughter mother mom dad father brother sister partner spouse friend uncle aunt
    grandmother grandfather grandma grandpa cousin roommate boyfriend girlfriend child children kid kids
    parent sibling twin niece nephew neighbor coworker fiance dog cat pet boss
    """
)
BLOOD_RELATIVES = _stems(
    """
    son daughter mother mom dad father brother sister uncle aunt grandmother grandfather grandma grandpa
    cousin child children kid kids parent sibling twin niece nephew
    """
)
"""Whose psychosis makes THC riskier for the patient; the rest are no kin."""
FILLER = BETWEEN | _stems(
    """
    i im ive me my he she his her they their it its this that these those and or also both left right very bad
    badly severe mild moderate chronic stable some little lot lots much many more most often sometimes
    always daily every day days week weeks month months year years night nights ago since last about
    around only still get gets got getting feel feels feeling patient pt yes yeah when while from by as
    so if then there here after before during per time times well controlled condition conditions
    disease disorder problem problems issue issues trouble due because like old new who does do did says
    said think thinks maybe perhaps possibly type stage see sees seeing treated being under wants want
    would likes
    """
)
"""Words that leave nothing unread when they are all that is left."""

CHATTER = _words(
    """
    mg mcg ug g gram grams gm ml cc iu unit units meq percent tablet tablets tab tabs capsule capsules
    cap caps pill pills softgel softgels drop drops spray sprays puff puffs inhaler inhalers nebulizer
    neb patch patches gel gels injection injections shot shots syrup elixir solution suspension liquid
    hcl hydrochloride sulfate sulphate tartrate maleate succinate besylate mesylate fumarate bitartrate
    acetate phosphate film strip suppository lozenge chewable odt er xr sr cr la xl ir dr ec hr hour
    hours extended release delayed immediate once twice thrice one two three four five half quarter a an
    the of and plus also with or then day daily days night nightly nights bedtime bed morning mornings
    evening evenings noon afternoon am pm lunch dinner breakfast meal meals food week weekly weeks month
    monthly months year years every each other per times time x qd bid tid qid qhs qam qpm prn hs po im
    iv sl sc subq as needed when while if for before after at in on by to from since until about around
    only i me my he she his her they take takes taking took use uses using used get gets is are was be
    been have has had and's low high dose doses dosage strength small big large regular generic brand
    name prescription rx otc over counter some sometimes occasionally often usually mostly always rarely
    now currently still just started recently new up down increased decreased raised lowered ago last
    shampoo lotion cream ointment foam mouthwash wash cleanser scrub eye eyes ear ears nasal topical tincture
    tongue under
    gummies gummy taper sliding scale anything but than misses miss missed changes change without side
    effects effect none except besides other cada horas hora todos los dias por la noche manana gotas
    pastilla tableta una vez dos veces al dia con comida supervision tonight fail
    cup cups more infusion infusions taken idea bleeding prep
    granules lollipop pump pulsepak succ tart sulf wafer wafers nite starter kit pen pens syringe vial packet
    packets soln powder spansule spansules autoinjector
    oral orally mouth directed anymore sunday monday tuesday wednesday thursday friday saturday refills refill
    allergic allergy clinic store empty stomach supper rectal vaginal troche swish swallow skin knee
    extract extracts
    this medicine medicines medication medications meds med drug drugs tablet's called it its something
    stuff little bit bottle box pack max maximum mini extra round doctor prescribed gave given
    """
)
"""Words around a medicine's name that are no name. Colours are missing: nobody can tell a "blue pill"."""
WHAT_FOR = _words(
    """
    allergy anxiety azucar bladder blood bone brain cancer cholesterol cold colesterol depression diabetes
    diabetic diet heart hormone hormones juice kidney liver mood muscle nerve nerves nervios pain pressure
    presion salt seizure sleep stomach sugar syrup thinner thyroid vitamin water bars candy
    """
)
"""Beside "pill" these say what it is for. They are never a name misspelt: "sugar" is no Sular."""
COLOURS = _words("blue white yellow pink red green orange purple brown black")
NOT_TAKEN = _words("no not never denies denied dont doesnt isnt arent havent hasnt didnt")
"""With only words of `TAKING` between, these say that a medicine is not taken. "Without" is missing on
purpose: "I can't sleep without my Ambien"."""
TAKING = _words(
    """
    any the a an taking take takes taken took on using use uses used currently now longer more his her my
    their been tried
    """
)
ENDED = _words("stopped quit finished discontinued off former formerly previously")
REASON = _words("for prn because against due since")
"""What follows one of these is why a medicine is taken."""
