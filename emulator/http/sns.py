"""SNS's own API, as far as the endpoints of subscriptions call it, and the certificate it signs with."""

from functools import cache

from flask import Blueprint, Response, request

from emulator.dispatch import Dispatcher
from emulator.http.parts import DEFAULT_REGION
from emulator.ses import sns_subscriptions
from emulator.store.engine import DatabaseUnavailable
from emulator.wire import model, query, validate
from emulator.wire.common_errors import STATUS, Fault

CONFIRM, UNSUBSCRIBE = "ConfirmSubscription", "Unsubscribe"


def blueprint(dispatcher: Dispatcher) -> Blueprint:
    """The routes that SubscribeURL, UnsubscribeURL and SigningCertURL lead to, and SDKs with this as their endpoint."""
    routes = Blueprint("sns", __name__)

    @routes.route(sns_subscriptions.PATH, methods=["GET", "POST"], strict_slashes=False)
    def call() -> Response:
        if request.method == "HEAD":  # programs that look at links follow none
            return Response()
        request_id = dispatcher.outside.ids.request_id()
        try:
            status, body = 200, _answer(dispatcher, request_id)
        except query.UnknownOperation:
            status, body = 404, query.UNKNOWN_OPERATION
        except Fault as fault:
            status, body = _refusal(fault.status, fault.code, fault.message, request_id)
        except sns_subscriptions.InvalidParameter as error:
            code, status = _service().errors["InvalidParameterException"]
            status, body = _refusal(status, code, str(error), request_id)
        except DatabaseUnavailable as error:
            code = "ServiceUnavailable"
            status, body = _refusal(STATUS[code], code, str(error), request_id)
        return Response(body, status, {"Content-Type": query.CONTENT_TYPE, "x-amzn-RequestId": request_id})

    @routes.get(f"{sns_subscriptions.PATH}<name>")
    def certificate(name: str) -> Response:
        with dispatcher.contexts.open(dispatcher.account_id, DEFAULT_REGION, write=False) as ctx:
            found = sns_subscriptions.certificate_file(ctx, name)
        if found is None:
            return Response("There is no such certificate.\n", 404, content_type="text/plain; charset=utf-8")
        return Response(found, content_type="application/x-pem-file")

    return routes


@cache
def _service() -> model.Service:
    return model.load("sns", "2010-03-31")


def _answer(dispatcher: Dispatcher, request_id: str) -> bytes:
    form = query.read(request.method, request.content_type or "", request.query_string, request.get_data())
    form.setdefault("Version", _service().api_version)  # the URLs in messages have none
    called = query.operation(_service(), form)
    if called.name not in (CONFIRM, UNSUBSCRIBE):
        raise Fault("NotImplemented", f"ses-emulator does not implement {called.name} of SNS.")
    parameters = query.decode(called.input, form)
    validate.check(called.input, parameters)
    result = {}
    with dispatcher.contexts.open(dispatcher.account_id, DEFAULT_REGION, write=True) as ctx:
        if called.name == CONFIRM:
            result = {"SubscriptionArn": sns_subscriptions.confirm(ctx, parameters["TopicArn"], parameters["Token"])}
        else:
            sns_subscriptions.unsubscribe(ctx, parameters["SubscriptionArn"])
    return query.encode_result(_service(), called, result, request_id)


def _refusal(status: int, code: str, message: str | None, request_id: str) -> tuple[int, bytes]:
    return status, query.encode_error(_service().namespace, code, message, status, request_id)
