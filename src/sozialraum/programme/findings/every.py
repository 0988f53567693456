"""All findings of a programme at once: tables by name, and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.assess import settings_of
from sozialraum.assessment.index.recipes import Recipe, recipes_by_target_group
from sozialraum.assessment.provision.supply import year_of
from sozialraum.assessment.trends.early_warning import warning_record
from sozialraum.errors import Problem, SozialraumError
from sozialraum.programme.effect.study import effect_studies
from sozialraum.programme.findings.counts import group_counts, with_group_ids
from sozialraum.programme.findings.effects import contribution_table, examine_effects
from sozialraum.programme.findings.lists import all_facts, lists
from sozialraum.programme.findings.money import allocation_table
from sozialraum.programme.findings.more import (
    exposure_table,
    housing_words,
    overall_burden,
    pocket_table,
    variant_tables,
)
from sozialraum.programme.findings.provide import (
    access_table,
    burden_tables,
    housing_tables,
    load_table,
    supply_table,
)
from sozialraum.programme.selection.rules import selection_rules
from sozialraum.programme.selection.sites import all_site_shares
from sozialraum.programme.selection.stability import index_draws, resampled_selection
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from sozialraum.analysis import Analysis
    from sozialraum.programme.register import Programme

__all__ = ["Findings", "programme_findings"]

RESAMPLES = 60


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the programme's sheets and the monitoring say together.

    Parameters
    ----------
    tables
        Name to table: `supply`, `access`, `housing`, `housing_loss`, `double_disadvantage`, `decoupling`,
        `double_disadvantage_overall` (all themes together), `load`, `exposure` (of groups to one another),
        `site_shares`, `pockets` (internal only), `selection` (with a sentence per district and year),
        `selection_rules` (which rule held), `proposed_areas`, `selection_changes`, `selection_stability`,
        `selection_variants`, `selection_by_variant`, `programme_list`, `effects`,
        `effect_districts`, `contribution_standing`, `allocation`, `early_warning_record`.
        One is left out where the sheets say nothing of it. All follow from what the analysis's audience may
        see, and from the sheets, which are internal: publish nothing without asking `disclosure`.
    outlines
        Outlines of the sites that name a file: index site id.
    problems
        What could not be computed, with its reason, and notes.
    """

    tables: Mapping[str, pd.DataFrame]
    outlines: gpd.GeoDataFrame | None = None
    problems: tuple[Problem, ...] = field(default=())

    def flat(
        self, districts: pd.DataFrame, *, until: int | None = None, language: Language = DEFAULT_LANGUAGE
    ) -> dict[str, pd.DataFrame]:
        """Return the tables with key and name of the district as columns, and the remarks as a table.

        Parameters
        ----------
        districts
            Index district; `name`.
        until
            Rows of later years are left out.
        language
            Of the remarks.
        """
        names = districts["name"].to_dict()
        found = {}
        for name, table in self.tables.items():
            rows = table if until is None or "year" not in table else table[table["year"] <= until]
            if rows.empty:
                continue
            if rows.index.name == "district":
                rows = rows.reset_index()
                rows.insert(1, "name", rows["district"].map(names))
            found[name] = rows.reset_index(drop=True)
        if self.problems:
            remarks = [(problem.severity, problem.text(language)) for problem in self.problems]
            found["remarks"] = pd.DataFrame(remarks, columns=["severity", "text"])
        return found


@checked()
def programme_findings(programme: Programme, analysis: Analysis, *, seed: int = 0) -> Findings:
    """Compute everything that the sheets ask for.

    Parameters
    ----------
    programme
        From `read_programme`.
    analysis
        With graph, and for selection and need an assessment.
    seed
        Of all random numbers.

    Returns
    -------
    Findings
        One part that fails leaves the others as they are, and is named in `problems`.
    """
    work = _Work(programme, analysis, seed)
    steps = (work.provision, work.people, work.warnings, work.selection, work.effects, work.money)
    for step in steps:
        try:
            step()
        except SozialraumError as error:
            work.problems += error.problems
    return Findings(
        tables={name: table for name, table in work.tables.items() if not table.empty},
        outlines=work.outlines,
        problems=tuple(work.problems),
    )


