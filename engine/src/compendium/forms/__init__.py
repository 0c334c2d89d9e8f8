"""The forms that editors ask for: certificate, manifest and form."""
