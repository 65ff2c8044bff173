"""Words of names: given names, legal forms of firms and what else the names of firms are made of.

Only the tables, each with how it is known; whether a column names people or firms is decided in `firm_names`.
"""

import re
from functools import cache

from hygiene.words.spelling import folded
from hygiene.words.tables import read_rows, read_words

__all__ = [
    "FIRM_WORDS",
    "LEADING_FORMS",
    "LEGAL_FORMS_JOINED",
    "SALUTATIONS",
    "compact",
    "given_names",
    "legal_forms",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Halves of legal forms, and some that are no company's, which stand at the end of a name beside those of the table.
#: Source: written down from general knowledge (assumed).
_FURTHER_FORMS = _words(
    " anonim company da epp gie ip mei ojsc pao pvt ry scl sdn sirketi sti stiftung uc unipessoal zoo"
    " тдв чп שמ ذمم"
)

#: Those of them that stand before the name.
LEADING_FORMS = frozenset({"ooo", "pt", "ооо", "оао", "зао", "пао", "тов", "ип"})

#: Legal forms that are written without a space before or after them.
#: Source: general knowledge (assumed); the signs are Unicode's (U+3231).
LEGAL_FORMS_JOINED = (
    "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "一般社団法人", "医療法人", "学校法人", "(株)", "(有)",
    "㈱", "㈲", "有限公司", "有限责任公司", "股份有限公司", "股份公司", "集团", "集團", "公司", "企业", "事务所",
    "주식회사", "유한회사", "(주)", "㈜", "(유)", "재단법인", "사단법인",
)  # fmt: skip

#: Words that the names of firms are made of and the names of people are not, without accents.
#: Source: written down from general knowledge for this project (assumed); no directory was gone through.
FIRM_WORDS = _words(
    " universitat universidad universite universita universiteit hochschule"
    " academy agency agentur associates association auto automotive bakery bank bar bistro boutique brewery"
    " builders business cafe care catering center centre chiropractic church city clinic clinique club coffee"
    " college community construction consultancy consultants consulting contractors cosmetics council dental"
    " dentistry department design designs development digital diner distribution education electric electrical"
    " electronics energy engineering enterprise enterprises entertainment equipment events express farm farms"
    " fashion finance financial fitness florist foods foundation freight furniture garage garden gardens"
    " global golf group grill grocery gym hair health healthcare heating holding holdings home homes hospital"
    " hostel hotel hotels house industrial industries inn institute insurance interiors international"
    " investments jewelers kitchen lab laboratories labs landscaping laundry law legal lodge logistics lounge"
    " management manufacturing market marketing markets media medical motel motors movers museum music network"
    " networks nursery office optical optics orchard organization partners pediatrics pharmacy photography"
    " physiotherapy pizza pizzeria plumbing pool practice press printing production productions products"
    " properties publishing pub real estate realty recruitment rental rentals repair research resort resorts"
    " restaurant restaurants retail roofing salon school security service services shop sales software solar"
    " solutions spa sports storage store stores studio studios supermarket supplies supply surgery systems"
    " tavern tech technologies technology theater theatre therapy tires tours towing trade traders trading"
    " training transport travel trust university vacations ventures veterinary villas wellness wholesale"
    " winery wine wines works workshop yoga"
    # German, French, Spanish, Portuguese, Italian, Dutch
    " apotheke architekten autohaus backerei baeckerei bau betrieb brauerei buro buero dienst dienste elektro"
    " fahrschule ferienwohnung ferienwohnungen friseur gasthaus gasthof gaststatte gesellschaft handel handels"
    " handwerk hof immobilien industrie ingenieure ingenieurburo kanzlei klinik landgasthof metallbau"
    " metzgerei pension physio praxis rechtsanwalte reisen restaurante sanitar schreinerei schule spedition"
    " steuerberater stiftung technik tischlerei verein verlag versicherung versicherungen weingut werk werke"
    " werkstatt zahnarztpraxis zentrum agence atelier auberge boulangerie brasserie cabinet camping chambres"
    " chateau coiffure domaine ecole editions ets etablissements garage gite groupe institut librairie maison"
    " mairie menuiserie mutuelle patisserie pharmacie plomberie residence societe syndicat traiteur transports"
    " academia agencia almacenes asesoria asociacion autoescuela bodega bodegas carpinteria centro clinica"
    " colegio comercial construcciones consultoria cooperativa distribuciones escuela estudio farmacia"
    " ferreteria fundacion gestoria gimnasio grupo hermanos hijos hostal hosteria inmobiliaria instalaciones"
    " inversiones libreria negocios panaderia peluqueria posada productos seguros servicios sociedad"
    " supermercado taller talleres tienda transportes advocacia associacao consultorio comercio construtora"
    " escola fundacao imobiliaria industria loja oficina padaria pousada quinta servicos agriturismo albergo"
    " associazione azienda carrozzeria costruzioni fratelli immobiliare impianti macelleria officina panificio"
    " parrucchiere pasticceria ristorante scuola studio tenuta trattoria ufficio villa advocaten bakkerij"
    " bedrijf bouw garagebedrijf gemeente groep herberg installatie installatietechniek kapper kapsalon"
    " makelaardij makelaars notaris praktijk school slagerij stichting vereniging winkel"
    # Nordic, Polish, Czech, Turkish
    " bageri bygg byggeri bil ejendomme elektriker fabrik forening foreningen handel hotell huset kommune kro"
    " maskin mobler revision rorlaggeri skole skola tandlaege tandlakare verksted verkstad vvs apteka biuro"
    " cukiernia dom fabryka firma fundacja hurtownia instytut kancelaria klinika ksiegarnia piekarnia"
    " pensjonat przedsiebiorstwo restauracja sklep spoldzielnia stowarzyszenie szkola uslugi zaklad zaklady"
    " hotely lekarna nakladatelstvi obchod penzion pivovar restaurace sluzby stavby belediyesi derneg dernegi"
    " eczane fabrikasi insaat kooperatifi lokantasi market mobilya okulu oteli otel pansiyon restoran sanayi"
    " sigorta ticaret turizm vakfi"
    # Russian, Ukrainian
    " агентство академия аптека банк бюро гостиница группа завод институт клиника компания кафе магазин"
    " мастерская отель предприятие ресторан салон сервис студия стоматология строй торговый фабрика фирма фонд"
    " центр школа готель клініка компанія крамниця лікарня студія"
)  # fmt: skip

#: What a column holds that is called "title" and names no position, without dots.
SALUTATIONS = _words(
    " mr mrs ms miss mx dr prof sir madam herr frau monsieur madame mademoiselle m mme mlle sr sra srta don"
    " dona sig sigra signor signora dhr mevr mw heer pan pani hr fru dipl ing mag bay bayan г господин госпожа"
)  # fmt: skip


def given_names() -> frozenset[str]:
    """Given names of many languages, in lower case and without accents; the source stands in the file."""
    return read_words("given_names")


@cache
def legal_forms() -> frozenset[str]:
    """Legal forms of companies as `compact` writes them, as they stand at the end of a name or between its words.

    Those that are one in a country or a case alone are not among them, nor those with full stops that are given names.
    """
    rows = [
        row for row in read_rows("legal_forms") if not row[1].startswith(("before", "in_country", "cased"))
    ]
    dotted = {compact(row[0]) for row in rows if row[1] == "dotted"} & given_names()
    ends = {compact(row[0]) for row in rows} - dotted
    return frozenset(ends | {folded(form) for form in ends}) | _FURTHER_FORMS


def compact(form: str, /) -> str:
    """A legal form in lower case without the signs that are written or not."""
    return re.sub(r"[\s.,()/\-]", "", form.replace("İ", "i").lower())
