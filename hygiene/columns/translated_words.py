"""Translated words: what headers are called in the languages users have, by what they are called in English.

Only the tables; how a header is held against them is in `translations`. Phrases may be written with their accents.
The first six languages are as they were; the words of the others are written down from general knowledge (assumed), and
no native speaker or exporter's own list has confirmed them.
"""

from collections.abc import Mapping

__all__ = ["BESIDE_WORDS", "NAMES", "ONLY_BESIDE", "PHRASES", "YOUR"]

#: Whole headers and their parts: German, French, Spanish, Portuguese, Dutch, Italian, then the other languages.
#: "e-mail" in any spelling is "email" here.
PHRASES: Mapping[str, str] = {
    "email": (
        "mejl, mejladress, e post adress, e mejl, "
        "email adresse, emailadresse, mailadresse, mail adresse, elektronische adresse, adresse email, "
        "adresse mail, adresse electronique, adresse de courriel, adresse de messagerie, courriel, mel, "
        "courrier electronique, correo, correo electronico, direccion de correo, "
        "direccion de correo electronico, direccion email, direccion de email, endereco de email, "
        "endereco email, endereco eletronico, correio eletronico, correio electronico, e mailadres, "
        "e mailadresse, mailadres, emailadres, email adres, indirizzo email, indirizzo mail, "
        "indirizzo di posta elettronica, indirizzo posta elettronica, eposta adresiniz, e posta adresiniz, "
        "posta elettronica, epost, e post, epostadress, e postadress, e postadresse, epostadresse, "
        "adres email, eposta, e posta, eposta adresi, e posta adresi, email adresi, mail adresi, "
        "elektronik posta, is eposta, is e posta, is e postasi, adres e mail, adres mailowy, "
        "poczta elektroniczna, adres poczty elektronicznej, emailova adresa, e mailova adresa, "
        "elektronicka posta, почта, эл почта, электронная почта, адрес электронной почты, адрес эл почты, "
        "емейл, имейл, емайл, е mail, электронный адрес, мейл, email адрес, пошта, ел пошта, "
        "електронна пошта, адреса електронної пошти, електронна адреса, ел адреса, імейл, メールアドレス, "
        "メール, eメール, eメールアドレス, 電子メール, 電子メールアドレス, メアド, emailアドレス, "
        "email アドレス, 邮箱, 邮箱地址, 电子邮箱, 电子邮件, 电子邮件地址, 邮件地址, 郵箱, 電子郵件, "
        "電子郵件地址, 電子信箱, 電郵, 信箱, 電郵地址, 邮件, 이메일, 이메일 주소, 이메일주소, 메일, "
        "메일주소, 전자우편, 전자 우편, 전자메일, אימייל, דואל, דוא ל, דואר אלקטרוני, כתובת אימייל, "
        "כתובת דוא ל, כתובת מייל, מייל, כתובת דואר אלקטרוני, البريد الإلكتروني, البريد الالكتروني, "
        "بريد إلكتروني, بريد الكتروني, الإيميل, ايميل, عنوان البريد الإلكتروني"
    ),
    "first name": (
        "vorname, rufname, prenom, prenoms, nombre de pila, primer nombre, primeiro nome, nome proprio, "
        "voornaam, roepnaam, fornavn, fornamn, imie, ilk adi, adiniz, onisim, krestni jmeno, etunimi, "
        "keresztnev, имя отчество, ім'я по батькові, 名, ファーストネーム, שם פרטי, الاسم الأول, "
        "الاسم الاول"
    ),
    "last name": (
        "nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido, sobrenome, "
        "apelido, ultimo nome, achternaam, familienaam, cognome, etternavn, efternavn, efternamn, "
        "nazwisko, soyad, soyadi, soyadiniz, soyisim, prijmeni, фамилия, прізвище, 姓, 苗字, ラストネーム, "
        "姓氏, 성, שם משפחה, اسم العائلة, الاسم الأخير, الاسم الاخير, اللقب, الكنية"
    ),
    "full name": (
        "полное имя, полное имя контакта, имя контакта полностью, "
        "vollstandiger name, vor und nachname, vor und zuname, name und vorname, vorname und nachname, "
        "vorname nachname, nachname vorname, name vorname, vorname name, nom complet, nom et prenom, "
        "prenom et nom, nom prenom, prenom nom, nombre completo, nombre y apellido, nombre y apellidos, "
        "apellidos y nombre, nome completo, nome e sobrenome, nome e apelido, nome e cognome, "
        "nome cognome, cognome e nome, cognome nome, volledige naam, voor en achternaam, ad soyad, "
        "adi soyadi, isim soyisim, adiniz soyadiniz, imie i nazwisko, imie nazwisko, nazwisko i imie, "
        "jmeno a prijmeni, jmeno prijmeni, cele jmeno, fulde navn, for og efternavn, fuldt navn, "
        "fullt navn, fullstandigt namn, for och efternamn, fullstendig navn, for og etternavn, фио, ф и о, "
        "полное имя, имя и фамилия, фамилия и имя, имя фамилия, фамилия имя, фамилия имя отчество, піб, "
        "п і б, повне ім'я, ім'я та прізвище, прізвище та ім'я, прізвище ім'я, 氏名, お名前, 姓名, ご氏名, "
        "フルネーム, 客户姓名, 全名, 성명, 성함, שם מלא, שם ושם משפחה, الاسم الكامل, الاسم بالكامل, "
        "الاسم واللقب"
    ),
    "company": (
        "etablissement, praxis, kanzlei, компания контакта, nom de l etablissement, nom etablissement, "
        "firma, firmaniz, sirketiniz, firmenname, unternehmen, unternehmensname, name des unternehmens, "
        "betrieb, arbeitgeber, name der firma, gesellschaft, entreprise, nom de l entreprise, "
        "nom entreprise, societe, nom de la societe, nom societe, raison sociale, organisme, denomination, "
        "denomination sociale, employeur, empresa, nombre de la empresa, nombre empresa, compania, "
        "razon social, organizacion, nombre comercial, institucion, nome da empresa, companhia, "
        "razao social, nome fantasia, organizacao, bedrijf, bedrijfsnaam, onderneming, organisatie, "
        "naam bedrijf, naam organisatie, werkgever, azienda, nome azienda, nome dell azienda, societa, "
        "ragione sociale, denominazione, ditta, impresa, organizzazione, foretag, foretagsnamn, "
        "virksomhed, virksomhedsnavn, firmanavn, bedrift, bedriftsnavn, selskap, selskab, firmanamn, "
        "bolag, sirket, sirket adi, firma adi, firma unvani, unvani, kurum, kurulus, sirket ismi, isyeri, "
        "nazwa firmy, nazwa, przedsiebiorstwo, nazwa przedsiebiorstwa, pracodawca, spolecnost, "
        "nazev firmy, nazev spolecnosti, jmeno firmy, podnik, organizace, nazev organizace, компания, "
        "название компании, фирма, организация, название организации, наименование, "
        "наименование организации, наименование компании, предприятие, работодатель, юридическое лицо, "
        "компанія, назва компанії, фірма, організація, назва організації, підприємство, "
        "назва підприємства, назва, 会社名, 名称, 名稱, 客户名称, 客戶名稱, 会社, 御社名, 貴社名, 企業名, "
        "法人名, 勤務先, 勤務先名, 組織名, 団体名, 店舗名, 店名, 所属, 所属企業, 会社 団体名, 公司, "
        "公司名, 公司名称, 公司全称, 企业, 企业名称, 单位, 单位名称, 机构, 组织, 工作单位, 公司名稱, 企業, "
        "企業名稱, 單位, 店铺名称, 회사, 회사명, 회사 이름, 회사이름, 기업명, 기업, 업체명, 상호, 상호명, "
        "소속, 직장, 직장명, 단체명, 법인명, חברה, שם החברה, שם חברה, ארגון, שם הארגון, שם העסק, "
        "מקום עבודה, الشركة, اسم الشركة, شركة, المؤسسة, اسم المؤسسة, جهة العمل, المنظمة"
    ),
    "contact person": (
        "responsable, encargado, encargada, responsavel, referent, "
        "ansprechpartner, ansprechpartnerin, ansprechpartner in, ansprechperson, kontaktperson, "
        "name ansprechpartner, geschaftsfuhrer, geschaftsfuhrung, inhaber, dirigeant, nom du dirigeant, "
        "dirigeants, gerant, interlocuteur, contact principal, nom du contact, nom contact, "
        "representant legal, persona de contacto, nombre de contacto, representante legal, "
        "pessoa de contato, nome do contato, contactpersoon, naam contactpersoon, referente, "
        "nome referente, persona di riferimento, legale rappresentante, titolare, kontaktpersona, "
        "kontakt person, kontaktansvarlig, yetkili, yetkili kisi, ilgili kisi, yetkili adi, "
        "osoba kontaktowa, osoba do kontaktu, kontaktni osoba, jednatel, контактное лицо, "
        "фио контактного лица, имя контактного лица, руководитель, директор, контактна особа, керівник, "
        "担当者, 担当者名, ご担当者, ご担当者名, ご担当者様, 担当者氏名, 代表者, 代表者名, 联系人, "
        "联系人姓名, 联系人名称, 法人代表, 法定代表人, 聯絡人, 담당자, 담당자명, 담당자 이름, 대표자, "
        "대표자명, 대표자 이름, איש קשר, שם איש קשר, جهة الاتصال, الشخص المسؤول, المسؤول, اسم المسؤول"
    ),
    "contact": "kontakt, contacto, contato, contatto, контакт, 連絡先, 连络人, 연락 담당",
    "customer": (
        "kunde, kundin, cliente, klant, musteri, klient, zakaznik, kund, клиент, клієнт, заказчик, 顧客, "
        "客户, 客戶, 고객, לקוח, العميل"
    ),
    "job title": (
        "berufsbezeichnung, stellenbezeichnung, jobbezeichnung, jobtitel, funktion, beruf, tatigkeit, "
        "rolle, poste, fonction, intitule du poste, titre du poste, intitule de poste, poste occupe, "
        "profession, metier, cargo, puesto, puesto de trabajo, titulo del puesto, ocupacion, profesion, "
        "funcao, cargo funcao, profissao, functie, functietitel, functienaam, beroep, ruolo, qualifica, "
        "mansione, posizione, posizione lavorativa, professione, stilling, stillingsbetegnelse, jobtittel, "
        "befattning, yrke, yrkestitel, pozisyon, gorev, gorevi, meslek, is unvani, unvan, stanowisko, "
        "stanowisko pracy, funkcja, zawod, pozice, pracovni pozice, funkce, pracovni zarazeni, должность, "
        "позиция, профессия, посада, позиція, 役職, 役職名, 職種, 肩書, 肩書き, 職位, 职位, 职务, 职称, "
        "岗位, 職務, 職稱, 직함, 직책, 직위, 직급, 직무, 직업, תפקיד, תואר תפקיד, משרה, المسمى الوظيفي, "
        "الوظيفة, المنصب"
    ),
    "phone": (
        "telephone, tel, is telefonu, telefonu, telefon, telefonnummer, rufnummer, telefonnr, telefon nr, "
        "telefonnummern, telefonunuz, telefon numaraniz, fernsprecher, numero de telephone, "
        "no de telephone, n de telephone, numero telephone, telephone fixe, telefono, numero de telefono, "
        "telefono fijo, telefone, numero de telefone, telefoon, telefoonnummer, telefoonnr, "
        "numero di telefono, numero telefonico, telefono fisso, telefon numarasi, telefon no, tel no, "
        "numer telefonu, nr telefonu, telefonni cislo, telefonni kontakt, tlf, tlf nr, tlfnr, puhelin, "
        "телефон, номер телефона, тел, контактный телефон, телефонный номер, телефоны, номер телефону, "
        "контактний телефон, 電話番号, 電話, 連絡先電話番号, お電話番号, tel番号, 代表電話, 连络电话, "
        "电话, 电话号码, 联系电话, 电话号, 座机, 電話號碼, 聯絡電話, 联系方式, 전화번호, 전화, 연락처, "
        "유선전화, 대표번호, 대표전화, טלפון, מספר טלפון, טל, الهاتف, رقم الهاتف, هاتف, التليفون, "
        "رقم التليفون, تلفون"
    ),
    "mobile": (
        "handy, handynummer, handynr, mobiltelefon, mobilnummer, mobiltelefonnummer, mobil, mobilnr, "
        "portable, telephone portable, telephone mobile, phone portable, phone mobile, numero de portable, "
        "movil, telefono movil, celular, telefono celular, telemovel, telefone celular, mobiel, "
        "mobiele telefoon, mobiel nummer, mobiele nummer, gsm, gsm nummer, cellulare, telefono cellulare, "
        "numero di cellulare, cep, cep telefonu, cep tel, cep no, gsm no, telefon komorkowy, komorka, "
        "telefon mobilny, mobilni telefon, mobilni cislo, мобильный, мобильный телефон, моб, моб тел, "
        "моб телефон, сотовый, сотовый телефон, мобільний, мобільний телефон, 携帯電話, 携帯, 携帯番号, "
        "携帯電話番号, 手机, 手机号, 手机号码, 移动电话, 手機, 手機號碼, 行動電話, 휴대폰, 휴대전화, "
        "휴대폰번호, 휴대폰 번호, 휴대전화번호, 핸드폰, 핸드폰번호, 핸드폰 번호, נייד, טלפון נייד, "
        "מספר נייד, סלולרי, الجوال, رقم الجوال, الموبايل, رقم الموبايل, المحمول, جوال"
    ),
    "direct dial": "durchwahl, durchwahlnummer, doorkiesnummer, ligne directe, linea directa, linha direta",
    "website": (
        "page web, веб страница, veb stranica, "
        "webseite, internetseite, internetadresse, internet, webadresse, site web, site internet, "
        "adresse web, sitio web, pagina web, pagina de internet, web site, site da empresa, "
        "pagina na internet, endereco web, webadres, sito web, sito internet, sito, webbplats, hemsida, "
        "hjemmeside, nettside, nettsted, webside, web sitesi, internet sitesi, web adresi, "
        "strona internetowa, strona www, adres strony, adres www, webove stranky, webova stranka, "
        "internetove stranky, сайт, веб сайт, вебсайт, адрес сайта, адреса сайту, ウェブサイト, "
        "ホームページ, サイト, サイトurl, webサイト, ホームページurl, 会社hp, 会社url, 企業url, 网站, "
        "网址, 官网, 公司网站, 公司网址, 网站地址, 主页, 網站, 網址, 官網, 웹사이트, 홈페이지, "
        "홈페이지 주소, 웹 사이트, 사이트, אתר, אתר אינטרנט, כתובת אתר, אתר החברה, الموقع الإلكتروني, "
        "الموقع الالكتروني, الموقع, موقع الويب, موقع إلكتروني"
    ),
    "domain": (
        "nom de domaine, dominio, domein, domaine, domane, домен, ドメイン, 域名, 도메인, דומיין, النطاق"
    ),
    "linkedin profile": (
        "linkedin profil, page linkedin, pagina linkedin, linkedin seite, profil linkedin, "
        "perfil linkedin, perfil de linkedin, perfil do linkedin, linkedin perfil, linkedin profiel, "
        "profilo linkedin, linkedin profilo, linkedin profili, linkedinプロフィール, linkedin プロフィール"
    ),
    "city": (
        "市区郡, 市区, "
        "stadt, ort, wohnort, firmensitz, ville, commune, localite, ciudad, cidade, localidad, localidade, "
        "municipio, poblacion, stad, plaats, woonplaats, vestigingsplaats, citta, comune, localita, sehir, "
        "ilce, miasto, miejscowosc, mesto, obec, poststed, postort, kommune, город, населенный пункт, "
        "місто, населений пункт, 市区町村, 市町村, 都市, 市, 城市, 所在城市, 도시, 시, 시군구, 도시명, "
        "עיר, ישוב, יישוב, المدينة, مدينة"
    ),
    "state": (
        "dep region, comunidad autonoma, provincia o estado, estado o provincia, "
        "bundesland, estado, estado provincia, provincia, provincie, kanton, uf, eyalet, wojewodztwo, "
        "область, штат, регион область, область регион, 都道府県, 州, 省, 省份, 省市, 所在省份, 시도, 도, "
        "מחוז, المحافظة, الولاية, المقاطعة, الإمارة"
    ),
    "region": (
        "region, regione, regio, departement, bolge, регион, регіон, 地域, 地区, 地區, 지역, אזור, المنطقة"
    ),
    "country": (
        "land, staat, pays, pais, paese, nazione, ulke, panstwo, kraj, zeme, страна, країна, 国, 国名, "
        "国家, 所在国家, 國家, 국가, 나라, 국가명, ארץ, מדינה, الدولة, البلد, دولة, بلد"
    ),
    "country region": (
        "страна или регион, страна регион, "
        "land region, pays region, pais region, pais o region, paese area geografica, 国 地域, 国家 地区, "
        "國家 地區"
    ),
}

