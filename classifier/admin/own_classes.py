"""Own classes in the admin: sets of classes, their pictures, and learning from them.

Whoever may view networks sees them; "Can learn networks" changes them.
"""

from django.contrib import admin, messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ..exceptions import StorageUnavailable
from ..jobs import queue
from ..jobs.models import Job
from ..own_classes import adding, readiness
from ..own_classes.models import ClassSet, OwnClass, OwnPicture, remove
from ..own_classes.names import Refused
from .jobs import PAGE as JOB_PAGE
from .network_rights import NetworkRights
from .own_files import received, thumbnail

PAGE = "admin:own_classes_classset_change"
SHOWN_PICTURES = 8  # of each class, on the page of a set
LISTED_REFUSALS = 10


@admin.register(ClassSet)
class ClassSetAdmin(NetworkRights, admin.ModelAdmin):
    """The list, adding and deleting are Django's; a set has pages of its own."""

    list_display = ("name", "made_by", "made_at")
    fields = ("name",)
    templates = "admin/own_classes"

    def get_urls(self):
        view = self.admin_site.admin_view
        routes = {
            "<int:set_id>/change/": (self.page, "change"),
            "<int:set_id>/classes/": (self.add_class, "classes"),
            # The server takes large bodies at addresses of this end alone.
            "<int:set_id>/upload/": (self.add_pictures, "pictures"),
            "<int:set_id>/learn/": (self.learn, "learn"),
            "class/<int:class_id>/": (self.class_page, "class"),
            "class/<int:class_id>/edit/": (self.edit_class, "edit_class"),
            "picture/<int:picture_id>/": (self.thumbnail, "picture"),
        }
        return [
            *(
                path(route, view(method), name=f"own_classes_classset_{name}")
                for route, (method, name) in routes.items()
            ),
            *super().get_urls(),
        ]

    def page(self, request, set_id):
        """Show a set: its classes with pictures, and whether it can be learned from."""
        self.check_may(request, is_change=False)
        class_set = get_object_or_404(ClassSet, pk=set_id)
        classes = readiness.counted(class_set)
        for each in classes:
            each.shown = each.pictures.all()[:SHOWN_PICTURES]
        return self.render(
            request,
            "set",
            title=class_set.name,
            class_set=class_set,
            classes=classes,
            problem=readiness.problem(class_set),
            most=adding.MOST_PICTURES,
            jobs=Job.objects.filter(
                kind=Job.Kind.OWN_CLASSES, parameters__set=class_set.pk
            )[:5],
        )

    @method_decorator(require_POST)
    def add_class(self, request, set_id):
        self.check_may(request)
        class_set = get_object_or_404(ClassSet, pk=set_id)
        try:
            adding.add_class(class_set, *typed(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(PAGE, set_id)

    @method_decorator(require_POST)
    def add_pictures(self, request, set_id):
        """Add pictures, a zip or a part of one; answer the page's script with JSON."""
        self.check_may(request)
        class_set = get_object_or_404(ClassSet, pk=set_id)
        is_script = request.headers.get("Accept") == "application/json"
        try:
            added = received(request, class_set)
        except (Refused, StorageUnavailable) as error:
            if is_script:
                return JsonResponse({"problem": str(error)}, status=400)
            messages.error(request, str(error))
        else:
            if is_script:
                return JsonResponse(added.as_dict() if added else {})
            self.tell(request, added)
        return redirect(PAGE, set_id)

    def tell(self, request, added):
        for name, sentence in added.refused[:LISTED_REFUSALS]:
            messages.warning(request, f"{name}: {sentence}")
        said = ngettext(
            "%d picture was added.", "%d pictures were added.", len(added.made)
        )
        messages.success(request, said % len(added.made))

    @method_decorator(require_POST)
    def learn(self, request, set_id):
        """Ask for a job that learns a network from a set."""
        self.check_may(request)
        class_set = get_object_or_404(ClassSet, pk=set_id)
        if problem := readiness.problem(class_set):
            messages.error(request, problem)
            return redirect(PAGE, set_id)
        job = queue.ask(Job.Kind.OWN_CLASSES, str(request.user), set=class_set.pk)
        return redirect(JOB_PAGE, job.pk)

    def class_page(self, request, class_id):
        """Show all pictures of a class, to remove some; its name and description."""
        self.check_may(request, is_change=False)
        own_class = get_object_or_404(
            OwnClass.objects.select_related("class_set"), pk=class_id
        )
        return self.render(request, "class", title=own_class.name, own_class=own_class)

    @method_decorator(require_POST)
    def edit_class(self, request, class_id):
        """Rename a class, remove it, or remove some of its pictures."""
        self.check_may(request)
        own_class = get_object_or_404(OwnClass, pk=class_id)
        set_id = own_class.class_set_id
        if "remove" in request.POST:
            remove(own_class.pictures.all())
            own_class.delete()
            return redirect(PAGE, set_id)
        if "remove_pictures" in request.POST:
            chosen = [key for key in request.POST.getlist("picture") if key.isdecimal()]
            remove(own_class.pictures.filter(pk__in=chosen))
        else:
            try:
                adding.change_class(own_class, *typed(request))
            except Refused as refusal:
                messages.error(request, str(refusal))
        return redirect("admin:own_classes_classset_class", class_id)

    def thumbnail(self, request, picture_id):
        self.check_may(request, is_change=False)
        return thumbnail(get_object_or_404(OwnPicture, pk=picture_id))

    def save_model(self, request, obj, form, change):
        obj.made_by = str(request.user)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs, request):
        """Name the sets alone: they may have thousands of pictures."""
        counts = {self.opts.verbose_name_plural: len(objs)}
        return [str(each) for each in objs], counts, set(), []

    def delete_queryset(self, request, queryset):
        for class_set in queryset:
            class_set.delete()

    def response_add(self, request, obj, post_url_continue=None):
        return redirect(PAGE, obj.pk)

    def has_add_permission(self, request):
        return self.may_learn(request)

    def has_delete_permission(self, request, obj=None):
        return self.may_learn(request)


def typed(request):
    """Return the name and the description in a form."""
    return (request.POST.get(key, "") for key in ("name", "description"))
