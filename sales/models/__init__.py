from sales.models.approval import DiscountApproval
from sales.models.deal import Deal, DealCompetitor, DealLine, DealPerson, StageChange
from sales.models.forecast import DealSnapshot, Quota
from sales.models.lead import Lead, LeadPolicy, LeadRule
from sales.models.order import Order, OrderLine
from sales.models.pipeline import LossReason, Pipeline, Stage
from sales.models.price_book import DiscountLimit, PriceBook, PriceBookEntry
from sales.models.product import BundlePart, Product
from sales.models.quote import Quote, QuoteLine
from sales.models.recommendation import ProductRule, Recommendation, RecommendationOffer, RecommendationRun
from sales.models.sequence import Enrolment, Sequence, SequenceStep, StepRun
from sales.models.winning import DealChance, WinModel

__all__ = [
    "BundlePart",
    "Deal",
    "DealChance",
    "DealCompetitor",
    "DealLine",
    "DealPerson",
    "DealSnapshot",
    "DiscountApproval",
    "DiscountLimit",
    "Enrolment",
    "Lead",
    "LeadPolicy",
    "LeadRule",
    "LossReason",
    "Order",
    "OrderLine",
    "Pipeline",
    "PriceBook",
    "PriceBookEntry",
    "Product",
    "ProductRule",
    "Quota",
    "Quote",
    "QuoteLine",
    "Recommendation",
    "RecommendationOffer",
    "RecommendationRun",
    "Sequence",
    "SequenceStep",
    "Stage",
    "StageChange",
    "StepRun",
    "WinModel",
]
