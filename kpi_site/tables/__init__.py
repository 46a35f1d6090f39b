"""Facts: read strictly by their declared schema, checked, and kept as typed Parquet copies."""
