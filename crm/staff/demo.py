"""The fictional company and the people who work there."""

from django.contrib.auth.hashers import make_password

from crm.access.models import Role
from crm.access.services import presets_create
from crm.company.models import Company
from crm.company.selectors import forget_company
from crm.staff.models import Team, User

PASSWORD = "tenure-demo"  # noqa: S105 - shown on the sign-in page of the demo, which listens on loopback only
DOMAIN = "tenure.example"
COMPANY = {
    "name": "Fernholt Coffee",
    "currency": "EUR",
    "time_zone": "Europe/Amsterdam",
    "country": "NL",
    "address": "Prinsengracht 418\n1016 JC Amsterdam\nNetherlands\nVAT NL001234567B01",
}
TEAMS = (
    ("Company", ""),
    ("Sales", "Company"),
    ("Sales North", "Sales"),
    ("Sales South", "Sales"),
    ("Support", "Company"),
    ("Marketing", "Company"),
)
# (sign-in, name, team, roles)
PEOPLE = (
    ("rep", "Mara Lindqvist", "Sales North", ("sales-rep",)),
    ("agent", "Tomás Herrera", "Support", ("support-agent",)),
    ("marketer", "Aylin Demir", "Marketing", ("marketer",)),
    ("manager", "Joost van Dijk", "Company", ("sales-manager", "support-lead", "analyst")),
    ("admin", "Priya Raman", "Company", ("administrator",)),
    ("sofie", "Sofie Jørgensen", "Sales North", ("sales-rep",)),
    ("lukasz", "Łukasz Nowak", "Sales North", ("sales-rep",)),
    ("chiara", "Chiara Bellini", "Sales South", ("sales-rep",)),
    ("etienne", "Étienne Marchand", "Sales South", ("sales-rep",)),
    ("ines", "Inês Carvalho", "Sales South", ("sales-rep",)),
    ("hanna", "Hanna Krüger", "Support", ("support-agent",)),
    ("omar", "Omar Haddad", "Support", ("support-agent",)),
    ("ruth", "Ruth Okafor", "Support", ("support-lead",)),
    ("noor", "Noor de Vries", "Marketing", ("marketer",)),
    ("mei", "Mei Tanaka", "Marketing", ("analyst",)),
)


def load(*, seed: int = 7) -> None:
    """Create the company, its tree of teams and its staff, with the roles they hold. Twice is once."""
    presets_create()
    Company.objects.update_or_create(pk=1, defaults=COMPANY)
    forget_company()
    teams: dict[str, Team] = {}
    for name, parent in TEAMS:
        teams[name], _created = Team.objects.get_or_create(name=name, defaults={"parent": teams.get(parent)})
    password = make_password(PASSWORD)
    for sign_in, name, team, roles in PEOPLE:
        user, _created = User.objects.get_or_create(
            email=f"{sign_in}@{DOMAIN}", defaults={"name": name, "password": password}
        )
        user.teams.set([teams[team]])
        user.roles.set(Role.objects.filter(key__in=roles))
