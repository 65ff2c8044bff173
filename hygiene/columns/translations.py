"""Languages: headers in the languages users have, said in English.

Whole headers and their parts are known by phrase, not word by word; what is in no phrase stays as it is.
The words for "name" stand for different things beside others: `Vorname, Name` is a first and a last name.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

__all__ = ["in_english"]


def _phrases(table: Mapping[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        tuple(phrase.split()): tuple(english.split())
        for english, phrases in table.items()
        for phrase in (each.strip() for each in phrases.split(","))
    }


#: German, French, Spanish, Portuguese, Dutch, Italian, and some Scandinavian and Polish, without accents;
#: "e-mail" in any spelling is "email" here.
_PHRASES = _phrases(
    {
        "email": (
            "email adresse, emailadresse, mailadresse, mail adresse, adresse email, adresse mail,"
            "adresse electronique, adresse de courriel, adresse de messagerie, courriel, mel,"
            "correo, correo electronico, direccion de correo, direccion de correo electronico, direccion email,"
            "direccion de email, endereco de email, endereco email, endereco eletronico, correio eletronico,"
            "correio electronico, email adres, emailadres, mailadres, e mailadres, e mailadresse, indirizzo email,"
            "indirizzo mail, indirizzo di posta elettronica, posta elettronica, epost, e post, epostadress,"
            "e postadress, e postadresse, adres email"
        ),
        "first name": (
            "vorname, rufname, prenom, nombre de pila, primer nombre, primeiro nome, nome proprio, voornaam,"
            "roepnaam, fornavn, fornamn, imie"
        ),
        "last name": (
            "nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido, sobrenome,"
            "apelido, ultimo nome, achternaam, familienaam, cognome, etternavn, efternavn, efternamn, nazwisko"
        ),
        "full name": (
            "vollstandiger name, vor und nachname, vorname und nachname, vorname nachname, nom complet,"
            "nom et prenom, prenom et nom, nom prenom, prenom nom, nombre completo, nombre y apellido,"
            "nombre y apellidos, nome completo, nome e sobrenome, nome e apelido, nome e cognome, nome cognome,"
            "volledige naam"
        ),
        "company": (
            "firma, firmenname, unternehmen, unternehmensname, name des unternehmens, betrieb, entreprise,"
            "nom de l entreprise, nom entreprise, societe, nom de la societe, nom societe, raison sociale,"
            "organisme, empresa, nombre de la empresa, nombre empresa, compania, razon social, organizacion,"
            "nome da empresa, companhia, razao social, organizacao, bedrijf, bedrijfsnaam, onderneming,"
            "organisatie, azienda, nome azienda, nome dell azienda, societa, ragione sociale, ditta, impresa,"
            "organizzazione, foretag, virksomhed, bedrift"
        ),
        "job title": (
            "berufsbezeichnung, stellenbezeichnung, jobbezeichnung, jobtitel, funktion, poste, fonction,"
            "intitule du poste, titre du poste, cargo, puesto, puesto de trabajo, titulo del puesto, funcao,"
            "functie, functietitel, functienaam, ruolo, qualifica, mansione, posizione, posizione lavorativa"
        ),
        "phone": (
            "telephone, telefon, telefonnummer, rufnummer, telefonnr, numero de telephone, no de telephone, telefono,"
            "numero de telefono, telefone, numero de telefone, telefoon, telefoonnummer, telefoonnr,"
            "numero di telefono, numero telefonico"
        ),
        "mobile": (
            "handy, handynummer, mobiltelefon, mobilnummer, mobiltelefonnummer, portable, telephone portable,"
            "telephone mobile, phone portable, phone mobile, movil, telefono movil, celular, telefono celular,"
            "telemovel, telefone celular, mobiel, mobiele telefoon, mobiel nummer, gsm, cellulare,"
            "telefono cellulare"
        ),
        "website": (
            "webseite, internetseite, internetadresse, site web, site internet, sitio web,"
            "pagina web, pagina de internet, sito web, sito internet, webbplats, hjemmeside"
        ),
        "linkedin profile": (
            "linkedin profil, profil linkedin, perfil linkedin, perfil de linkedin, perfil do linkedin,"
            "linkedin profiel, profilo linkedin"
        ),
        "city": "stadt, ort, wohnort, ville, ciudad, cidade, localidad, localidade, stad, plaats, woonplaats, citta",
        "state": "bundesland, estado, provincia, provincie, kanton",
        "region": "region, regione, regio, departement",
        "country": "land, pays, pais, paese, nazione, kraj",
    }
)

#: Words that stand beside such a phrase.
_BESIDE = _phrases(
    {
        "work": (
            "geschaftlich, dienstlich, beruflich, arbeit, professionnel, professionnelle, pro, travail, profesional,"
            "trabajo, laboral, profissional, trabalho, zakelijk, werk, lavoro, lavorativo, lavorativa"
        ),
        "company": "aziendale, corporativo, corporativa, unternehmens, entreprise, empresa, firma",
        "personal": (
            "privat, private, personnel, personnelle, perso, personal, pessoal, prive, privata, privato, personale"
        ),
        "primary": "haupt, principal, principale, hoofd",
        "second": "zweite, deuxieme, segundo, segunda, tweede, seconda, secondario",
        "contact": "kontakt, contacto, contato, contatto",
        "": "de, du, del, di, do, da, la, le, il, van, der, des",
    }
)

#: Words for a name alone, and the languages' first words for whom it is the other half.
_NAMES = {"name", "nom", "naam", "nombre", "nome", "navn", "namn"}


def in_english(headers: Sequence[tuple[str, ...]], /) -> list[tuple[str, ...]]:
    """Headers as words, foreign ones in English, all others as they are.

    Args:
        headers: The words of each header, lower case.
    """
    folded = [_folded(words) for words in headers]
    english = [_translated(words) for words in folded]
    foreign = {found for found in english if found}
    result = []
    for words, plain, found in zip(headers, folded, english, strict=True):
        name = _half_a_name(plain, foreign) if len(plain) == 1 and plain[0] in _NAMES else None
        result.append(found or name or words)
    return result


def _half_a_name(words: tuple[str, ...], foreign: set[tuple[str, ...]]) -> tuple[str, ...] | None:
    """What a word for "name" stands for beside the other half of a name; None where it is no foreign word."""
    if ("first", "name") in foreign and ("last", "name") not in foreign:
        return ("last", "name")
    if ("last", "name") in foreign and ("first", "name") not in foreign:
        return ("first", "name")
    return ("full", "name") if words[0] != "name" else None


def _translated(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The header in English; None where a word of it is in no phrase."""
    for length in range(len(words), 0, -1):
        for at in range(len(words) - length + 1):
            core = _PHRASES.get(words[at : at + length])
            if core is None and length == 1 and words[at] in {"email", "phone", "website", "mobile"}:
                core = (words[at],) if len(words) > 1 else None
            beside = _beside(words[:at] + words[at + length :]) if core is not None else None
            if core is not None and beside is not None:
                return core + beside
    return None


def _beside(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words beside a phrase in English; None where one is not known."""
    found: list[str] = []
    for word in words:
        if word.isdecimal():
            found.append(word)
        elif (word,) in _BESIDE:
            found += _BESIDE[word,]
        else:
            return None
    return tuple(found)


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without accents."""
    text = unicodedata.normalize("NFKD", " ".join(words).replace("ß", "ss"))
    return tuple(re.sub(r"[\u0300-\u036f]", "", text).split())