#: Words that stand beside such a phrase.
BESIDE_WORDS: Mapping[str, str] = {
    "work": (
        "uff, раб, bur, "
        "geschaftlich, geschaftliche, dienstlich, dienstliche, beruflich, berufliche, arbeit, "
        "professionnel, professionnelle, pro, travail, bureau, profesional, trabajo, laboral, "
        "profissional, trabalho, zakelijk, zakelijke, werk, lavoro, lavorativo, lavorativa, ufficio, "
        "arbejde, arbeid, arbete, jobb, sluzbowy, praca, sluzebni, pracovni, prace, рабочий, рабочая, "
        "рабочее, служебный, робочий, робоча, 勤務先, 仕事, 工作, 办公, 辦公, 직장, 업무용, עבודה, بالعمل, "
        "العمل"
    ),
    "person": "person, personne, persona, pessoa, persoon, osoba, osoby, kisi, henkilo, персона",
    "company": (
        "organisation, organisations, organizacion, organizacao, organizzazione, organisatie, organizacja, "
        "organizacji, organizace, organisasjon, организация, "
        "aziendale, corporativo, corporativa, unternehmens, entreprise, societe, empresa, firma, azienda, "
        "bedrijf, firmy, sirket, 会社, 公司, 企业, 회사, компании, корпоративный, корпоративная, компанії, "
        "החברה, الشركة"
    ),
    "personal": (
        "privat, private, privater, personnel, personnelle, perso, personal, pessoal, prive, privata, "
        "privato, personale, kisisel, prywatny, osobni, soukromy, личный, личная, особистий, 個人, 个人, "
        "個人用, 개인, פרטי, الشخصي, شخصي"
    ),
    "primary": (
        "haupt, principal, principale, hoofd, ana, glowny, hlavni, основной, основная, основний, 主要, "
        "メイン, 주, ראשי, الرئيسي"
    ),
    "second": (
        "zweite, deuxieme, segundo, segunda, tweede, seconda, secondario, ikinci, drugi, дополнительный, "
        "予備, 备用, 보조"
    ),
    "contact": (
        "contact, контакта, "
        "kontakt, contacto, contato, contatto, ansprechpartner, ansprechpartners, contactpersoon, "
        "referente, dirigeant, yetkili, контакт, контактный, 担当者, ご担当者, 联系人, 聯絡人, 담당자, "
        "איש קשר, قسم"
    ),
    "required": (
        "pflichtfeld, obligatoire, obligatorio, obrigatorio, verplicht, obbligatorio, zorunlu, wymagane, "
        "povinne, 必須, 必填, 필수, обязательно"
    ),
    "lead": (
        "kunde, kunden, client, cliente, klant, musteri, klient, klienta, клиент, клиента, клієнт, "
        "клієнта, 顧客, お客様, 客户, 客戶, 고객, לקוח, العميل"
    ),
    "phone": "tel, phone, 電話, 电话, 전화",
    "": "de, du, del, di, do, da, la, le, il, van, der, des, den, nr, адрес, 的, の, את, 様, 漢字",
}

