"""Checks over the whole draft: a tuple of small functions from draft to problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpi_site.content.draft import Draft
from kpi_site.content.rules import (
    actions,
    charts,
    circles,
    datasets,
    dimensions,
    examples,
    formulas,
    links,
    names,
    parents,
    references,
    scorecards,
    standards,
    terms,
    texts,
    thresholds,
    windows,
)
from kpi_site.problems import Problem

Rule = Callable[[Draft], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    names.file_name_is_id,
    names.ids_are_unique,
    names.former_ids_are_free,
    references.references_lead_somewhere,
    datasets.keys_name_columns,
    datasets.foreign_keys_fit,
    datasets.time_is_a_time,
    datasets.derived_columns_have_types,
    datasets.rules_are_conditions,
    datasets.totals_are_told,
    datasets.people_are_protected,
    terms.values_are_numbers,
    terms.conditions_are_conditions,
    terms.times_are_times,
    terms.entities_are_columns,
    parents.parents_are_summed_once,
    windows.windows_keep_to_their_period,
    texts.compared_texts_can_occur,
    links.links_lead_somewhere,
    formulas.formulas_name_terms,
    formulas.terms_are_used,
    formulas.terms_name_terms,
    formulas.fixed_periods_have_results,
    circles.indicators_do_not_circle,
    circles.terms_do_not_circle,
    dimensions.dimensions_exist,
    dimensions.other_cards_have_results,
    thresholds.thresholds_follow_direction,
    thresholds.centre_needs_within,
    thresholds.percentages_are_fractions,
    standards.standards_name_terms,
    standards.standards_fit_the_card,
    standards.steps_follow_direction,
    charts.charts_fit,
    scorecards.weights_add_up,
    scorecards.lines_are_not_too_short,
    scorecards.lines_have_such_periods,
    scorecards.parts_are_dimensions_of_the_card,
    scorecards.totals_are_scored,
    scorecards.members_have_lines,
    scorecards.grades_are_known,
    scorecards.scored_lines_have_standards,
    standards.scored_lines_are_judged,
    scorecards.lines_are_not_retired,
    actions.actions_end_after_start,
    actions.closed_actions_are_closed,
    examples.examples_hold,
)
