"""The states: their positions and their laws."""

import pandas as pd

from matchatlas.catalog.queries import Queries, kept


class Places(Queries):
    """Positions and pathways by state."""

    @kept
    def states(self) -> pd.DataFrame:
        """Positions by state with IMGs' share of those filled, and the tile grid's places."""
        return self._query(
            """SELECT match_year, state, code, tile_row, tile_column, offered, filled,
                      filled / nullif(offered, 0) AS fill_rate,
                      (filled_us_img + filled_non_us_img) / nullif(filled, 0) AS img_share,
                      filled_us_img + filled_non_us_img AS filled_imgs, source_id
               FROM state_positions JOIN state USING (state) ORDER BY match_year, state"""
        )

    @kept
    def state_specialties(self) -> pd.DataFrame:
        """Positions by state and specialty, about 99 % of all: sums are no NRMP totals."""
        return self._query(
            """SELECT match_year, state, code, tile_row, tile_column, specialty, offered, filled,
                      filled / nullif(offered, 0) AS fill_rate, institutions, source_id
               FROM state_specialty_positions JOIN state USING (state)
               ORDER BY match_year, state, specialty"""
        )

    @kept
    def state_specialty_types(self) -> pd.DataFrame:
        """Positions by state, specialty and level with IMGs' part: empty until imported."""
        return self._query(
            """SELECT match_year, state, specialty, level, offered, filled,
                      filled_us_img + filled_non_us_img AS filled_imgs, source_id
               FROM state_specialty_types ORDER BY match_year DESC, state, specialty, level"""
        )

    @kept
    def openings(self) -> pd.DataFrame:
        """Positions by state and specialty in the newest Match that has them, about 99 % of all,
        beside the share of each state's positions, all specialties, that IMGs filled last."""
        return self._query(
            """WITH imgs AS (
                   SELECT state, match_year AS img_year, source_id AS img_source_id,
                          (filled_us_img + filled_non_us_img) / nullif(filled, 0) AS state_img_share
                   FROM state_positions WHERE match_year = (SELECT max(match_year) FROM state_positions)
               )
               SELECT match_year, state, specialty, offered, offered - filled AS unfilled, institutions,
                      state_img_share, img_year, source_id, img_source_id
               FROM state_specialty_positions LEFT JOIN imgs USING (state)
               WHERE match_year = (SELECT max(match_year) FROM state_specialty_positions) AND offered > 0
               ORDER BY offered DESC, state, specialty"""
        )

    @kept
    def state_pathways(self) -> pd.DataFrame:
        """State laws, and bills, on a license without a residency, with their conditions."""
        return self._query("SELECT * EXCLUDE (file, line) FROM state_pathways ORDER BY state, year_enacted")
