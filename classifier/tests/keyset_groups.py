"""An admin over a store that is a list in memory, with a model that is no upload."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path

from classifier.cassandra_admin.exceptions import InvalidLookup
from classifier.cassandra_admin.filters import ChoiceFilter
from classifier.cassandra_admin.options import KeysetModelAdmin
from classifier.cassandra_admin.queries import KeysetPage, KeysetQuery


class StoreAway(RuntimeError):
    """The store in memory does not answer."""


class GroupQuery(KeysetQuery):
    """Groups by falling key; a cursor is a direction and the key at the border.

    A group was made on the day of the month that its key says.
    """

    model = Group
    store: list = []
    is_away = False
    looked_back_to = None

    def page(self, size, cursor=None, before=None):
        if self.is_away:
            raise StoreAway
        kept = [group for group in self.store if self.keeps(group)]
        try:
            direction, key = (cursor or f"older-{self.start(before)}").split("-")
        except ValueError as error:
            raise InvalidLookup("This cursor is forged.") from error
        if direction == "older":
            found = [group for group in kept if group.pk < int(key)][:size]
        else:
            found = [group for group in kept if group.pk > int(key)][-size:]
        if not found:
            return KeysetPage(looked_back_to=self.looked_back_to)
        return KeysetPage(
            found,
            older=f"older-{found[-1].pk}" if found[-1] != kept[-1] else None,
            newer=f"newer-{found[0].pk}" if found[0] != kept[0] else None,
            looked_back_to=self.looked_back_to,
        )

    def get(self, pk):
        if self.is_away:
            raise StoreAway
        return next((group for group in self.store if str(group.pk) == str(pk)), None)

    def start(self, before):
        return before.day if before else 1_000_000

    def keeps(self, group):
        return all(getattr(group, k) == v for k, v in self.conditions.items())


def initial(group):
    return group.name[:1]


class GroupAdmin(KeysetModelAdmin):
    list_display = ("name", "is_even", "nothing", initial, "__str__", "natural_key")
    list_display_links = ("name", initial)
    list_filter = (
        ChoiceFilter.on("name", "name", lambda: [("odd", "Odd"), ("even", "Even")]),
    )
    list_per_page = 25
    fieldsets = ((None, {"fields": ("id", "name")}),)
    store_name = "The list"
    store_errors = (StoreAway,)

    @admin.display(boolean=True)
    def is_even(self, group):
        return group.name == "even"

    @admin.display(empty_value="<none>")
    def nothing(self, group):
        return None

    def get_queryset(self, request):
        return GroupQuery()

    def delete_model(self, request, obj):
        GroupQuery.store.remove(obj)


site = admin.AdminSite("groups")
site.register(Group, GroupAdmin)
urlpatterns = [path("groups/", site.urls), path("", include("deewhy.urls"))]


def groups(count):
    """Return groups with the keys from `count` down to 1."""
    return [Group(pk=pk, name=("even", "odd")[pk % 2]) for pk in range(count, 0, -1)]
