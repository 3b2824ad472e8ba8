"""IP address filters of received mail."""

from typing import Any

from emulator.context import Context
from emulator.ses import receipt_filters
from emulator.store.receipt_filters import ReceiptFilter


def create_receipt_filter(ctx: Context, Filter: dict[str, Any]) -> dict[str, Any]:
    """The filter is there."""
    addresses = Filter["IpFilter"]
    receipt_filters.create(ctx, ReceiptFilter(Filter["Name"], addresses["Policy"], addresses["Cidr"]))
    return {}


def list_receipt_filters(ctx: Context) -> dict[str, Any]:
    """All filters of the account in the region."""
    listed = [
        {"Name": each.name, "IpFilter": {"Policy": each.policy, "Cidr": each.cidr}}
        for each in receipt_filters.listed(ctx)
    ]
    return {"Filters": listed}


def delete_receipt_filter(ctx: Context, FilterName: str) -> dict[str, Any]:
    """The filter is gone."""
    receipt_filters.delete(ctx, FilterName)
    return {}
