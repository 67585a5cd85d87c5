"""The application's addresses."""

app_name = "classifier"
urlpatterns = []
