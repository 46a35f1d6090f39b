"""The columns of every file, in order."""

from __future__ import annotations

_COLUMNS = {
    "customers": "customer_id name region industry tier registered_on joined_on left_on",
    "products": "product_id name product_line kva",
    "employees": "employee_id department level registered_on joined_on left_on",
    "order_lines": "order_id line_no customer_id product_id product_line region ordered_on"
    " promised_on shipped_on status quantity amount",
    "shipments": "shipment_id shipped_on order_id line_no customer_id product_id product_line"
    " region kind quantity kva amount cost",
    "sales_targets": "day product_line region amount kva",
    "market": "month product_line segment size",
    "visits": "计划编号 客户编号 产品线 计划日期 拜访日期 计划人次 实际人次",
    "contracts": "contract_id customer_id product_line region signed_on due_on fulfilled_on amount",
    "promotion_costs": "booking_id booked_on kind product_line region amount",
    "tickets": "ticket_id created_at first_reply_at closed_at promised_at customer_id region"
    " product_line channel kind complexity priority agent_id outcome reopened passed_on",
    "surveys": "answer_id answered_on customer_id region product_line score_100 recommend_10"
    " score_10 would_recommend",
    "survey_aspects": "questionnaire_id answered_on customer_id product_line aspect score",
    "rent": "bill_id project use due_on due_amount paid_on paid_amount",
    "complaints": "complaint_id project topic received_on due_on answered_on closed_on",
    "callback_checks": "check_id complaint_id project checked_on answered_in_time",
    "followups": "followup_id complaint_id project planned_on done_on",
    "title_registration": "case_id project handed_over_on due_on completed_on",
    "tenant_survey": "questionnaire_id answered_on project topic score",
    "training_plan": "item_id department kind planned_on done_on",
    "training_records": "record_id employee_id department trained_on hours",
    "staff_survey": "answer_id answered_on department score",
    "collaboration_survey": "rating_id rated_on department rater score",
    "ledger": "day business account amount",
    "balances": "day business item amount",
    "budget": "month department item budget spent",
    "service_reviews": "review_id reviewed_on assessor channel aspect score",
    "service_offers": "day channel offered accepted",
    "calls": "month seat team inbound outbound",
    "marketing_activities": "activity_id kind region product_line planned_on held_on impressions"
    " attendees",
    "market_survey": "answer_id answered_on respondent region product_line price_score brand_score",
    "salesperson_sales": "month salesperson region target amount cost",
    "peer_reviews": "review_id reviewed_on team score",
    "appraisals": "appraisal_id appraised_on department level score",
    "department_tasks": "task_id department due_on done_on",
    "department_events": "event_id department happened_on kind",
    "cash": "day business activity direction amount",
}

HEADERS = {name: tuple(columns.split()) for name, columns in _COLUMNS.items()}
