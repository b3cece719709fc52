"""The columns of each record of a DTF 7.3 and of an AddressBase Premium file, in their order.

A column is named after the frame's own; one ending in `$` is text and is written in double quotes. `_` is a
column that is always empty, `_$` one that is always an empty text. Sources: DTF 7.3, the exchange format of Local
Land and Property Gazetteers; Ordnance Survey's header files of AddressBase Premium, version 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Layout:
    """Say which frame a record is written from, and in which columns after the first three."""

    frame: str
    columns: tuple[str, ...]
    group: int = 1
    """0 for records of a street, 1 for those of a property: streets come first in a file."""


def _layout(frame: str, columns: str, *, group: int = 1) -> Layout:
    return Layout(frame, tuple(columns.split()), group)


_SAO_TO_PAO = (
    "sao_start sao_start_suffix$ sao_end sao_end_suffix$ sao_text$ "
    "pao_start pao_start_suffix$ pao_end pao_end_suffix$ pao_text$"
)

DTF: Mapping[int, Layout] = MappingProxyType(
    {
        11: _layout(
            "streets",
            "usrn record_type custodian state start surface classification version start updated start end "
            "x y end_x end_y tolerance",
            group=0,
        ),
        15: _layout("descriptors", "usrn street$ locality$ town$ area$ language$", group=0),
        21: _layout(
            "blpus",
            "uprn status state start blpu_class$ parent_uprn x y rpc custodian start end updated start "
            "organisation$ ward$ _$ custodian _ _$",
        ),
        23: _layout("cross_references", "uprn xref_key$ start updated start end reference$ source$"),
        24: _layout(
            "lpis",
            f"uprn lpi_key$ language$ status start end start updated {_SAO_TO_PAO} "
            "usrn _$ postal_address$ postcode$ town$ official$ custodian _ _$",
        ),
        30: _layout("successors", "uprn succ_key$ start end updated start successor"),
    }
)
"""DTF 7.3. The layout of record 30 is taken to be AddressBase's; in DTF it could not be verified."""

ADDRESSBASE: Mapping[int, Layout] = MappingProxyType(
    {
        11: _layout(
            "streets",
            "usrn record_type custodian state start surface classification version start end updated start "
            "x y latitude longitude end_x end_y end_latitude end_longitude tolerance",
            group=0,
        ),
        15: _layout("descriptors", "usrn street$ locality$ town$ area$ language$ start end updated start", group=0),
        21: _layout(
            "blpus",
            "uprn status state start parent_uprn x y latitude longitude rpc custodian country$ start end updated "
            "start postal$ postcode$ inside",
        ),
        23: _layout("cross_references", "uprn xref_key$ reference$ version source$ start end updated start"),
        24: _layout(
            "lpis",
            f"uprn lpi_key$ language$ status start end updated start {_SAO_TO_PAO} usrn match$ _$ _$ official$",
        ),
        28: _layout(
            "delivery_points",
            "uprn udprn organisation$ _$ sub_building$ building_name$ building_number _$ thoroughfare$ _$ "
            "dependent_locality$ post_town$ postcode$ postcode_type$ suffix$ _$ welsh$ _$ _$ _$ _$ "
            "start start end updated start",
        ),
        30: _layout("successors", "uprn succ_key$ start end updated start successor"),
        31: _layout("organisations", "uprn org_key$ organisation$ _$ start end updated start"),
        32: _layout("blpus", "uprn class_key$ blpu_class$ scheme$ scheme_version start end updated start"),
    }
)
"""AddressBase Premium, version 2."""
