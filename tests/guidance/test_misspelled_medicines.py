"""Names as people write them: read as the right medicine or handed back, never taken for another one."""

from __future__ import annotations

import random

import pytest

from counselor.guidance.knowledge import Knowledge
from counselor.guidance.medicine_lines import read_line

AS_WRITTEN = """
    abagio=teriflunomide; abilafye=aripiprazole; acetaminofen=acetaminophen; acetominofin=acetaminophen;
    addarall=amphetamine+dextroamphetamine; adderol=amphetamine+dextroamphetamine; adivan=lorazepam;
    advare=fluticasone+salmeterol; albuteral=albuterol; alegra=fexofenadine; alprazolan=alprazolam;
    alprozalam=alprazolam; amatriptyline=amitriptyline; ambian=zolpidem; amiodorone=amiodarone;
    amitriptalene=amitriptyline; amlodapine=amlodipine; amlodopine=amlodipine; amoxacillin=amoxicillin;
    amoxicilin=amoxicillin; asperin=aspirin; asprin=aspirin; atarvastatin=atorvastatin; atavan=lorazepam;
    atenelol=atenolol; axithromycin=azithromycin; azithromicin=azithromycin; backlofen=baclofen;
    baclofin=baclofen; baklofen=baclofen; banzle=rufinamide; benadril=diphenhydramine;
    benedryl=diphenhydramine; biktarvi=bictegravir+emtricitabine+tenofovir alafenamide;
    briviac=brivaracetam; buproprian=bupropion; buproprion=bupropion; busbar=buspirone; busparone=buspirone;
    calonopin=clonazepam; carbamazapine=carbamazepine; carbamazipine=carbamazepine; carvedalol=carvedilol;
    carvidilol=carvedilol; celabrex=celecoxib; ciclosporin=cyclosporine; ciprofloxicin=ciprofloxacin;
    citalapram=citalopram; clobazan=clobazam; clonazapam=clonazepam; clonazapan=clonazepam;
    clonezepam=clonazepam; clonopin=clonazepam; clopidagrel=clopidogrel; clopidegrel=clopidogrel;
    clozapene=clozapine; colonopin=clonazepam; copaxon=glatiramer; coumadine=warfarin; coumiden=warfarin;
    crestore=rosuvastatin; cumadin=warfarin; cyclobenzaprene=cyclobenzaprine;
    cyclobenzoprine=cyclobenzaprine; cymbolta=duloxetine; depacote=valproate; depakoat=valproate;
    dexamethazone=dexamethasone; diazapam=diazepam; diazepan=diazepam; diclofenic=diclofenac;
    digoxen=digoxin; dilantan=phenytoin; dilauded=hydromorphone; dilotid=hydromorphone;
    divalproax=valproate; doxicycline=doxycycline; duloxitine=duloxetine; effexer=venlafaxine;
    elaquis=apixaban; elequis=apixaban; eliquiss=apixaban; epidialex=cannabidiol; epidiolix=cannabidiol;
    escitalipram=escitalopram; excopri=cenobamate; ezopiclone=eszopiclone; famotadine=famotidine;
    fentanil=fentanyl; fentynal=fentanyl; flexaril=cyclobenzaprine; flexerill=cyclobenzaprine;
    fluconozole=fluconazole; fluoxitine=fluoxetine; furosamide=furosemide; furosimide=furosemide;
    gabapentan=gabapentin; gabapenten=gabapentin; gabapintin=gabapentin; gabbapentin=gabapentin;
    gelenya=fingolimod; genvoia=cobicistat+elvitegravir+emtricitabine+tenofovir alafenamide;
    gleevac=imatinib; hydrochlorathiazide=hydrochlorothiazide; hydroclorothiazide=hydrochlorothiazide;
    hydrocodine=hydrocodone; hydrocodon=hydrocodone; ibeprofen=ibuprofen; ibuprofin=ibuprofen;
    ibuprophen=ibuprofen; jantovin=warfarin; jardience=empagliflozin; keppera=levetiracetam;
    kepprah=levetiracetam; kepra=levetiracetam; ketaconazole=ketoconazole; keytrooda=pembrolizumab;
    klonapen=clonazepam; klonapin=clonazepam; klonipin=clonazepam; klonopen=clonazepam;
    lamotragine=lamotrigine; lamotrigene=lamotrigine; levetiracitam=levetiracetam;
    levothyroxene=levothyroxine; levothyroxin=levothyroxine; lexipro=escitalopram; lipator=atorvastatin;
    lirica=pregabalin; lisinapril=lisinopril; lisinoprol=lisinopril; lithuim=lithium; lorazapam=lorazepam;
    lorazipam=lorazepam; losarten=losartan; lunestra=eszopiclone; lyrika=pregabalin; lysinopril=lisinopril;
    meloxacam=meloxicam; metforim=metformin; metforman=metformin; methacarbamol=methocarbamol;
    methadon=methadone; methatrexate=methotrexate; methodone=methadone; methotrexat=methotrexate;
    metoprolal=metoprolol; metoprolool=metoprolol; metphormin=metformin; metropolol=metoprolol;
    mirtazepine=mirtazapine; mirtazipine=mirtazapine; monjaro=tirzepatide; montalukast=montelukast;
    morfine=morphine; morphene=morphine; munjaro=tirzepatide; naprosen=naproxen; naproxin=naproxen;
    neurotin=gabapentin; newrontin=gabapentin; norko=acetaminophen+hydrocodone; nortriptaline=nortriptyline;
    nurontin=gabapentin; ocravus=ocrelizumab; olanzipine=olanzapine; omeprazol=omeprazole;
    omeprozole=omeprazole; onfy=clobazam; oxcarbazapine=oxcarbazepine; oxicodone=oxycodone;
    oxycodine=oxycodone; oxycodon=oxycodone; oxycontine=oxycodone; oxycotton=oxycodone; ozempec=semaglutide;
    ozempik=semaglutide; pantoprozole=pantoprazole; paroxitine=paroxetine; paxel=paroxetine;
    paxlovide=nirmatrelvir+ritonavir; percaset=acetaminophen+oxycodone; percocette=acetaminophen+oxycodone;
    perkaset=acetaminophen+oxycodone; phenitoin=phenytoin; phenobarbatal=phenobarbital;
    phenobarbitol=phenobarbital; plavics=clopidogrel; predisone=prednisone; prednizone=prednisone;
    pregablin=pregabalin; pregabolin=pregabalin; prilosek=omeprazole; prograff=tacrolimus;
    propanolol=propranolol; propranalol=propranolol; prozack=fluoxetine; quetiapene=quetiapine;
    quitiapine=quetiapine; revlamid=lenalidomide; risperadone=risperidone; risperidon=risperidone;
    rizatriptin=rizatriptan; rosuvastin=rosuvastatin; seraquel=quetiapine; serequel=quetiapine;
    seroquil=quetiapine; sertaline=sertraline; sertralene=sertraline; simbalta=duloxetine;
    simvastatan=simvastatin; simvistatin=simvastatin; sinthroid=levothyroxine;
    subaxone=buprenorphine+naloxone; suboxen=buprenorphine+naloxone; suboxin=buprenorphine+naloxone;
    sumatriptin=sumatriptan; tacralimus=tacrolimus; tacrolimas=tacrolimus; tamsulosen=tamsulosin;
    tecfedera=dimethyl fumarate; tegratol=carbamazepine; tegretal=carbamazepine; temazapam=temazepam;
    tizanadine=tizanidine; tizanidene=tizanidine; tizanodine=tizanidine; topamacks=topiramate;
    topirimate=topiramate; topomax=topiramate; tramadal=tramadol; trammadol=tramadol; trazadone=trazodone;
    trazedone=trazodone; trileptil=oxcarbazepine; truvadda=emtricitabine+tenofovir disoproxil;
    tylenal=acetaminophen; tylonol=acetaminophen; tysabry=natalizumab; vallium=diazepam;
    valporate=valproate; venlafaxin=venlafaxine; venlaflaxine=venlafaxine;
    vicadin=acetaminophen+hydrocodone; vicoden=acetaminophen+hydrocodone; vimpatt=lacosamide;
    vivance=lisdexamfetamine; vyvance=lisdexamfetamine; warfarine=warfarin; warferin=warfarin;
    warfrin=warfarin; wegovee=semaglutide; welbutrin=bupropion; wellbutran=bupropion; xanaks=alprazolam;
    xanex=alprazolam; xaralto=rivaroxaban; xarelta=rivaroxaban; zanaflecks=tizanidine; zanax=alprazolam;
    zanex=alprazolam; zarelto=rivaroxaban; zolaft=sertraline; zoloff=sertraline; zolpedem=zolpidem;
    zolpidam=zolpidem; zoneagran=zonisamide; zonisamid=zonisamide
"""
CASES = [tuple(pair.split("=")) for pair in " ".join(AS_WRITTEN.split()).split("; ")]


