"""People and organisations with addresses, ways to reach them, owners, tags and relations."""

from random import Random

import phonenumbers
from django.db import connection

from contacts.choices import CustomerKind, LeadStatus, PointKind, RelationshipKind
from contacts.demo.cultures import CULTURES, Culture
from contacts.demo.words import BUSINESSES, JOBS, TAGS
from contacts.models import ContactPoint, Customer, Relationship, Tag
from contacts.points import read_point
from crm.search.folding import fold, sort_name
from crm.staff.models import Team, User

ORGANISATIONS = 620
PRIVATE_PEOPLE = 2_250
LEADS = 180
SOURCES = ("web shop", "web shop", "web shop", "trade fair", "referral", "newsletter", "cold call", "walk-in")
NORTH = frozenset(("NL", "GB", "PL", "SE", "DK", "US"))


class Staff:
    """Who looks after whom: reps by region, Mara (the demo's rep) with a portfolio of her own."""

    def __init__(self) -> None:
        users = {user.email.split("@")[0]: user for user in User.objects.all()}
        teams = {team.name: team for team in Team.objects.all()}
        self.rep = users["rep"]
        self.north = (users["rep"], users["sofie"], users["lukasz"])
        self.south = (users["chiara"], users["etienne"], users["ines"])
        self.support = (users["agent"], users["hanna"], users["omar"])
        self.all = users
        self.north_team, self.south_team, self.sales = (
            teams["Sales North"],
            teams["Sales South"],
            teams["Sales"],
        )
        self.support_team = teams["Support"]

    def place(self, random: Random, country: str, *, owned: float) -> tuple[User | None, Team]:
        """Owner and team of a customer from this country; a share has no owner yet."""
        reps, team = (self.north, self.north_team) if country in NORTH else (self.south, self.south_team)
        if random.random() > owned:
            return None, self.sales
        return random.choices(reps, weights=(5, 3, 3))[0], team


def customers(random: Random) -> list[Customer]:
    staff = Staff()
    organisations = [organisation(random, staff) for _index in range(ORGANISATIONS)]
    Customer.objects.bulk_create(organisations, batch_size=1000)
    people = [
        colleague(random, employer)
        for employer in organisations
        for _index in range(random.choices((1, 2, 3), weights=(60, 30, 10))[0])
    ]
    people += [private_person(random, staff) for _index in range(PRIVATE_PEOPLE)]
    people += [lead(random, staff) for _index in range(LEADS)]
    Customer.objects.bulk_create(people, batch_size=1000)
    created = organisations + people
    ContactPoint.objects.bulk_create(points(random, created), batch_size=2000)
    tag(random, created)
    relate(random, organisations, people)
    write_audit()
    return created


def culture(random: Random) -> Culture:
    return random.choices(CULTURES, weights=[found.share for found in CULTURES])[0]


def address(random: Random, home: Culture) -> dict[str, str]:
    city, region, pattern = random.choice(home.places)
    street, number = random.choice(home.streets), random.randrange(1, 180)
    letters = {"#": "0123456789", "A": "ABCDEGHJKLMNPRSTVXZ"}
    return {
        "street": f"{number} {street}" if home.number_first else f"{street} {number}",
        "postal_code": "".join(random.choice(letters[char]) if char in letters else char for char in pattern),
        "city": city,
        "region": region,
        "country": home.country,
        "language": home.language,
        "time_zone": home.time_zone,
    }


def organisation(random: Random, staff: Staff) -> Customer:
    home = culture(random)
    where = address(random, home)
    pattern, sort = random.choice(BUSINESSES)
    name = pattern.format(last=random.choice(home.last), city=where["city"])
    owner, team = staff.place(random, home.country, owned=0.94)
    found = Customer(
        kind=CustomerKind.ORGANISATION, name=name, sort_name=sort_name(name), owner=owner, team=team,
        source=random.choice(SOURCES[3:]), custom={}, **where,
    )  # fmt: skip
    found.demo_tag = sort  # type: ignore[attr-defined]
    return found


def person(random: Random, home: Culture) -> str:
    return f"{random.choice(home.first)} {random.choice(home.last)}"


def colleague(random: Random, employer: Customer) -> Customer:
    home = next(found for found in CULTURES if found.country == employer.country)
    if random.random() < 0.15:
        home = culture(random)
    name = person(random, home)
    where = {field: getattr(employer, field) for field in ("city", "country", "language", "time_zone")}
    return Customer(
        name=name, sort_name=sort_name(name), organisation=employer, job_title=random.choice(JOBS),
        owner=employer.owner, team=employer.team, source=employer.source, **where,
    )  # fmt: skip


