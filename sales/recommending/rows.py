"""What was learnt as columns to write."""

from collections.abc import Sequence

import numpy as np

from contacts.choices import CustomerKind
from crm.columnar.binary_copy import Cells, Column, Same, Words
from sales.recommending.purchases import Ints, Purchases
from sales.recommending.rules import Rules
from sales.recommending.scoring import Picks

#: in the order of rules.PEOPLE, ORGANISATIONS, ALL
KINDS: tuple[str, ...] = (CustomerKind.PERSON.value, CustomerKind.ORGANISATION.value, "")
#: a rule is known by its kind and products, so that the address of one leads to the same after the next run
ID_BITS = 30


def rule_ids(kind: Ints, bought: Ints, other: Ints) -> Ints:
    return (kind << (2 * ID_BITS)) | (bought << ID_BITS) | other


def rule_columns(known: Purchases, learnt: Rules) -> Sequence[Column]:
    bought, other = known.product[learnt.bought], known.product[learnt.other]
    return (
        Cells("id", "int8", rule_ids(learnt.kind, bought, other)),
        Words("kind", KINDS, learnt.kind),
        Cells("bought_id", "int8", bought),
        Cells("other_id", "int8", other),
        Cells("support", "int4", learnt.support),
        Cells("base", "int4", learnt.base),
        Cells("share", "float8", learnt.share),
        Cells("lift", "float8", learnt.lift),
    )


def pick_columns(known: Purchases, learnt: Rules, found: Picks, run_number: int) -> Sequence[Column]:
    rule = found.rule
    return (
        Cells("id", "int8", np.arange(1, len(found) + 1)),
        Cells("customer_id", "int8", known.customer[found.row]),
        Cells("rank", "int2", found.rank),
        Cells("product_id", "int8", known.product[found.product]),
        Cells("because_id", "int8", known.product[learnt.bought[rule]]),
        Words("like", KINDS, learnt.kind[rule]),
        Cells("support", "int4", learnt.support[rule]),
        Cells("share", "float8", learnt.share[rule]),
        Cells("lift", "float8", learnt.lift[rule]),
        Same("run_number", "int4", run_number),
    )
