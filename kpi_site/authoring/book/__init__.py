"""Cards and scorecards as a workbook, for people with only a spreadsheet; and the way back."""
