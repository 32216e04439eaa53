"""Charts as Vega-Lite specifications built once; one shape a file, look and number format in `theme`."""
