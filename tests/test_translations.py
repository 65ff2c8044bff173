import pytest

import hygiene
from hygiene.columns.mapping import CANONICAL, map_columns

LAYOUTS = {
    "german": "Vorname;Nachname;E-Mail-Adresse;Firma;Position;Telefonnummer;Webseite;Ort;Bundesland;Land",
    "german, half names": "Name;Vorname;E-Mail;Unternehmen;Funktion;Handy;Homepage;Stadt;Kanton;Land",
    "french": "Prénom;Nom;Adresse e-mail;Entreprise;Poste;Téléphone;Site web;Ville;Région;Pays",
    "spanish": "Nombre;Apellidos;Correo electrónico;Empresa;Cargo;Teléfono;Sitio web;Ciudad;Provincia;País",
    "portuguese": "Nome;Sobrenome;Endereço de e-mail;Empresa;Função;Telemóvel;Website;Cidade;Estado;País",
    "dutch": "Voornaam;Achternaam;E-mailadres;Bedrijf;Functie;Telefoonnummer;Website;Plaats;Provincie;Land",
    "turkish": "Ad;Soyad;E-posta Adresi;Şirket;Görevi;Telefon No;Web Sitesi;Şehir;Bölge;Ülke",
    "polish": "Imię;Nazwisko;Adres e-mail;Nazwa firmy;Stanowisko;Telefon;Strona www;Miasto;Województwo;Kraj",
    "czech": "Jméno;Příjmení;E-mail;Společnost;Pracovní pozice;Telefon;Webové stránky;Město;Region;Země",
    "danish": "Fornavn;Efternavn;E-mailadresse;Virksomhed;Stilling;Telefon;Hjemmeside;By;Region;Land",
    "swedish": "Förnamn;Efternamn;E-postadress;Företag;Befattning;Telefon;Hemsida;Ort;Region;Land",
    "norwegian": "Fornavn;Etternavn;E-post;Bedrift;Stilling;Telefon;Nettside;Poststed;Region;Land",
    "russian": "Имя;Фамилия;Эл. почта;Компания;Должность;Телефон;Сайт;Город;Область;Страна",
    "ukrainian": "Ім'я;Прізвище;Електронна пошта;Компанія;Посада;Телефон;Сайт;Місто;Область;Країна",
    "japanese": "名;姓;メールアドレス;会社名;役職;電話番号;ウェブサイト;市区町村;都道府県;国",
    "chinese": "名字;姓氏;电子邮件;公司名称;职位;电话;网站;城市;省份;国家",
    "traditional chinese": "名字;姓氏;電子郵件;公司名稱;職稱;電話;網站;城市;省;國家",
    "korean": "이름;성;이메일;회사명;직책;전화번호;홈페이지;도시;시도;국가",
    "hebrew": 'שם פרטי;שם משפחה;דוא"ל;חברה;תפקיד;טלפון;אתר אינטרנט;עיר;מחוז;מדינה',
    "arabic": "الاسم الأول;اسم العائلة;البريد الإلكتروني;الشركة;المسمى الوظيفي;الهاتف;"
    "الموقع الإلكتروني;المدينة;المحافظة;الدولة",
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
    ("text", "name"),
    [
        *[
            (text, "email")
            for text in (
                "ｅメール",
                "\uff25\uff0d\uff4d\uff41\uff49\uff4c",
                "ﾒｰﾙｱﾄﾞﾚｽ",
                "メールアドレス(必須)",
                "会社メールアドレス",
            )
        ],
        *[(text, "email") for text in ("公司邮箱", "联系人邮箱", "담당자 이메일", "담당자이메일")],
        *[(text, "phone") for text in ("勤務先電話番号", "会社TEL", "携帯番号", "公司电话", "회사전화번호")],
        *[(text, "company") for text in ("会社名(必須)", "企业名称", "회사 이름")],
    ],
)
def test_words_that_are_written_without_spaces_are_told_apart(text, name):
    assert map_columns([text, "x"], [], columns={"email": "x"} if name != "email" else {}).names[0] == name


@pytest.mark.parametrize(
    "text", ["氏名(カナ)", "フリガナ", "メールマガジン", "国籍", "公司地址", "이메일 수신 동의", "Ad", "By"]
)
def test_words_with_a_rest_that_is_not_known_stay_custom(text):
    found = map_columns([text, "Email"], [])

    assert (found.names, found.full_name) == ((text, "email"), None)


@pytest.mark.parametrize(
    "text",
    [
        "Nom",
        "Nombre",
        "Naam",
        "Nome completo",
        "Vor- und Nachname",
        "Nom complet",
        "ФИО",
        "姓名",
        "氏名",
        "שם",
    ],
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


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Person - E-Mail - Arbeit,Person - Vorname,Organisation - Name", ["email", "first_name", "company"]),
        ("Personne - E-mail - Travail,Personne - Prénom", ["email", "first_name"]),
        ("Contactpersoon - E-mail - Werk,Organisatie - Naam", ["email", "company"]),
        ("Pessoa - E-mail - Trabalho,Organização - Nome", ["email", "company"]),
        ("Osoba - E-mail - Praca,Osoba - Imię", ["email", "first_name"]),
        ("Persona - Email - Lavoro,Organizzazione - Nome", ["email", "company"]),
    ],
)
def test_a_customer_system_says_whose_column_one_is_in_front_of_it(tmp_path, header, expected):
    """Made up in the form in which Pipedrive writes headers: the record, the field, the kind."""
    path = tmp_path / "leads.csv"
    cells = ["ann@birch.example", *("Birch" for _ in expected[1:])]
    path.write_text(f"{header}\n{','.join(cells)}\n", encoding="utf-8")

    found = hygiene.read(path)

    assert [each for each in expected if each not in found] == []
