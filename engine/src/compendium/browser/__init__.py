"""The site in which notebooks run in a browser; nothing here is needed to run them elsewhere."""