#: Words for a name alone: what they mean, the columns beside them say.
NAMES = (
    "name, nom, naam, nombre, nome, navn, namn, ad, adi, isim, jmeno, имя, ім'я, 이름, 名前, 名字, "
    "顧客名, 고객명, שם, الاسم, اسم"
)

#: Words for "your", and what forms write after a field: left out of every header.
YOUR = (
    "ihr, ihre, ihren, dein, deine, votre, vos, ton, ta, tes, tu, tus, su, sus, seu, sua, teu, tua, uw, je, jouw, "
    "din, dit, ditt, twoj, twoja, twoje, vas, vase, ваш, ваша, ваше, твой, твоя, твое, 您的, 你的, 请输入, 请填写, "
    "請輸入, 請填寫, あなたの, を入力してください, をご入力ください, をご記入ください, を教えてください, "
    "ご記入ください, 을, 를, 귀하의, 입력해주세요, 입력해, 주세요, 입력하세요, 입력"
)

#: Words of one language that mean something else in another: known only beside one of the others.
ONLY_BESIDE: Mapping[str, tuple[str, str]] = {
    "by": (
        "city",
        "fornavn, efternavn, etternavn, virksomhed, firmanavn, navn, postnr, stilling, telefon, land, bedrift",
    ),
    "titel": ("job title", "fornavn, efternavn, virksomhed, fornamn, efternamn, foretag, navn, namn"),
    "tittel": ("job title", "fornavn, etternavn, bedrift, navn"),
    "il": ("state", "ad, soyad, adi, soyadi, ad soyad, sirket, telefon, ilce, eposta, e posta"),
    "sted": ("city", "fornavn, efternavn, etternavn, navn, virksomhed, bedrift"),
    "stat": ("country", "jmeno, prijmeni, krestni jmeno, mesto, priezvisko, mobil"),
    "stan": ("state", "imie, nazwisko, miasto, firma"),
}
