from django.urls import path

from sales.views import order

app_name = "sales"
urlpatterns = [
    path("", order.OrderListView.as_view(), name="order-list"),
    path("new/", order.OrderCreateView.as_view(), name="order-create"),
    path("products/<int:pk>/price/", order.ProductPriceView.as_view(), name="product-price"),
    path("<int:pk>/", order.OrderRecordView.as_view(), name="order-record"),
    path("<int:pk>/cancel/", order.OrderCancelView.as_view(), name="order-cancel"),
    path("<int:pk>/return/", order.OrderReturnView.as_view(), name="order-return"),
    path("<int:pk>/reinstate/", order.OrderReinstateView.as_view(), name="order-reinstate"),
]
