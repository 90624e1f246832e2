"""The OpenAPI document: each view tells its operations itself (crm.api.operations)."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from crm.api.operations import Operation


class ResourceSchema(AutoSchema):
    @property
    def operation(self) -> Operation:
        found: Operation = self.view.operation(self.method.lower())
        return found

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_tags(self) -> list[str]:
        return [self.operation.tag]

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:
        return self.operation.description

    def get_override_parameters(self) -> list[Any]:
        return list(self.operation.parameters)

    def get_request_serializer(self) -> Any:
        return self.operation.request

    def get_response_serializers(self) -> Any:
        return self.operation.all_responses()
