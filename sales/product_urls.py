"""The addresses of what the company sells."""

from django.urls import path

from crm.records.kind_pages import kind_paths
from sales.price_kinds import BUNDLE_PARTS, DISCOUNT_LIMITS, PRICE_BOOKS, PRICES
from sales.product_kind import PRODUCTS
from sales.views import order, price_book, recommendation

product_paths = [
    *kind_paths(BUNDLE_PARTS, "products/parts"),
    *kind_paths(PRODUCTS, "products"),
    *kind_paths(PRICES, "price-books/prices"),
    *kind_paths(PRICE_BOOKS, "price-books"),
    *kind_paths(DISCOUNT_LIMITS, "discount-limits"),
    path("price-books/<int:pk>/rule/", price_book.PriceBookRuleView.as_view(), name="pricebook-rule"),
    path("customers/<int:pk>/prices/", price_book.CustomerPricesView.as_view(), name="customer-prices"),
    path("products/<int:pk>/price/", order.ProductPriceView.as_view(), name="product-price"),
    path("products/recommendations/", recommendation.RecommendationsView.as_view(), name="recommendations"),
    path(
        "products/recommendations/refresh/",
        recommendation.RecommendationRefreshView.as_view(),
        name="recommendation-refresh",
    ),
    path(
        "products/<int:pk>/offer/",
        recommendation.RecommendationOfferView.as_view(),
        name="recommendation-offer",
    ),
    path(
        "offers/<int:pk>/withdraw/",
        recommendation.RecommendationWithdrawView.as_view(),
        name="recommendation-withdraw",
    ),
    path("products/rules/", recommendation.RuleListView.as_view(), name="rule-list"),
    path("products/rules/<int:pk>/", recommendation.RuleView.as_view(), name="rule-record"),
]