class _Work:
    """The steps, each on what those before it left in `tables`."""

    def __init__(self, programme: Programme, analysis: Analysis, seed: int) -> None:
        names = programme.sheets
        self.programme, self.analysis, self.seed = programme, analysis, seed
        self.indicators, self.catalogue = analysis.indicators, analysis.catalogue
        self.sheets = {name: with_group_ids(programme[name], self.catalogue) for name in names}
        self.years = sorted({int(str(date)[:4]) for date in self.indicators["date"].unique()})
        self.tables: dict[str, pd.DataFrame] = {}
        self.problems: list[Problem] = []
        self.outlines: gpd.GeoDataFrame | None = None
        assessment = analysis.assessment
        self.index = assessment.index if assessment is not None else pd.DataFrame()
        self.recipes = self._recipes()

    def _recipes(self) -> dict[str, Recipe]:
        settings = settings_of(self.analysis)
        main = None if settings is None else settings.recipe
        if main is None or self.index.empty:
            return {}
        groups = recipes_by_target_group(main, self.catalogue)
        there = set(self.index["index"])
        return {"all": main, **{name: one for name, one in groups.items() if name in there}}

    def provision(self) -> None:
        """Supply, access, housing, double disadvantage, load."""
        graph = self.analysis.around
        reported = {year_of(period) for period in self.sheets["facility_years"]["period"]}
        years = [year for year in self.years if year in reported]
        provided = supply_table(self.sheets, self.indicators, self.catalogue, years)
        self.tables["supply"] = provided
        if graph is not None:
            self.tables["access"] = access_table(
                self.sheets, self.indicators, self.catalogue, self.analysis.districts, graph, years
            )
        housing = self.sheets["housing"]
        if not housing.empty and self.years:
            households = group_counts("households", self.indicators, self.catalogue)
            ahead, loss = housing_tables(housing, self.years[-1], households)
            names = self.analysis.districts["name"]
            self.tables["housing"] = ahead
            self.tables["housing_loss"] = housing_words(loss, ahead, names, self.analysis.language)
        if graph is not None and not self.index.empty and not provided.empty:
            burden, slopes = burden_tables(
                provided,
                self.index,
                graph,
                districts=self.analysis.districts,
                drawn=self._drawn(provided),
                language=self.analysis.language,
            )
            self.tables["double_disadvantage"], self.tables["decoupling"] = burden, slopes
            self.tables["double_disadvantage_overall"] = overall_burden(burden)
        if self.years:
            self.tables["load"] = load_table(
                self.indicators, self.catalogue, provided, self._money(), self.years[-1]
            )

    def people(self) -> None:
        """Exposure of groups to one another, shares inside sites, pockets within districts."""
        if not self.years:
            return
        self.tables["exposure"] = exposure_table(self.indicators, self.catalogue, self.years[-1])
        counts = group_counts("all", self.indicators, self.catalogue)
        people = counts[self.years[-1]] if self.years[-1] in counts else pd.Series(dtype=float)
        shares, self.outlines, problems = all_site_shares(self.programme, self.analysis.districts, people)
        self.tables["site_shares"] = shares
        self.problems += problems
        if not self.sheets["block_values"].empty:
            self.tables["pockets"] = pocket_table(self.sheets["block_values"], self.analysis)

    def _drawn(self, provided: pd.DataFrame) -> dict[tuple[str, int], pd.DataFrame]:
        """Redraw the index of each group for the last year; earlier years go without bounds."""
        found = {}
        groups = provided.loc[provided["coverage"].notna(), "target_group"].unique()
        for group in map(str, groups):
            recipe = self.recipes.get(group, self.recipes.get("all"))
            dates = self.index.loc[self.index["index"] == (group if group in self.recipes else "all"), "date"]
            if recipe is None or dates.empty:
                continue
            date = str(dates.max())
            found[group, int(date[:4])] = self._redrawn(recipe, date)
        return found

    def _pot_draws(self, name: str, year: int) -> pd.DataFrame | None:
        """Redraw the index of a pot at its last date up to the year."""
        group = name.removeprefix("index_") or "all"
        group = group if group in self.recipes else "all"
        recipe = self.recipes.get(group)
        if recipe is None:
            return None
        dates = self.index.loc[self.index["index"] == group, "date"]
        past = dates[dates.str[:4].astype(int) <= year]
        return None if past.empty else self._redrawn(recipe, str(past.max()))

    def _redrawn(self, recipe: Recipe, date: str) -> pd.DataFrame:
        return index_draws(
            recipe,
            self.indicators,
            self.catalogue,
            date=date,
            population=self.analysis.population,
            resamples=RESAMPLES,
            seed=self.seed,
        )

    def _money(self) -> pd.DataFrame | None:
        """Sum the funding of measures whose place is a district."""
        measures, funding = self.sheets["measures"], self.sheets["funding"]
        placed = measures.loc[measures["scope_type"] == "district", "scope"]
        granted = funding[~funding["status"].isin(["refused", "proviso"])]
        rows = granted.assign(district=granted["measure_id"].map(placed)).dropna(
            subset=["district", "amount"]
        )
        if rows.empty:
            return None
        return rows.pivot_table(index="district", columns="year", values="amount", aggfunc="sum").rename(
            columns=int
        )

    def warnings(self) -> None:
        """Write the record of the early warning."""
        if not self.index.empty:
            self.tables["early_warning_record"] = warning_record(self.index[self.index["index"] == "all"])

    def selection(self) -> None:
        """Select, join areas, give reasons, follow decisions."""
        table, graph = self.sheets["selection_rules"], self.analysis.around
        if table.empty or graph is None or not self.years:
            return
        read = self.programme.sheets["selection_rules"]
        rules = selection_rules(table, self.catalogue, file=read.file, sheet=read.sheet, rows=read.rows)
        burden = self.tables.get("double_disadvantage", pd.DataFrame())
        found = all_facts(self.analysis, self.sheets, burden, self.years)
        years = self._years_with_status() or self.years
        written = self.catalogue[f"label_{self.analysis.language}"]
        labels = dict(zip(map(str, written.index), map(str, written), strict=True))
        lists_ = lists(
            found,
            rules,
            graph,
            districts=self.analysis.districts,
            labels=labels,
            decisions=self.sheets["decisions"],
            years=years,
            language=self.analysis.language,
        )
        self.problems += lists_.problems
        both = lists_.selection.table.set_index("year", append=True)
        reasons = lists_.reasons.set_index("year", append=True)
        self.tables["selection"] = both.join(reasons).reset_index("year")
        self.tables["selection_rules"] = lists_.selection.outcomes
        self.tables["proposed_areas"] = lists_.areas
        self.tables["selection_changes"] = lists_.restless
        self.tables["programme_list"] = lists_.decided
        main = self.recipes.get("all")
        if main is not None and {"status", "dynamic"} & {rule.result for rule in rules.rules}:
            ours = self.index[self.index["index"] == "all"]
            date = str(ours["date"].max())
            variants = variant_tables(found, rules, main, self.analysis, date=date)
            self.tables["selection_variants"], self.tables["selection_by_variant"] = variants
            self.tables["selection_stability"] = resampled_selection(
                found,
                rules,
                main,
                self.indicators,
                self.catalogue,
                date=date,
                population=self.analysis.population,
                resamples=RESAMPLES,
                seed=self.seed,
            )

    def _years_with_status(self) -> list[int]:
        if self.index.empty:
            return []
        return sorted({int(date[:4]) for date in self.index.loc[self.index["index"] == "all", "date"]})

    def effects(self) -> None:
        """Examine effects, and write the contribution table."""
        graph = self.analysis.around
        studies = (
            examine_effects(self.sheets, self.indicators, self.catalogue, graph, seed=self.seed)
            if graph is not None and not self.sheets["effects"].empty
            else []
        )
        self.tables["effects"] = effect_studies(studies, language=self.analysis.language)
        parts = [study.districts.assign(effect_id=study.plan.effect_id) for study in studies]
        self.tables["effect_districts"] = pd.concat(parts) if parts else pd.DataFrame()
        self.problems += [problem for study in studies for problem in study.problems]
        self.tables["contribution_standing"] = contribution_table(self.sheets, studies)

    def money(self) -> None:
        """Divide the pots."""
        pots = self.sheets["allocations"]
        if pots.empty:
            return
        table, problems = allocation_table(
            pots, self.indicators, self.catalogue, self.index, drawn=self._pot_draws, seed=self.seed
        )
        self.tables["allocation"] = table
        self.problems += problems
