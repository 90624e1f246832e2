# ruff: noqa: E501 - sentences and lists of names are read in one line
"""What was said, written and promised: phrases of a coffee company and its customers. Pure data.

Each entry is (summary, body); {product}, {day} and {number} are filled in.
"""

PRODUCTS = (
    "the Ethiopia Guji",
    "the house espresso",
    "the decaf",
    "the Colombia Huila",
    "the cold brew bags",
    "the seasonal filter roast",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

CALLS_OUT = (
    (
        "Quarterly call: happy with the roast",
        "Volumes stable. They like {product} and asked for a lighter filter roast as a guest. Send samples before {day}.",
    ),
    (
        "Asked about the missed order",
        "They had stock left over from a quiet month. Will order again on {day}; wants a reminder by e-mail.",
    ),
    (
        "Price change explained",
        "Walked through the new price list. No objection for beans, wants to keep the old price on cups until the end of the quarter.",
    ),
    (
        "Tried to reach, left a message",
        "Voicemail. Try again on {day} before ten, that is when the owner is behind the bar.",
    ),
    (
        "Follow-up on samples",
        "Tasting went well: {product} won by a mile, the natural was too wild for their guests.",
    ),
    (
        "Offered the service contract",
        "Machine is four years old and was never serviced. Interested, wants a written offer.",
    ),
)
CALLS_IN = (
    (
        "Wants to change the delivery day",
        "Please deliver on {day} from now on; the other days nobody is there before noon.",
    ),
    ("Question about the invoice", "Invoice {number}: the discount was missing. Promised a corrected one."),
    (
        "Grinder sounds rough",
        "Probably worn burrs. Gave instructions for the test, will call back with the result.",
    ),
    (
        "Asked for a second account for a new location",
        "A branch opens in spring. Same conditions, separate invoices.",
    ),
    (
        "Delivery came two days late",
        "Event on Saturday had to run on supermarket coffee. Apologised, credited the shipping.",
    ),
    ("Ordered by phone, card reader was down", "Twelve bags of {product}. Confirmed by e-mail."),
)
MAILS_OUT = (
    (
        "Sent the offer for {product}",
        "Hello,\n\nas promised, the offer for {product} with delivery every second {day}. The prices hold for thirty days.\n\nKind regards",
    ),
    (
        "New harvest is in",
        "Hello,\n\nthe new harvest of {product} has landed and tastes of apricot and black tea. Shall I put two bags into your next box?\n\nKind regards",
    ),
    (
        "Recap of our meeting",
        "Hello,\n\nthank you for your time. To sum up: trial with {product}, training for the team, first delivery on {day}.\n\nKind regards",
    ),
    (
        "Corrected invoice {number}",
        "Hello,\n\nplease find the corrected invoice {number} attached. Sorry for the trouble.\n\nKind regards",
    ),
)
MAILS_IN = (
    (
        "Can we pause for the summer?",
        "Hi,\n\nwe close for three weeks in August. Could you stop the deliveries and start again in September?\n\nThanks!",
    ),
    (
        "Bags arrived torn",
        "Hello,\n\ntwo of the bags in order {number} were torn open. Pictures attached. What can you do?\n\nRegards",
    ),
    (
        "Which grind for a moka pot?",
        "Hi there,\n\nI bought {product} and would like to know which grind you suggest for a moka pot.\n\nBest",
    ),
    (
        "Love the new roast",
        "Just wanted to say that {product} is the best thing we have had in months. The whole house agrees.",
    ),
    (
        "Compostable capsules?",
        "Hello,\n\ndo you plan compostable capsules? We would have to look for another supplier otherwise.\n\nKind regards",
    ),
)
MEETINGS = (
    (
        "Tasting at their bar",
        "Cupped four coffees with the team. Favourites: {product} and the house espresso. They pour about nine kilos a week.",
    ),
    (
        "Barista training, half a day",
        "Six people. Dialling in, milk, cleaning. They want a refresher in spring.",
    ),
    (
        "Yearly review",
        "Turnover up, machine fine. Talked about a second grinder for decaf. Decision on {day}.",
    ),
    ("Visited the new location", "Opens soon. Needs a two-group machine, a grinder and training for five."),
    (
        "Walk through the roastery",
        "Showed the roaster and the green store. They will tell their guests the story of {product}.",
    ),
)
NOTES = (
    ("Prefers a call before nine", "The bar opens at half past seven, after nine nobody picks up."),
    ("Decides together with the partner", "Both want to taste before anything changes."),
    (
        "Also buys from a local roaster",
        "Splits the espresso between us and the roaster round the corner. Price is not the reason, freshness is.",
    ),
    ("Watch the payment", "Third reminder last quarter. Paid after a friendly call."),
    ("Loves naturals", "Send the limited lots first."),
    ("Moved to the new building", "Goods entrance is at the back, ring twice."),
    (
        "Competitor quoted 8 % less",
        "Same machine deal, longer contract. Values the service more than the price, but wants an answer.",
    ),
)
# Private customers write and call; nobody visits them.
HOME_CALLS = (
    (
        "Asked where the parcel is",
        "Tracking stood still since {day}. Sent a replacement, should be there tomorrow.",
    ),
    ("Wants less in the subscription", "One bag of {product} a month instead of two. Changed."),
    ("Moved house", "New address noted, next box goes there."),
)
COMPLAINTS = (
    (
        "Complaint: machine leaks after the service",
        "Water under the group head since the visit on {day}. Wants a technician today, cannot serve espresso.",
    ),
    (
        "Complaint: wrong grind in order {number}",
        "Ordered whole beans, got espresso grind, ten bags. Wants them exchanged before the weekend.",
    ),
    (
        "Complaint: charged twice",
        "The card was charged twice for order {number}. Asks for the money back and an explanation.",
    ),
    (
        "Complaint: subscription not cancelled",
        "Cancelled three weeks ago, another box came. Angry, asks for a manager.",
    ),
)
TASKS = (
    "Call about the missed order",
    "Send samples of the new filter roast",
    "Offer the service contract",
    "Ask how the training went",
    "Prepare the yearly review",
    "Check the delivery complaint",
    "Send the corrected invoice",
    "Talk about decaf for the office",
    "Invite to the cupping evening",
    "Ask for a second location",
    "Follow up on the offer",
    "Thank for the referral",
    "Find out why the orders stopped",
    "Agree on prices for next year",
)
JOBS = (
    "Owner",
    "Head barista",
    "Office manager",
    "Purchasing",
    "Bar manager",
    "Managing director",
    "Facility manager",
    "Chef",
)
TAGS = (
    "café",
    "office",
    "restaurant",
    "hotel",
    "subscription",
    "wholesale",
    "key account",
    "event",
    "machine lease",
    "organic only",
    "newsletter",
    "trade fair",
)
# What a business is called ({last} is a family name, {city} a town) and its tag.
BUSINESSES = (
    ("Café {last}", "café"),
    ("{last} & Co", "office"),
    ("Hotel {city}", "hotel"),
    ("{last} Bakery", "café"),
    ("Studio {last}", "office"),
    ("Restaurant {last}", "restaurant"),
    ("{city} Coworking", "office"),
    ("{last} Architects", "office"),
    ("The {city} Tearoom", "café"),
    ("{last} Consulting", "office"),
    ("Bistro {last}", "restaurant"),
    ("{city} Museum Café", "café"),
    ("{last} Catering", "restaurant"),
    ("Clinic {last}", "office"),
)

#: (from, name, subject, text, is_automatic)
STRANGERS = (
    (
        "purchasing@hotel-seeblick.example",
        "Hotel Seeblick",
        "Coffee for 40 rooms",
        "Hello,\n\nwe are opening in spring and look for a roaster. Could you send prices for filter coffee in 1 kg bags?\n\nKind regards\nPetra Vogel",
        False,
    ),
    (
        "p.vogel@hotel-seeblick.example",
        "Petra Vogel",
        "Re: Coffee for 40 rooms",
        "One more thing: do you also rent machines?",
        False,
    ),
    (
        "jonas.keller@posteo.example",
        "Jonas Keller",
        "Tasting on Saturday?",
        "Hi, is there still a place in the tasting on Saturday? Two people.\n\nJonas",
        False,
    ),
    (
        "info@cafe-linden.example",
        "Café Linden",
        "Invoice address",
        "Please write invoices to Linden Gastro GmbH from now on.",
        False,
    ),
    (
        "lena@buero-nord.example",
        "Lena Marx",
        "Sample box",
        "The sample box arrived, thank you! We will come back to you next week.",
        False,
    ),
    ("newsletter@packworld.example", "Packworld", "20 % off on valve bags", "This week only.", True),
    (
        "no-reply@parcels.example",
        "Parcels",
        "Your delivery is on its way",
        "Your parcel arrives tomorrow.",
        True,
    ),
    (
        "office@stadtwerke.example",
        "Stadtwerke",
        "Your meter reading",
        "Please send us your meter reading.",
        False,
    ),
    (
        "noah.brandt@brandt-catering.example",
        "Noah Brandt",
        "Offer for an event",
        "We plan an event for 300 guests in June. Can you come with a mobile bar?",
        False,
    ),
)
TEMPLATES = (
    (
        "First contact",
        "Coffee from {{ company.name }}",
        'Hello {{ customer.first_name | default: "and good day" }},\n\nthank you for your interest. May I call you in the next days to learn what you need?\n\n{{ sender.signature }}',
    ),
    (
        "After a tasting",
        "Thank you for coming",
        'Hello {{ customer.first_name | default: "and good day" }},\n\nthank you for coming to our tasting. Which of the coffees would you like to have at {{ customer.organisation | default: "home" }}?\n\n{{ sender.signature }}',
    ),
    (
        "Follow up on a deal",
        "{{ deal.name }}",
        'Hello {{ customer.first_name | default: "and good day" }},\n\nhow does {{ deal.name }} ({{ deal.amount }}) look to you? We had planned to decide by {{ deal.close_on }}.\n\n{{ sender.signature }}',
    ),
    (
        "Sample box is on its way",
        "Your samples",
        'Hello {{ customer.first_name | default: "and good day" }},\n\nyour sample box left today. Let it rest for two days before you brew it.\n\n{{ sender.signature }}',
    ),
)
