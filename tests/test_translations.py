import pytest

from hygiene.columns.mapping import CANONICAL, map_columns

LAYOUTS = {
    "german": "Vorname;Nachname;E-Mail-Adresse;Firma;Position;Telefonnummer;Webseite;Ort;Bundesland;Land",
    "german, half names": "Name;Vorname;E-Mail;Unternehmen;Funktion;Handy;Homepage;Stadt;Kanton;Land",
    "french": "Prénom;Nom;Adresse e-mail;Entreprise;Poste;Téléphone;Site web;Ville;Région;Pays",
    "spanish": "Nombre;Apellidos;Correo electrónico;Empresa;Cargo;Teléfono;Sitio web;Ciudad;Provincia;País",
    "portuguese": "Nome;Sobrenome;Endereço de e-mail;Empresa;Função;Telemóvel;Website;Cidade;Estado;País",
    "dutch": "Voornaam;Achternaam;E-mailadres;Bedrijf;Functie;Telefoonnummer;Website;Plaats;Provincie;Land",
    "italian": "Nome;Cognome;Indirizzo e-mail;Azienda;Ruolo;Telefono;Sito web;Città;Provincia;Paese",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_language_maps_all_columns(layout):
    header = LAYOUTS[layout].split(";")

    names = map_columns(header, []).names

    assert set(names) == set(CANONICAL) - {"linkedin"}
    assert names[2] == "email"
    assert {"Vorname", "Prénom", "Voornaam"} & {header[names.index("last_name")]} == set()


@pytest.mark.parametrize(
    "text", ["Nom", "Nombre", "Naam", "Nome completo", "Vor- und Nachname", "Nom complet"]
)
def test_a_name_by_itself_is_split(text):
    assert map_columns([text, "Email"], []).full_name == 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("E-Mail geschäftlich", "E-Mail privat"),
        ("Telefon geschäftlich", "Telefon (privat)"),
        ("Correo electrónico", "Correo electrónico 2"),
        ("E-mail professionnel", "E-mail personnel"),
    ],
)
def test_words_beside_them_rank_as_in_english(better, worse):
    columns = {"email": "Reach"} if "Tel" in better else {}
    for header in ([better, worse, "Reach"], [worse, better, "Reach"]):
        names = map_columns(header, [], columns=columns).names

        assert names[header.index(better)] == ("phone" if columns else "email")


@pytest.mark.parametrize(
    "text",
    ["Anrede", "Titel", "Notiz", "E-Mail Status", "Firmengröße", "Nom de domaine", "Site", "Kundennummer"],
)
def test_other_foreign_headers_stay_custom(text):
    assert map_columns([text, "Email"], []).names == (text, "email")


def test_an_english_name_beside_a_first_name_stays_what_it_was():
    assert map_columns(["Email", "First Name", "Name"], []).names == ("email", "first_name", "Name")