@pytest.fixture(scope="module")
def heard(knowledge: Knowledge) -> dict[str, str]:
    """What each writing was read as: its ingredients, or "" where it was handed back."""
    read = {}
    for said, _ in CASES:
        medicines = read_line(knowledge.medicines, said).medicines
        read[said] = "+".join(medicines[0].ingredients) if medicines else ""
    return read


def test_no_misspelling_is_taken_for_another_medicine(heard: dict[str, str]) -> None:
    assert {said: heard[said] for said, right in CASES if heard[said] not in ("", right)} == {}


def test_nearly_every_misspelling_is_read_as_its_medicine(heard: dict[str, str]) -> None:
    unread = [said for said, _ in CASES if not heard[said]]
    assert len(CASES) >= 240
    assert len(unread) <= len(CASES) * 0.03, unread


SLIPS = 1500
HEARD = (
    ("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("z", "s"), ("s", "z"),
    ("th", "t"), ("ine", "in"), ("ol", "al"), ("ide", "id"), ("e", "a"), ("a", "e"), ("i", "e"),
    ("o", "a"), ("u", "o"),
)  # fmt: skip


def slipped(word: str, dice: random.Random) -> str:
    """The word with one slip: heard otherwise, a letter gone, doubled or swapped, or another vowel."""
    at = dice.randrange(1, len(word) - 1)
    way = dice.randrange(5)
    if way == 0:
        written, heard = dice.choice([pair for pair in HEARD if pair[0] in word[1:]] or [(word[-1], "")])
        return word[0] + word[1:].replace(written, heard, 1)
    if way == 1:
        return word[:at] + word[at + 1 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    if way == 3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice("aeiou") + word[at + 1 :] if word[at] in "aeiou" else word + "e"


def test_slips_of_the_pen_in_common_names_are_read_or_handed_back(knowledge: Knowledge) -> None:
    """Always the same slips. What happens to be another real name is left out: it is that name."""
    medicines = knowledge.medicines
    common = sorted(
        key[0]
        for key, entry in medicines.names.items()
        if entry.common == 1 and entry.ingredients and len(key) == 1 and len(key[0]) >= 6 and key[0].isalpha()
    )
    dice = random.Random(20261122)
    right, unread, wrong = 0, 0, {}
    for word in dice.choices(common, k=SLIPS):
        typed = slipped(word, dice)
        if typed == word or medicines.find(typed) is not None:
            continue
        found = read_line(medicines, typed).medicines
        meant = set(medicines.names[(word,)].ingredients)
        if not found:
            unread += 1
        elif set(found[0].ingredients) == meant:
            right += 1
        else:
            wrong[typed] = (word, found[0].ingredients)
    assert wrong == {}
    assert right / (right + unread) >= 0.97
    assert right > SLIPS * 0.8
