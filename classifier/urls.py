"""The application's addresses."""

from django.urls import path

from . import views

app_name = "classifier"
urlpatterns = [
    path("about", views.about, name="about"),
    path("guess", views.guess, name="guess"),
    path("upload", views.upload, name="upload"),
    path("uploads/<uuid:id>", views.upload_detail, name="upload-detail"),
    path("uploads/<uuid:id>/suggestion", views.suggest, name="suggest"),
    path("uploads/<uuid:id>/delete", views.delete, name="delete"),
    path("receipts/<str:text>", views.receipt, name="receipt"),
    path("uploads/<uuid:id>/picture", views.picture, name="picture"),
    path(
        "uploads/<uuid:id>/preview",
        views.derived_picture,
        {"derived": "preview.webp"},
        name="preview",
    ),
    path(
        "uploads/<uuid:id>/thumbnail",
        views.derived_picture,
        {"derived": "thumb.webp"},
        name="thumbnail",
    ),
    path("uploads/<uuid:id>/heat-map", views.heat_map, name="heat-map"),
    path("uploads/<uuid:id>/card", views.card, name="card"),
]
