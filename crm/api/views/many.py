"""A rule asked of a resource, and many operations at once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api import operations as ops
from crm.api.answers import Answer
from crm.api.authentication import actor_again
from crm.api.inputs import StrictSerializer, TextField
from crm.api.operations import Operation
from crm.api.paging import LARGEST_LIMIT, base_rows, read_page
from crm.api.problems import Problem, as_problem, document, of_rule, refused
from crm.api.views.base import ResourceView
from crm.api.writing import Writer, require_verb
from crm.rules.compile import Reading, compiled
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree
from crm.staff.models import User

MOST_OPERATIONS = 200
UNTOUCHED = 424


class QueryInput(StrictSerializer):
    """`next` and `previous` of the answer are cursors for the next question."""

    rule = serializers.DictField(required=False, help_text="A rule; see /api/v1/rules/check/.")
    fields_ = serializers.ListField(child=TextField(max_length=100), required=False, max_length=200)
    sort = TextField(max_length=100, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_LIMIT, required=False)
    cursor = TextField(max_length=700, required=False, allow_blank=True)
    count = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        found["fields"] = found.pop("fields_")  # a name that the class itself has
        return found


class QueryView(ResourceView):
    """POST because a rule can be long; nothing is written."""

    verbs = {"post": "view"}

    def post(self, request: Request) -> Response:
        asked = QueryInput(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        reading = Reading.of(self.resource.record_kind, self.user)
        try:
            condition = compiled(reading, read_tree(values.get("rule")))
        except RuleError as fault:
            raise of_rule(fault) from fault
        rows = base_rows(self.resource, self.user).filter(condition)
        return Response(read_page(self.resource, self.user, rows, as_params(values), lambda cursor: cursor))

    def operation(self, method: str) -> Operation:
        return Operation(
            f"{self.prefix}_query",
            f"Ask a rule of {self.resource.name}",
            self.resource.name,
            {200: ops.page_class(self.resource, self.reader)},
            request=QueryInput,
            errors=ops.WITH_BODY,
        )


def as_params(values: Mapping[str, Any]) -> QueryDict:
    """The same as parameters of an address."""
    params = QueryDict(mutable=True)
    for name in ("sort", "cursor", "limit"):
        if values.get(name):
            params[name] = str(values[name])
    if "fields" in values:
        params["fields"] = ",".join(values["fields"])
    if values.get("count"):
        params["count"] = "true"
    return params


class BatchOperation(StrictSerializer):
    """`op` is create, edit, delete, or a verb of the records; edit and delete name the version that was seen."""

    op = TextField(max_length=40)
    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    body = serializers.DictField(required=False)


class BatchInput(StrictSerializer):
    all_or_nothing = serializers.BooleanField(required=False, default=False)
    operations = BatchOperation(many=True, min_length=1, max_length=MOST_OPERATIONS)


class BatchResult(serializers.Serializer):
    status = serializers.IntegerField()
    etag = serializers.CharField(required=False)
    body = serializers.DictField(required=False, help_text="The record, or the problem.")


class BatchOutput(serializers.Serializer):
    results = BatchResult(many=True)


class BatchView(ResourceView):
    """Each operation with a status of its own; with `all_or_nothing` one that fails undoes the others."""

    verbs = {"post": "view"}

    def post(self, request: Request) -> Response:
        asked = BatchInput(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.write(lambda actor: self.run(actor, asked.validated_data))

    def run(self, actor: User, values: Mapping[str, Any]) -> Answer:
        results: list[dict[str, Any]] = []
        for item in values["operations"]:
            results.append(self.one(actor, item))
            if values["all_or_nothing"] and results[-1]["status"] >= 400:
                raise undone(results, len(values["operations"]))
        return Answer(200, {"results": results})

    def one(self, actor: User, item: Mapping[str, Any]) -> dict[str, Any]:
        """One operation in a savepoint of its own; who may still write is asked anew for each."""
        actor_again(actor, self.request.auth)
        try:
            with transaction.atomic():
                return result(self.done(actor, item))
        except Exception as fault:
            found = as_problem(fault)
            if found is None:
                raise
            body = document(found.status_code, found.text, found.errors, found.more)
            return {"status": found.status_code, "body": body}

    def done(self, actor: User, item: Mapping[str, Any]) -> Answer:
        op, writer = item["op"], Writer(self.resource, actor)
        verbs = {action.name: action for action in self.resource.actions}
        if op not in ("create", "edit", "delete", *verbs):
            raise refused([{"field": "op", "detail": _("There is no such operation.")}])
        require_verb(self.resource, op, actor, self.request.auth)
        if op == "create":
            return writer.create(item.get("body", {}))
        if "id" not in item:
            raise refused([{"field": "id", "detail": _("Say which record.")}])
        match = f'"{item["version"]}"' if "version" in item else ""
        if op == "edit":
            return writer.edit(item["id"], match, item.get("body", {}))
        return (
            writer.delete(item["id"], match)
            if op == "delete"
            else writer.act(verbs[op], item["id"], match, item.get("body"))
        )

    def operation(self, method: str) -> Operation:
        return Operation(
            f"{self.prefix}_batch",
            f"Up to {MOST_OPERATIONS} operations on {self.resource.name} at once",
            self.resource.name,
            {200: BatchOutput},
            request=BatchInput,
            parameters=(ops.IDEMPOTENCY_KEY,),
            errors=ops.WITH_BODY,
        )


def result(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"status": answer.status}
    if "ETag" in answer.headers:
        told["etag"] = answer.headers["ETag"]
    return told | ({"body": answer.body} if answer.body is not None else {})


def undone(results: list[dict[str, Any]], wanted: int) -> Problem:
    """Those before the failure were undone, those after it never begun."""
    told = [{"status": UNTOUCHED}] * (len(results) - 1) + [results[-1]]
    told += [{"status": UNTOUCHED}] * (wanted - len(results))
    text = _("One operation failed, so nothing was written.")
    return Problem(422, text, more={"results": told})
