"""What the text says of the two-layer network."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.landscapes.two_layer.claims import FINDERS, final_overlap


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    overlap = column(table, "overlap", model="Hopfield")
    dense, attention, sphere = (f"{_found(model, table):.1g}" for model in FINDERS)
    return {
        **{name: str(config[name]) for name in ("visible", "hidden", "flipped", "euler_step")},
        "visible_time": f"{config['visible_time']:g}",
        "hidden_time": f"{config['hidden_time']:g}",
        "load": f"{float(str(config['hidden'])) / float(str(config['visible'])):g}",
        "start": f"{column(table, 'overlap', time=0.0).mean():g}",
        "hopfield_top": f"{overlap.max():.2f}",
        "hopfield_end": f"{final_overlap(('Hopfield',), table):.2f}",
        "dense_found": dense,
        "attention_found": attention,
        "sphere_found": sphere,
    }


def _found(model: str, table: pd.DataFrame) -> float:
    """The first time at which the overlap is above 0.9."""
    rows = select(table, model=model)
    return float(column(rows, "time")[column(rows, "overlap") > 0.9].min())


def _three_find_it(table: pd.DataFrame) -> bool:
    return final_overlap(FINDERS, table) > 0.99 and final_overlap(("Hopfield",), table) < 0.5


def _up_and_down(table: pd.DataFrame) -> bool:
    overlap = column(table.sort_values("time"), "overlap", model="Hopfield")
    return bool(overlap.max() > overlap[0] > overlap[-1]) and int(overlap.argmax()) < len(overlap) / 10


def _levels_off(table: pd.DataFrame) -> bool:
    """More than nine tenths of the fall happen in the first half."""
    for _, rows in table.sort_values("time").groupby("model"):
        energy = rows["energy"].to_numpy()
        if not energy[0] - energy[len(energy) // 2] > 0.9 * (energy[0] - energy[-1]) > 0:
            return False
    return True


def _never_rises(table: pd.DataFrame) -> bool:
    return bool(np.nanmax(column(table, "rise")) <= 2e-12)


def _upside_down(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(energy=-table["energy"], rise=-table["rise"], overlap=1.2 - table["overlap"])


def _other_model(table: pd.DataFrame) -> pd.DataFrame:
    return exchange("model", "Hopfield", FINDERS[0])(table)


STATEMENTS = [
    Statement("The energy never rises", _never_rises, _upside_down),
    Statement("three models find the memory", _three_find_it, _other_model),
    Statement("every energy falls and then levels off", _levels_off, _upside_down),
    Statement("rises in the models A, B and C to one", _three_find_it, _other_model),
    Statement("it rises briefly", _up_and_down, _other_model),
    Statement("Its energy falls as dutifully as the others'", _never_rises, _upside_down),
    Statement("for this draw and cue, leads somewhere else", _three_find_it, _other_model),
]