def private_person(random: Random, staff: Staff) -> Customer:
    home = culture(random)
    name = person(random, home)
    owner, team = staff.place(random, home.country, owned=0.2)
    return Customer(
        name=name, sort_name=sort_name(name), owner=owner, team=team, source=random.choice(SOURCES),
        **address(random, home),
    )  # fmt: skip


def lead(random: Random, staff: Staff) -> Customer:
    found = private_person(random, staff)
    found.owner, found.team = staff.place(random, found.country, owned=0.7)
    found.lead_status = random.choices(
        (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.DISQUALIFIED),
        weights=(5, 4, 2, 1),
    )[0]
    return found


def points(random: Random, created: list[Customer]) -> list[ContactPoint]:
    found = []
    for customer in created:
        found.append(point(customer, PointKind.EMAIL, email(customer)))
        if customer.kind == CustomerKind.ORGANISATION or random.random() < 0.6:
            found.append(point(customer, PointKind.PHONE, phone(random, customer.country)))
        if customer.kind == CustomerKind.ORGANISATION and random.random() < 0.7:
            found.append(point(customer, PointKind.WEB, f"https://www.{slug(customer.name)}.example"))
    return found


def point(customer: Customer, kind: PointKind, value: str) -> ContactPoint:
    reach = read_point(kind, value, customer.country)
    return ContactPoint(customer=customer, kind=kind, value=reach.value, shown=reach.shown, is_primary=True)


def slug(name: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in fold(name) if char.isascii()).split())


def email(customer: Customer) -> str:
    """Under .example, which nobody can register (RFC 2606)."""
    if customer.kind == CustomerKind.ORGANISATION:
        return f"info@{slug(customer.name)}.example"
    host = slug(customer.organisation.name) if customer.organisation else "mail"
    return f"{slug(customer.name).replace('-', '.')}.{customer.pk}@{host}.example"


def phone(random: Random, country: str) -> str:
    """A number that is valid in the country, in E.164."""
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        raise ValueError(f"No mobile numbers are known for {country}.")
    text = str(example.national_number)
    for _attempt in range(20):
        drawn = int(text[:-5] + "".join(random.choice("0123456789") for _digit in range(5)))
        number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=drawn)
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)


def tag(random: Random, created: list[Customer]) -> None:
    Tag.objects.bulk_create([Tag(name=name) for name in TAGS], ignore_conflicts=True)
    keys = dict(Tag.objects.values_list("name", "pk"))
    through = Customer.tags.through
    rows = []
    for customer in created:
        names = {getattr(customer, "demo_tag", "newsletter" if random.random() < 0.3 else "")}
        if random.random() < 0.25:
            names.add(random.choice(TAGS[4:]))
        rows += [through(customer_id=customer.pk, tag_id=keys[name]) for name in sorted(names - {""})]
    through.objects.bulk_create(rows, batch_size=5000)


def relate(random: Random, organisations: list[Customer], people: list[Customer]) -> None:
    """Who sent whom, who supplies whom."""
    rows: list[Relationship] = []
    private = [person for person in people if not person.organisation]
    for kind, one, other, count in (
        (RelationshipKind.REFERRED_BY, private, private, 160),
        (RelationshipKind.REFERRED_BY, organisations, organisations, 60),
        (RelationshipKind.PARTNER_OF, organisations, organisations, 40),
        (RelationshipKind.PART_OF, organisations, organisations, 30),
        (RelationshipKind.HOUSEHOLD, private, private, 60),
    ):
        rows += [
            Relationship(from_customer=a, to_customer=b, kind=kind)
            for a, b in pairs(random, one, other, count)
        ]
    Relationship.objects.bulk_create(rows, ignore_conflicts=True)


def pairs(
    random: Random, one: list[Customer], other: list[Customer], count: int
) -> list[tuple[Customer, Customer]]:
    drawn = ((random.choice(one), random.choice(other)) for _index in range(count))
    return [(a, b) for a, b in drawn if a.pk != b.pk]


def write_audit() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after)"
            " SELECT created_at, owner_id, 'contacts.customer.create', 'contacts.customer', id, '{}',"
            " jsonb_build_object('name', name) FROM contacts_customer"
        )
