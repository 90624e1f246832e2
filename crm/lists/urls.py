from django.urls import path

from crm.lists import cell_pages, rule_pages, view_pages

app_name = "lists"
urlpatterns = [
    path("<slug:kind>/rule/", rule_pages.RuleView.as_view(), name="rule"),
    path("<slug:kind>/rule/count/", rule_pages.RuleCountView.as_view(), name="rule-count"),
    path("<slug:kind>/catalogue/", rule_pages.CatalogueView.as_view(), name="catalogue"),
    path("<slug:kind>/options/<str:field>/", rule_pages.OptionsView.as_view(), name="options"),
    path("<slug:kind>/records/<int:pk>/audience/", rule_pages.AudienceView.as_view(), name="audience"),
    path("<slug:kind>/records/<int:pk>/why/", rule_pages.WhyView.as_view(), name="why"),
    path("<slug:kind>/records/<int:pk>/fields/<str:field>/", cell_pages.CellView.as_view(), name="cell"),
    path(
        "<slug:kind>/records/<int:pk>/properties/<str:field>/",
        cell_pages.PropertyView.as_view(),
        name="property",
    ),
    path(
        "<slug:kind>/records/<int:pk>/history/<int:entry>/fields/<str:name>/",
        cell_pages.RestoreView.as_view(),
        name="restore",
    ),
    path("<slug:kind>/columns/", view_pages.ArrangeView.as_view(), name="columns"),
    path("<slug:kind>/views/new/", view_pages.ViewCreateView.as_view(), name="view-create"),
    path("<slug:kind>/views/<int:pk>/", view_pages.ViewEditView.as_view(), name="view-edit"),
    path("<slug:kind>/views/<int:pk>/save/", view_pages.ViewSaveView.as_view(), name="view-save"),
    path("<slug:kind>/views/<int:pk>/delete/", view_pages.ViewDeleteView.as_view(), name="view-delete"),
    path("<slug:kind>/views/<int:pk>/restore/", view_pages.ViewRestoreView.as_view(), name="view-restore"),
    path("<slug:kind>/views/<int:pk>/pin/", view_pages.ViewPinView.as_view(), name="view-pin"),
    path("<slug:kind>/views/<int:pk>/unpin/", view_pages.ViewUnpinView.as_view(), name="view-unpin"),
    path("<slug:kind>/views/<int:pk>/default/", view_pages.ViewDefaultView.as_view(), name="view-default"),
    path("<slug:kind>/views/<int:pk>/roles/", view_pages.ViewRolesView.as_view(), name="view-roles"),
]
