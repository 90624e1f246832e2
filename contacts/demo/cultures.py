# ruff: noqa: E501 - sentences and lists of names are read in one line
"""Names, streets and towns by country, for people who do not exist. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    """`places` are (town, region, pattern of the postal code); in patterns # is a digit, A a letter."""

    country: str
    language: str
    time_zone: str
    share: float
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    number_first: bool = False


def split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


CULTURES = (
    Culture(
        "NL",
        "nl",
        "Europe/Amsterdam",
        0.30,
        split(
            "Sanne, Daan, Fleur, Bram, Lotte, Thijs, Femke, Ruben, Anouk, Jesse, Maaike, Koen, Yasmin, Mohammed, Roos, Willem, Iris, Stijn, Fatima, Jeroen, Esmée, Hugo, Zoë, Lars"
        ),
        split(
            "de Jong, Jansen, van den Berg, Bakker, Visser, Smit, Meijer, Mulder, de Groot, Bos, Vos, Peters, Hendriks, Dekker, Brouwer, el Amrani, Yılmaz, van Leeuwen, Kuipers, Postma, Schouten, Özdemir, Hoekstra, Prins"
        ),
        split(
            "Prinsengracht, Overtoom, Kerkstraat, Witte de Withstraat, Oudegracht, Lijnbaan, Dorpsstraat, Molenweg, Beethovenlaan, Zuiderpark, Haarlemmerdijk, Nieuwstraat"
        ),
        (
            ("Amsterdam", "Noord-Holland", "10## AA"),
            ("Rotterdam", "Zuid-Holland", "30## AA"),
            ("Utrecht", "Utrecht", "35## AA"),
            ("Groningen", "Groningen", "97## AA"),
            ("Eindhoven", "Noord-Brabant", "56## AA"),
            ("Haarlem", "Noord-Holland", "20## AA"),
            ("Nijmegen", "Gelderland", "65## AA"),
        ),
    ),
    Culture(
        "DE",
        "de",
        "Europe/Berlin",
        0.19,
        split(
            "Anna, Lukas, Lea, Jonas, Miriam, Felix, Greta, Paul, Jürgen, Käthe, Björn, Sören, Lena, Maximilian, Katharina, Emre, Sibel, Moritz, Ulrike, Günther, Hannah, Till"
        ),
        split(
            "Müller, Schmidt, Schneider, Fischer, Weber, Wagner, Schröder, Krämer, Groß, Köhler, Hoffmann, Böhm, Lehmann, Huber, Kaya, Vogel, Jäger, Weiß, Sommer, Brandt, Arslan, Lindner"
        ),
        split(
            "Hauptstraße, Bergmannstraße, Schillerstraße, Lindenallee, Am Markt, Torstraße, Goethestraße, Gartenweg, Königsallee, Bahnhofstraße"
        ),
        (
            ("Berlin", "Berlin", "10###"),
            ("Hamburg", "Hamburg", "20###"),
            ("Köln", "Nordrhein-Westfalen", "50###"),
            ("München", "Bayern", "80###"),
            ("Leipzig", "Sachsen", "04###"),
            ("Bremen", "Bremen", "28###"),
        ),
    ),
    Culture(
        "FR",
        "fr",
        "Europe/Paris",
        0.10,
        split(
            "Camille, Léa, Théo, Chloé, Hugo, Manon, Raphaël, Inès, Jérôme, Zoé, Amélie, Mathéo, François, Aïcha, Élodie, Gaël, Noémie, Karim"
        ),
        split(
            "Martin, Bernard, Dubois, Lefèvre, Moreau, Laurent, Girard, Roux, Fournier, Mercier, Benali, Chevalier, Garnier, Faure, Beaumont, Traoré, Gauthier, Renaud"
        ),
        split(
            "rue de la République, rue Victor-Hugo, avenue Jean-Jaurès, rue des Lilas, place du Marché, boulevard Voltaire, rue Pasteur, chemin des Vignes"
        ),
        (
            ("Paris", "Île-de-France", "750##"),
            ("Lyon", "Auvergne-Rhône-Alpes", "690##"),
            ("Lille", "Hauts-de-France", "590##"),
            ("Nantes", "Pays de la Loire", "440##"),
            ("Strasbourg", "Grand Est", "670##"),
        ),
        number_first=True,
    ),
    Culture(
        "GB",
        "en",
        "Europe/London",
        0.09,
        split(
            "Oliver, Amelia, George, Isla, Harry, Ava, Niamh, Rhys, Siân, Aarav, Priya, Callum, Freya, Zainab, Hamish, Imogen, Kwame, Sinéad"
        ),
        split(
            "Smith, Jones, Taylor, Patel, Walker, Hughes, O'Connor, Campbell, Begum, Edwards, Khan, Stewart, Adeyemi, Llewellyn, Murray, Shah, Fraser, Bennett"
        ),
        split(
            "High Street, Church Lane, Victoria Road, Station Road, Mill Lane, Queens Crescent, Green Lane, Albion Street"
        ),
        (
            ("London", "Greater London", "E# #AA"),
            ("Manchester", "Greater Manchester", "M# #AA"),
            ("Edinburgh", "Scotland", "EH# #AA"),
            ("Bristol", "Somerset", "BS# #AA"),
            ("Cardiff", "Wales", "CF## #AA"),
        ),
        number_first=True,
    ),
    Culture(
        "ES",
        "es",
        "Europe/Madrid",
        0.08,
        split(
            "Lucía, Mateo, Martina, Álvaro, Sofía, Iñaki, Carmen, Jordi, Begoña, Andrés, Núria, Joaquín, Ximena, Óscar, Elena, Raúl"
        ),
        split(
            "García Ruiz, Martínez, Fernández, López Vidal, Sánchez, Pérez, Gómez, Jiménez, Muñoz, Álvarez, Etxeberria, Puig, Ibáñez, Navarro, Castro, Núñez"
        ),
        split(
            "Calle Mayor, Avenida de la Constitución, Calle del Sol, Paseo del Prado, Carrer de Mallorca, Gran Vía, Plaza Nueva"
        ),
        (
            ("Madrid", "Madrid", "280##"),
            ("Barcelona", "Cataluña", "080##"),
            ("Bilbao", "País Vasco", "480##"),
            ("Sevilla", "Andalucía", "410##"),
            ("València", "Comunitat Valenciana", "460##"),
        ),
    ),
    Culture(
        "IT",
        "it",
        "Europe/Rome",
        0.07,
        split(
            "Giulia, Leonardo, Sofia, Matteo, Beatrice, Lorenzo, Niccolò, Alessia, Davide, Giorgia, Tommaso, Ludovica, Pietro, Chiara"
        ),
        split(
            "Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, D'Angelo, Conti, Marino, Greco, De Luca, Galli, Moretti, Barbieri, Lo Presti"
        ),
        split(
            "Via Roma, Via Garibaldi, Corso Italia, Via Dante, Piazza del Duomo, Via Mazzini, Viale dei Platani"
        ),
        (
            ("Milano", "Lombardia", "201##"),
            ("Torino", "Piemonte", "101##"),
            ("Bologna", "Emilia-Romagna", "401##"),
            ("Roma", "Lazio", "001##"),
            ("Firenze", "Toscana", "501##"),
        ),
    ),
    Culture(
        "PL",
        "pl",
        "Europe/Warsaw",
        0.06,
        split(
            "Zofia, Jakub, Hanna, Szymon, Małgorzata, Paweł, Łucja, Michał, Agnieszka, Stanisław, Ewa, Wojciech, Kinga, Błażej"
        ),
        split(
            "Kowalski, Wiśniewska, Wójcik, Kamińska, Lewandowski, Zielińska, Szymański, Dąbrowska, Kozłowski, Jabłońska, Mazur, Piątek, Górski, Żak"
        ),
        split("ul. Długa, ul. Mickiewicza, al. Jerozolimskie, ul. Polna, ul. Świętojańska, ul. Ogrodowa"),
        (
            ("Warszawa", "Mazowieckie", "00-###"),
            ("Kraków", "Małopolskie", "30-###"),
            ("Gdańsk", "Pomorskie", "80-###"),
            ("Wrocław", "Dolnośląskie", "50-###"),
        ),
    ),
    Culture(
        "SE",
        "sv",
        "Europe/Stockholm",
        0.04,
        split("Elsa, Åke, Maja, Oskar, Göran, Astrid, Nils, Saga, Björn, Linnéa, Axel, Ebba, Samira, Malin"),
        split(
            "Andersson, Öberg, Nilsson, Lindqvist, Åkesson, Bergström, Hallberg, Sjögren, Ekström, Nyström, Haddad, Forsberg"
        ),
        split("Drottninggatan, Storgatan, Kungsgatan, Skolgatan, Sveavägen, Björkvägen"),
        (
            ("Stockholm", "Stockholm", "11# ##"),
            ("Göteborg", "Västra Götaland", "41# ##"),
            ("Malmö", "Skåne", "21# ##"),
        ),
    ),
    Culture(
        "DK",
        "da",
        "Europe/Copenhagen",
        0.03,
        split("Freja, Søren, Ida, Mikkel, Ane, Jørgen, Maja, Rasmus, Signe, Åse, Emil, Kirstine"),
        split("Nielsen, Jørgensen, Sørensen, Møller, Kjær, Østergaard, Holm, Bjerregaard, Krogh, Lauritsen"),
        split("Vesterbrogade, Nørregade, Strandvejen, Søndergade, Østerbrogade"),
        (
            ("København", "Hovedstaden", "2###"),
            ("Aarhus", "Midtjylland", "8###"),
            ("Odense", "Syddanmark", "5###"),
        ),
    ),
    Culture(
        "US",
        "en",
        "America/New_York",
        0.04,
        split(
            "Emma, Liam, Olivia, Noah, Mateo, Aaliyah, Ethan, Grace, José, Mei-Ling, Tyrone, Hannah, Sunita, Caleb"
        ),
        split(
            "Johnson, Williams, Nguyễn, Rodríguez, Brown, Cohen, Washington, Kim, Davis, Peña, Miller, Chen, Anderson, Okonkwo"
        ),
        split("Main Street, Maple Avenue, Oak Street, Broadway, Elm Street, Lake Drive, Hudson Street"),
        (
            ("New York", "NY", "100##"),
            ("Boston", "MA", "021##"),
            ("Philadelphia", "PA", "191##"),
            ("Atlanta", "GA", "303##"),
        ),
        number_first=True,
    ),
)
