"""From published files to the warehouse: facts, layouts, build."""
