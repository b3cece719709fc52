from pathlib import Path

import polars as pl
import pytest

from gazetteer import OUTCOMES, resolve
from gazetteer.examples import barchester
from gazetteer.parse import take_apart
from gazetteer.tidy import postcode_of, take_postcode, tidy, whole_words

# Sample, and the least share of its addresses in which a street must be found without a gazetteer's help.
SAMPLES = {
    "bulk_food-hygiene_sample.tsv": 0.92,
    "bulk_democracy-club-polling-stations_sample.tsv": 0.88,
    "fhrs_addresses_sample.parquet": 0.95,
}


def sample(folder: Path, name: str) -> pl.DataFrame:
    """Reads one sample as a frame of address and postcode."""
    file = folder / "addresses" / name
    if file.suffix == ".parquet":
        return pl.read_parquet(file).select("postcode", address="address_concat")
    return pl.read_csv(file, separator="\t", infer_schema=False, quote_char=None).select("postcode", address="text")


@pytest.mark.parametrize("name", SAMPLES)
def test_real_addresses_are_taken_apart_without_a_fault(samples: Path, name: str) -> None:
    frame = sample(samples, name)
    parsed = [take_apart(address, postcode=postcode) for postcode, address in frame.iter_rows()]
    assert sum(bool(one.street) for one in parsed) >= SAMPLES[name] * len(frame)
    assert sum(bool(one.trouble) for one in parsed) <= 0.01 * len(frame)
    for (postcode, address), one in zip(frame.iter_rows(), parsed, strict=True):
        assert one.trouble or one.units or one.names or one.number or one.street
        assert one.postcode or postcode_of(postcode) is None
        written = take_postcode(tidy(address or ""))[1].replace(",", " ")
        words = {word for line in tidy(address or "").split(", ") for word in whole_words(line)} | set(written.split())
        for part in (*one.names, *one.places):
            assert part == one.relation or set(part.split()) <= words


@pytest.mark.parametrize("name", SAMPLES)
def test_real_addresses_from_elsewhere_all_get_an_outcome_and_a_reason(samples: Path, name: str) -> None:
    placed = resolve(sample(samples, name), barchester())
    assert placed["outcome"].is_in(list(OUTCOMES)).all()
    assert placed["uprn"].null_count() == len(placed)
    assert placed["reason"].null_count() == 0
